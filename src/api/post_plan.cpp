#include <api/detail/post_plan.hpp>

#include <api/detail/post_body.hpp>
#include <api/detail/post_outlook.hpp>
#include <api/detail/uploads.hpp>
#include <core/channel_state.hpp>
#include <core/graph_errors.hpp>
#include <core/publishing/finding_words.hpp>
#include <core/publishing/preflight.hpp>
#include <core/token.hpp>
#include <engine/lifecycle/verify.hpp>

#include <algorithm>

namespace everlong::api::detail {
namespace {

// A time that has passed by more was not meant; within it, clocks and people may differ.
constexpr Milliseconds kPastIsForgiven = Minutes(10);
constexpr std::size_t kMostKeyBytes = 255;
constexpr int kCover = -1; // among media, for core::fix_for

struct Facts {
    std::vector<std::optional<core::MediaFacts>> media; // one a medium, in their order
    std::optional<core::MediaFacts> cover;
};

Task<Facts> find_facts(const ApiContext& context, const Caller& caller, core::PostContent& content, bool is_draft) {
    Facts facts;
    for (core::PostMedium& medium : content.media) {
        std::optional<core::MediaFacts>& found = facts.media.emplace_back();
        if (medium.file.is_empty()) continue;
        auto file = co_await find_file_for(context, caller, medium.file);
        if (!file) co_return fail(file.error());
        found = file->facts;
        if (found) medium.type = found->type;
        if (found || is_draft) continue;
        co_return fail(Code::kFileUnknown, Fault::kUsage,
                       medium.file.text() + " has arrived only in part: " + std::to_string(file->received) + " of " +
                           std::to_string(file->size) + " bytes");
    }
    if (!content.reel.cover_file.is_empty()) {
        auto cover = co_await find_file_for(context, caller, content.reel.cover_file);
        if (!cover) co_return fail(cover.error());
        facts.cover = cover->facts;
    }
    co_return facts;
}

// Why nothing goes out by a channel before a person has done something; empty where it does.
std::string channel_trouble(const ports::Channel& channel, const core::TokenFacts* facts, Instant now) {
    const core::ChannelHealth health = core::channel_health(channel.name, channel.login, facts, channel.lifecycle, now);
    const bool is_off = health.state == core::ChannelState::kDead || health.state == core::ChannelState::kUnconnected;
    if (!is_off) return {};
    return "'" + channel.name + "' is " + std::string(core::to_text(health.state)) + ": " + health.reason;
}

// Of the account: what the store knows, without asking Meta. The engine asks before it sends.
Task<core::PreflightContext> what_is_known(const ApiContext& context, const ports::Channel& channel) {
    core::PreflightContext known;
    known.login = channel.login;
    if (auto address = context.publishing->host.has_address(); !address) known.not_public = address.error().detail();
    const std::string& type = channel.account.account_type;
    if (!type.empty()) known.is_professional = type != "PERSONAL";
    if (channel.current_version == 0) {
        known.channel_trouble = channel_trouble(channel, nullptr, context.world.clock.now());
        co_return known;
    }
    auto versions = co_await context.world.store.list_versions(channel.id);
    if (!versions) co_return fail(versions.error());
    const auto current = std::ranges::find(*versions, channel.current_version, &ports::TokenVersion::version);
    if (current == versions->end()) co_return known;
    known.channel_trouble = channel_trouble(channel, &current->facts, context.world.clock.now());
    known.missing_for_products = core::missing_for_products(channel.login, current->facts);
    known.missing_permissions = core::missing_scopes(channel.login, current->facts);
    known.missing_for_comments = core::missing_for_comments(channel.login, current->facts);
    co_return known;
}

Task<ports::Channel> channel_for(const ApiContext& context, const Caller& caller, const std::string& name) {
    if (name.empty()) co_return fail(Code::kUsage, Fault::kUsage, "channel is missing");
    if (!caller.may_see(name)) co_return fail(core::unknown_channel(name));
    co_return co_await engine::find_channel(context.world, name);
}

// Puts a converted file in the place of one whose findings a conversion does away with. `medium` as in core::fix_for.
Task<void> convert(const ApiContext& context, const Caller& caller, PostPlan& plan, const core::FixWish& wish,
                   int medium, core::FileId& id, std::optional<core::MediaFacts>& facts) {
    auto conversion = core::fix_for(plan.post.findings, medium, wish);
    if (!conversion || id.is_empty()) co_return Result<void>{};
    auto file = co_await context.publishing->files.convert(id, *conversion, caller.actor());
    if (!file) co_return fail(file.error());
    plan.converted.push_back(file->id);
    const core::MediaFacts unknown;
    plan.fixes.push_back(core::compare(medium, facts.value_or(unknown), file->facts.value_or(unknown), *conversion));
    id = file->id;
    facts = std::move(file->facts);
    co_return Result<void>{};
}

Task<void> convert_media(const ApiContext& context, const Caller& caller, PostPlan& plan, Facts& facts,
                         const core::FixWish& wish) {
    std::vector<core::PostMedium>& media = plan.post.content.media;
    for (std::size_t i = 0; i < media.size(); ++i) {
        auto done = co_await convert(context, caller, plan, wish, static_cast<int>(i), media[i].file, facts.media[i]);
        if (!done) co_return done;
    }
    co_return co_await convert(context, caller, plan, wish, kCover, plan.post.content.reel.cover_file, facts.cover);
}

// A time that clocks skip or show twice is told, with the instant that is meant.
void check_time(const ports::TimeZones& zones, core::Post& post) {
    const core::Schedule& schedule = post.schedule;
    if (schedule.wall_time.empty()) return;
    const auto wall = zones.resolve(schedule.zone, schedule.wall_time);
    const auto shown = zones.wall_time(schedule.zone, schedule.due_at);
    if (!wall || !shown || wall->oddity == ports::WallTime::Oddity::kNone) return;
    const bool is_gap = wall->oddity == ports::WallTime::Oddity::kGap;
    core::Finding finding;
    finding.rule = is_gap ? core::kTimeGap : core::kTimeTwice;
    finding.is_error = false;
    finding.measured = (is_gap ? "it goes out at " : "the first is meant, ") + *shown + " in " + schedule.zone + ", " +
                       to_rfc3339(schedule.due_at);
    post.findings.insert(post.findings.begin(), std::move(finding));
}

// Nothing goes out at once for what a script did not fill in. A draft may have no time: null says so, or takes it away. Of
// a draft that is scheduled plan_schedule tells, and of a post that is under way its state.
Result<void> check_said_time(const json::object& body, const core::Post* base, bool is_draft) {
    const json::value* at = body.if_contains("at");
    if (at == nullptr) return {};
    const auto unusable = [](std::string why) { return fail(Code::kTimeSyntax, Fault::kUsage, std::move(why)); };
    if (at->is_string() && at->get_string().empty()) return unusable("at is empty: say when, or now");
    if (!at->is_null() || is_draft) return {};
    if (base == nullptr) return unusable("at is null, and only a draft has no time: say when, or now");
    if (base->state != core::PostState::kScheduled) return {};
    return unusable("a post that is scheduled has a time; cancel it, or say when else it goes out");
}

// When it is due. A post goes out at once only where that is said: a draft is not scheduled by leaving its time out.
// Of a new post whose time has passed PostPlan::late tells.
Result<core::Schedule> plan_schedule(const ApiContext& context, const json::object& body, const core::Post* base,
                                     PostPlan& plan, Instant now) {
    const bool is_draft = plan.is_draft;
    if (auto said = check_said_time(body, base, is_draft); !said) return fail(said.error());
    auto at = text_of(body, "at");
    if (!at) return fail(at.error());
    if (*at == "now") {
        if (is_draft) return fail(Code::kUsage, Fault::kUsage, "a draft goes out at no time, also not now");
        return core::Schedule{now, {}, {}};
    }
    const bool was_draft = base != nullptr && base->state == core::PostState::kDraft;
    const bool is_taken_away = body.contains("at") && at->empty(); // null
    if (is_draft && was_draft && is_taken_away) return core::Schedule{base->created_at, {}, {}};
    const bool has_good_time =
        was_draft && core::has_time(*base) && base->schedule.due_at >= now - kPastIsForgiven && !is_taken_away;
    if (was_draft && !is_draft && at->empty() && !has_good_time) {
        return fail(Code::kUsage, Fault::kUsage,
                    R"(a draft that is scheduled needs a time to come: at, which may be "now")");
    }
    auto schedule = read_schedule(body, base != nullptr ? &base->schedule : nullptr, context.publishing->zones, now);
    if (schedule && !at->empty() && schedule->due_at < now - kPastIsForgiven) {
        plan.late = Error(Code::kTimeSyntax, Fault::kUsage, to_rfc3339(schedule->due_at) + " has passed");
        if (base != nullptr) return fail(*plan.late);
    }
    return schedule;
}

// What the store does not know, as far as it is asked for.
Async<void> look_around(const ApiContext& context, const ports::Channel& channel, const PostPlan& plan, PlanWish asked,
                        core::PreflightContext& known) {
    const bool is_due = !plan.is_draft && plan.post.schedule.due_at <= context.world.clock.now();
    known.must_go_now = asked.is_check && is_due;
    if (asked.asks_meta) co_await ask_quota(context, channel, plan.post, known);
    if (asked.asks_hosts && (asked.is_check || is_due)) co_await ask_hosts(context, plan.post.content, known);
}

} // namespace

Async<void> drop_converted(const ApiContext& context, const Caller& caller, const PostPlan& plan) {
    for (const core::FileId& id : plan.converted)
        (void)co_await context.publishing->files.remove(id, caller.actor()); // else they go as unused
}

bool PostPlan::has_errors() const {
    return core::has_errors(post.findings);
}

Error refusal_of(const PostPlan& plan) {
    const auto first = std::ranges::find_if(plan.post.findings, &core::Finding::is_error);
    return {Code::kPostRefused, Fault::kUsage, core::describe(*first, plan.post.content.media.size())};
}

Task<PostPlan> plan_post(const ApiContext& context, const Caller& caller, const json::object& body,
                         const core::Post* base, PlanWish asked) {
    if (auto only = only_members(body, kPostMembers); !only) co_return fail(only.error());
    const Instant now = context.world.clock.now();
    PostPlan plan;
    plan.post.created_at = now;
    if (base != nullptr) plan.post = *base;
    auto name = text_of(body, "channel");
    auto draft = said_flag_of(body, "draft");
    if (!name) co_return fail(name.error());
    if (!draft) co_return fail(draft.error());
    const bool stays_draft = base != nullptr && base->state == core::PostState::kDraft && !body.contains("draft");
    plan.is_draft = *draft || stays_draft;
    if (base == nullptr) plan.post.state = plan.is_draft ? core::PostState::kDraft : core::PostState::kScheduled;
    if (base != nullptr && !name->empty() && *name != base->channel_name) {
        co_return fail(Code::kUsage, Fault::kUsage, "a post stays with its channel; make another one");
    }
    auto channel = co_await channel_for(context, caller, base != nullptr ? base->channel_name : *name);
    if (!channel) co_return fail(channel.error());
    plan.post.channel = channel->id;
    plan.post.channel_name = channel->name;
    auto content = read_content(body, std::move(plan.post.content), context.is_sandbox);
    if (!content) co_return fail(content.error());
    plan.post.content = std::move(*content);
    auto schedule = plan_schedule(context, body, base, plan, now);
    if (!schedule) co_return fail(schedule.error());
    plan.post.schedule = std::move(*schedule);
    auto facts = co_await find_facts(context, caller, plan.post.content, plan.is_draft);
    if (!facts) co_return fail(facts.error());
    auto known = co_await what_is_known(context, *channel);
    if (!known) co_return fail(known.error());
    known->cover = facts->cover;
    co_await look_around(context, *channel, plan, asked, *known);
    plan.post.findings = core::check_post(plan.post.content, facts->media, *known);
    auto wish = read_fix(body);
    if (!wish) co_return fail(wish.error());
    if (!*wish) {
        check_time(context.publishing->zones, plan.post);
        co_return plan;
    }
    auto converted = co_await convert_media(context, caller, plan, *facts, **wish);
    if (!converted) {
        co_await drop_converted(context, caller, plan);
        co_return fail(converted.error());
    }
    known->cover = facts->cover;
    plan.post.findings = core::check_post(plan.post.content, facts->media, *known);
    check_time(context.publishing->zones, plan.post);
    co_return plan;
}

Task<void> refuse_unmade(const ApiContext& context, const PostPlan& plan, std::string key) {
    std::optional<Error> why = plan.late;
    if (!why && plan.has_errors() && !plan.is_draft) why = refusal_of(plan);
    if (!why) co_return Result<void>{};
    if (key.empty()) co_return fail(*why);
    auto known = co_await context.publishing->posts.find_post_of_key(plan.post.channel, std::move(key));
    if (!known) co_return fail(known.error());
    if (!*known) co_return fail(*why);
    co_return Result<void>{};
}

Task<ports::AddedPost> store_post(const ApiContext& context, const Caller& caller, PostPlan plan, std::string key) {
    const Instant now = context.world.clock.now();
    const std::string channel = plan.post.channel_name;
    core::Change change = core::start_post(plan.post, plan.is_draft, now);
    auto added = co_await context.publishing->posts.add_post(
        std::move(change.post), std::move(key), std::move(change.entries),
        engine::audit(context.world, caller.actor(), "post-created", channel));
    if (added && added->is_new) context.publishing->on_change();
    if (!added || !added->is_new) co_await drop_converted(context, caller, plan);
    co_return added;
}

Task<std::optional<core::Post>> find_post_of_key(const ApiContext& context, const Caller& caller,
                                                 const json::object& body, std::string key) {
    auto name = text_of(body, "channel");
    if (!name) co_return fail(name.error());
    auto channel = co_await channel_for(context, caller, *name);
    if (!channel) co_return fail(channel.error());
    co_return co_await context.publishing->posts.find_post_of_key(channel->id, std::move(key));
}

namespace {

std::unexpected<Error> unknown_post(const std::string& id) {
    return fail(Code::kPostUnknown, Fault::kUsage, "'" + core::scrub(id, kMostKeyBytes) + "'");
}

} // namespace

Task<core::Post> find_post_for(const ApiContext& context, const Caller& caller, const std::string& id) {
    auto post = co_await context.publishing->posts.find_post(core::PostId(id));
    if (!post && post.error().code() == Code::kStoreCorrupt) {
        // Whose it is decides what may be said of it.
        auto damaged = co_await find_unreadable_for(context, caller, id);
        if (!damaged) co_return fail(damaged.error());
    }
    if (!post) co_return fail(post.error());
    if (*post && caller.may_see((*post)->channel_name)) co_return std::move(**post);
    co_return unknown_post(id);
}

Task<std::optional<ports::UnreadablePost>> find_unreadable_for(const ApiContext& context, const Caller& caller,
                                                               const std::string& id) {
    auto damaged = co_await context.publishing->posts.find_unreadable_post(core::PostId(id));
    if (damaged && *damaged && !caller.may_see((**damaged).known.channel_name)) co_return unknown_post(id);
    co_return damaged;
}

Result<std::string> idempotency_key_of(const http::Request& request) {
    const auto key = request.headers.find("Idempotency-Key");
    if (!key) return std::string();
    const bool is_visible = std::ranges::all_of(*key, [](char c) { return c > ' ' && c < 0x7f; });
    if (!key->empty() && key->size() <= kMostKeyBytes && is_visible) return std::string(*key);
    return fail(Code::kHttpRequest, Fault::kUsage, "an Idempotency-Key has 1 to 255 visible signs of ASCII");
}

} // namespace everlong::api::detail
