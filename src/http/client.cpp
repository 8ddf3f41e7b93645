#include <http/client.hpp>

#include <base/ip_address.hpp>
#include <base/percent.hpp>
#include <http/curl_transfers.hpp>
#include <http/field_rules.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstring>

#include <curl/curl.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace everlong::http {
namespace {

namespace asio = boost::asio;

// A host that does not answer is given up well before the usual total deadline, so that the error says so.
constexpr Milliseconds kConnectTimeout = Seconds(10);
// Notices a dead peer behind a silent network between calls.
constexpr long kKeepaliveSeconds = 30;
// All fields of an answer together. Meta's are below 4 KiB.
constexpr std::size_t kHeaderLimit = 64 * 1024;
// What is reserved for an answer on the word of its Content-Length.
constexpr std::size_t kBodyReserve = 1024 * 1024;

// What curl takes of a streamed body at once; its default of 64 KiB costs a fast line a third of its rate.
constexpr long kUploadPiece = 256L * 1024;

// A string that held a secret.
class WipedString {
public:
    WipedString() = default;
    ~WipedString() { wipe_string(text); }
    WipedString(const WipedString&) = delete;
    WipedString& operator=(const WipedString&) = delete;

    std::string text;
};

struct CurlEasyDelete {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct CurlUrlDelete {
    void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
struct CurlTextDelete {
    void operator()(char* text) const { curl_free(text); }
};

// Header lines; one of them may hold a bearer token.
class HeaderList {
public:
    HeaderList() = default;
    ~HeaderList() {
        for (curl_slist* line = list_; line != nullptr; line = line->next)
            wipe_memory(line->data, std::strlen(line->data));
        curl_slist_free_all(list_);
    }
    HeaderList(const HeaderList&) = delete;
    HeaderList& operator=(const HeaderList&) = delete;

    void add(const std::string& line) {
        curl_slist* longer = curl_slist_append(list_, line.c_str());
        if (longer == nullptr) throw std::bad_alloc();
        list_ = longer;
    }
    curl_slist* get() const { return list_; }

private:
    curl_slist* list_ = nullptr;
};

std::unexpected<Error> usage(std::string detail) {
    return fail(Code::kUsage, Fault::kUsage, std::move(detail));
}

std::string_view value_of(const OutgoingParameter& parameter) {
    if (const auto* secret = std::get_if<Secret>(&parameter.value)) return secret->reveal();
    return std::get<std::string>(parameter.value);
}

// Appends name=value pairs. Reserves for the worst case at once: growing would leave copies of secrets behind.
void append_parameters(std::string& text, const std::vector<OutgoingParameter>& parameters) {
    std::size_t room = text.size();
    for (const OutgoingParameter& parameter : parameters)
        room += 3 * (parameter.name.size() + value_of(parameter).size()) + 2;
    text.reserve(room);
    bool is_first = true;
    for (const OutgoingParameter& parameter : parameters) {
        if (!is_first) text += '&';
        is_first = false;
        text += percent_encode(parameter.name);
        text += '=';
        std::string encoded = percent_encode(value_of(parameter));
        text += encoded;
        wipe_string(encoded);
    }
}

bool is_loopback(std::string_view host) {
    return host == "localhost" || host.ends_with(".localhost") || host == "[::1]" || host.starts_with("127.");
}

// Where a request goes: the parts of its URL that may be told to anyone.
struct Destination {
    std::string host;
    bool is_https = false;
};

Result<Destination> parse_destination(const std::string& text) {
    if (text.find_first_of("?#") != std::string::npos) return usage("a URL's query belongs into its own field");
    const std::unique_ptr<CURLU, CurlUrlDelete> url(curl_url());
    if (!url) throw std::bad_alloc();
    if (curl_url_set(url.get(), CURLUPART_URL, text.c_str(), CURLU_DISALLOW_USER | CURLU_NON_SUPPORT_SCHEME) !=
        CURLUE_OK) {
        return usage("no URL, or one with a user in it");
    }
    const auto part = [&](CURLUPart which) {
        char* raw = nullptr;
        curl_url_get(url.get(), which, &raw, 0);
        const std::unique_ptr<char, CurlTextDelete> owned(raw);
        return std::string(raw == nullptr ? "" : raw);
    };
    const std::string scheme = part(CURLUPART_SCHEME);
    if (scheme != "http" && scheme != "https") return usage("no http or https URL");
    return Destination{.host = part(CURLUPART_HOST), .is_https = scheme == "https"};
}

Result<void> check(const OutgoingRequest& request) {
    if (!is_token(request.method)) return usage("no HTTP method");
    const int bodies = int(!request.form.empty()) + int(!request.body.empty()) + int(request.upload.has_value());
    if (bodies > 1) return usage("a request has a form or a body, not both");
    if (request.upload && (!request.upload->pull || request.method == "GET" || request.method == "HEAD")) {
        return usage("a body to be streamed needs a source, and a method that carries one");
    }
    if (!is_token(request.bearer_scheme)) return usage("no scheme of authorization");
    if (!request.query.empty() && !request.encoded_query.empty()) return usage("a request has one query, not two");
    const bool is_plain =
        std::ranges::all_of(request.encoded_query, [](char c) { return c > ' ' && c < 0x7f && c != '#'; });
    if (!is_plain) return usage("a query with a forbidden character");
    for (const auto& [name, value] : request.headers.fields()) {
        if (!is_token(name) || !is_field_value(value)) return usage("a header field with a forbidden character");
    }
    if (request.bearer && !is_field_value(request.bearer->reveal())) {
        return usage("a bearer token with a control character");
    }
    return {};
}

// The answer as it comes in.
struct Receiver {
    Response response;
    std::size_t body_limit = 0;
    std::size_t body_bytes = 0;
    std::function<void(std::string_view)> on_body;
    std::size_t header_bytes = 0;
    bool is_head_over = false;
    bool is_too_large = false;
};

std::string_view trim(std::string_view text) {
    constexpr std::string_view kBlanks = " \t\r\n";
    const auto first = text.find_first_not_of(kBlanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

// Exceptions (there is only bad_alloc) must not fly through curl, which is C.
std::size_t on_header(const char* data, std::size_t, std::size_t size, void* context) noexcept {
    auto& receiver = *static_cast<Receiver*>(context);
    receiver.header_bytes += size;
    if (receiver.header_bytes > kHeaderLimit) {
        receiver.is_too_large = true;
        return 0;
    }
    const std::string_view line(data, size);
    if (line.starts_with("HTTP/")) { // another head: what came before was an interim answer
        receiver.response.headers = {};
        receiver.is_head_over = false;
        return size;
    }
    if (trim(line).empty()) receiver.is_head_over = true;
    const auto colon = line.find(':');
    // Trailers come through here too; they are no part of the head.
    if (receiver.is_head_over || colon == std::string_view::npos) return size;
    receiver.response.headers.add(std::string(line.substr(0, colon)), std::string(trim(line.substr(colon + 1))));
    return size;
}

std::size_t on_body(const char* data, std::size_t, std::size_t size, void* context) noexcept {
    auto& receiver = *static_cast<Receiver*>(context);
    std::string& body = receiver.response.body;
    if (size > receiver.body_limit - receiver.body_bytes) {
        receiver.is_too_large = true;
        return 0;
    }
    receiver.body_bytes += size;
    if (receiver.on_body) {
        receiver.on_body({data, size});
        return size;
    }
    if (body.empty()) {
        // At once, since growing leaves copies of a token behind.
        const std::string_view field = receiver.response.headers.find("Content-Length").value_or("");
        std::size_t length = 0;
        std::from_chars(field.data(), field.data() + field.size(), length);
        body.reserve(std::min({std::max(length, size), receiver.body_limit, kBodyReserve}));
    }
    body.append(data, size);
    return size;
}

// A streamed body on its way out.
struct Sender {
    std::function<std::optional<std::size_t>(std::span<char>)> pull;
    std::uint64_t left_bytes = 0;
};

std::size_t on_upload(char* room, std::size_t unit, std::size_t count, void* context) noexcept {
    auto& sender = *static_cast<Sender*>(context);
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(unit * count, sender.left_bytes));
    if (size == 0) return 0;
    const auto given = sender.pull({room, size});
    if (!given || *given == 0 || *given > size) return CURL_READFUNC_ABORT;
    sender.left_bytes -= *given;
    return *given;
}

bool is_global(const curl_sockaddr& address) {
    if (address.family == AF_INET) {
        sockaddr_in name{};
        std::memcpy(&name, &address.addr, sizeof name);
        return is_global_ipv4(ntohl(name.sin_addr.s_addr));
    }
    if (address.family != AF_INET6) return false;
    // Longer than the type by which curl hands it on.
    std::array<std::uint8_t, 16> bytes;
    std::memcpy(bytes.data(), reinterpret_cast<const char*>(&address.addr) + offsetof(sockaddr_in6, sin6_addr),
                bytes.size());
    return is_global_ipv6(bytes);
}

// Who a request may reach, and whether that kept it from somebody.
struct Reach {
    bool is_public_only = false;
    bool was_private = false;
};

// `context`: a Reach.
curl_socket_t open_socket(void* context, curlsocktype, curl_sockaddr* address) {
    auto& reach = *static_cast<Reach*>(context);
    if (reach.is_public_only && !is_global(*address)) {
        reach.was_private = true;
        return CURL_SOCKET_BAD;
    }
    // Commands that a service starts must not inherit its connections.
    return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

// The options that are the same for every request, and never weaker.
void set_guards(CURL* easy) {
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(easy, CURLOPT_NETRC, CURL_NETRC_IGNORED);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPIDLE, kKeepaliveSeconds);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPINTVL, kKeepaliveSeconds);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, &open_socket);
}

void set_destination(CURL* easy, const OutgoingRequest& request, const Destination& destination) {
    WipedString url;
    url.text = request.url;
    if (!request.query.empty()) {
        url.text += '?';
        append_parameters(url.text, request.query);
    } else if (!request.encoded_query.empty()) {
        url.text += '?' + request.encoded_query;
    }
    curl_easy_setopt(easy, CURLOPT_URL, url.text.c_str()); // curl copies it
    if (!request.unix_socket.empty()) curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, request.unix_socket.c_str());
    const bool is_direct = !request.unix_socket.empty() || is_loopback(destination.host) || request.is_public_only;
    if (is_direct) curl_easy_setopt(easy, CURLOPT_PROXY, "");
    // A connection that is kept was judged by another request's rules.
    if (request.is_public_only) curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
    const auto total = std::max<long>(1, request.deadline.count()); // 0 would mean no deadline at all
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, total);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, std::min<long>(total, kConnectTimeout.count()));
    if (request.slowest_pace.bytes_per_second > 0) {
        curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, static_cast<long>(request.slowest_pace.bytes_per_second));
        curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, static_cast<long>(request.slowest_pace.during.count()));
    }
    const bool is_safe = request.method == "GET" || request.method == "HEAD";
    // On a connection of its own curl never sends a request twice.
    if (!request.is_repeatable || !is_safe) curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
}

void set_upload(CURL* easy, const OutgoingBody& upload, Sender& sender) {
    sender.pull = upload.pull;
    sender.left_bytes = upload.size_bytes;
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(upload.size_bytes));
    curl_easy_setopt(easy, CURLOPT_READFUNCTION, &on_upload);
    curl_easy_setopt(easy, CURLOPT_READDATA, &sender);
    curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, kUploadPiece);
}

// `body` is not copied by curl.
void set_method(CURL* easy, const OutgoingRequest& request, const std::string& body, Sender& sender) {
    if (request.upload) {
        set_upload(easy, *request.upload, sender);
        curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
        return;
    }
    const bool carries =
        !body.empty() || request.method == "POST" || request.method == "PUT" || request.method == "PATCH";
    if (request.method == "HEAD") {
        curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
        return;
    }
    if (carries) {
        curl_easy_setopt(easy, CURLOPT_POST, 1L);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body.c_str());
    }
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
}

void fill_headers(HeaderList& list, const OutgoingRequest& request) {
    for (const auto& [name, value] : request.headers.fields()) {
        const std::string_view mark = value.empty() ? ";" : ": "; // curl's spelling of an empty value
        list.add(std::string(name).append(mark).append(value));
    }
    if (request.bearer) {
        WipedString line;
        line.text.reserve(request.bearer->reveal().size() + request.bearer_scheme.size() + 32);
        line.text = "Authorization: ";
        line.text += request.bearer_scheme;
        line.text += ' ';
        line.text += request.bearer->reveal();
        list.add(line.text);
    }
    // curl would wait for leave to send larger bodies, and call every body a form.
    if (!request.headers.find("Expect")) list.add("Expect:");
    if (request.form.empty() && !request.headers.find("Content-Type")) list.add("Content-Type:");
}

bool is_verification_failure(CURLcode code) {
    switch (code) {
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CRL_BADFILE:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH: return true;
    default: return false;
    }
}

// Did a byte of the request leave? In doubt it did.
bool was_sent(CURL* easy, bool is_https) {
    long request_bytes = 0;
    long new_connections = 0;
    curl_off_t handshake_us = 0;
    curl_easy_getinfo(easy, CURLINFO_REQUEST_SIZE, &request_bytes);
    curl_easy_getinfo(easy, CURLINFO_NUM_CONNECTS, &new_connections);
    curl_easy_getinfo(easy, CURLINFO_APPCONNECT_TIME_T, &handshake_us);
    // The size also counts what was said to a proxy before TLS began; without TLS nothing reached the host itself.
    const bool is_before_tls = is_https && handshake_us == 0 && new_connections > 0;
    return request_bytes > 0 && !is_before_tls;
}

Error explain(CURLcode code, CURL* easy, const Destination& destination, bool is_too_large) {
    // curl's fixed words only: its detailed ones can quote what it was given.
    std::string detail = destination.host + ": " + curl_easy_strerror(code);
    if (is_too_large) {
        return {Code::kUpstreamSize, Fault::kUnknownOutcome, destination.host + ": the answer is too large"};
    }
    if (is_verification_failure(code)) return {Code::kTls, Fault::kRefused, std::move(detail)};
    if (was_sent(easy, destination.is_https)) {
        return {Code::kUnknownOutcome, Fault::kUnknownOutcome, std::move(detail)};
    }
    if (code == CURLE_OPERATION_TIMEDOUT) return {Code::kTimeout, Fault::kTransient, std::move(detail)};
    return {Code::kUnreachable, Fault::kTransient, std::move(detail)};
}

// The blob is not copied by curl.
void set_authorities(CURL* easy, const std::string& authorities) {
    if (authorities.empty()) return;
    curl_blob blob{};
    blob.data = const_cast<char*>(authorities.data()); // curl reads only
    blob.len = authorities.size();
    blob.flags = CURL_BLOB_NOCOPY;
    curl_easy_setopt(easy, CURLOPT_CAINFO_BLOB, &blob);
    curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);
}

Task<Response> perform(std::shared_ptr<CurlTransfers> transfers, std::shared_ptr<const ClientOptions> options,
                       OutgoingRequest request) {
    if (const auto checked = check(request); !checked) co_return fail(checked.error());
    const auto destination = parse_destination(request.url);
    if (!destination) co_return fail(destination.error());

    WipedString body;
    if (request.form.empty()) {
        body.text = std::move(request.body);
    } else {
        append_parameters(body.text, request.form);
    }
    HeaderList headers;
    fill_headers(headers, request);
    Receiver receiver;
    receiver.body_limit = request.body_limit_bytes;
    receiver.on_body = std::move(request.on_body);
    const std::unique_ptr<CURL, CurlEasyDelete> easy(curl_easy_init());
    if (!easy) throw std::bad_alloc();
    set_guards(easy.get());
    set_authorities(easy.get(), options->authorities);
    set_destination(easy.get(), request, *destination);
    Sender sender;
    set_method(easy.get(), request, body.text, sender);
    curl_easy_setopt(easy.get(), CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(easy.get(), CURLOPT_HEADERFUNCTION, &on_header);
    curl_easy_setopt(easy.get(), CURLOPT_HEADERDATA, &receiver);
    curl_easy_setopt(easy.get(), CURLOPT_WRITEFUNCTION, &on_body);
    curl_easy_setopt(easy.get(), CURLOPT_WRITEDATA, &receiver);
    Reach reach{.is_public_only = request.is_public_only};
    curl_easy_setopt(easy.get(), CURLOPT_OPENSOCKETDATA, &reach);

    CurlTransfer transfer(std::move(transfers), easy.get());
    co_await transfer.ended().async_wait(asio::as_tuple(asio::use_awaitable));
    if (!transfer.code()) co_return fail(Code::kCancelled, Fault::kCancelled, destination->host);
    const auto code = static_cast<CURLcode>(*transfer.code());
    if (code != CURLE_OK && reach.was_private) {
        co_return fail(Code::kMediaAddress, Fault::kRefused,
                       destination->host + " leads to this machine or a private network");
    }
    if (code != CURLE_OK) {
        co_return fail(explain(code, easy.get(), *destination, receiver.is_too_large));
    }
    // curl takes a connection that ends within the head for the end of the head.
    if (!receiver.is_head_over) {
        co_return fail(explain(CURLE_GOT_NOTHING, easy.get(), *destination, false));
    }
    long status = 0;
    curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
    receiver.response.status = static_cast<int>(status);
    co_return std::move(receiver.response);
}

class CurlClient : public Client {
public:
    CurlClient(asio::any_io_executor executor, ClientOptions options)
        : transfers_(std::make_shared<CurlTransfers>(std::move(executor))),
          options_(std::make_shared<const ClientOptions>(std::move(options))) {}
    ~CurlClient() override { transfers_->close(); }

    Task<Response> send(OutgoingRequest request) override { return perform(transfers_, options_, std::move(request)); }

private:
    std::shared_ptr<CurlTransfers> transfers_;
    std::shared_ptr<const ClientOptions> options_; // a request under way outlives the client
};

} // namespace

std::unique_ptr<Client> Client::make(asio::any_io_executor executor, ClientOptions options) {
    return std::make_unique<CurlClient>(std::move(executor), std::move(options));
}

} // namespace everlong::http
