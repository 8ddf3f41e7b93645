#include <engine/lifecycle/refresh.hpp>

#include <base/digest.hpp>
#include <core/graph_errors.hpp>
#include <core/limits.hpp>
#include <core/renewal_policy.hpp>
#include <engine/lifecycle/verify.hpp>

#include <algorithm>

namespace everlong::engine {
namespace {

using core::RenewalWay;

// The call by which this way of renewal makes a token's life longer.
Task<ports::Grant> ask_for_longer_life(World& world, RenewalWay way, core::LoginPath login, const Secret& token) {
    switch (way) {
    case RenewalWay::kRefreshInstagram: co_return co_await world.graph.refresh_instagram(token);
    case RenewalWay::kRefreshSystemUser: co_return co_await world.graph.refresh_system_user(token);
    default: co_return co_await world.graph.exchange(login, token);
    }
}

std::string_view intent_outcome(const Error& error) {
    if (is_outcome_unknown(error)) return "unknown";
    return error.code() == Code::kUnreachable || error.code() == Code::kTimeout || error.code() == Code::kTls
               ? "not-sent"
               : "refused";
}

// What is known of a granted token before Meta was asked about it.
core::TokenFacts facts_of_grant(const ports::Grant& grant, const core::TokenFacts& old, Instant now) {
    core::TokenFacts facts = old;
    facts.fingerprint = fingerprint_of(grant.token);
    facts.issued_at = now;
    facts.expires_at = grant.expires_in ? core::Expiry::at(now + *grant.expires_in) : core::Expiry::unknown();
    facts.lifetime = core::lifetime_of(facts.expires_at, now, now);
    if (grant.scopes) {
        facts.are_scopes_known = true;
        facts.scopes = *grant.scopes;
    }
    return facts;
}

Error not_extended(const core::TokenFacts& facts) {
    return Error(Code::kNotExtended, Fault::kNeedsConsent,
                 facts.expires_at.is_dated() ? "it ends at " + to_rfc3339(facts.expires_at.instant()) : "");
}

// Nothing when the time has come; otherwise why not.
std::optional<Error> why_not_now(RenewalWay way, std::optional<Instant> due, RefreshWhen when,
                                 const core::Lifecycle& lifecycle, const core::TokenFacts& facts, Instant now) {
    if (way == RenewalWay::kWatchOnly) return Error(Code::kNotRenewable, Fault::kRefused);
    if (when == RefreshWhen::kNow) {
        // Law: one success per 24 hours. A token adopted without an expiry may be asked for again at any time.
        if (lifecycle.last_refresh_at && now < *lifecycle.last_refresh_at + core::kRefreshPause) {
            return Error(Code::kTooYoung, Fault::kTransient,
                         "last renewed at " + to_rfc3339(*lifecycle.last_refresh_at));
        }
        return std::nullopt;
    }
    if (!due) return not_extended(facts);
    if (now < *due) return Error(Code::kNotDue, Fault::kRefused, "due in " + humanize(*due - now));
    return std::nullopt;
}

// A call that left before a crash or a lost answer may have had its effect: it is not repeated within 24 hours unless
// the token's end is near.
std::optional<Instant> wait_for_unknown(const std::optional<ports::Intent>& intent, const core::TokenFacts& facts,
                                        Instant now) {
    if (!intent || intent->outcome == "refused" || intent->outcome == "not-sent") return std::nullopt;
    // Written down by a calendar that was ahead: when it was sent is not known, but not that late.
    if (intent->started_at > now) return std::nullopt;
    const Instant again = core::repeat_unknown_at(intent->started_at, facts.expires_at);
    return now < again ? std::optional(again) : std::nullopt;
}

Task<void> save(World& world, const ports::Channel& channel, core::Lifecycle lifecycle, ports::AuditEvent event) {
    co_return co_await world.store.save_lifecycle(channel.id, channel.revision, std::move(lifecycle), std::move(event));
}

Task<void> drop_pending(World& world, const ports::Channel& channel, std::string actor) {
    auto pending = co_await world.store.load_pending(channel.id);
    if (!pending) co_return fail(pending.error());
    if (!*pending) co_return Result<void>{};
    const int version = (*pending)->version.version;
    co_return co_await world.store.discard_pending(
        channel.id, version, audit(world, std::move(actor), "token-discarded", channel.name, "another was chosen"));
}

// Meta has answered with nothing better than the token in use: say so, and let a person be asked in time.
Task<RefreshReport> note_no_longer_life(World& world, RefreshReport report, core::TokenFacts facts, std::string actor) {
    const Instant now = world.clock.now();
    core::Lifecycle lifecycle = report.channel.lifecycle;
    lifecycle.was_extension_refused = true;
    lifecycle.failed_attempts = 0;
    lifecycle.last_problem.reset();
    lifecycle.next_attempt_at = core::next_look_at(report.channel.name, report.channel.login, facts, lifecycle, now);
    auto saved = co_await save(world, report.channel, std::move(lifecycle),
                               audit(world, std::move(actor), "token-not-extended", report.channel.name));
    if (!saved) co_return fail(saved.error());
    report.reason = not_extended(facts);
    auto channel = co_await find_channel(world, report.channel.name);
    if (!channel) co_return fail(channel.error());
    report.channel = std::move(*channel);
    co_return report;
}

// The check of a granted token failed: that is the channel's trouble, to be seen and tried again. The token in use may
// well live, so a new one that is dead is no verdict about it.
Task<RefreshReport> fail_check(World& world, std::string name, Error error, std::string actor) {
    auto channel = co_await find_channel(world, std::move(name));
    if (!channel) co_return fail(channel.error());
    const Instant next = core::retry_at(world.clock.now(), channel->lifecycle.failed_attempts + 1);
    auto recorded = co_await record_failure(world, *channel, error, next, Seen::kElsewhere, std::move(actor));
    if (!recorded) co_return fail(recorded.error());
    co_return fail(error.in("refresh"));
}

// From a pending token to a delivered one.
Task<RefreshReport> finish(World& world, RefreshReport report, core::TokenFacts old_facts, std::string actor) {
    const std::string name = report.channel.name;
    auto settled = co_await settle_pending(world, name, actor);
    if (!settled) co_return co_await fail_check(world, name, settled.error(), std::move(actor));
    report.channel = settled->channel;
    if (settled->was_no_longer_life) {
        co_return co_await note_no_longer_life(world, std::move(report), std::move(old_facts), std::move(actor));
    }
    report.was_refreshed = report.was_refreshed || settled->was_promoted;
    auto delivered = co_await deliver_channel(world, report.channel, actor);
    if (!delivered) co_return fail(delivered.error());
    report.deliveries = std::move(*delivered);
    co_return report;
}

Task<RefreshReport> fail_and_record(World& world, const ports::Channel& channel, const ports::OpenedToken& current,
                                    Error error, std::string actor) {
    const core::TokenFacts& facts = current.version.facts;
    Seen seen = Seen::kByCall;
    if (core::is_dead_token(error) && channel.lifecycle.suspicion) {
        auto asked = co_await verify(world, channel.login, channel.account, facts, current.token);
        if (!asked && core::is_dead_token(asked.error())) seen = Seen::kByInspection;
    }
    const Instant now = world.clock.now();
    Instant next = core::retry_at(now, channel.lifecycle.failed_attempts + 1);
    if (is_outcome_unknown(error)) next = core::repeat_unknown_at(now, facts.expires_at);
    auto recorded = co_await record_failure(world, channel, error, next, seen, std::move(actor));
    if (!recorded) co_return fail(recorded.error());
    co_return fail(error.in("refresh"));
}

// An older copy of the store was brought back: Meta is asked about its token before it is renewed.
Task<ports::Channel> check_restored(World& world, const ports::Channel& channel, const ports::OpenedToken& current,
                                    std::string actor) {
    auto verified = co_await verify(world, channel.login, channel.account, current.version.facts, current.token);
    if (!verified) {
        const Instant next = core::retry_at(world.clock.now(), channel.lifecycle.failed_attempts + 1);
        auto recorded = co_await record_failure(world, channel, verified.error(), next, Seen::kByInspection, actor);
        if (!recorded) co_return fail(recorded.error());
        co_return fail(verified.error().in("refresh"));
    }
    core::Lifecycle lifecycle = channel.lifecycle;
    lifecycle.suspicion.reset();
    lifecycle.restored_at.reset();
    auto updated =
        co_await world.store.update_facts(channel.id, channel.revision, current.version.version, verified->facts,
                                          std::move(lifecycle), audit(world, actor, "token-looked-at", channel.name));
    if (!updated) co_return fail(updated.error());
    co_return co_await find_channel(world, channel.name);
}

} // namespace

Task<core::Lifecycle> record_failure(World& world, const ports::Channel& channel, Error error, Instant next_attempt_at,
                                     Seen seen, std::string actor) {
    const Instant now = world.clock.now();
    core::Lifecycle lifecycle = channel.lifecycle;
    lifecycle.failed_attempts += 1;
    lifecycle.last_problem = core::make_problem(error, now);
    lifecycle.next_attempt_at = next_attempt_at;
    std::string action = "refresh-failed";
    if (seen != Seen::kElsewhere && core::is_dead_token(error)) {
        if (!lifecycle.suspicion) {
            lifecycle.suspicion = lifecycle.last_problem;
            lifecycle.next_attempt_at = now + core::kVerdictPause;
            action = "channel-suspected";
        } else if (seen == Seen::kByInspection && now >= lifecycle.suspicion->at + core::kVerdictPause) {
            lifecycle.verdict = lifecycle.last_problem;
            lifecycle.next_attempt_at.reset();
            action = "channel-dead";
        }
    }
    auto saved =
        co_await save(world, channel, lifecycle,
                      audit(world, std::move(actor), action, channel.name, std::string(code_name(error.code()))));
    if (!saved) co_return fail(saved.error());
    co_return lifecycle;
}

Task<RefreshReport> refresh(World& world, std::string channel_name, RefreshWhen when, std::string actor) {
    const auto guard = co_await world.locks.acquire(channel_name);
    RefreshReport report;

    // What an earlier run left pending comes first: it may be all that is needed.
    auto settled = co_await settle_pending(world, channel_name, actor);
    if (!settled && settled.error().code() == Code::kChannelUnknown) co_return fail(settled.error());
    if (!settled) co_return co_await fail_check(world, channel_name, settled.error(), std::move(actor));
    report.channel = settled->channel;
    auto current = co_await world.store.load_current(report.channel.id);
    if (!current) co_return fail(current.error());
    if (report.channel.lifecycle.restored_at) {
        auto checked = co_await check_restored(world, report.channel, *current, actor);
        if (!checked) co_return fail(checked.error());
        report.channel = *std::move(checked);
        current = co_await world.store.load_current(report.channel.id);
        if (!current) co_return fail(current.error());
    }
    const core::TokenFacts facts = current->version.facts;
    if (settled->was_promoted) {
        report.was_refreshed = true;
        co_return co_await finish(world, std::move(report), facts, std::move(actor));
    }
    if (settled->was_no_longer_life) {
        co_return co_await note_no_longer_life(world, std::move(report), facts, std::move(actor));
    }

    const Instant now = world.clock.now();
    if (facts.expires_at.is_past(now)) {
        co_return fail(Code::kTokenExpired, Fault::kNeedsConsent,
                       "it ended at " + to_rfc3339(facts.expires_at.instant()));
    }
    const RenewalWay way = core::renewal_way(report.channel.login, facts);
    report.due_at = core::renewal_due_at(report.channel.name, report.channel.login, facts, report.channel.lifecycle);
    report.reason = why_not_now(way, report.due_at, when, report.channel.lifecycle, facts, now);
    if (report.reason && report.reason->fault() == Fault::kTransient) co_return fail(*report.reason);
    if (report.reason) co_return report;

    auto earlier = co_await world.store.find_intent("refresh", facts.fingerprint);
    if (!earlier) co_return fail(earlier.error());
    if (const auto wait = wait_for_unknown(*earlier, facts, now)) {
        // Meta did answer, with the time left: asked again so soon it would say the same.
        if ((*earlier)->outcome == "granted" && report.channel.lifecycle.was_extension_refused) {
            report.reason = not_extended(facts);
            co_return report;
        }
        core::Lifecycle lifecycle = report.channel.lifecycle;
        lifecycle.next_attempt_at = *wait;
        auto saved =
            co_await save(world, report.channel, std::move(lifecycle),
                          audit(world, actor, "refresh-postponed", channel_name, "an earlier outcome is unknown"));
        if (!saved) co_return fail(saved.error());
        if ((*earlier)->outcome == "granted") {
            co_return fail(Code::kTooYoung, Fault::kTransient, "last renewed at " + to_rfc3339((*earlier)->started_at));
        }
        co_return fail(Code::kUnknownOutcome, Fault::kUnknownOutcome,
                       "the last refresh was sent, its answer is not known; asked again in " + humanize(*wait - now));
    }

    // The commit of the intent proves that the answer can be recorded (law 2).
    auto intent = co_await world.store.begin_intent("refresh", channel_name, facts.fingerprint, now);
    if (!intent) co_return fail(intent.error());
    auto grant = co_await ask_for_longer_life(world, way, report.channel.login, current->token);
    if (!grant) {
        auto finished = co_await world.store.finish_intent(*intent, std::string(intent_outcome(grant.error())), now);
        if (!finished) co_return fail(finished.error());
        co_return co_await fail_and_record(world, report.channel, *current, grant.error(), std::move(actor));
    }
    core::TokenFacts new_facts = facts_of_grant(*grant, facts, world.clock.now());
    auto kept = co_await world.store.keep_pending(
        report.channel.id, std::move(grant->token), new_facts, "refresh", *intent,
        audit(world, actor, "token-refreshed", channel_name, new_facts.fingerprint.text()));
    if (!kept) co_return fail(kept.error());
    co_return co_await finish(world, std::move(report), facts, std::move(actor));
}

Task<RefreshReport> rollback(World& world, std::string channel_name, std::optional<int> version, std::string actor) {
    const auto guard = co_await world.locks.acquire(channel_name);
    auto channel = co_await find_channel(world, channel_name);
    if (!channel) co_return fail(channel.error());
    auto versions = co_await world.store.list_versions(channel->id);
    if (!versions) co_return fail(versions.error());
    if (!version) {
        const auto newest = std::ranges::find_if(
            *versions, [](const ports::TokenVersion& v) { return v.state == ports::VersionState::kRetired; });
        if (newest == versions->end()) {
            co_return fail(Code::kVersionUnknown, Fault::kUsage, "there is no earlier version");
        }
        version = newest->version;
    }
    auto opened = co_await world.store.load_version(channel->id, *version);
    if (!opened) co_return fail(opened.error());
    if (opened->version.state != ports::VersionState::kRetired) {
        co_return fail(Code::kVersionUnknown, Fault::kUsage,
                       "version " + std::to_string(*version) + " is not an earlier one that was in use");
    }
    auto verified = co_await verify(world, channel->login, channel->account, opened->version.facts, opened->token);
    if (!verified) co_return fail(verified.error().in("rollback"));
    // What a broken-off refresh left waiting would later take the place of what was chosen here.
    if (auto dropped = co_await drop_pending(world, *channel, actor); !dropped) co_return fail(dropped.error());
    const Instant now = world.clock.now();
    core::Lifecycle lifecycle;
    lifecycle.last_refresh_at = channel->lifecycle.last_refresh_at;
    lifecycle.next_attempt_at = core::next_look_at(channel_name, channel->login, verified->facts, lifecycle, now);
    auto promoted = co_await world.store.promote(
        channel->id, channel->revision, *version, verified->facts, verified->account, lifecycle,
        audit(world, actor, "token-rolled-back", channel_name, "to version " + std::to_string(*version)));
    if (!promoted) co_return fail(promoted.error());
    RefreshReport report;
    report.channel = std::move(*promoted);
    auto delivered = co_await deliver_channel(world, report.channel, actor);
    if (!delivered) co_return fail(delivered.error());
    report.deliveries = std::move(*delivered);
    report.was_refreshed = true;
    co_return report;
}

} // namespace everlong::engine
