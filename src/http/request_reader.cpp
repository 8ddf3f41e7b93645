#include <http/request_reader.hpp>

#include <http/body_taker.hpp>
#include <http/field_rules.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include <algorithm>
#include <limits>
#include <utility>

namespace everlong::http {
namespace {

namespace beast = boost::beast;
using beast::error_code;

// One read of a head fits most requests; bodies come in larger pieces.
constexpr std::size_t kHeadRead = 4 * 1024;
constexpr std::size_t kBodyRead = 64 * 1024;
// What is reserved on the word of a Content-Length alone.
constexpr std::size_t kBodyReserve = 1024 * 1024;
// A line of a chunk's size with its extensions, and the whole trailer.
constexpr std::size_t kChunkLine = 16 * 1024;
// What is left of a chunked body between two chunks is never less than "0\r\n\r\n". Boost 1.81's parser asserts that it
// is given no less (basic_parser.ipp, parse_chunk_header), though a peer may well send that in pieces.
constexpr std::size_t kLeastChunked = 5;
// No registered method is longer (RFC 9110, 16.1 and its registry: UPDATEREDIRECTREF, 17).
constexpr std::size_t kMethodLength = 20;

constexpr int kBadRequest = 400;
constexpr int kBodyTooLarge = 413;
constexpr int kTargetTooLong = 414;
constexpr int kExpectationFailed = 417;
constexpr int kHeadTooLarge = 431;
constexpr int kVersionNotSupported = 505;

bool is_digits(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool is_method(std::string_view text) {
    return !text.empty() && text.size() <= kMethodLength &&
           std::ranges::all_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
}

// Origin form, or "*" for OPTIONS (RFC 9112, 3.2). The absolute form is for proxies, which we are not; taking it would
// give a request two hosts. Characters that RFC 3986 forbids but real clients send ('|', '{') are let through.
bool is_target(std::string_view method, std::string_view text) {
    if (text == "*") return method == "OPTIONS";
    bool is_plain = text.starts_with('/');
    for (const char c : text)
        is_plain &= c > ' ' && c < 0x7f && c != '#'; // no early way out: sixteen at a time
    return is_plain;
}

// 0 for a good request line, else the status that refuses it.
int check_request_line(std::string_view line, std::size_t target_limit) {
    const auto first = line.find(' ');
    if (first == std::string_view::npos) return kBadRequest;
    const std::string_view method = line.substr(0, first);
    const auto second = std::min(line.find(' ', first + 1), line.size());
    const std::string_view target = line.substr(first + 1, second - first - 1);
    if (!is_method(method)) return kBadRequest;
    if (target.size() > target_limit) return kTargetTooLong;
    if (second == line.size() || !is_target(method, target)) return kBadRequest;
    const std::string_view version = line.substr(second + 1);
    if (version == "HTTP/1.1" || version == "HTTP/1.0") return 0;
    const bool is_other_version = version.size() == 8 && version.starts_with("HTTP/") &&
                                  is_digits(version.substr(5, 1)) && version[6] == '.' && is_digits(version.substr(7));
    return is_other_version ? kVersionNotSupported : kBadRequest;
}

// Fills our own request straight from Beast's parser.
class Parser : public beast::http::basic_parser<true> {
public:
    Request request;
    bool is_http_1_0 = false;
    bool expects_continue = false;
    bool is_unwanted = false;
    int refusal = 0;

private:
    using View = beast::string_view;

    static std::string_view view(View text) { return {text.data(), text.size()}; }

    void refuse(int status, error_code& ec) {
        refusal = status;
        ec = beast::http::error::bad_value;
    }

    void on_request_impl(beast::http::verb, View method, View target, int version, error_code&) override {
        request.method = view(method);
        request.target = view(target);
        is_http_1_0 = version == 10;
    }

    void on_response_impl(int, View, int, error_code&) override {}

    void on_field_impl(beast::http::field field, View name, View value, error_code& ec) override {
        // Fields behind a chunked body come too late to mean anything; merged in they could contradict the head.
        if (is_header_over_) return;
        switch (field) {
        case beast::http::field::host:
            if (++hosts_ > 1) return refuse(kBadRequest, ec);
            break;
        case beast::http::field::content_length:
            // Beast takes "5, 5" and two equal fields; a list is never what an honest client sends.
            if (++lengths_ > 1 || !is_digits(view(value))) return refuse(kBadRequest, ec);
            break;
        case beast::http::field::transfer_encoding:
            // Beast passes over codings it does not know, and would then read the body as the next request.
            if (is_http_1_0 || !beast::iequals(value, "chunked")) return refuse(kBadRequest, ec);
            break;
        case beast::http::field::expect:
            if (!beast::iequals(value, "100-continue")) return refuse(kExpectationFailed, ec);
            expects_continue = !is_http_1_0;
            break;
        default: break;
        }
        request.headers.add(view(name), view(value));
    }

    void on_header_impl(error_code& ec) override {
        is_header_over_ = true;
        if (hosts_ == 0 && !is_http_1_0) refuse(kBadRequest, ec); // RFC 9112, 3.2
    }

    void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) override {
        if (length && !request.taker)
            request.body.reserve(static_cast<std::size_t>(std::min<std::uint64_t>(*length, kBodyReserve)));
    }

    std::size_t on_body_impl(View piece, error_code& ec) override {
        if (request.taker) {
            if (!request.taker->take(view(piece))) {
                is_unwanted = true;
                ec = beast::http::error::end_of_stream;
            }
            return piece.size();
        }
        request.body.append(piece.data(), piece.size());
        return piece.size();
    }

    void on_chunk_header_impl(std::uint64_t, View, error_code&) override {}

    std::size_t on_chunk_body_impl(std::uint64_t, View piece, error_code& ec) override {
        return on_body_impl(piece, ec);
    }

    void on_finish_impl(error_code&) override {}

    bool is_header_over_ = false;
    int hosts_ = 0;
    int lengths_ = 0;
};

} // namespace

struct RequestReader::Impl {
    ServerLimits limits;
    bool is_local = false;
    BodyPlan body_plan;
    beast::flat_buffer buffer;
    Step step = Step::kNeedsHead;
    int refusal = 0;
    std::optional<Parser> parser;
    // Progress in the head: everything before `scanned` was looked at.
    std::size_t scanned = 0;
    std::size_t line_start = 0;
    bool has_skipped_blank_line = false;

    std::string_view bytes() const { return {static_cast<const char*>(buffer.data().data()), buffer.size()}; }

    Step refuse(int status) {
        refusal = status;
        return Step::kRefused;
    }

    Step scan_head();
    Step end_line(std::string_view data);
    Step parse_head(std::size_t size);
    bool limit_body();
    Step parse_body();
    int overflow_status() const;
};

// A head that is too large is a target that is too long where it has not even come to the end of its target.
int RequestReader::Impl::overflow_status() const {
    if (line_start != 0) return kHeadTooLarge;
    const std::string_view line = bytes().substr(0, scanned);
    const auto first = line.find(' ');
    if (first == std::string_view::npos) return kBadRequest;
    const auto second = std::min(line.find(' ', first + 1), line.size());
    return second - first - 1 > limits.target_bytes ? kTargetTooLong : kHeadTooLarge;
}

// Looks at each byte of a head once, as it comes, so that garbage is refused at its first wrong byte.
RequestReader::Step RequestReader::Impl::scan_head() {
    for (;;) {
        const std::string_view data = bytes();
        if (scanned == data.size()) return Step::kNeedsHead;
        if (scanned == limits.header_bytes) return refuse(overflow_status());
        const char c = data[scanned];
        const bool follows_cr = scanned > 0 && data[scanned - 1] == '\r';
        if (follows_cr != (c == '\n')) return refuse(kBadRequest);
        if (c == '\n') {
            const Step result = end_line(data);
            if (result != Step::kNeedsHead || parser) return result;
            continue;
        }
        const bool is_fold = scanned == line_start && (c == ' ' || c == '\t');
        if (is_fold) return refuse(kBadRequest);
        if (c == '\r') {
            ++scanned;
            continue;
        }
        // Up to the line's end in one sweep, which knows the same bytes as wrong.
        const std::string_view rest = data.substr(0, limits.header_bytes).substr(scanned);
        const std::string_view line = rest.substr(0, rest.find('\r'));
        if (!is_field_value(line)) return refuse(kBadRequest);
        scanned += line.size();
    }
}

// `scanned` stands on the LF of a line. kNeedsHead without a parser: go on with the next line.
RequestReader::Step RequestReader::Impl::end_line(std::string_view data) {
    const std::string_view line = data.substr(line_start, scanned - 1 - line_start);
    if (line_start == 0 && line.empty()) {
        // One empty line before a request is forgiven (RFC 9112, 2.2).
        if (has_skipped_blank_line) return refuse(kBadRequest);
        has_skipped_blank_line = true;
        buffer.consume(2);
        scanned = 0;
        return Step::kNeedsHead;
    }
    if (line_start == 0) {
        if (const int status = check_request_line(line, limits.target_bytes)) return refuse(status);
    } else if (line.empty()) {
        return parse_head(scanned + 1);
    }
    ++scanned;
    line_start = scanned;
    return Step::kNeedsHead;
}

RequestReader::Step RequestReader::Impl::parse_head(std::size_t size) {
    parser.emplace();
    parser->eager(true);
    parser->header_limit(std::numeric_limits<std::uint32_t>::max()); // scan_head() has measured it
    parser->body_limit(boost::none); // limit_body() sets it once the head tells whose body it is
    parser->request.is_local = is_local;
    parser->request.headers.reserve(size); // the lines are among these bytes
    error_code ec;
    parser->put(boost::asio::buffer(buffer.data(), size), ec);
    if (parser->refusal != 0) return refuse(parser->refusal);
    if (ec || !parser->is_header_done()) return refuse(kBadRequest);
    if (!limit_body()) return refuse(kBodyTooLarge);
    buffer.consume(size);
    if (parser->is_done()) return Step::kComplete;
    if (buffer.size() > 0) parser->expects_continue = false;
    return parse_body();
}

// False: the head alone tells of a body that is too large.
bool RequestReader::Impl::limit_body() {
    const auto length = parser->content_length();
    const bool has_body = parser->chunked() || length.value_or(0) > 0;
    if (has_body && body_plan) parser->request.taker = body_plan(parser->request);
    const std::uint64_t limit = parser->request.taker ? parser->request.taker->limit_bytes() : limits.body_bytes;
    if (length.value_or(0) > limit) return false;
    parser->body_limit(limit);
    return true;
}

RequestReader::Step RequestReader::Impl::parse_body() {
    const bool is_chunked = parser->chunked();
    if (buffer.size() < (is_chunked ? kLeastChunked : 1)) return Step::kNeedsBody;
    error_code ec;
    buffer.consume(parser->put(buffer.data(), ec));
    if (parser->is_unwanted) return Step::kUnwanted;
    if (ec == beast::http::error::body_limit) return refuse(kBodyTooLarge);
    if (ec && ec != beast::http::error::need_more) return refuse(kBadRequest);
    if (parser->is_done()) return Step::kComplete;
    // What the parser leaves lying is an unfinished chunk line or trailer.
    if (buffer.size() > kChunkLine) return refuse(kBadRequest);
    return Step::kNeedsBody;
}

RequestReader::RequestReader(const ServerLimits& limits, bool is_local, BodyPlan body_plan)
    : impl_(std::make_unique<Impl>()) {
    impl_->body_plan = std::move(body_plan);
    impl_->limits = limits;
    impl_->is_local = is_local;
}

RequestReader::~RequestReader() = default;

std::span<char> RequestReader::prepare() {
    std::size_t size = kHeadRead;
    if (impl_->step == Step::kNeedsBody) {
        const auto remaining = impl_->parser->content_length_remaining().value_or(kBodyRead);
        size = static_cast<std::size_t>(std::clamp<std::uint64_t>(remaining, kHeadRead, kBodyRead));
    }
    const auto room = impl_->buffer.prepare(size);
    return {static_cast<char*>(room.data()), room.size()};
}

void RequestReader::commit(std::size_t bytes) {
    impl_->buffer.commit(bytes);
}

RequestReader::Step RequestReader::advance() {
    if (impl_->step == Step::kNeedsHead) {
        impl_->step = impl_->scan_head();
    } else if (impl_->step == Step::kNeedsBody) {
        impl_->step = impl_->parse_body();
    }
    return impl_->step;
}

bool RequestReader::has_begun() const {
    return impl_->buffer.size() > 0;
}

bool RequestReader::take_expectation() {
    return std::exchange(impl_->parser->expects_continue, false);
}

bool RequestReader::keeps_alive() const {
    return impl_->parser->keep_alive();
}

BodyTaker* RequestReader::taker() const {
    return impl_->parser->request.taker.get();
}

bool RequestReader::is_http_1_0() const {
    return impl_->parser->is_http_1_0;
}

Request RequestReader::take() {
    Request request = std::move(impl_->parser->request);
    impl_->parser.reset();
    impl_->step = Step::kNeedsHead;
    impl_->scanned = 0;
    impl_->line_start = 0;
    impl_->has_skipped_blank_line = false;
    // An idle connection keeps no large buffer.
    if (impl_->buffer.size() == 0 && impl_->buffer.capacity() > kHeadRead) {
        impl_->buffer.clear();
        impl_->buffer.shrink_to_fit();
    }
    return request;
}

int RequestReader::refusal() const {
    return impl_->refusal;
}

} // namespace everlong::http
