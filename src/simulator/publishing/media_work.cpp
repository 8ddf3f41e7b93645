#include <simulator/publishing/media_work.hpp>

#include <simulator/publishing/publishing.hpp>

#include <base/digest.hpp>

namespace everlong::simulator {
namespace {

// A video has so many times as long to arrive as a picture.
constexpr int kVideoPatience = 6;

FetchWish make_wish(const Sandbox& sandbox, std::string address, bool is_video, std::uint64_t most_bytes) {
    const Switches& switches = sandbox.switches;
    FetchWish wish;
    wish.address = std::move(address);
    wish.is_video = is_video;
    wish.most_bytes = most_bytes;
    wish.may_leave_machine = switches.is("media_hosts", "any");
    wish.obeys_robots = switches.is("media_robots", "obeyed");
    wish.follows_redirects = switches.is("media_redirects", "followed");
    wish.deadline = Seconds(switches.number("media_timeout_s") * (is_video ? kVideoPatience : 1));
    return wish;
}

// What is to be fetched, taken down before anything is waited for.
struct Plan {
    std::weak_ptr<Publishing> publishing;
    std::string container_id;
    std::optional<FetchWish> cover;
    std::optional<FetchWish> medium;
};

Plan make_plan(const Sandbox& sandbox, const MediaJob& job) {
    Plan plan;
    plan.publishing = sandbox.world->publishing;
    plan.container_id = job.container_id;
    const Container* container = sandbox.world->publishing->find_container(job.container_id);
    if (container == nullptr) return plan;
    const bool is_moving = is_video(container->kind);
    const std::uint64_t most = is_moving ? largest_video(container->kind, sandbox.switches) : kLargestImage;
    if (!container->address.empty()) plan.medium = make_wish(sandbox, container->address, is_moving, most);
    if (!container->cover_address.empty()) {
        plan.cover = make_wish(sandbox, container->cover_address, false, kLargestImage);
    }
    return plan;
}

void note_fetch(const Sandbox& sandbox, Publishing& publishing, const std::string& container_id,
                const std::string& address, const Fetched& fetched, const std::optional<MediaFault>& fault) {
    FetchRecord record;
    record.at = sandbox.now();
    record.container_id = container_id;
    record.address = address;
    record.status = fetched.status;
    record.verdict = fault ? fault->reason : "ok";
    publishing.add_fetch(std::move(record));
}

void end_loading(const Sandbox& sandbox, Container& container) {
    const bool is_moving = is_video(container.kind);
    const Seconds processing(sandbox.switches.number(is_moving ? "video_processing_s" : "image_processing_s"));
    container.is_loading = false;
    container.ready_at = sandbox.now() + processing;
}

void settle_video(const Sandbox& sandbox, Container& container, const MediaIntake& intake) {
    const Video video = intake.video();
    container.facts.bytes = intake.bytes();
    container.facts.sha256 = intake.sha256();
    container.facts.duration_ms = video.duration_ms;
    container.facts.has_sound = video.sound.has_value();
    if (video.picture) {
        container.facts.width = video.picture->width;
        container.facts.height = video.picture->height;
    }
    if (!container.fault) container.fault = judge_video(container.kind, video, container.wish, sandbox.switches);
}

void settle_picture(const Sandbox& sandbox, Publishing& publishing, Container& container, Fetched& fetched) {
    const Picture picture = inspect_picture(fetched.picture);
    container.facts.bytes = fetched.picture.size();
    container.facts.sha256 = to_hex(sha256(fetched.picture).data(), sizeof(Sha256));
    container.facts.width = picture.width;
    container.facts.height = picture.height;
    container.fault =
        judge_picture(container.kind, picture, fetched.picture.size(), container.address, sandbox.switches);
    if (!container.fault) publishing.keep_picture(container.id, std::move(fetched.picture));
}

// A cover may have any shape (8.2 knows only its format and size).
void settle_cover(const Sandbox& sandbox, Publishing& publishing, Container& container, Fetched& fetched) {
    container.fault = fetched.fault;
    if (container.fault) return;
    const Picture picture = inspect_picture(fetched.picture);
    container.fault =
        judge_picture(container.kind, picture, fetched.picture.size(), container.cover_address, sandbox.switches);
    if (!container.fault) publishing.keep_picture(container.id, std::move(fetched.picture));
}

} // namespace

void settle_upload(Sandbox& sandbox, Container& container) {
    settle_video(sandbox, container, *container.upload->intake);
    end_loading(sandbox, container);
}

namespace {

Async<void> run_plan(Sandbox& sandbox, std::shared_ptr<MediaFetcher> fetcher, Plan plan) {
    Fetched cover;
    Fetched medium;
    if (plan.cover) cover = co_await fetcher->fetch(*plan.cover);
    if (plan.medium) medium = co_await fetcher->fetch(*plan.medium);

    // After a reset, or without the simulator, nobody waits for it any more.
    const auto publishing = plan.publishing.lock();
    Container* container = publishing ? publishing->find_container(plan.container_id) : nullptr;
    if (container == nullptr) co_return;
    if (plan.cover) {
        settle_cover(sandbox, *publishing, *container, cover);
        note_fetch(sandbox, *publishing, container->id, plan.cover->address, cover, container->fault);
    }
    // The video of an upload comes on its own way.
    if (!plan.medium) co_return;
    container->facts.content_type = medium.content_type;
    if (medium.fault) {
        container->fault = medium.fault;
    } else if (medium.intake) {
        settle_video(sandbox, *container, *medium.intake);
    } else {
        settle_picture(sandbox, *publishing, *container, medium);
    }
    note_fetch(sandbox, *publishing, container->id, plan.medium->address, medium, container->fault);
    end_loading(sandbox, *container);
}

} // namespace

// No coroutine: the plan is made at once, while the sandbox is surely there.
Async<void> run_media_job(Sandbox& sandbox, std::shared_ptr<MediaFetcher> fetcher, const MediaJob& job) {
    return run_plan(sandbox, std::move(fetcher), make_plan(sandbox, job));
}

} // namespace everlong::simulator
