// The bytes of files. GET /media/{public_name}: where Meta fetches them; nobody is asked who they are, because the name is
// a secret of its own, and ends. GET /v1/files/{id}/content: for who composes with them.

#include <api/detail/answers.hpp>
#include <api/detail/byte_range.hpp>
#include <api/detail/post_json.hpp>
#include <api/detail/uploads.hpp>

#include <core/publishing/media_names.hpp>
#include <http/body_stream.hpp>

#include <algorithm>

namespace everlong::api::detail {
namespace {

// One read of the disk, and what a slow reader's connection holds.
constexpr std::size_t kPieceBytes = 128 * 1024;
// How long others may keep a copy: within it Meta fetches the same medium for all of its purposes.
constexpr Seconds kCachedFor = Hours(1);

std::string_view content_type(const ports::MediaFile& file) {
    return core::content_type_of(file.facts ? std::string_view(file.facts->format) : std::string_view());
}

class FileStream final : public http::BodyStream {
public:
    FileStream(std::shared_ptr<ports::ByteSource> source, ByteRange range, Worker& disk)
        : source_(std::move(source)), at_(range.first), end_(range.last + 1), disk_(disk) {}

    Async<std::string> next() override {
        const std::size_t limit = static_cast<std::size_t>(std::min<std::uint64_t>(kPieceBytes, end_ - at_));
        if (limit == 0 || is_ended_) co_return std::string();
        auto piece = co_await disk_.run([source = source_, at = at_, limit] { return source->read(at, limit); });
        // The end before the length that was told: the connection is cut, and the reader knows.
        if (!piece) co_return std::string();
        at_ += piece->size();
        co_return std::move(*piece);
    }
    void end() override { is_ended_ = true; }

private:
    std::shared_ptr<ports::ByteSource> source_;
    std::uint64_t at_;
    std::uint64_t end_;
    Worker& disk_;
    bool is_ended_ = false;
};

// The whole or the part that is asked for. `cache_control`: who may keep a copy.
Result<http::Response> send_file(const Call& call, const ports::MediaFile& file, std::string cache_control) {
    PublishingParts& parts = *call.context.publishing;
    http::Response response;
    const std::string etag = "\"" + file.sha256 + "\"";
    response.headers.set("ETag", etag);
    response.headers.set("Cache-Control", std::move(cache_control));
    response.headers.set("Accept-Ranges", "bytes");
    if (call.request.headers.find("If-None-Match").value_or("").contains(etag)) {
        response.status = 304;
        return response;
    }
    auto source = parts.files.shelf().open(file.id);
    if (!source) return fail(source.error());
    const std::uint64_t size = (*source)->size();
    const RangeAnswer range = read_range(call.request.headers, etag, size);
    response.headers.set("Content-Type", std::string(content_type(file)));
    response.status = range.status;
    if (range.status == 416) {
        response.headers.set("Content-Range", "bytes */" + std::to_string(size));
        return response;
    }
    if (range.status == 206) {
        response.headers.set("Content-Range", "bytes " + std::to_string(range.range.first) + "-" +
                                                  std::to_string(range.range.last) + "/" + std::to_string(size));
    }
    response.stream_length = range.range.last - range.range.first + 1;
    response.stream =
        std::make_shared<FileStream>(std::shared_ptr<ports::ByteSource>(std::move(*source)), range.range, parts.disk);
    return response;
}

} // namespace

Async<Answer> serve_media(Call& call) {
    if (call.context.publishing == nullptr) co_return no_publishing();
    auto file = co_await call.context.publishing->posts.find_file_by_public_name(call.captured.front());
    if (!file) co_return fail(file.error());
    const Instant now = call.now();
    if (!*file || !(*file)->public_until || *(*file)->public_until <= now || !(*file)->is_whole()) {
        co_return fail(Code::kHttpNotFound, Fault::kUsage, "nothing is shown under this name");
    }
    const auto left = std::chrono::floor<Seconds>(*(*file)->public_until - now);
    co_return send_file(call, **file, "public, max-age=" + std::to_string(std::min(left, kCachedFor).count()));
}

Async<Answer> show_file(Call& call) {
    if (call.context.publishing == nullptr) co_return no_publishing();
    auto file = co_await find_file_for(call.context, call.caller, core::FileId(call.captured.front()));
    if (!file) co_return fail(file.error());
    if (!file->is_whole()) co_return fail(Code::kHttpNotFound, Fault::kUsage, "it has arrived only in part");
    // Kept by the browser that composes with it, and asked about each time: who has signed out sees nothing.
    co_return send_file(call, *file, "private, no-cache");
}

} // namespace everlong::api::detail
