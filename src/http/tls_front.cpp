#include <http/tls_front.hpp>

#include <async/task.hpp>
#include <base/time.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <map>

#include <sys/socket.h>

namespace everlong::http {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr auto kAwaitTuple = asio::as_tuple(asio::use_awaitable);

// What the head of a request gets, too.
constexpr Seconds kHandshakeTime{10};
// For the peer's half of the good-bye; it has its answer by then.
constexpr Seconds kGoodbyeTime{1};
// Handshakes under way; established connections are counted by the server.
constexpr std::size_t kMostHandshakes = 256;
constexpr std::size_t kPieceBytes = 16 * 1024; // a TLS record

using Stream = asio::ssl::stream<TlsFront::Socket>;
using Piece = std::array<char, kPieceBytes>;

Async<void> pause(asio::any_io_executor executor, Seconds span) {
    asio::steady_timer timer(executor, span);
    co_await timer.async_wait(kAwaitTuple);
}

Async<bool> shake_hands(Stream& stream) {
    const auto [error] = co_await stream.async_handshake(Stream::server, kAwaitTuple);
    co_return !error;
}

Async<void> say_goodbye(Stream& stream) {
    co_await stream.async_shutdown(kAwaitTuple);
}

Async<void> pass_in(Stream& stream, TlsFront::Socket& plain) {
    const auto piece = std::make_unique<Piece>();
    for (;;) {
        const auto [read_error, size] = co_await stream.async_read_some(asio::buffer(*piece), kAwaitTuple);
        if (read_error) break;
        const auto [error, sent] = co_await asio::async_write(plain, asio::buffer(*piece, size), kAwaitTuple);
        if (error) break;
    }
    error_code ignored;
    plain.shutdown(asio::socket_base::shutdown_send, ignored);
}

Async<void> pass_out(Stream& stream, TlsFront::Socket& plain) {
    using namespace asio::experimental::awaitable_operators;
    const auto piece = std::make_unique<Piece>();
    for (;;) {
        const auto [read_error, size] = co_await plain.async_read_some(asio::buffer(*piece), kAwaitTuple);
        if (read_error) break;
        const auto [error, sent] = co_await asio::async_write(stream, asio::buffer(*piece, size), kAwaitTuple);
        if (error) break;
    }
    co_await (say_goodbye(stream) || pause(stream.get_executor(), kGoodbyeTime));
    error_code ignored;
    stream.next_layer().close(ignored);
}

// One context a service; those without an identity of their own are missing.
struct Contexts {
    asio::ssl::context good{asio::ssl::context::tls_server};
    std::map<TlsService, asio::ssl::context> bad;
};

Result<void> prepare(asio::ssl::context& context, const TlsIdentity& identity) {
    error_code error;
    context.set_options(asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1, error);
    if (!error) context.use_certificate_chain(asio::buffer(identity.certificate), error);
    if (!error) context.use_private_key(asio::buffer(identity.key), asio::ssl::context::pem, error);
    if (error) return fail(Code::kTls, Fault::kLocal, "certificate: " + error.message());
    return {};
}

// What a handshake's callback has to know, hung on its SSL object.
struct Handshake {
    Contexts* contexts = nullptr;
    const TlsPlan* plan = nullptr;
    TlsFront::Socket* socket = nullptr;
};

// A place of our own: what SSL_get_app_data() gives belongs to Asio.
int handshake_index() {
    static const int kIndex = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return kIndex;
}

// In lower case. Empty for what is no name of the DNS: OpenSSL passes on any bytes but zeros.
std::string to_plain_name(std::string name) {
    for (char& c : name) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
        const bool is_plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
        if (!is_plain) return {};
    }
    return name;
}

// OpenSSL calls it once the client's hello is read, whether a name stood in it or not.
int choose_service(SSL* ssl, int*, void*) {
    const auto* handshake = static_cast<const Handshake*>(SSL_get_ex_data(ssl, handshake_index()));
    if (handshake == nullptr || !*handshake->plan) return SSL_TLSEXT_ERR_OK;
    const char* name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    const TlsService service = (*handshake->plan)(to_plain_name(name == nullptr ? "" : name));
    if (service == TlsService::kCut) {
        // Without the alert that OpenSSL would like to send: a connection that is gone says nothing.
        error_code ignored;
        handshake->socket->shutdown(asio::socket_base::shutdown_both, ignored);
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    }
    const auto found = handshake->contexts->bad.find(service);
    if (found != handshake->contexts->bad.end()) SSL_set_SSL_CTX(ssl, found->second.native_handle());
    return SSL_TLSEXT_ERR_OK;
}

class AsioTlsFront : public TlsFront, public std::enable_shared_from_this<AsioTlsFront> {
public:
    AsioTlsFront(asio::any_io_executor executor, Contexts contexts, TlsPlan plan, Admit admit)
        : executor_(std::move(executor)), contexts_(std::move(contexts)), plan_(std::move(plan)),
          admit_(std::move(admit)) {
        if (!plan_) return;
        SSL_CTX* context = contexts_.good.native_handle();
        SSL_CTX_set_tlsext_servername_callback(context, &choose_service);
        // A resumed session shows no certificate; each handshake is to be a whole one.
        SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
        SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
        SSL_CTX_set_num_tickets(context, 0);
    }

    void serve(Socket socket) override {
        if (handshakes_ >= kMostHandshakes) return;
        asio::co_spawn(executor_, tunnel(shared_from_this(), std::move(socket)), asio::detached);
    }

private:
    static Async<void> tunnel(std::shared_ptr<AsioTlsFront> self, Socket socket) {
        using namespace asio::experimental::awaitable_operators;
        Stream stream(std::move(socket), self->contexts_.good);
        Handshake handshake{&self->contexts_, &self->plan_, &stream.next_layer()};
        SSL_set_ex_data(stream.native_handle(), handshake_index(), &handshake);
        ++self->handshakes_;
        const auto first = co_await (shake_hands(stream) || pause(self->executor_, kHandshakeTime));
        --self->handshakes_;
        const bool is_established = first.index() == 0 && std::get<0>(first);
        std::array<int, 2> ends{};
        if (!is_established || ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) co_return;
        const asio::generic::stream_protocol protocol(AF_UNIX, 0);
        Socket plain(self->executor_, protocol, ends[0]);
        self->admit_(Socket(self->executor_, protocol, ends[1]));
        co_await (pass_in(stream, plain) && pass_out(stream, plain));
    }

    asio::any_io_executor executor_;
    Contexts contexts_;
    TlsPlan plan_;
    Admit admit_;
    std::size_t handshakes_ = 0;
};

} // namespace

Result<std::shared_ptr<TlsFront>> TlsFront::make(asio::any_io_executor executor, const TlsIdentities& identities,
                                                 TlsPlan plan, Admit admit) {
    Contexts contexts;
    if (auto prepared = prepare(contexts.good, identities.good); !prepared) return fail(prepared.error());
    for (const auto& [service, identity] : {std::pair(TlsService::kExpired, &identities.expired),
                                            std::pair(TlsService::kWrongHost, &identities.wrong_host),
                                            std::pair(TlsService::kSelfSigned, &identities.self_signed)}) {
        if (identity->certificate.empty()) continue;
        asio::ssl::context& context = contexts.bad.try_emplace(service, asio::ssl::context::tls_server).first->second;
        if (auto prepared = prepare(context, *identity); !prepared) return fail(prepared.error());
    }
    return std::make_shared<AsioTlsFront>(std::move(executor), std::move(contexts), std::move(plan), std::move(admit));
}

} // namespace everlong::http
