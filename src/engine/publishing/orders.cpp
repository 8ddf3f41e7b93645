#include <engine/publishing/orders.hpp>

#include <core/publishing/post_machine.hpp>
#include <core/publishing/publish_limits.hpp>

namespace everlong::engine {
namespace {

using core::MediumType;
using core::PostKind;

Task<ports::MediaFile> find_whole_file(PublishWorld& world, const core::FileId& id) {
    auto file = co_await world.posts.find_file(id);
    if (!file) co_return fail(file.error());
    if (!*file) co_return fail(Code::kFileUnknown, Fault::kUsage, id.text());
    if (!(*file)->is_whole()) co_return fail(Code::kFileUnknown, Fault::kUsage, id.text() + " has not arrived whole");
    co_return std::move(**file);
}

// Where Meta fetches it: somebody's address, or ours for as long as a container may need it.
Task<std::string> address_of(PublishWorld& world, const core::FileId& id, std::string url, Instant due_at) {
    if (id.is_empty()) co_return url;
    auto file = co_await find_whole_file(world, id);
    if (!file) co_return fail(file.error());
    const Instant until = std::max(due_at, world.world.clock.now()) + core::kContainerUsedFor;
    co_return co_await world.host.show(std::move(*file), until);
}

Task<void> probe(PublishWorld& world, const core::FileId& id, std::string url, MediumType type, Instant due_at) {
    auto address = co_await address_of(world, id, std::move(url), due_at);
    if (!address) co_return fail(address.error());
    co_return co_await world.host.probe(*address, type);
}

bool has_cover(const core::ReelSettings& reel) {
    return !reel.cover_file.is_empty() || !reel.cover_url.empty();
}

ports::ContainerKind kind_of(const core::Post& post, const core::PostMedium& medium) {
    const bool is_video = medium.type == MediumType::kVideo;
    switch (post.content.kind) {
    case PostKind::kImage: return ports::ContainerKind::kImage;
    case PostKind::kCarousel: return is_video ? ports::ContainerKind::kItemVideo : ports::ContainerKind::kItemImage;
    case PostKind::kReel: return ports::ContainerKind::kReel;
    case PostKind::kStory: return is_video ? ports::ContainerKind::kStoryVideo : ports::ContainerKind::kStoryImage;
    }
    return ports::ContainerKind::kImage;
}

// What belongs to the post as a whole: not to the parts of a carousel (8.1).
void add_post_parameters(ports::ContainerOrder& order, const core::PostContent& content) {
    order.caption = content.caption;
    order.location_id = content.location_id;
    order.collaborators = content.collaborators;
    order.is_ai_generated = content.is_ai_generated;
}

} // namespace

bool is_uploaded(const core::PostMedium& medium) {
    return medium.type == MediumType::kVideo && !medium.file.is_empty();
}

Task<void> check_media(PublishWorld& world, const core::Post& post) {
    const Instant due_at = post.schedule.due_at;
    for (const core::PostMedium& medium : post.content.media) {
        if (is_uploaded(medium)) {
            auto file = co_await find_whole_file(world, medium.file);
            if (!file) co_return fail(file.error());
            continue;
        }
        auto probed = co_await probe(world, medium.file, medium.url, medium.type, due_at);
        if (!probed) co_return fail(probed.error());
    }
    const core::ReelSettings& reel = post.content.reel;
    if (post.content.kind != PostKind::kReel || !has_cover(reel)) co_return Result<void>{};
    co_return co_await probe(world, reel.cover_file, reel.cover_url, MediumType::kImage, due_at);
}

Task<ports::ContainerOrder> make_order(PublishWorld& world, const core::Post& post, int item, bool is_by_address) {
    ports::ContainerOrder order;
    if (item == core::kParent) {
        order.kind = ports::ContainerKind::kCarousel;
        for (const core::ContainerProgress& part : post.progress.containers)
            order.children.push_back(part.id);
        add_post_parameters(order, post.content);
        co_return order;
    }
    const core::PostMedium& medium = post.content.media[static_cast<std::size_t>(item)];
    order.kind = kind_of(post, medium);
    order.alt_text = medium.alt_text;
    order.user_tags = medium.user_tags;
    order.product_tags = medium.product_tags;
    if (post.content.kind != PostKind::kCarousel) add_post_parameters(order, post.content);
    if (!is_uploaded(medium) || is_by_address) {
        auto address = co_await address_of(world, medium.file, medium.url, post.schedule.due_at);
        if (!address) co_return fail(address.error());
        order.media_url = std::move(*address);
    }
    if (post.content.kind == PostKind::kReel) {
        order.reel = post.content.reel;
        if (has_cover(order.reel)) {
            auto cover = co_await address_of(world, order.reel.cover_file, order.reel.cover_url, post.schedule.due_at);
            if (!cover) co_return fail(cover.error());
            order.cover_url = std::move(*cover);
        }
    }
    co_return order;
}

} // namespace everlong::engine
