// /v1/posts: what shall be published, and how far it has come. What may be done with a post, and when, is decided in
// core/publishing/post_wishes.hpp.

#include <api/detail/answers.hpp>
#include <api/detail/post_body.hpp>
#include <api/detail/post_json.hpp>
#include <api/detail/post_plan.hpp>
#include <core/graph_errors.hpp>
#include <engine/lifecycle/verify.hpp>

#include <algorithm>
#include <functional>

namespace everlong::api::detail {
namespace {

constexpr int kPageSize = 100;
constexpr int kMostOfAPage = 1000;
// The engine may write between our reading and our writing; it does so a few times a second at most.
constexpr int kSaveTries = 5;

bool is_asked(const Call& call, std::string_view name) {
    return std::ranges::any_of(call.query, [&](const auto& pair) {
        return pair.first == name && (pair.second == "true" || pair.second == "1" || pair.second.empty());
    });
}

bool is_denied(const Call& call, std::string_view name) {
    return std::ranges::any_of(call.query, [&](const auto& pair) {
        return pair.first == name && (pair.second == "false" || pair.second == "0");
    });
}

Task<json::object> with_timeline(const Call& call, const core::Post& post) {
    auto entries = co_await call.context.publishing->posts.list_timeline(post.id);
    if (!entries) co_return fail(entries.error());
    json::object object = post_to_json(post, call.context.publishing->zones, call.now());
    object["timeline"] = timeline_to_json(*entries);
    co_return object;
}

Async<Answer> show(const Call& call, const core::Post& post, int status = 200) {
    auto body = co_await with_timeline(call, post);
    if (!body) co_return fail(body.error());
    co_return json_response(*body, status);
}

// With what was found: a page shows it where it belongs.
http::Response refuse(const PostPlan& plan) {
    json::object problem = problem_to_json(refusal_of(plan));
    problem["findings"] = findings_to_json(plan.post.findings, plan.post.content.media.size());
    http::Response response = json_response(problem, static_cast<int>(problem.at("status").as_int64()));
    response.headers.set("Content-Type", "application/problem+json");
    return response;
}

// A change that a person wants, on the post as it is by now.
using Wish = std::function<Result<core::Change>(core::Post post, Instant now)>;

Async<Answer> grant(Call& call, std::string action, Wish wish) {
    if (call.context.publishing == nullptr) co_return no_publishing();
    for (int i = 0; i < kSaveTries; ++i) {
        auto post = co_await find_post_for(call.context, call.caller, call.captured.front());
        if (!post) co_return fail(post.error());
        auto change = wish(std::move(*post), call.now());
        if (!change) co_return fail(change.error());
        auto event =
            engine::audit(call.world(), call.actor(), action, change->post.channel_name, change->post.id.text());
        auto saved = co_await call.context.publishing->posts.save_post(std::move(change->post),
                                                                       std::move(change->entries), std::move(event));
        if (saved) {
            call.context.publishing->on_change();
            co_return co_await show(call, *saved);
        }
        if (saved.error().code() != Code::kBusy) co_return fail(saved.error());
    }
    co_return fail(Code::kBusy, Fault::kConflict, "the post is being worked on");
}

// --- damaged ones ---

Async<Answer> show_unreadable(const Call& call, const ports::UnreadablePost& post) {
    auto entries = co_await call.context.publishing->posts.list_timeline(post.known.id);
    json::object object = unreadable_to_json(post, call.context.publishing->zones, call.now());
    // The story may be damaged as well: what is known of the post is shown without it.
    object["timeline"] = entries ? timeline_to_json(*entries) : json::array();
    co_return json_response(object);
}

// The damaged post that `answer` could not be given for; nothing where that has another reason.
Task<std::optional<ports::UnreadablePost>> find_unreadable(const Call& call, const Answer& answer) {
    if (answer || answer.error().code() != Code::kStoreCorrupt) co_return std::nullopt;
    co_return co_await find_unreadable_for(call.context, call.caller, call.captured.front());
}

// What a person says of one: `end` is the line that tells how it ends.
Async<Answer> close(Call& call, std::string action, ports::UnreadablePost post, Result<core::TimelineEntry> end) {
    if (!end) co_return fail(end.error());
    auto event = engine::audit(call.world(), call.actor(), action, post.known.channel_name,
                               post.known.id.text() + ", which cannot be read");
    auto closed = co_await call.context.publishing->posts.close_unreadable_post(std::move(post), std::move(*end),
                                                                                std::move(event));
    if (!closed) co_return fail(closed.error());
    call.context.publishing->on_change();
    co_return co_await show_unreadable(call, *closed);
}

// What the account shows, where a person says that a post is live. A medium that they name has to be among it, as nothing
// corrects one that is another's; without one their word stands, whatever Meta says or does not say.
Task<std::optional<core::Look>> look_before_settling(const Call& call, bool is_published, const std::string& media_id) {
    const PublishingParts* publishing = call.context.publishing;
    if (publishing == nullptr || !publishing->look_at_account || !is_published) co_return std::nullopt;
    auto post = co_await find_post_for(call.context, call.caller, call.captured.front());
    if (!post) co_return std::nullopt; // told by whoever does it
    if (!core::settle_published(*post, media_id, call.now())) co_return std::nullopt;
    auto look = co_await publishing->look_at_account(*post);
    if (!look) co_return fail(look.error());
    if (!media_id.empty()) {
        auto checked = core::check_medium(*post, *look, media_id);
        if (!checked) co_return fail(checked.error());
    }
    co_return *std::move(look);
}

Result<std::optional<Instant>> instant_in(const std::string& value) {
    const auto instant = parse_rfc3339(value);
    if (!instant) return fail(Code::kTimeSyntax, Fault::kUsage, "'" + core::scrub(value, 80) + "'");
    return instant;
}

Result<void> add_states(std::vector<core::PostState>& states, std::string_view words) {
    while (!words.empty()) {
        const std::string_view word = words.substr(0, words.find(','));
        words.remove_prefix(std::min(word.size() + 1, words.size()));
        const auto state = core::parse_post_state(word);
        if (!state) return fail(Code::kUsage, Fault::kUsage, "'" + core::scrub(word, 80) + "' is no state of a post");
        states.push_back(*state);
    }
    return {};
}

Result<ports::PostQuery> read_query(const Call& call) {
    ports::PostQuery query;
    query.limit = kPageSize;
    query.channel_name = call.caller.channel_name;
    for (const auto& [name, value] : call.query) {
        if (name == "after") query.after = value;
        if (name == "limit") query.limit = std::clamp(std::atoi(value.c_str()), 1, kMostOfAPage);
        if (name == "order") query.is_newest_first = value != "oldest";
        if (name == "state") {
            if (auto states = add_states(query.states, value); !states) return fail(states.error());
        }
        if (name == "channel" && !value.empty()) {
            if (!call.caller.may_see(value)) return fail(core::unknown_channel(value));
            query.channel_name = value;
        }
        if (name != "from" && name != "until") continue;
        auto instant = instant_in(value);
        if (!instant) return fail(instant.error());
        (name == "from" ? query.due_from : query.due_until) = *instant;
    }
    return query;
}

} // namespace

Async<Answer> list_posts(Call& call) {
    if (call.context.publishing == nullptr) co_return no_publishing();
    auto query = read_query(call);
    if (!query) co_return fail(query.error());
    if (!query->channel_name.empty()) {
        auto channel = co_await engine::find_channel(call.world(), query->channel_name);
        if (!channel) co_return fail(channel.error());
    }
    const bool is_newest_first = query->is_newest_first;
    auto page = co_await call.context.publishing->posts.list_posts(std::move(*query));
    if (!page) co_return fail(page.error());
    json::array items = page_to_json(*page, is_newest_first, call.context.publishing->zones, call.now());
    json::value next = page->next.empty() ? json::value(nullptr) : json::value(page->next);
    co_return json_response(json::object{{"posts", std::move(items)}, {"next", std::move(next)}});
}

Async<Answer> create_post(Call& call) {
    if (call.context.publishing == nullptr) co_return no_publishing();
    auto key = idempotency_key_of(call.request);
    if (!key) co_return fail(key.error());
    const bool is_check = is_asked(call, "check");
    // A page that checks while somebody writes asks for no more than the store knows.
    const bool asks = !is_denied(call, "ask");
    bool is_repeated = false;
    if (!key->empty()) {
        auto known = co_await find_post_of_key(call.context, call.caller, call.body, *key);
        if (!known) co_return fail(known.error());
        is_repeated = known->has_value();
    }
    // What is repeated was looked at when it was made: since then its time, a permission or our address may have gone.
    const bool asks_hosts = asks && (is_check || !is_repeated);
    const PlanWish wish{.is_check = is_check, .asks_meta = is_check && asks, .asks_hosts = asks_hosts};
    auto plan = co_await plan_post(call.context, call.caller, call.body, nullptr, wish);
    if (!plan) co_return fail(plan.error());
    if (plan->late && !is_repeated) {
        co_await drop_converted(call.context, call.caller, *plan);
        co_return fail(*plan->late);
    }
    if (is_check) {
        // Who wants to look at what was converted fetches it, and removes it.
        const bool is_kept = is_asked(call, "keep");
        if (!is_kept) co_await drop_converted(call.context, call.caller, *plan);
        json::array fixes = fixes_to_json(plan->fixes, plan->post.content.media.size());
        for (std::size_t i = 0; i < fixes.size(); ++i) {
            fixes[i].get_object()["file"] = is_kept ? json::value(plan->converted[i].text()) : json::value(nullptr);
        }
        co_return json_response(
            json::object{{"ok", !plan->has_errors()},
                         {"findings", findings_to_json(plan->post.findings, plan->post.content.media.size())},
                         {"fixes", std::move(fixes)},
                         {"post", post_to_json(plan->post, call.context.publishing->zones, call.now())}});
    }
    if (plan->has_errors() && !plan->is_draft && !is_repeated) {
        co_await drop_converted(call.context, call.caller, *plan);
        co_return refuse(*plan);
    }
    auto added = co_await store_post(call.context, call.caller, std::move(*plan), std::move(*key));
    if (!added) co_return fail(added.error());
    auto answer = co_await show(call, added->post, added->is_new ? 201 : 200);
    if (answer && added->is_new) answer->headers.set("Location", "/v1/posts/" + added->post.id.text());
    if (answer && !added->is_new) answer->headers.set("Idempotency-Replayed", "true");
    co_return answer;
}

Async<Answer> get_post(Call& call) {
    if (call.context.publishing == nullptr) co_return no_publishing();
    auto post = co_await find_post_for(call.context, call.caller, call.captured.front());
    if (post) co_return co_await show(call, *post);
    auto damaged = co_await find_unreadable(call, fail(post.error()));
    if (!damaged) co_return fail(damaged.error());
    if (!*damaged) co_return fail(post.error());
    co_return co_await show_unreadable(call, **damaged);
}

Async<Answer> edit_post(Call& call) {
    if (call.context.publishing == nullptr) co_return no_publishing();
    auto post = co_await find_post_for(call.context, call.caller, call.captured.front());
    if (!post) co_return fail(post.error());
    auto plan = co_await plan_post(call.context, call.caller, call.body, &*post);
    if (!plan) co_return fail(plan.error());
    if (plan->has_errors() && !plan->is_draft) {
        co_await drop_converted(call.context, call.caller, *plan);
        co_return refuse(*plan);
    }
    const bool becomes_scheduled = post->state == core::PostState::kDraft && !plan->is_draft;
    if (plan->is_draft && post->state != core::PostState::kDraft) {
        co_return fail(Code::kPostState, Fault::kConflict, "a post with its time does not become a draft again");
    }
    co_return co_await grant(call, "post-edited", [&](core::Post current, Instant now) -> Result<core::Change> {
        // What was planned is a change of the post as it was read.
        if (current.revision != post->revision) {
            return fail(Code::kBusy, Fault::kConflict, "the post has changed meanwhile");
        }
        auto change = core::edit_post(std::move(current), plan->post.content, plan->post.schedule, now);
        if (!change) return change;
        change->post.findings = plan->post.findings;
        if (!becomes_scheduled) return change;
        auto scheduled = core::schedule_post(std::move(change->post), plan->post.schedule, now);
        if (scheduled)
            scheduled->entries.insert(scheduled->entries.begin(), change->entries.begin(), change->entries.end());
        return scheduled;
    });
}

Async<Answer> cancel_post(Call& call) {
    auto answer = co_await grant(call, "post-cancelled", core::cancel_post);
    auto damaged = co_await find_unreadable(call, answer);
    if (!damaged) co_return fail(damaged.error());
    if (!*damaged) co_return answer;
    auto end = core::cancel_unreadable((**damaged).known.state, (**damaged).was_call_begun, call.now());
    co_return co_await close(call, "post-cancelled", **std::move(damaged), std::move(end));
}

Async<Answer> retry_post(Call& call) {
    if (auto only = only_members(call.body, {"in_time"}); !only) co_return fail(only.error());
    auto in_time = flag_of(call.body, "in_time");
    if (!in_time) co_return fail(in_time.error());
    co_return co_await grant(call, "post-retried", [&](core::Post post, Instant now) -> Result<core::Change> {
        // Whoever lets many go at once has not thought of each that is late.
        if (*in_time && core::is_overdue(post, now)) {
            return fail(Code::kOverdue, Fault::kConflict, "due at " + to_rfc3339(post.schedule.due_at));
        }
        return core::retry_post(std::move(post), now);
    });
}

Async<Answer> settle_post(Call& call) {
    if (auto only = only_members(call.body, {"published", "media_id"}); !only) co_return fail(only.error());
    if (!call.body.contains("published")) {
        co_return fail(Code::kHttpBody, Fault::kUsage, "published is missing: true where the post is on the account");
    }
    auto is_published = said_flag_of(call.body, "published");
    auto media_id = text_of(call.body, "media_id");
    if (!is_published) co_return fail(is_published.error());
    if (!media_id) co_return fail(media_id.error());
    const bool is_number = std::ranges::all_of(*media_id, [](char c) { return c >= '0' && c <= '9'; });
    if (!is_number || media_id->size() > 32)
        co_return fail(Code::kUsage, Fault::kUsage, "media_id is no number of Meta's");
    auto seen = co_await look_before_settling(call, *is_published, *media_id);
    if (!seen) co_return fail(seen.error());
    const Wish wish = [&](core::Post post, Instant now) {
        if (!*is_published) return core::settle_unpublished(std::move(post), now);
        auto change = core::settle_published(std::move(post), *media_id, now);
        if (change && *seen) core::note_unseen(change->post, **seen);
        return change;
    };
    auto answer = co_await grant(call, "post-settled", wish);
    auto damaged = co_await find_unreadable(call, answer);
    if (!damaged) co_return fail(damaged.error());
    if (!*damaged) co_return answer;
    auto end = core::settle_unreadable((**damaged).known.state, (**damaged).was_call_begun, *is_published, call.now());
    if (end && *is_published && !media_id->empty()) {
        end->detail = "media " + *media_id;
        (**damaged).known.result.media_id = *media_id;
    }
    co_return co_await close(call, "post-settled", **std::move(damaged), std::move(end));
}

} // namespace everlong::api::detail
