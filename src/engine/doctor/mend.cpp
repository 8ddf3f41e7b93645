#include <engine/doctor/mend.hpp>

#include <base/digest.hpp>
#include <core/dotenv_credentials.hpp>
#include <core/limits.hpp>
#include <engine/lifecycle/adopt.hpp>
#include <engine/lifecycle/deliver.hpp>
#include <engine/lifecycle/refresh.hpp>
#include <engine/lifecycle/verify.hpp>

#include <algorithm>

namespace everlong::engine {
namespace {

bool is_passage(const std::optional<ports::Channel>& channel) {
    return channel && channel->name.starts_with(kPassage);
}

// Does the value have to be written anew, and may it be?
bool needs_cleaning(const core::DoctorObservations& seen) {
    return !seen.token_damage.empty() && (core::is_plain_damage(seen.token_damage) || seen.is_accepted);
}

// The id that has to be written; empty where the one in the file is right, or a person has to choose.
IgUserId id_to_write(const core::DoctorObservations& seen) {
    const auto account = seen.is_accepted ? core::account_to_use(seen) : std::nullopt;
    if (!account) return {};
    const bool is_right = account->ig_user_id.text() == seen.wanted_id && seen.id_damage.empty();
    return is_right ? IgUserId() : account->ig_user_id;
}

// Error kSinkConflict (kConflict): the file is not as it was looked at.
Task<void> require_unchanged(ports::EnvFiles& env_files, const Observed& observed) {
    auto file = co_await env_files.open(observed.file->path);
    if (!file) co_return fail(file.error());
    if (file->content.equals(observed.file->content)) co_return Result<void>{};
    co_return fail(Code::kSinkConflict, Fault::kConflict, "it has changed since it was looked at");
}

// Takes away what is not the token, and puts the right id beside it.
Task<void> clean_file(World& world, ports::EnvFiles& env_files, const DoctorRequest& request, const Observed& observed,
                      Mended& mended) {
    const IgUserId id = id_to_write(observed.seen);
    const bool has_to_clean = needs_cleaning(observed.seen);
    if (!has_to_clean && id.is_empty()) co_return Result<void>{};
    ports::DotenvTarget target = request.target;
    target.path = observed.file->path;
    const auto guard = co_await world.locks.acquire("delivery " + target.path);
    // Meta was asked in the meantime, which takes seconds: what somebody else has put there since is newer than ours.
    if (auto unchanged = co_await require_unchanged(env_files, observed); !unchanged) {
        mended.problem = unchanged.error().in(target.path);
        co_return Result<void>{};
    }
    auto written = id.is_empty() ? co_await world.sink.write_token(target, observed.token)
                                 : co_await world.sink.write(target, observed.token, id);
    if (!written) {
        mended.problem = written.error().in(target.path);
        co_return Result<void>{};
    }
    if (has_to_clean) mended.done.emplace_back("cleaned");
    if (!id.is_empty()) mended.done.emplace_back("account-id");
    co_return Result<void>{};
}

// Is there a life to be made longer, and an account to do it for?
bool can_extend(const core::DoctorObservations& seen) {
    if (!seen.is_accepted || !core::account_to_use(seen)) return false;
    switch (seen.facts.kind) {
    case core::TokenKind::kInstagramUser: return true; // whether it is short-lived, only the exchange tells
    case core::TokenKind::kUser: return seen.has_app && seen.facts.lifetime == core::Lifetime::kShort;
    case core::TokenKind::kSystemUser:
        return seen.has_app && seen.facts.expires_at.is_dated() &&
               seen.facts.expires_at.instant() - seen.now < core::kAskPersonBefore;
    default: return false;
    }
}

std::string done_by(AdoptedBy how) {
    if (how == AdoptedBy::kExchange) return "exchanged";
    if (how == AdoptedBy::kRefresh) return "refreshed";
    return {};
}

// The file holds what the passage channel holds: the channel has done its part.
Task<void> end_passage(World& world, const std::string& name, const DoctorRequest& request, Mended& mended) {
    auto channel = co_await find_channel(world, name);
    if (!channel) co_return fail(channel.error());
    auto outcomes = co_await deliver_channel(world, *channel, request.actor);
    if (!outcomes) co_return fail(outcomes.error());
    for (const DeliveryOutcome& outcome : *outcomes) {
        if (!outcome.error) continue;
        // The service tries again; the new token stays safe until then.
        mended.problem = outcome.error;
        mended.kept_as = name;
        co_return Result<void>{};
    }
    if (outcomes->empty()) {
        mended.kept_as = name;
        co_return Result<void>{};
    }
    const auto guard = co_await world.locks.acquire(name);
    auto removed = co_await world.store.remove_channel(
        channel->id, audit(world, request.actor, "channel-removed", name, "its token is in the file"));
    if (!removed) co_return fail(removed.error());
    co_return Result<void>{};
}

// Exchanges or refreshes the token of a file that no channel keeps.
Task<void> extend_file(World& world, const DoctorRequest& request, const Observed& observed, Mended& mended) {
    const std::string name = passage_of(observed.seen.facts.fingerprint);
    auto begun = co_await world.store.find_channel(name);
    if (!begun) co_return fail(begun.error());
    const bool can = can_extend(observed.seen);
    if (!can && !*begun) co_return Result<void>{};
    AdoptRequest adopt_request;
    adopt_request.channel_name = name;
    adopt_request.token = observed.token.clone();
    if (const auto account = core::account_to_use(observed.seen)) adopt_request.wanted_id = account->ig_user_id.text();
    adopt_request.delivery = request.target;
    adopt_request.delivery->path = observed.file->path;
    adopt_request.actor = request.actor;
    auto report = co_await adopt(world, std::move(adopt_request));
    if (!report) {
        mended.problem = report.error();
        co_return Result<void>{};
    }
    if (std::string how = done_by(report->how); !how.empty()) mended.done.push_back(std::move(how));
    if (observed.seen.facts.kind == core::TokenKind::kSystemUser) {
        auto refreshed = co_await refresh(world, name, RefreshWhen::kNow, request.actor);
        if (!refreshed) {
            mended.problem = refreshed.error();
        } else if (refreshed->was_refreshed) {
            mended.done.emplace_back("refreshed");
        }
    }
    co_return co_await end_passage(world, name, request, mended);
}

// A channel's own work, done now: a renewal that is due, and deliveries that do not hold its token.
Task<void> mend_channel(World& world, const DoctorRequest& request, const Observed& observed, Mended& mended) {
    const std::string name = observed.channel->name;
    auto refreshed = co_await refresh(world, name, RefreshWhen::kWhenDue, request.actor);
    if (!refreshed && refreshed.error().fault() == Fault::kCancelled) co_return fail(refreshed.error());
    if (!refreshed) {
        mended.problem = refreshed.error();
    } else if (refreshed->was_refreshed) {
        mended.done.emplace_back("refreshed");
    }
    bool was_delivered = false;
    for (std::size_t i = 0; i < observed.deliveries.size() && i < observed.seen.deliveries.size(); ++i) {
        const core::DeliverySeen& one = observed.seen.deliveries[i];
        const bool is_well = one.is_current && one.is_clean && one.is_id_right;
        if (is_well || !one.is_replaceable) continue;
        auto outcome = co_await deliver(world, observed.deliveries[i], request.actor);
        if (!outcome) co_return fail(outcome.error());
        if (outcome->error) {
            mended.problem = outcome->error;
        } else {
            was_delivered = true;
        }
    }
    if (was_delivered) mended.done.emplace_back("delivered");
    co_return Result<void>{};
}

Result<void> mend_text(const DoctorRequest& request, const Observed& observed, Mended& mended) {
    const IgUserId id = id_to_write(observed.seen);
    const bool has_to_clean = needs_cleaning(observed.seen);
    if (!has_to_clean && id.is_empty()) {
        mended.env_text = request.env_text->clone();
        return {};
    }
    auto text =
        core::set_credentials(*request.env_text, request.target.token_key, observed.token, request.target.id_key, id);
    if (!text) {
        mended.problem = text.error();
        mended.env_text = request.env_text->clone();
        return {};
    }
    mended.env_text = std::move(*text);
    if (has_to_clean) mended.done.emplace_back("cleaned");
    if (!id.is_empty()) mended.done.emplace_back("account-id");
    return {};
}

Task<void> mend_file(World& world, ports::EnvFiles& env_files, const DoctorRequest& request, const Observed& observed,
                     Mended& mended) {
    // The rest of a run that was killed after Meta's answer.
    if (is_passage(observed.channel)) {
        const std::string name = observed.channel->name;
        Result<Settled> settled = fail(Code::kInternal, Fault::kLocal);
        {
            const auto guard = co_await world.locks.acquire(name);
            settled = co_await settle_pending(world, name, request.actor);
        }
        if (!settled) {
            mended.problem = settled.error();
            co_return Result<void>{};
        }
        mended.done.emplace_back("delivered");
        co_return co_await end_passage(world, name, request, mended);
    }
    if (observed.channel) {
        const bool is_kept = !observed.seen.deliveries.empty() && observed.seen.deliveries.front().is_replaceable;
        if (is_kept) co_return co_await mend_channel(world, request, observed, mended);
        // Somebody's own token among our deliveries: cleaned, but neither exchanged nor taken over.
        co_return co_await clean_file(world, env_files, request, observed, mended);
    }
    if (observed.token.is_empty()) co_return Result<void>{};
    auto cleaned = co_await clean_file(world, env_files, request, observed, mended);
    if (!cleaned) co_return fail(cleaned.error());
    // A file that cannot be written must not cost a token that is put nowhere.
    if (mended.problem) co_return Result<void>{};
    if (mended.done.empty()) {
        if (auto unchanged = co_await require_unchanged(env_files, observed); !unchanged) {
            mended.problem = unchanged.error().in(observed.file->path);
            co_return Result<void>{};
        }
    }
    co_return co_await extend_file(world, request, observed, mended);
}

} // namespace

Task<Mended> mend(World& world, ports::EnvFiles& env_files, const DoctorRequest& request, const Observed& observed) {
    Mended mended;
    Result<void> worked{};
    switch (observed.seen.subject) {
    case core::DoctorSubject::kEnvFile:
        if (observed.file && !observed.seen.place_problem) {
            worked = co_await mend_file(world, env_files, request, observed, mended);
        }
        break;
    case core::DoctorSubject::kChannel: worked = co_await mend_channel(world, request, observed, mended); break;
    case core::DoctorSubject::kEnvText:
        if (!observed.token.is_empty()) worked = mend_text(request, observed, mended);
        break;
    case core::DoctorSubject::kToken: break;
    }
    if (!worked) co_return fail(worked.error());
    co_return mended;
}

} // namespace everlong::engine
