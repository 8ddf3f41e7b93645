#include <engine/publishing/oracles.hpp>

namespace everlong::engine {
namespace {

// Of one channel within days: more than any account may publish (7.3).
constexpr int kNeighboursRead = 500;
// Posts that were due longer ago than this before the call cannot have gone out since without being counted late.
constexpr Milliseconds kNeighboursSince = Days(2);

// What other posts of the channel have to do with the account's newest media.
Task<void> read_neighbours(PublishWorld& world, const core::Post& post, core::Look& look) {
    const Instant first = post.progress.attempt->first_started_at;
    ports::PostQuery in_doubt;
    in_doubt.channel_name = post.channel_name;
    in_doubt.states = {core::PostState::kPublishing, core::PostState::kUncertain, core::PostState::kHeld};
    in_doubt.limit = kNeighboursRead;
    ports::PostQuery live = in_doubt;
    live.states = {core::PostState::kPublished};
    live.due_from = first - kNeighboursSince;
    for (const ports::PostQuery& query : {in_doubt, live}) {
        auto page = co_await world.posts.list_posts(query);
        if (!page) co_return fail(page.error());
        for (const core::Post& other : page->posts) {
            if (other.id == post.id) continue;
            if (other.progress.attempt && other.result.media_id.empty()) look.rivals.push_back(other.content);
            if (other.result.published_at && *other.result.published_at >= first) ++look.others_published;
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
    std::vector<std::string> ids;
    for (const core::PublishedMedium& medium : *look.recent)
        ids.push_back(medium.id);
    auto bound = co_await world.posts.list_bound_media(post.channel, std::move(ids));
    if (!bound) co_return fail(bound.error());
    look.bound = std::move(*bound);
    co_return co_await read_neighbours(world, post, look);
}

} // namespace everlong::engine
