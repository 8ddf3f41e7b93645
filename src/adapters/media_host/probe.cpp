#include <adapters/media_host/detail/probe.hpp>

#include <core/publishing/robots.hpp>

#include <algorithm>
#include <charconv>
#include <optional>

namespace everlong::adapters::detail {
namespace {

// Meta gives up slow hosts (2207003); one that needs longer for a head would not do.
constexpr Milliseconds kProbeDeadline = Seconds(15);
constexpr Milliseconds kRobotsDeadline = Seconds(5);
constexpr std::size_t kMostRobotsBytes = 512 * 1024; // RFC 9309, 2.5: at least 500 KiB are read
// Where a host does not take HEAD, the beginning of a GET is enough to see its head.
constexpr std::size_t kMostProbeBytes = 256 * 1024;

constexpr std::string_view kUserAgent = "facebookexternalhit/1.1 (compatible; Everlong looks whether Meta will get it)";

std::string lower(std::string_view text) {
    std::string result(text);
    std::ranges::transform(result, result.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return result;
}

http::OutgoingRequest request_for(const core::MediaAddress& address, std::string method, bool is_rehearsal) {
    http::OutgoingRequest request;
    request.method = std::move(method);
    request.url = address.origin + address.path;
    request.encoded_query = address.query;
    request.headers.add("User-Agent", std::string(kUserAgent));
    request.headers.add("Accept", "*/*");
    request.deadline = kProbeDeadline;
    request.is_public_only = !(is_rehearsal && core::is_loopback_host(address.host));
    return request;
}

bool is_redirect(int status) {
    return status >= 300 && status < 400 && status != 304;
}

// What stands behind '?' may let its bearer in.
std::string bare(std::string_view address) {
    return std::string(address.substr(0, address.find('?')));
}

Result<void> judge_status(const core::MediaAddress& address, const http::Response& answer) {
    const int status = answer.status;
    if (status == 200 || status == 206) return {};
    const std::string said = address.host + " answers " + std::to_string(status);
    if (is_redirect(status)) {
        return trouble(said + ", a redirect to " + bare(answer.headers.find("Location").value_or("nowhere")) +
                       "; name the address behind it");
    }
    if (status == 401 || status == 403 || status == 407) return trouble(said + ": it lets only known callers in");
    if (status == 404 || status == 410) return trouble(said + ": there is nothing");
    if (status == 408 || status == 429 || status >= 500) return fail(Code::kMediaAddress, Fault::kTransient, said);
    return trouble(said);
}

// What a media host may call a picture or video (graph-api.md, 11.17).
Result<void> judge_type(const core::MediaAddress& address, const http::Response& answer, core::MediumType type) {
    const std::string given = lower(answer.headers.find("Content-Type").value_or(""));
    const bool is_raw = given.starts_with("application/octet-stream") || given.starts_with("binary/octet-stream");
    const std::string_view wanted = type == core::MediumType::kImage ? "image/" : "video/";
    const bool is_other_video = type == core::MediumType::kVideo && given.starts_with("application/mp4");
    if (is_raw || given.starts_with(wanted) || is_other_video) return {};
    if (given.empty()) return trouble(address.host + " gives it without a Content-Type");
    if (given.starts_with("text/html")) {
        return trouble(address.host +
                       " gives a page (HTML), not the file: a login page, or the warning page of a tunnel");
    }
    return trouble(address.host + " gives it as " + given.substr(0, given.find(';')) + ", not as " +
                   std::string(wanted) + "…");
}

Result<void> judge_length(const core::MediaAddress& address, const http::Response& answer) {
    // Of a piece the whole length stands behind the '/'.
    std::string_view text = answer.headers.find("Content-Length").value_or("");
    if (answer.status == 206) {
        const std::string_view range = answer.headers.find("Content-Range").value_or("");
        const auto slash = range.rfind('/');
        text = slash == std::string_view::npos ? std::string_view() : range.substr(slash + 1);
    }
    std::uint64_t length = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), length);
    if (text.empty() || problem != std::errc()) return {}; // in chunks: its length shows at the end only
    if (length == 0) return trouble(address.host + " gives nothing: its Content-Length is 0");
    return {};
}

// Pictures that Meta does not take (8.1), by their first bytes; empty for all else.
std::string_view format_of(std::string_view bytes) {
    if (bytes.starts_with("\x89PNG")) return "PNG";
    if (bytes.starts_with("GIF8")) return "GIF";
    if (bytes.starts_with("RIFF") && bytes.substr(0, 12).ends_with("WEBP")) return "WebP";
    const std::string_view brand = bytes.size() >= 12 && bytes.substr(4, 4) == "ftyp" ? bytes.substr(8, 4) : "";
    if (brand == "avif" || brand == "avis") return "AVIF";
    if (brand == "heic" || brand == "heix" || brand == "hevc" || brand == "mif1") return "HEIC";
    return {};
}

// The same by what its host calls it, which is often wrong: for where its bytes are not known.
std::string_view declared_format(const http::Response& answer) {
    const std::string given = lower(answer.headers.find("Content-Type").value_or(""));
    if (given.starts_with("image/png")) return "PNG";
    if (given.starts_with("image/gif")) return "GIF";
    if (given.starts_with("image/webp")) return "WebP";
    if (given.starts_with("image/avif")) return "AVIF";
    if (given.starts_with("image/hei")) return "HEIC";
    return {};
}

} // namespace

std::unexpected<Error> trouble(std::string why) {
    return fail(Code::kMediaAddress, Fault::kRefused, std::move(why));
}

Result<http::Response> in_words(const std::string& host, Result<http::Response> answer) {
    if (answer) return answer;
    const Error& error = answer.error();
    if (error.code() == Code::kTls) {
        return trouble("the certificate of " + host + " cannot be verified: " + error.detail());
    }
    // Reading has no effect: whether the question left or not, it may be asked again.
    std::string_view what;
    if (error.code() == Code::kUnreachable) what = " cannot be reached";
    if (error.code() == Code::kTimeout) what = " does not answer in time";
    if (error.code() == Code::kUnknownOutcome) what = " gives no whole answer";
    if (what.empty()) return answer;
    // The client's own words begin with the host.
    std::string_view why = error.detail();
    if (why.starts_with(host + ": ")) why.remove_prefix(host.size() + 2);
    return fail(Code::kMediaAddress, Fault::kTransient, host + std::string(what) + ": " + std::string(why));
}

Task<void> Probe::run(std::string url, core::MediumType type) {
    auto address = core::check_media_address(url, is_rehearsal_);
    if (!address) co_return fail(address.error());
    auto allowed = co_await check_robots(*address);
    if (!allowed) co_return fail(allowed.error());
    auto answer = co_await ask(*address);
    if (!answer) co_return fail(answer.error());
    if (auto status = judge_status(*address, *answer); !status) co_return fail(status.error());
    if (auto media = judge_type(*address, *answer, type); !media) co_return fail(media.error());
    if (auto length = judge_length(*address, *answer); !length) co_return fail(length.error());
    if (type == core::MediumType::kImage) co_return co_await check_picture(*address, *answer);
    co_return Result<void>{};
}

Task<void> Probe::check_robots(const core::MediaAddress& address) {
    core::MediaAddress robots = address;
    robots.path = "/robots.txt";
    robots.query.clear();
    http::OutgoingRequest request = request_for(robots, "GET", is_rehearsal_);
    request.deadline = kRobotsDeadline;
    request.body_limit_bytes = kMostRobotsBytes;
    auto answer = co_await client_.send(std::move(request));
    // One that cannot be had forbids nothing; whether its host answers at all shows with the medium.
    if (!answer || answer->status != 200) co_return Result<void>{};
    const std::string target = address.path + (address.query.empty() ? "" : "?" + address.query);
    if (core::allows_fetch(answer->body, core::kMetaFetcher, target)) co_return Result<void>{};
    co_return trouble("robots.txt of " + address.host + " forbids it to " + std::string(core::kMetaFetcher));
}

Task<http::Response> Probe::ask(const core::MediaAddress& address) {
    auto answer = co_await client_.send(request_for(address, "HEAD", is_rehearsal_));
    const bool is_known = answer && (answer->status == 200 || is_redirect(answer->status));
    if (!answer || is_known) co_return in_words(address.host, std::move(answer));
    // Some hosts take no HEAD, and some sign addresses for GET only.
    std::optional<http::Response> head = std::move(*answer);
    auto piece = co_await ask_piece(address);
    // More than was asked for: the file is there, and no more is known of it.
    if (!piece && piece.error().code() == Code::kUpstreamSize) {
        head->status = 200;
        head->headers.set("Content-Type", "application/octet-stream");
        head->headers.remove("Content-Length");
        co_return std::move(*head);
    }
    co_return in_words(address.host, std::move(piece));
}

Task<http::Response> Probe::ask_piece(const core::MediaAddress& address) {
    http::OutgoingRequest request = request_for(address, "GET", is_rehearsal_);
    request.headers.add("Range", "bytes=0-1023");
    request.body_limit_bytes = kMostProbeBytes;
    co_return co_await client_.send(std::move(request));
}

Task<void> Probe::check_picture(const core::MediaAddress& address, const http::Response& answer) {
    std::string bytes = answer.body;
    if (bytes.empty()) {
        // What cannot be had this way says nothing: the file may be there all the same.
        auto piece = co_await ask_piece(address);
        if (piece && (piece->status == 200 || piece->status == 206)) bytes = std::move(piece->body);
    }
    std::string_view format = format_of(bytes);
    if (bytes.empty()) format = declared_format(answer);
    if (format.empty()) co_return Result<void>{};
    co_return trouble(address.host + " gives a " + std::string(format) + " picture; Meta takes only JPEG");
}

} // namespace everlong::adapters::detail
