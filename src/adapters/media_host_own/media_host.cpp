#include <adapters/media_host_own/media_host.hpp>

#include <core/publishing/media_address.hpp>
#include <core/publishing/robots.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace everlong::adapters {
namespace {

// Of a name's chance: 192 bits, more than anybody can try.
constexpr std::size_t kNameBytes = 24;
// Meta gives up slow hosts (2207003); one that needs longer for a head would not do.
constexpr Milliseconds kProbeDeadline = Seconds(15);
constexpr Milliseconds kRobotsDeadline = Seconds(5);
constexpr std::size_t kMostRobotsBytes = 512 * 1024; // RFC 9309, 2.5: at least 500 KiB are read
// Where a host does not take HEAD, the beginning of a GET is enough to see its head.
constexpr std::size_t kMostProbeBytes = 256 * 1024;
constexpr int kSaveTries = 5;

constexpr std::string_view kUserAgent = "facebookexternalhit/1.1 (compatible; Everlong looks whether Meta will get it)";

std::unexpected<Error> trouble(std::string why) {
    return fail(Code::kMediaAddress, Fault::kRefused, std::move(why));
}

std::string lower(std::string_view text) {
    std::string result(text);
    std::ranges::transform(result, result.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return result;
}

std::string_view ending_of(const ports::MediaFile& file) {
    struct Row {
        std::string_view format;
        std::string_view ending;
    };
    constexpr std::array<Row, 7> kEndings{{{"jpeg", ".jpg"},
                                           {"png", ".png"},
                                           {"webp", ".webp"},
                                           {"gif", ".gif"},
                                           {"heif", ".heic"},
                                           {"mp4", ".mp4"},
                                           {"mov", ".mov"}}};
    const auto row = file.facts ? std::ranges::find(kEndings, file.facts->format, &Row::format) : kEndings.end();
    return row == kEndings.end() ? std::string_view() : row->ending;
}

http::OutgoingRequest request_for(const core::MediaAddress& address, std::string method, bool is_rehearsal) {
    http::OutgoingRequest request;
    request.method = std::move(method);
    request.url = address.origin + address.path;
    request.encoded_query = address.query;
    request.headers.add("User-Agent", std::string(kUserAgent));
    request.headers.add("Accept", "*/*");
    request.deadline = kProbeDeadline;
    request.is_public_only = !is_rehearsal;
    return request;
}

bool is_redirect(int status) {
    return status >= 300 && status < 400 && status != 304;
}

Result<void> judge_status(const core::MediaAddress& address, const http::Response& answer) {
    const int status = answer.status;
    if (status == 200 || status == 206) return {};
    const std::string said = address.host + " answers " + std::to_string(status);
    if (is_redirect(status)) {
        return trouble(said + ", a redirect to " + std::string(answer.headers.find("Location").value_or("nowhere")) +
                       "; name the address behind it");
    }
    if (status == 401 || status == 403 || status == 407) return trouble(said + ": it lets only known callers in");
    if (status == 404 || status == 410) return trouble(said + ": there is nothing");
    if (status == 408 || status == 429 || status >= 500) return fail(Code::kUnreachable, Fault::kTransient, said);
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

class OwnMediaHost final : public ports::MediaHost {
public:
    OwnMediaHost(ports::PostStore& store, ports::Random& random, ports::Clock& clock, http::Client& client,
                 MediaHostOptions options)
        : store_(store), random_(random), clock_(clock), client_(client), options_(std::move(options)) {}

    Task<std::string> show(ports::MediaFile file, Instant until) override {
        auto base = base_address();
        if (!base) co_return fail(base.error());
        for (int i = 0; i < kSaveTries; ++i) {
            const bool is_shown = !file.public_name.empty() && file.public_until && *file.public_until > clock_.now();
            // A name that has ended stays ended: somebody may have kept it.
            if (!is_shown) file.public_name = random_.id(kNameBytes) + std::string(ending_of(file));
            if (is_shown && *file.public_until >= until) co_return *base + "/media/" + file.public_name;
            file.public_until = until;
            const core::FileId id = file.id;
            auto saved = co_await store_.save_file(std::move(file));
            if (saved) co_return *base + "/media/" + saved->public_name;
            if (saved.error().code() != Code::kBusy) co_return fail(saved.error());
            auto fresh = co_await store_.find_file(id);
            if (!fresh) co_return fail(fresh.error());
            if (!*fresh) co_return fail(Code::kFileUnknown, Fault::kUsage, id.text());
            file = std::move(**fresh);
        }
        co_return fail(Code::kBusy, Fault::kConflict, "the file is being changed");
    }

    Task<void> probe(std::string url, core::MediumType type) override {
        auto address = core::check_media_address(url, options_.is_rehearsal);
        if (!address) co_return fail(address.error());
        auto allowed = co_await check_robots(*address);
        if (!allowed) co_return fail(allowed.error());
        auto answer = co_await ask(*address);
        if (!answer) co_return fail(answer.error());
        if (auto status = judge_status(*address, *answer); !status) co_return fail(status.error());
        if (auto media = judge_type(*address, *answer, type); !media) co_return fail(media.error());
        co_return judge_length(*address, *answer);
    }

private:
    Result<std::string> base_address() const {
        std::string base = options_.base();
        if (base.empty()) {
            return trouble("EVERLONG_PUBLIC_URL is not set: Meta fetches pictures from a public https address of this "
                           "service, or give their own addresses");
        }
        auto address = core::check_media_address(base, options_.is_rehearsal);
        if (!address) return trouble("EVERLONG_PUBLIC_URL cannot be reached by Meta: " + address.error().detail());
        return base;
    }

    Task<void> check_robots(const core::MediaAddress& address) {
        core::MediaAddress robots = address;
        robots.path = "/robots.txt";
        robots.query.clear();
        http::OutgoingRequest request = request_for(robots, "GET", options_.is_rehearsal);
        request.deadline = kRobotsDeadline;
        request.body_limit_bytes = kMostRobotsBytes;
        auto answer = co_await client_.send(std::move(request));
        // One that cannot be had forbids nothing; whether its host answers at all shows with the medium.
        if (!answer || answer->status != 200) co_return Result<void>{};
        const std::string target = address.path + (address.query.empty() ? "" : "?" + address.query);
        if (core::allows_fetch(answer->body, core::kMetaFetcher, target)) co_return Result<void>{};
        co_return trouble("robots.txt of " + address.host + " forbids it to " + std::string(core::kMetaFetcher));
    }

    Task<http::Response> ask(const core::MediaAddress& address) {
        auto answer = co_await client_.send(request_for(address, "HEAD", options_.is_rehearsal));
        const bool is_known = answer && (answer->status == 200 || is_redirect(answer->status));
        if (!answer || is_known) co_return in_words(address, std::move(answer));
        // Some hosts take no HEAD, and some sign addresses for GET only.
        http::OutgoingRequest request = request_for(address, "GET", options_.is_rehearsal);
        request.headers.add("Range", "bytes=0-1023");
        request.body_limit_bytes = kMostProbeBytes;
        std::optional<http::Response> head = std::move(*answer);
        auto piece = co_await client_.send(std::move(request));
        // More than was asked for: the file is there, and no more is known of it.
        if (!piece && piece.error().code() == Code::kUpstreamSize) {
            head->status = 200;
            head->headers.set("Content-Type", "application/octet-stream");
            head->headers.remove("Content-Length");
            co_return std::move(*head);
        }
        co_return in_words(address, std::move(piece));
    }

    static Result<http::Response> in_words(const core::MediaAddress& address, Result<http::Response> answer) {
        if (answer) return answer;
        const Error& error = answer.error();
        if (error.code() == Code::kTls) {
            return trouble("the certificate of " + address.host + " cannot be verified: " + error.detail());
        }
        // Reading has no effect: whether the question left or not, it may be asked again.
        if (error.code() == Code::kUnknownOutcome) return fail(Code::kUnreachable, Fault::kTransient, error.detail());
        return answer;
    }

    ports::PostStore& store_;
    ports::Random& random_;
    ports::Clock& clock_;
    http::Client& client_;
    MediaHostOptions options_;
};

} // namespace

std::unique_ptr<ports::MediaHost> make_own_media_host(ports::PostStore& store, ports::Random& random,
                                                      ports::Clock& clock, http::Client& client,
                                                      MediaHostOptions options) {
    return std::make_unique<OwnMediaHost>(store, random, clock, client, std::move(options));
}

} // namespace everlong::adapters
