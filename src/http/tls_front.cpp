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

class AsioTlsFront : public TlsFront, public std::enable_shared_from_this<AsioTlsFront> {
public:
    AsioTlsFront(asio::any_io_executor executor, asio::ssl::context context, Admit admit)
        : executor_(std::move(executor)), context_(std::move(context)), admit_(std::move(admit)) {}

    void serve(Socket socket) override {
        if (handshakes_ >= kMostHandshakes) return;
        asio::co_spawn(executor_, tunnel(shared_from_this(), std::move(socket)), asio::detached);
    }

private:
    static Async<void> tunnel(std::shared_ptr<AsioTlsFront> self, Socket socket) {
        using namespace asio::experimental::awaitable_operators;
        Stream stream(std::move(socket), self->context_);
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
    asio::ssl::context context_;
    Admit admit_;
    std::size_t handshakes_ = 0;
};

} // namespace

Result<std::shared_ptr<TlsFront>> TlsFront::make(asio::any_io_executor executor, const TlsIdentity& identity,
                                                 Admit admit) {
    asio::ssl::context context(asio::ssl::context::tls_server);
    error_code error;
    context.set_options(asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1, error);
    if (!error) context.use_certificate_chain(asio::buffer(identity.certificate), error);
    if (!error) context.use_private_key(asio::buffer(identity.key), asio::ssl::context::pem, error);
    if (error) return fail(Code::kTls, Fault::kLocal, "certificate: " + error.message());
    return std::make_shared<AsioTlsFront>(std::move(executor), std::move(context), std::move(admit));
}

} // namespace everlong::http
