#include <adapters/graph/detail/publish_answers.hpp>

#include <adapters/graph/detail/json_edge.hpp>
#include <core/graph_errors.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace everlong::adapters::detail {
namespace {

namespace json = boost::json;

constexpr std::size_t kAddressBytes = 2048;

// Subcodes of publishing have seven digits and begin so (5.4).
constexpr std::string_view kSubcodeBegin = "2207";
constexpr std::size_t kSubcodeDigits = 7;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// An address: printable ASCII without blanks. Empty for anything else.
std::string read_address(const json::value* value) {
    const auto* text = value == nullptr ? nullptr : value->if_string();
    if (text == nullptr || text->size() > kAddressBytes) return {};
    const bool is_plain = std::ranges::all_of(*text, [](char c) { return c > 0x20 && c < 0x7f; });
    return is_plain ? std::string(text->data(), text->size()) : std::string();
}

// Exactly as it stands: captions are compared with what was sent.
std::string read_caption(const json::value* value) {
    const auto* text = value == nullptr ? nullptr : value->if_string();
    return text == nullptr ? std::string() : std::string(text->data(), text->size());
}

// "2026-05-01T10:00:00+0000": no colon in the offset (8.7). RFC 3339 as well.
std::optional<Instant> read_media_time(const json::value* value) {
    std::string text = read_text(value);
    constexpr std::size_t kOffsetLength = 5;
    if (text.size() > kOffsetLength) {
        const auto sign = text[text.size() - kOffsetLength];
        if (sign == '+' || sign == '-') text.insert(text.size() - 2, 1, ':');
    }
    return parse_rfc3339(text);
}

// A run of exactly seven digits that begins as these subcodes do.
std::optional<int> find_subcode(std::string_view text) {
    for (std::size_t i = 0; i + kSubcodeDigits <= text.size(); ++i) {
        if (!text.substr(i).starts_with(kSubcodeBegin) || (i > 0 && is_digit(text[i - 1]))) continue;
        const std::string_view digits = text.substr(i, kSubcodeDigits);
        const bool is_whole = std::ranges::all_of(digits, is_digit) &&
                              (i + kSubcodeDigits == text.size() || !is_digit(text[i + kSubcodeDigits]));
        int number = 0;
        if (is_whole) std::from_chars(digits.data(), digits.data() + digits.size(), number);
        if (is_whole) return number;
    }
    return std::nullopt;
}

// `status_code` may be missing while `status` begins with its word (8.4).
core::ContainerStatus status_of(const json::object& body, std::string_view text) {
    const auto status = core::parse_container_status(read_text(find_member(body, "status_code")));
    if (status != core::ContainerStatus::kUnknown) return status;
    using enum core::ContainerStatus;
    constexpr std::array kWords{
        std::pair{std::string_view("In progress"), kInProgress}, std::pair{std::string_view("Finished"), kFinished},
        std::pair{std::string_view("Published"), kPublished}, std::pair{std::string_view("Error"), kError},
        std::pair{std::string_view("Expired"), kExpired}};
    for (const auto& [word, meaning] : kWords) {
        if (text.starts_with(word)) return meaning;
    }
    return kUnknown;
}

void read_video_status(ports::ContainerReport& report, const json::object& video) {
    if (const json::object* upload = find_object(video, "uploading_phase")) {
        const auto bytes = read_integer(find_member(*upload, "bytes_transferred"));
        if (bytes && *bytes >= 0) report.bytes_transferred = static_cast<std::uint64_t>(*bytes);
    }
    if (const json::object* processing = find_object(video, "processing_phase")) {
        report.video_phase = read_text(find_member(*processing, "status"));
    }
}

std::optional<ports::PublishedMedium> medium_of(const json::object& fields) {
    auto id = read_id(find_member(fields, "id"));
    if (!id) return std::nullopt;
    ports::PublishedMedium medium;
    medium.id = *std::move(id);
    medium.caption = read_caption(find_member(fields, "caption"));
    medium.media_type = read_text(find_member(fields, "media_type"));
    medium.media_product_type = read_text(find_member(fields, "media_product_type"));
    medium.permalink = read_address(find_member(fields, "permalink"));
    medium.published_at = read_media_time(find_member(fields, "timestamp"));
    if (const json::object* children = find_object(fields, "children")) {
        if (const json::array* rows = find_rows(*children)) medium.children = static_cast<int>(rows->size());
    }
    return medium;
}

// `message` is a JSON text inside a string, or plain words (8.6).
std::string upload_words(const Asked& asked, const json::object& info) {
    const json::value* message = find_member(info, "message");
    const auto* text = message == nullptr ? nullptr : message->if_string();
    if (text == nullptr) return {};
    const auto inner = parse_document({text->data(), text->size()});
    const json::object* body = inner ? inner->if_object() : nullptr;
    const json::object* error = body == nullptr ? nullptr : find_object(*body, "error");
    return clean(asked, error == nullptr ? message : find_member(*error, "message"));
}

std::unexpected<Error> upload_refused(const Asked& asked, Answer answer, const json::object& info) {
    Upstream upstream;
    upstream.http_status = answer.status;
    upstream.type = clean(asked, find_member(info, "type"));
    upstream.message = upload_words(asked, info);
    upstream.is_transient = read_bool(find_member(info, "retriable")).value_or(false);
    std::string detail = "upload: Meta says: " + (upstream.message.empty() ? upstream.type : upstream.message);
    const bool may_pass = upstream.is_transient || answer.status >= 500;
    if (may_pass) return fail(Error(Code::kUpstream, Fault::kTransient, std::move(detail), std::move(upstream)));
    return fail(Error(Code::kGraph, Fault::kRefused, std::move(detail), std::move(upstream)));
}

} // namespace

Result<ports::MadeContainer> read_made_container(const Asked& asked, Answer answer, bool is_upload) {
    const auto document = open_success(asked, answer);
    if (!document) return fail(document.error());
    auto id = read_id(find_member(document->get_object(), "id"));
    if (!id) return misshapen(asked, answer, "no id in the answer");
    ports::MadeContainer made{*std::move(id), {}};
    if (!is_upload) return made;
    made.upload_uri = read_address(find_member(document->get_object(), "uri"));
    if (made.upload_uri.empty()) return misshapen(asked, answer, "no address for the upload in the answer");
    return made;
}

Result<std::string> read_made_id(const Asked& asked, Answer answer) {
    const auto document = open_success(asked, answer);
    if (!document) return fail(document.error());
    auto id = read_id(find_member(document->get_object(), "id"));
    if (!id) return misshapen(asked, answer, "no id in the answer");
    return *std::move(id);
}

Result<void> read_uploaded(const Asked& asked, Answer answer) {
    if (const auto document = parse_document(answer.body); document && document->is_object()) {
        const json::object* info = find_object(document->get_object(), "debug_info");
        if (info != nullptr) return upload_refused(asked, answer, *info);
    }
    const auto document = open_success(asked, answer);
    if (!document) return fail(document.error());
    const auto is_success = read_bool(find_member(document->get_object(), "success"));
    if (!is_success.value_or(false)) return misshapen(asked, answer, "no success in the answer");
    return {};
}

Result<ports::ContainerReport> read_container(const Asked& asked, Answer answer, std::string_view id) {
    const auto document = open_success(asked, answer);
    if (!document) return fail(document.error());
    const json::object& body = document->get_object();
    if (read_id(find_member(body, "id")) != id) return misshapen(asked, answer, "the answer is about another object");
    ports::ContainerReport report;
    // Ids aside, what it says may be the bare subcode, as a number too (8.4).
    const json::value* words = find_member(body, "status");
    const auto bare = read_integer(words);
    report.text = bare ? std::to_string(*bare) : read_text(words);
    report.status = status_of(body, report.text);
    report.subcode = find_subcode(report.text);
    if (const json::object* video = find_object(body, "video_status")) read_video_status(report, *video);
    return report;
}

Result<MediaPart> read_media(const Asked& asked, Answer answer) {
    const auto document = open_success(asked, answer);
    if (!document) return fail(document.error());
    const json::array* rows = find_rows(document->get_object());
    if (rows == nullptr) return misshapen(asked, answer, "no list in the answer");
    MediaPart part;
    for (const json::value& row : *rows) {
        auto medium = medium_of(row.get_object());
        if (!medium) return misshapen(asked, answer, "an entry without a usable id");
        part.media.push_back(*std::move(medium));
    }
    part.next = read_next(document->get_object());
    return part;
}

Result<ports::PublishedMedium> read_medium(const Asked& asked, Answer answer, std::string_view id) {
    const auto document = open_success(asked, answer);
    if (!document) return fail(document.error());
    auto medium = medium_of(document->get_object());
    if (!medium) return misshapen(asked, answer, "no id in the answer");
    if (medium->id != id) return misshapen(asked, answer, "the answer is about another object");
    return *std::move(medium);
}

} // namespace everlong::adapters::detail
