#include <engine/publishing/steps.hpp>

#include <core/graph_errors.hpp>
#include <core/publishing/publish_limits.hpp>
#include <engine/publishing/connection.hpp>
#include <engine/publishing/oracles.hpp>
#include <engine/publishing/orders.hpp>

#include <algorithm>

namespace everlong::engine {
namespace {

using core::Change;
using core::Post;

// The outcome of a call that may have had its effect is worth waiting for a disk that is full for a moment; after that the
// post stays as its intent left it, and is read about like any other call whose end nobody saw.
constexpr int kSaveTries = 6;
constexpr Milliseconds kSavePause = Seconds(2);

// This machine's store, now: nothing of it belongs to the post.
bool is_of_the_store(const Error& error) {
    return error.fault() == Fault::kLocal || error.code() == Code::kBusy || error.code() == Code::kChannelUnknown;
}

// Calls for what is fetched after a post is live give way to publish calls that are due up to this much later.
constexpr Milliseconds kResultsYield = Minutes(10);

// An upload whose line was cut goes on at once as long as each try brings something: the waits after failures are for those
// that bring nothing, and a large video on a bad line would be overdue by them. So often at most, so that an end is certain.
constexpr int kUploadTries = 100;
// A line that was cut is often back within this.
constexpr Milliseconds kUploadCutPause = Milliseconds(500);

// A file that cannot be read is one post's trouble, not the store's.
Error of_the_post(const Error& error) {
    return error.fault() == Fault::kLocal ? Error(error.code(), Fault::kTransient, error.detail()) : error;
}

Instant now(const PublishWorld& world) {
    return world.world.clock.now();
}

Task<Post> save(PublishWorld& world, Change change) {
    co_return co_await world.posts.save_post(std::move(change.post), std::move(change.entries), std::nullopt);
}

// For what came of a call that must not be repeated.
Task<Post> save_surely(PublishWorld& world, Change change, const bool& is_stopping) {
    for (int i = 1;; ++i) {
        auto saved = co_await world.posts.save_post(change.post, change.entries, std::nullopt);
        if (saved || !is_of_the_store(saved.error())) co_return saved;
        if (saved.error().fault() == Fault::kConflict) {
            // Another post was bound to this medium before: by mistake, as the id that comes with an answer is right. This one
            // is live all the same.
            if (change.post.result.media_id.empty()) co_return saved;
            change.post.result.media_id.clear();
            continue;
        }
        if (i >= kSaveTries || is_stopping) co_return saved;
        co_await world.monotonic.sleep_for(kSavePause);
    }
}

// What a call's end says of the limits, and of the token.
template <class T>
Async<void> learn(PublishWorld& world, const ports::Channel& channel, const Result<T>& result) {
    if (const auto usage = world.world.graph.usage(channel.login))
        world.budget.note_usage(channel.id, *usage, now(world));
    if (result) {
        world.budget.note_success();
        co_return;
    }
    world.budget.note(channel.id, result.error(), now(world));
    if (core::is_dead_token(result.error())) co_await wake_channel_look(world, channel.name);
}

struct AskedLimit {
    Result<ports::PublishingLimit> limit;
    std::optional<Instant> at_meta; // of this very answer: a refusal has its time, too
};

Async<AskedLimit> ask_limit(PublishWorld& world, const Connection& connection, Instant due_at) {
    co_await world.budget.take(due_at);
    auto limit = co_await world.world.graph.publishing_limit(connection.channel.login, connection.current.token,
                                                             connection.channel.account.ig_user_id);
    const auto at_meta = world.world.graph.server_time();
    co_await learn(world, connection.channel, limit);
    co_return AskedLimit{std::move(limit), at_meta};
}

Task<core::Readiness> ask_readiness(PublishWorld& world, const Connection& connection, Instant due_at) {
    const AskedLimit asked = co_await ask_limit(world, connection, due_at);
    if (!asked.limit) co_return fail(asked.limit.error());
    co_return core::Readiness{asked.limit->used, asked.limit->total, asked.at_meta};
}

Task<Post> check(PublishWorld& world, Post post) {
    auto connection = co_await connect_channel(world, post.channel);
    if (!connection) {
        if (is_of_the_store(connection.error())) co_return fail(connection.error());
        co_return co_await save(world, core::after_check(std::move(post), fail(connection.error()), now(world)));
    }
    auto readiness = co_await ask_readiness(world, *connection, post.schedule.due_at);
    if (readiness) {
        auto media = co_await check_media(world, post);
        if (!media) readiness = fail(media.error());
    }
    co_return co_await save(world, core::after_check(std::move(post), readiness, now(world)));
}

Task<Post> confirm(PublishWorld& world, Post post) {
    auto connection = co_await connect_channel(world, post.channel);
    if (!connection) {
        if (is_of_the_store(connection.error())) co_return fail(connection.error());
        co_return co_await save(world, core::after_confirm(std::move(post), fail(connection.error()), now(world)));
    }
    auto readiness = co_await ask_readiness(world, *connection, post.schedule.due_at);
    co_return co_await save(world, core::after_confirm(std::move(post), readiness, now(world)));
}

Task<core::ContainerProgress> make(PublishWorld& world, const Connection& connection, const Post& post, int item) {
    // Waste is bounded by what can be remembered of it (law 2).
    auto proven = co_await world.world.store.prove_writable();
    if (!proven) co_return fail(proven.error());
    bool is_by_address = false;
    while (true) {
        auto order = co_await make_order(world, post, item, is_by_address);
        if (!order) co_return fail(of_the_post(order.error()));
        const bool has_address = !order->media_url.empty() || item == core::kParent;
        co_await world.budget.take(post.schedule.due_at);
        auto made = co_await world.api.make_container(connection.publisher(), std::move(*order));
        co_await learn(world, connection.channel, made);
        // Some accounts' videos can only be fetched (8.6).
        if (!made && made.error().code() == Code::kUploadRefused && !has_address) {
            is_by_address = true;
            continue;
        }
        if (!made) co_return fail(made.error());
        core::ContainerProgress container;
        container.id = made->id;
        container.upload_uri = has_address ? std::string() : made->upload_uri;
        container.has_bytes = has_address;
        co_return container;
    }
}

Task<Post> make_container(PublishWorld& world, Post post, int item) {
    auto connection = co_await connect_channel(world, post.channel);
    Result<core::ContainerProgress> made = fail(Code::kInternal, Fault::kLocal);
    if (connection) {
        made = co_await make(world, *connection, post, item);
    } else {
        made = fail(connection.error());
    }
    if (!made && is_of_the_store(made.error())) co_return fail(made.error());
    co_return co_await save(world, core::after_make(std::move(post), item, made, now(world)));
}

// How much of it has arrived, whoever sent it; nothing where all is done.
Task<std::optional<std::uint64_t>> find_offset(PublishWorld& world, const Connection& connection, const Post& post,
                                               const std::string& container, std::uint64_t size) {
    co_await world.budget.take(post.schedule.due_at);
    auto report = co_await world.api.container(connection.publisher(), container);
    co_await learn(world, connection.channel, report);
    if (!report) co_return fail(report.error());
    if (report->status == core::ContainerStatus::kFinished) co_return std::nullopt;
    if (report->status == core::ContainerStatus::kError || report->status == core::ContainerStatus::kExpired) {
        co_return fail(Code::kContainerFailed, Fault::kRefused, report->text);
    }
    const std::uint64_t offset = report->bytes_transferred.value_or(0);
    if (offset >= size) co_return std::nullopt;
    co_return offset;
}

Task<void> send(PublishWorld& world, const Connection& connection, const Post& post, int item) {
    const auto index = static_cast<std::size_t>(item);
    const core::ContainerProgress& container = post.progress.containers[index];
    auto bytes = world.shelf.open(post.content.media[index].file);
    if (!bytes) co_return fail(of_the_post(bytes.error()));
    std::optional<Error> cut;
    std::uint64_t cut_at = 0;
    for (int tries = 0; tries < kUploadTries; ++tries) {
        // An upload that was cut off goes on where it was.
        auto offset = co_await find_offset(world, connection, post, container.id, (*bytes)->size());
        if (!offset) co_return fail(offset.error());
        if (!*offset) co_return Result<void>{};
        const bool has_brought_nothing = cut && **offset <= cut_at;
        if (has_brought_nothing) break;
        co_await world.budget.take(post.schedule.due_at);
        auto sent = co_await world.api.send_bytes(connection.publisher(), container.upload_uri, **bytes, **offset);
        co_await learn(world, connection.channel, sent);
        if (sent) co_return sent;
        cut = of_the_post(sent.error());
        if (core::trouble_of(*cut) != core::Trouble::kPassing) break;
        cut_at = **offset;
        co_await world.monotonic.sleep_for(kUploadCutPause);
    }
    co_return fail(*cut);
}

Task<Post> send_bytes(PublishWorld& world, Post post, int item) {
    auto connection = co_await connect_channel(world, post.channel);
    Result<void> sent;
    if (connection) {
        sent = co_await send(world, *connection, post, item);
    } else {
        sent = fail(connection.error());
    }
    if (!sent && is_of_the_store(sent.error())) co_return fail(sent.error());
    co_return co_await save(world, core::after_send(std::move(post), item, sent, now(world)));
}

Task<Post> ask_container(PublishWorld& world, Post post, int item) {
    auto connection = co_await connect_channel(world, post.channel);
    Result<core::ContainerReport> report = fail(Code::kInternal, Fault::kLocal);
    if (connection) {
        const std::string id = item == core::kParent ? post.progress.parent.id
                                                     : post.progress.containers[static_cast<std::size_t>(item)].id;
        co_await world.budget.take(post.schedule.due_at);
        report = co_await world.api.container(connection->publisher(), id);
        co_await learn(world, connection->channel, report);
    } else {
        report = fail(connection.error());
    }
    if (!report && is_of_the_store(report.error())) co_return fail(report.error());
    co_return co_await save(world, core::after_ask(std::move(post), item, report, now(world)));
}

Task<Post> publish(PublishWorld& world, Post post, PublishLine::Place* place, const bool& is_stopping) {
    auto connection = co_await connect_channel(world, post.channel);
    if (!connection) {
        if (is_of_the_store(connection.error())) co_return fail(connection.error());
        co_return co_await save(world, core::after_confirm(std::move(post), fail(connection.error()), now(world)));
    }
    co_await world.budget.take(post.schedule.due_at);
    // The wait may have been long, or ended by a stop.
    if (is_stopping || !std::holds_alternative<core::step::Publish>(core::next_step(post, now(world)))) co_return post;
    std::optional<core::Problem> cause = post.progress.problem;
    core::Begun begun = core::begin_publish(std::move(post), cause, now(world));
    auto stored = co_await world.posts.begin_publish(begun.post, begun.step, begun.entry);
    if (!stored) {
        if (stored.error().code() != Code::kPublishUncertain) co_return fail(stored.error());
        // This very call was begun before, by a store that has been brought back since: only reading can tell.
        co_return co_await save(world, Change{std::move(begun.post), {std::move(begun.entry)}});
    }
    if (place != nullptr) {
        co_await place->turn();
        place->leave();
    }
    auto id = co_await world.api.publish(connection->publisher(), stored->post.progress.attempt->container_id,
                                         stored->intent);
    auto saved = co_await save_surely(world, core::after_publish(std::move(stored->post), id, now(world)), is_stopping);
    co_await learn(world, connection->channel, id);
    co_return saved;
}

Task<Post> look(PublishWorld& world, Post post) {
    core::Look seen;
    auto connection = co_await connect_channel(world, post.channel);
    if (!connection) {
        if (is_of_the_store(connection.error())) co_return fail(connection.error());
        seen.container = fail(connection.error());
        seen.recent = fail(connection.error());
        co_return co_await save(world, core::after_look(std::move(post), seen, now(world)));
    }
    const ports::Publisher who = connection->publisher();
    co_await world.budget.take(post.schedule.due_at);
    seen.container = co_await world.api.container(who, post.progress.attempt->container_id);
    co_await learn(world, connection->channel, seen.container);
    auto read = co_await read_media(world, *connection, post, seen);
    if (!read) co_return fail(read.error());
    if (seen.container && seen.container->status == core::ContainerStatus::kFinished) {
        // A witness that may only forbid: where it cannot be heard, the others decide.
        auto limit = co_await ask_readiness(world, *connection, post.schedule.due_at);
        if (limit) seen.quota_used = limit->quota_used;
    }
    co_return co_await save(world, core::after_look(std::move(post), seen, now(world)));
}

// What would be published; empty where nothing has been made.
std::string publishable_of(const Post& post) {
    if (post.content.kind == core::PostKind::kCarousel) return post.progress.parent.id;
    return post.progress.containers.empty() ? std::string() : post.progress.containers.front().id;
}

Task<Post> look_back(PublishWorld& world, Post post) {
    core::Look seen{.container = fail(Code::kUnreachable, Fault::kTransient), .recent = {}};
    auto connection = co_await connect_channel(world, post.channel);
    if (!connection) {
        if (is_of_the_store(connection.error())) co_return fail(connection.error());
        seen.recent = fail(connection.error());
        co_return co_await save(world, core::after_look_back(std::move(post), seen, now(world)));
    }
    if (const std::string container = publishable_of(post); !container.empty()) {
        co_await world.budget.take(post.schedule.due_at);
        seen.container = co_await world.api.container(connection->publisher(), container);
        co_await learn(world, connection->channel, seen.container);
    }
    auto read = co_await read_media(world, *connection, post, seen);
    if (!read) co_return fail(read.error());
    co_return co_await save(world, core::after_look_back(std::move(post), seen, now(world)));
}

Task<Post> find_medium(PublishWorld& world, Post post) {
    core::Look seen;
    auto connection = co_await connect_channel(world, post.channel);
    if (connection) {
        auto read = co_await read_media(world, *connection, post, seen);
        if (!read) co_return fail(read.error());
    } else {
        if (is_of_the_store(connection.error())) co_return fail(connection.error());
        seen.recent = fail(connection.error());
    }
    co_return co_await save(world, core::after_find(std::move(post), seen, now(world)));
}

Task<Post> fetch_permalink(PublishWorld& world, Post post) {
    auto connection = co_await connect_channel(world, post.channel);
    Result<core::PublishedMedium> medium = fail(Code::kInternal, Fault::kLocal);
    if (connection) {
        co_await world.budget.take(post.schedule.due_at + kResultsYield);
        medium = co_await world.api.medium(connection->publisher(), post.result.media_id);
        co_await learn(world, connection->channel, medium);
    } else {
        medium = fail(connection.error());
    }
    if (!medium && is_of_the_store(medium.error())) co_return fail(medium.error());
    co_return co_await save(world, core::after_permalink(std::move(post), medium, now(world)));
}

Task<Post> comment(PublishWorld& world, Post post, const bool& is_stopping) {
    auto connection = co_await connect_channel(world, post.channel);
    if (!connection) {
        if (is_of_the_store(connection.error())) co_return fail(connection.error());
        // Nothing was sent: the comment waits with the permalink.
        co_return co_await save(world, core::after_permalink(std::move(post), fail(connection.error()), now(world)));
    }
    co_await world.budget.take(post.schedule.due_at + kResultsYield);
    if (is_stopping) co_return post;
    core::Begun begun = core::begin_comment(std::move(post), now(world));
    auto stored = co_await world.posts.begin_publish(begun.post, begun.step, begun.entry);
    if (!stored) {
        if (stored.error().code() != Code::kPublishUncertain) co_return fail(stored.error());
        co_return co_await save(world, Change{std::move(begun.post), {std::move(begun.entry)}});
    }
    auto id = co_await world.api.comment(connection->publisher(), stored->post.result.media_id,
                                         stored->post.content.first_comment, stored->intent);
    auto saved = co_await save_surely(world, core::after_comment(std::move(stored->post), id, now(world)), is_stopping);
    co_await learn(world, connection->channel, id);
    co_return saved;
}

} // namespace

Task<Post> do_step(PublishWorld& world, Post post, core::PostStep step, PublishLine::Place* place,
                   const bool& is_stopping) {
    namespace s = core::step;
    if (std::holds_alternative<s::LookBack>(step)) co_return co_await look_back(world, std::move(post));
    if (std::holds_alternative<s::Check>(step)) co_return co_await check(world, std::move(post));
    if (const auto* made = std::get_if<s::MakeContainer>(&step)) {
        co_return co_await make_container(world, std::move(post), made->item);
    }
    if (const auto* sent = std::get_if<s::SendBytes>(&step)) {
        co_return co_await send_bytes(world, std::move(post), sent->item);
    }
    if (const auto* asked = std::get_if<s::AskContainer>(&step)) {
        co_return co_await ask_container(world, std::move(post), asked->item);
    }
    if (std::holds_alternative<s::Confirm>(step)) co_return co_await confirm(world, std::move(post));
    if (std::holds_alternative<s::Publish>(step)) {
        co_return co_await publish(world, std::move(post), place, is_stopping);
    }
    if (std::holds_alternative<s::Look>(step)) co_return co_await look(world, std::move(post));
    if (std::holds_alternative<s::Comment>(step)) co_return co_await comment(world, std::move(post), is_stopping);
    if (std::holds_alternative<s::FindMedium>(step)) co_return co_await find_medium(world, std::move(post));
    if (std::holds_alternative<s::FetchPermalink>(step)) co_return co_await fetch_permalink(world, std::move(post));
    co_return post; // nothing, or a wait
}

Task<std::optional<Instant>> ask_metas_time(PublishWorld& world, ChannelId channel, Instant due_at) {
    if (const auto pause = world.budget.pause(channel, now(world))) {
        co_return fail(Code::kRateLimited, Fault::kRateLimited, pause->problem.detail);
    }
    auto connection = co_await connect_channel(world, channel);
    if (!connection) co_return fail(connection.error());
    co_return (co_await ask_limit(world, *connection, due_at)).at_meta;
}

} // namespace everlong::engine
