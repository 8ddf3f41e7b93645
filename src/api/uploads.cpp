#include <api/detail/uploads.hpp>

#include <api/detail/admission.hpp>
#include <base/base64.hpp>

#include <algorithm>
#include <charconv>

namespace everlong::api::detail {
namespace {

// What is held before it goes to the disk, where every piece costs a sync.
constexpr std::size_t kPieceBytes = 4 * 1024 * 1024;

std::optional<std::uint64_t> number_in(const http::Request& head, std::string_view field) {
    const auto text = head.headers.find(field);
    if (!text || text->empty()) return std::nullopt;
    std::uint64_t number = 0;
    const auto [end, problem] = std::from_chars(text->data(), text->data() + text->size(), number);
    const bool is_number = problem == std::errc() && end == text->data() + text->size();
    return is_number ? std::optional(number) : std::nullopt;
}

std::unexpected<Error> bad_head(std::string why) {
    return fail(Code::kUsage, Fault::kUsage, std::move(why));
}

// Upload-Metadata: "filename Y2F0LmpwZw==,filetype aW1hZ2UvanBlZw==", in the alphabet of RFC 4648, section 4.
std::string name_from_metadata(std::string_view text) {
    while (!text.empty()) {
        std::string_view pair = text.substr(0, text.find(','));
        text.remove_prefix(std::min(pair.size() + 1, text.size()));
        while (pair.starts_with(' '))
            pair.remove_prefix(1);
        constexpr std::string_view kName = "filename ";
        if (!pair.starts_with(kName)) continue;
        std::string value(pair.substr(kName.size()));
        std::ranges::replace(value, '+', '-');
        std::ranges::replace(value, '/', '_');
        return from_base64url(value).value_or("");
    }
    return {};
}

// ?name=cat.jpg
std::string name_from_query(const http::Request& head) {
    for (auto& [name, value] : http::parse_form(head.raw_query())) {
        if (name == "name") return value;
    }
    return {};
}

Result<UploadPlan> plan_tus_file(const http::Request& head) {
    const auto length = number_in(head, "Upload-Length");
    if (!length) return bad_head("the header Upload-Length has to say how many bytes will come");
    UploadPlan plan;
    plan.file.size = *length;
    plan.file.name = name_from_metadata(head.headers.find("Upload-Metadata").value_or(""));
    return plan;
}

// The bytes themselves; whatever their type is called, they are looked at.
Result<UploadPlan> plan_plain_file(const http::Request& head, std::optional<std::uint64_t> body_bytes) {
    const std::string_view type = head.headers.find("Content-Type").value_or("");
    if (type.starts_with("multipart/") || type.starts_with("application/json")) {
        return bad_head("it takes the bytes of the file themselves, as curl --data-binary @FILE sends them, not " +
                        std::string(type.substr(0, type.find(';'))));
    }
    if (!body_bytes) return bad_head("the header Content-Length has to say how many bytes come");
    UploadPlan plan;
    plan.file.size = *body_bytes;
    plan.file.name = name_from_query(head);
    return plan;
}

} // namespace

bool speaks_tus(const http::Request& request) {
    return request.headers.find("Tus-Resumable").has_value();
}

Task<ports::MediaFile> find_file_for(const ApiContext& context, const Caller& caller, core::FileId id) {
    auto file = co_await context.publishing->files.find(std::move(id));
    if (!file) co_return fail(file.error());
    if (caller.channel_name.empty() || file->created_by == caller.actor()) co_return file;
    co_return fail(Code::kFileUnknown, Fault::kUsage, file->id.text());
}

Task<UploadPlan> plan_upload(const ApiContext& context, const Caller& caller, const http::Request& head,
                             const std::vector<std::string>& captured, std::optional<std::uint64_t> body_bytes) {
    if (captured.empty() && !speaks_tus(head)) co_return plan_plain_file(head, body_bytes);
    const std::string_view type = head.headers.find("Content-Type").value_or("");
    if (body_bytes.value_or(1) > 0 && type != "application/offset+octet-stream") {
        co_return bad_head("the Content-Type of a piece is application/offset+octet-stream");
    }
    if (captured.empty()) co_return plan_tus_file(head);
    const auto offset = number_in(head, "Upload-Offset");
    if (!offset) co_return bad_head("the header Upload-Offset has to say where the bytes belong");
    auto file = co_await find_file_for(context, caller, core::FileId(captured.front()));
    if (!file) co_return fail(file.error());
    if (*offset != file->received) {
        co_return fail(Code::kFileOffset, Fault::kUsage,
                       std::to_string(file->received) + " bytes have arrived, not " + std::to_string(*offset));
    }
    co_return UploadPlan{std::move(*file), *offset};
}

Upload::Upload(const ApiContext& context, Access& access, http::Request head)
    : context_(context), access_(access), head_(std::move(head)) {}

Upload::~Upload() = default;

bool Upload::take(std::string_view piece) {
    buffer_ += piece;
    return true;
}

Task<void> Upload::begin() {
    auto admitted = co_await admit(context_, access_, head_);
    if (!admitted) co_return fail(admitted.error());
    if (!admitted->admission) co_return fail(Code::kHttpNotFound, Fault::kUsage);
    const Caller& caller = admitted->admission->caller;
    auto plan = co_await plan_upload(context_, caller, head_, admitted->admission->captured,
                                     number_in(head_, "Content-Length"));
    if (!plan) co_return fail(plan.error());
    plan_ = std::move(*plan);
    if (!plan_.file.id.is_empty()) co_return Result<void>{};
    auto file = co_await files().begin(plan_.file.name, plan_.file.size, caller.actor());
    if (!file) co_return fail(file.error());
    plan_.file = std::move(*file);
    co_return Result<void>{};
}

Task<void> Upload::flush() {
    if (buffer_.empty()) co_return Result<void>{};
    auto length = co_await files().append(plan_.file, plan_.offset, std::exchange(buffer_, {}));
    if (!length) co_return fail(length.error());
    plan_.offset = *length;
    co_return Result<void>{};
}

Async<bool> Upload::settle() {
    if (!outcome_) outcome_ = co_await begin();
    if (*outcome_ && buffer_.size() >= kPieceBytes) outcome_ = co_await flush();
    co_return outcome_->has_value();
}

Task<ports::MediaFile> Upload::finish() {
    if (!outcome_) outcome_ = co_await begin();
    if (*outcome_) outcome_ = co_await flush();
    if (!*outcome_) co_return fail(outcome_->error());
    co_return co_await files().find(plan_.file.id);
}

} // namespace everlong::api::detail
