#include <simulator/media/media_fetch.hpp>

#include <simulator/media/robots.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <array>

namespace everlong::simulator {
namespace {

namespace asio = boost::asio;

// Pictures are held whole while they are judged: so many times 8 MiB.
constexpr std::size_t kSlots = 8;
constexpr int kMostRedirects = 3;
// The client's own deadline stands behind ours, which tells slowness from a cut.
constexpr Milliseconds kDeadlineMargin = Seconds(5);
constexpr Milliseconds kRobotsDeadline = Seconds(5);
constexpr std::size_t kLargestRobots = 512 * 1024; // RFC 9309, 2.5: at least 500 KiB are read

constexpr std::string_view kUserAgent = "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)";

struct Address {
    std::string origin; // "http://127.0.0.1:8000"
    std::string host;
    std::string path; // "/" at least
    std::string query;
};

// Nothing for an address with a user in it, or without a host.
std::optional<Address> parse_address(std::string_view text) {
    text = text.substr(0, text.find('#'));
    const auto scheme_end = text.find("://");
    if (scheme_end == std::string_view::npos) return std::nullopt;
    const auto authority_begin = scheme_end + 3;
    const auto authority_end = std::min(text.find_first_of("/?", authority_begin), text.size());
    const std::string_view authority = text.substr(authority_begin, authority_end - authority_begin);
    if (authority.empty() || authority.find('@') != std::string_view::npos) return std::nullopt;
    Address address;
    address.origin = text.substr(0, authority_end);
    const auto port = authority.starts_with('[') ? authority.find(':', std::min(authority.find(']'), authority.size()))
                                                 : authority.find(':');
    address.host = authority.substr(0, port);
    std::string_view rest = text.substr(authority_end);
    const auto question = rest.find('?');
    address.path = rest.substr(0, question);
    if (address.path.empty()) address.path = "/";
    if (question != std::string_view::npos) address.query = rest.substr(question + 1);
    return address;
}

std::string to_lower(std::string_view text) {
    std::string lower(text);
    std::ranges::transform(lower, lower.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return lower;
}

// What a media host may call a picture or video. Nothing, HTML and the rest are no media (11.17).
bool is_media_type(std::string_view content_type) {
    constexpr std::array<std::string_view, 5> kTypes{"image/", "video/", "application/octet-stream",
                                                     "binary/octet-stream", "application/mp4"};
    const std::string type = to_lower(content_type);
    return std::ranges::any_of(kTypes, [&](std::string_view known) { return type.starts_with(known); });
}

bool is_redirect(int status) {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

MediaFault no_media(const FetchWish& wish, std::string reason) {
    return {make_publish_error(PublishRefusal::kNotFetched, {wish.address}), std::move(reason)};
}

// A download that broke: of a video it has a subcode of its own (5.4).
MediaFault no_download(const FetchWish& wish, std::string reason) {
    if (!wish.is_video) return no_media(wish, std::move(reason));
    return {make_publish_error(PublishRefusal::kVideoDownload), std::move(reason)};
}

MediaFault fault_of(const FetchWish& wish, const Error& error) {
    if (error.code() != Code::kUpstreamSize) return no_download(wish, error.detail());
    const auto refusal = wish.is_video ? PublishRefusal::kVideoProcessing : PublishRefusal::kImageSize;
    return {make_publish_error(refusal), "larger than allowed"};
}

http::OutgoingRequest make_request(const Address& address) {
    http::OutgoingRequest request;
    request.url = address.origin + address.path;
    request.encoded_query = address.query;
    request.headers.add("User-Agent", std::string(kUserAgent));
    request.headers.add("Accept", "*/*");
    return request;
}

} // namespace

bool is_loopback_host(std::string_view host) {
    const std::string name = to_lower(host);
    if (name == "localhost" || name.ends_with(".localhost") || name == "[::1]") return true;
    return name.starts_with("127.") && name.find_first_not_of("0123456789.") == std::string::npos;
}

MediaFetcher::MediaFetcher(asio::any_io_executor executor)
    : executor_(std::move(executor)), client_(http::Client::make(executor_)) {}

// Nothing: it failed, and the fault is set.
Async<std::optional<http::Response>> MediaFetcher::ask(http::OutgoingRequest request, Milliseconds deadline,
                                                       Fetched& fetched, const FetchWish& wish) {
    using namespace asio::experimental::awaitable_operators;
    if (!client_) {
        fetched.fault = no_download(wish, "the simulator is stopping");
        co_return std::nullopt;
    }
    request.deadline = deadline + kDeadlineMargin;
    asio::steady_timer timer(executor_);
    timer.expires_after(deadline);
    auto first = co_await (client_->send(std::move(request)) || timer.async_wait(asio::as_tuple(asio::use_awaitable)));
    if (first.index() == 1) {
        fetched.fault = MediaFault{make_publish_error(PublishRefusal::kDownloadSlow), "it took too long to arrive"};
        co_return std::nullopt;
    }
    auto& answer = std::get<0>(first);
    if (!answer) {
        fetched.fault = fault_of(wish, answer.error());
        co_return std::nullopt;
    }
    fetched.status = answer->status;
    co_return std::move(*answer);
}

Async<bool> MediaFetcher::is_forbidden_by_robots(std::string origin, std::string path) {
    Fetched ignored;
    const FetchWish wish;
    http::OutgoingRequest request = make_request({std::move(origin), {}, "/robots.txt", {}});
    request.body_limit_bytes = kLargestRobots;
    // One that cannot be had forbids nothing; whether its host answers at all shows with the medium.
    const auto answer = co_await ask(std::move(request), kRobotsDeadline, ignored, wish);
    co_return answer && answer->status == 200 && !is_allowed_by_robots(answer->body, path);
}

Async<Fetched> MediaFetcher::fetch(FetchWish wish) {
    const auto slot = co_await slots_.acquire(std::to_string(next_slot_++ % kSlots));
    co_return co_await fetch_now(std::move(wish));
}

Async<Fetched> MediaFetcher::fetch_now(FetchWish wish) {
    Fetched fetched;
    std::string next = wish.address;
    for (int hop = 0;; ++hop) {
        const auto address = parse_address(next);
        if (!address) {
            fetched.fault = no_media(wish, "no address that can be fetched");
            co_return fetched;
        }
        if (!wish.may_leave_machine && !is_loopback_host(address->host)) {
            fetched.fault = no_media(wish, "it leads away from this machine; the switch media_hosts lets that through");
            co_return fetched;
        }
        const std::string target = address->path + (address->query.empty() ? "" : "?" + address->query);
        if (wish.obeys_robots && co_await is_forbidden_by_robots(address->origin, target)) {
            fetched.fault = no_media(wish, "robots.txt of its host forbids it");
            co_return fetched;
        }
        http::OutgoingRequest request = make_request(*address);
        request.body_limit_bytes = static_cast<std::size_t>(wish.most_bytes);
        if (wish.is_video) {
            fetched.intake = std::make_shared<MediaIntake>();
            request.on_body = [intake = fetched.intake](std::string_view piece) { intake->feed(piece); };
        }
        auto answer = co_await ask(std::move(request), wish.deadline, fetched, wish);
        if (!answer) co_return fetched;
        const std::string location(answer->headers.find("Location").value_or(""));
        if (is_redirect(answer->status) && wish.follows_redirects && hop < kMostRedirects && !location.empty()) {
            next = location.starts_with('/') ? address->origin + location : location;
            continue;
        }
        fetched.content_type = answer->headers.find("Content-Type").value_or("");
        if (answer->status != 200) {
            fetched.fault = no_download(wish, "its host answers " + std::to_string(answer->status));
        } else if (!is_media_type(fetched.content_type)) {
            fetched.fault = no_media(wish, fetched.content_type.empty() ? "it comes without a content type"
                                                                        : "it comes as " + fetched.content_type);
        }
        fetched.picture = std::move(answer->body);
        co_return fetched;
    }
}

} // namespace everlong::simulator
