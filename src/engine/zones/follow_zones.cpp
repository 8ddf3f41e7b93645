#include <engine/zones/follow_zones.hpp>

#include <core/publishing/post_wishes.hpp>
#include <core/publishing/preflight.hpp>

#include <algorithm>
#include <utility>

namespace everlong::engine {
namespace {

constexpr int kBatch = 500;

// Nothing: it stays as it is. A zone that has gone from the data leaves its posts where they were.
std::optional<core::Change> moved(core::Post post, const ports::TimeZones& zones, Instant now) {
    const auto wall = zones.resolve(post.schedule.zone, post.schedule.wall_time);
    if (!wall || wall->instant == post.schedule.due_at) return std::nullopt;
    core::Schedule schedule = post.schedule;
    schedule.due_at = wall->instant;
    core::PostContent content = post.content;
    std::vector<core::Finding> findings = post.findings;
    // They name the instant that was meant before.
    std::erase_if(findings, [](const core::Finding& finding) {
        return finding.rule == core::kTimeGap || finding.rule == core::kTimeTwice;
    });
    auto change = core::edit_post(std::move(post), std::move(content), std::move(schedule), now);
    if (!change) return std::nullopt;
    change->post.findings = std::move(findings);
    for (core::TimelineEntry& entry : change->entries)
        entry.detail += "; the rules of " + change->post.schedule.zone + " have changed, tz data " + zones.version();
    return std::move(*change);
}

} // namespace

Task<int> follow_zones(World& world, ports::PostStore& posts, const ports::TimeZones& zones) {
    int count = 0;
    core::PostId after;
    for (;;) {
        auto batch = co_await posts.list_zoned_posts(after, kBatch);
        if (!batch) co_return fail(batch.error());
        if (batch->posts.empty() && batch->unreadable.empty()) co_return count;
        // A damaged one stays at its time: it is not sent at any.
        if (!batch->posts.empty()) after = std::max(after, batch->posts.back().id);
        if (!batch->unreadable.empty()) after = std::max(after, batch->unreadable.back().known.id);
        for (core::Post& post : batch->posts) {
            auto change = moved(std::move(post), zones, world.clock.now());
            if (!change) continue;
            ports::AuditEvent event = audit(world, "engine", "post-moved", change->post.channel_name,
                                            change->post.id.text() + ": the rules of its time zone have changed");
            auto saved =
                co_await posts.save_post(std::move(change->post), std::move(change->entries), std::move(event));
            if (saved)
                ++count;
            else if (saved.error().code() != Code::kBusy && saved.error().code() != Code::kPostUnknown) {
                co_return fail(saved.error());
            }
        }
    }
}

} // namespace everlong::engine
