#include <engine/doctor/observe.hpp>

#include <base/digest.hpp>
#include <core/dotenv_credentials.hpp>
#include <core/graph_errors.hpp>
#include <core/renewal_policy.hpp>
#include <engine/lifecycle/identify.hpp>
#include <engine/lifecycle/verify.hpp>

#include <algorithm>

namespace everlong::engine {
namespace {

constexpr int kPageSize = 1000;

void take(Observed& observed, core::DotenvCredentials credentials) {
    core::DoctorObservations& seen = observed.seen;
    seen.token_lines = credentials.token_lines;
    seen.token_line = credentials.token_line;
    seen.token_problem = credentials.token_problem;
    seen.token_damage = std::move(credentials.token_damage);
    seen.id_damage = std::move(credentials.id_damage);
    seen.wanted_id = std::move(credentials.ig_user_id);
    seen.token_length = credentials.token.size();
    observed.token = std::move(credentials.token);
    observed.other_reading = std::move(credentials.token_of_one_line);
}

// The line below the token only looked like its rest if Meta takes the token without it.
Task<void> try_other_reading(World& world, Observed& observed, core::DoctorObservations unasked) {
    if (!observed.seen.death || observed.other_reading.is_empty()) co_return Result<void>{};
    unasked.facts.fingerprint = fingerprint_of(observed.other_reading);
    unasked.token_length = observed.other_reading.size();
    std::erase(unasked.token_damage, core::ValueDamage::kLineBreak);
    if (auto asked = co_await ask_meta(world, unasked, observed.other_reading); !asked) co_return fail(asked.error());
    if (!unasked.is_accepted) co_return Result<void>{};
    observed.seen = std::move(unasked);
    observed.token = std::move(observed.other_reading);
    co_return Result<void>{};
}

// The channel that delivers to this file, if one does.
Task<void> find_owner(World& world, Observed& observed) {
    for (std::string after;;) {
        auto channels = co_await world.store.list_channels(after, kPageSize);
        if (!channels) co_return fail(channels.error());
        for (ports::Channel& channel : *channels) {
            auto deliveries = co_await world.store.list_deliveries(channel.id);
            if (!deliveries) co_return fail(deliveries.error());
            for (ports::Delivery& delivery : *deliveries) {
                if (delivery.target.path != observed.file->path) continue;
                if (delivery.target.token_key != observed.seen.token_key) continue;
                observed.channel = std::move(channel);
                observed.deliveries.push_back(std::move(delivery));
                co_return Result<void>{};
            }
        }
        if (channels->size() < static_cast<std::size_t>(kPageSize)) co_return Result<void>{};
        after = channels->back().name;
    }
}

Task<void> read_file(World& world, ports::EnvFiles& env_files, const DoctorRequest& request, Observed& observed) {
    observed.seen.subject = core::DoctorSubject::kEnvFile;
    auto file = co_await env_files.open(request.env_file);
    if (!file) {
        observed.seen.place_problem = file.error();
        co_return Result<void>{};
    }
    observed.seen.place_warnings = file->warnings;
    auto credentials = core::read_credentials(file->content, request.target.token_key, request.target.id_key);
    observed.file = std::move(*file);
    if (!credentials) {
        observed.seen.place_problem = credentials.error();
        co_return Result<void>{};
    }
    take(observed, std::move(*credentials));
    co_return co_await find_owner(world, observed);
}

void read_text(const DoctorRequest& request, Observed& observed) {
    observed.seen.subject = core::DoctorSubject::kEnvText;
    auto credentials = core::read_credentials(*request.env_text, request.target.token_key, request.target.id_key);
    if (credentials) {
        take(observed, std::move(*credentials));
    } else {
        observed.seen.place_problem = credentials.error();
    }
}

Task<void> read_channel(World& world, const DoctorRequest& request, Observed& observed) {
    core::DoctorObservations& seen = observed.seen;
    seen.subject = core::DoctorSubject::kChannel;
    auto channel = co_await find_channel(world, request.channel_name);
    if (!channel) co_return fail(channel.error());
    seen.channel_name = channel->name;
    seen.login = channel->login;
    seen.wanted_id = channel->account.ig_user_id.text();
    auto deliveries = co_await world.store.list_deliveries(channel->id);
    if (!deliveries) co_return fail(deliveries.error());
    observed.deliveries = std::move(*deliveries);
    auto current = co_await world.store.load_current(channel->id);
    const core::TokenFacts* facts = current ? &current->version.facts : nullptr;
    seen.health = core::channel_health(channel->name, channel->login, facts, channel->lifecycle, world.clock.now());
    if (!current) {
        seen.place_problem = current.error();
    } else {
        seen.token_lines = 1;
        seen.facts = current->version.facts;
        seen.token_length = current->token.size();
        seen.renewal_due_at = core::renewal_due_at(channel->name, channel->login, seen.facts, channel->lifecycle);
        observed.token = std::move(current->token);
    }
    observed.channel = std::move(*channel);
    co_return Result<void>{};
}

// Is the token in this file, which is none of ours, one that Meta refuses? Only then may it be replaced.
Task<bool> is_dead(World& world, ports::EnvFiles& env_files, const ports::DotenvTarget& target) {
    auto file = co_await env_files.open(target.path);
    if (!file) co_return false;
    auto credentials = core::read_credentials(file->content, target.token_key, target.id_key);
    if (!credentials) co_return false;
    if (credentials->token_problem) co_return true;
    auto identity = co_await identify(world, credentials->token);
    co_return !identity && core::is_dead_token(identity.error());
}

Task<void> look_at_deliveries(World& world, ports::EnvFiles& env_files, Observed& observed) {
    if (!observed.channel || observed.deliveries.empty()) co_return Result<void>{};
    const ports::Channel& channel = *observed.channel;
    auto versions = co_await world.store.list_versions(channel.id);
    if (!versions) co_return fail(versions.error());
    for (const ports::Delivery& delivery : observed.deliveries) {
        core::DeliverySeen one;
        one.path = delivery.target.path;
        auto reading = co_await world.sink.read(delivery.target);
        if (!reading) {
            one.problem = reading.error();
            observed.seen.deliveries.push_back(std::move(one));
            continue;
        }
        one.token = reading->token;
        one.is_clean = reading->is_clean;
        one.is_id_right = reading->ig_user_id == channel.account.ig_user_id.text();
        const auto found = std::ranges::find_if(*versions, [&](const ports::TokenVersion& version) {
            return reading->token && version.facts.fingerprint == *reading->token;
        });
        one.is_current = found != versions->end() && found->version == channel.current_version;
        const bool is_forerunner = reading->token && channel.name == passage_of(*reading->token);
        one.is_older = is_forerunner || (found != versions->end() && !one.is_current);
        if (reading->token && found == versions->end() && !is_forerunner) {
            auto dead = co_await is_dead(world, env_files, delivery.target);
            if (!dead) co_return fail(dead.error());
            one.is_replaceable = *dead;
        }
        observed.seen.deliveries.push_back(std::move(one));
    }
    co_return Result<void>{};
}

} // namespace

std::string passage_of(const Fingerprint& token) {
    return std::string(kPassage) + token.text().substr(std::string_view("sha256:").size());
}

Task<Observed> observe(World& world, ports::EnvFiles& env_files, const DoctorRequest& request) {
    Observed observed;
    observed.seen.now = world.clock.now();
    observed.seen.token_key = request.target.token_key;
    observed.seen.id_key = request.target.id_key;
    Result<void> read{};
    if (!request.channel_name.empty()) {
        read = co_await read_channel(world, request, observed);
    } else if (!request.env_file.empty()) {
        read = co_await read_file(world, env_files, request, observed);
    } else if (request.env_text) {
        read_text(request, observed);
    } else {
        observed.seen.subject = core::DoctorSubject::kToken;
        take(observed, core::read_pasted_token(*request.token));
        observed.seen.wanted_id = core::clean_account_id(request.ig_user_id);
    }
    if (!read) co_return fail(read.error());
    if (!observed.token.is_empty()) {
        observed.seen.facts.fingerprint = fingerprint_of(observed.token);
        const core::DoctorObservations unasked = observed.seen;
        if (auto asked = co_await ask_meta(world, observed.seen, observed.token); !asked) co_return fail(asked.error());
        auto tried = co_await try_other_reading(world, observed, unasked);
        if (!tried) co_return fail(tried.error());
    }
    if (observed.channel) observed.seen.channel_name = observed.channel->name;
    if (auto looked = co_await look_at_deliveries(world, env_files, observed); !looked) co_return fail(looked.error());
    co_return observed;
}

} // namespace everlong::engine
