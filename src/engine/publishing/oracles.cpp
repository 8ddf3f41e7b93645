#include <engine/publishing/oracles.hpp>

#include <algorithm>

namespace everlong::engine {
namespace {

// Of one channel, the last due first: more than any account may publish in days (7.3). Not only of the last days' due times,
// as a person may let go a post that is long overdue.
constexpr int kNeighboursRead = 500;
constexpr int kChannelsRead = 500;

// An account may be connected by both logins, each with a channel of its own; it has one list of media.
Task<std::vector<ports::Channel>> channels_of_account(PublishWorld& world, const ports::Channel& channel) {
    std::vector<ports::Channel> channels;
    std::string after;
    while (true) {
        auto page = co_await world.world.store.list_channels(after, kChannelsRead);
        if (!page) co_return fail(page.error());
        for (const ports::Channel& other : *page) {
            const bool is_same = other.id == channel.id || other.account.ig_user_id == channel.account.ig_user_id;
            if (is_same) channels.push_back(other);
        }
        if (page->size() < static_cast<std::size_t>(kChannelsRead)) co_return channels;
        after = page->back().name;
    }
}

// Media carry whole seconds; that a call left is known more exactly.
bool went_out_since(const core::Post& post, Instant since) {
    if (!post.result.published_at) return false;
    const auto& attempt = post.progress.attempt;
    return std::max(*post.result.published_at, attempt ? attempt->first_started_at : Instant::min()) >= since;
}

// What other posts of a channel of the account have to do with its newest media.
Task<void> read_neighbours(PublishWorld& world, const std::string& channel_name, const core::Post& post,
                           core::Look& look) {
    // Without a call of its own nobody's share of the quota is asked for.
    const Instant first = post.progress.attempt ? post.progress.attempt->first_started_at : Instant::max();
    // What the quota said before the call was read when the post was confirmed: who went out in between is part of the
    // difference, too. A repeated call has been confirmed anew, and the first reading counts.
    const Instant quota_read_at = std::min(post.progress.confirmed_at.value_or(first), first);
    ports::PostQuery in_doubt;
    in_doubt.channel_name = channel_name;
    in_doubt.states = {core::PostState::kPublishing, core::PostState::kUncertain, core::PostState::kHeld};
    in_doubt.limit = kNeighboursRead;
    ports::PostQuery live = in_doubt;
    live.states = {core::PostState::kPublished};
    for (const ports::PostQuery& query : {in_doubt, live}) {
        auto page = co_await world.posts.list_posts(query);
        if (!page) co_return fail(page.error());
        for (const core::Post& other : page->posts) {
            if (other.id == post.id) continue;
            if (other.progress.attempt && other.result.media_id.empty()) look.rivals.push_back(other.content);
            if (went_out_since(other, quota_read_at)) ++look.others_published;
        }
        // What a damaged one shows cannot be told: it may be just what this post shows, so that a person decides between them,
        // until a person has ended it. Nothing of the quota is put down to it.
        for (const ports::UnreadablePost& other : page->unreadable) {
            const bool may_have_one =
                other.was_call_begun && other.known.result.media_id.empty() && !core::is_final(other.known.state);
            if (other.known.id != post.id && may_have_one) look.has_unreadable_rival = true;
        }
    }
    co_return Result<void>{};
}

} // namespace

Task<void> read_media(PublishWorld& world, const Connection& connection, const core::Post& post, core::Look& look) {
    co_await world.budget.take(post.schedule.due_at);
    look.recent = co_await world.api.recent_media(connection.publisher(), core::is_story(post.content),
                                                  core::media_wanted_since(post));
    if (!look.recent) {
        world.budget.note(connection.channel.id, look.recent.error(), world.world.clock.now());
        co_return Result<void>{};
    }
    look.server_time = world.world.graph.server_time(); // of this very answer
    std::vector<std::string> ids;
    for (const core::PublishedMedium& medium : *look.recent)
        ids.push_back(medium.id);
    auto channels = co_await channels_of_account(world, connection.channel);
    if (!channels) co_return fail(channels.error());
    for (const ports::Channel& channel : *channels) {
        auto bound = co_await world.posts.list_bound_media(channel.id, ids);
        if (!bound) co_return fail(bound.error());
        look.bound.insert(look.bound.end(), bound->begin(), bound->end());
        auto read = co_await read_neighbours(world, channel.name, post, look);
        if (!read) co_return fail(read.error());
    }
    co_return Result<void>{};
}

Task<core::Look> look_at_account(PublishWorld& world, core::Post post) {
    core::Look look;
    if (const auto pause = world.budget.pause(post.channel, world.world.clock.now())) {
        look.recent = fail(Code::kRateLimited, Fault::kRateLimited, pause->problem.detail);
        co_return look;
    }
    auto connection = co_await connect_channel(world, post.channel);
    if (!connection) {
        look.recent = fail(connection.error());
        co_return look;
    }
    auto read = co_await read_media(world, *connection, post, look);
    if (!read) co_return fail(read.error());
    co_return look;
}

} // namespace everlong::engine
