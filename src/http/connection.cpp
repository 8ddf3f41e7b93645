#include <http/connection.hpp>

#include <http/response_writer.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <limits>

namespace everlong::http {
namespace {

namespace asio = boost::asio;

constexpr auto kAwaitTuple = asio::as_tuple(asio::use_awaitable);

// How long and how much a connection is read on after its last response. Closing with bytes unread sends a reset, which
// can overtake the response.
constexpr Milliseconds kLingerTime = Seconds(1);
constexpr std::size_t kLingerBytes = 1024 * 1024;

// What a peer may send ahead while it is sent a stream; more is no reader of streams.
constexpr std::size_t kAheadBytes = 16 * 1024;

constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

} // namespace

Response ServerCore::refuse(int status) const {
    if (!refusal) return plain_response(status);
    Response response = refusal(status);
    response.closes_connection = true;
    return response;
}

Connection::Connection(std::shared_ptr<ServerCore> core, Socket socket, bool is_local)
    : core_(std::move(core)), socket_(std::move(socket)), reader_(core_->limits, is_local, core_->body_plan) {
    core_->connections.insert(this);
    boost::system::error_code ignored;
    socket_.non_blocking(true, ignored); // for write_at_once()
    enter(Phase::kIdle);
}

Connection::~Connection() {
    core_->connections.erase(this);
    if (!core_->connections.empty()) return;
    for (asio::steady_timer* waiter : core_->waiters)
        waiter->cancel();
}

void Connection::spawn(std::shared_ptr<Connection> connection) {
    const auto slot = connection->cancellation_.slot();
    const auto executor = connection->core_->executor;
    // The completion handler holds the connection too: the coroutine's cancellation state lives in its signal.
    asio::co_spawn(executor, serve(connection),
                   asio::bind_cancellation_slot(slot, [connection](std::exception_ptr) {}));
}

void Connection::on_tick() {
    if (due_tick_ == 0 || core_->tick < due_tick_) return;
    is_overdue_ = true;
    due_tick_ = 0;
    boost::system::error_code ignored;
    if (phase_ == Phase::kHead || phase_ == Phase::kBody) {
        socket_.cancel(ignored); // the coroutine answers with 408
    } else {
        close();
    }
}

void Connection::close_if_idle() {
    if (phase_ == Phase::kIdle || phase_ == Phase::kLinger) close();
    if (stream_ != nullptr) stream_->end();
}

void Connection::cut() {
    close();
    cancellation_.emit(asio::cancellation_type::terminal);
}

void Connection::enter(Phase phase) {
    phase_ = phase;
    const auto due_in = [this](Milliseconds span) {
        // The tick under way may be nearly over, so it does not count.
        const auto ticks = (span + core_->tick_length - Milliseconds(1)) / core_->tick_length;
        return core_->tick + static_cast<std::uint64_t>(ticks) + 1;
    };
    switch (phase) {
    case Phase::kIdle: due_tick_ = due_in(core_->limits.idle_timeout); break;
    case Phase::kHead: due_tick_ = due_in(core_->limits.head_timeout); break;
    case Phase::kBody: due_tick_ = due_in(core_->limits.body_timeout); break;
    case Phase::kWrite: due_tick_ = due_in(core_->limits.write_timeout); break;
    case Phase::kLinger: due_tick_ = due_in(kLingerTime); break;
    case Phase::kHandler:
    case Phase::kStream: due_tick_ = 0; break;
    }
}

void Connection::close() {
    boost::system::error_code ignored;
    socket_.close(ignored);
}

void Connection::reset() {
    boost::system::error_code ignored;
    socket_.set_option(asio::socket_base::linger(true, 0), ignored);
    socket_.close(ignored);
}

Async<void> Connection::serve(std::shared_ptr<Connection> self) {
    for (;;) {
        const Received received = co_await self->receive();
        if (received == Received::kNothing) break;
        Response response;
        if (received == Received::kRefused) {
            self->keeps_alive_ = self->is_http_1_0_ = self->is_head_only_ = false;
            response = self->core_->refuse(self->refusal_);
        } else {
            try {
                response = co_await self->start_handler();
            } catch (...) {
                // What it was is the handler's to tell; the peer learns only that it was not its fault.
                response = self->core_->refuse(500);
            }
            const auto state = co_await asio::this_coro::cancellation_state;
            if (state.cancelled() != asio::cancellation_type::none) break;
        }
        if (!co_await self->transmit(response)) break;
    }
    self->close();
}

// Reads until a request is complete, refused, or will never come.
Async<Connection::Received> Connection::receive() {
    enter(Phase::kIdle);
    for (;;) {
        switch (reader_.advance()) {
        case RequestReader::Step::kComplete: co_return Received::kRequest;
        case RequestReader::Step::kRefused: refusal_ = reader_.refusal(); co_return Received::kRefused;
        case RequestReader::Step::kUnwanted: co_return Received::kNothing;
        case RequestReader::Step::kNeedsHead:
            if (phase_ == Phase::kIdle && reader_.has_begun()) enter(Phase::kHead);
            break;
        case RequestReader::Step::kNeedsBody:
            if (BodyTaker* taker = reader_.taker()) {
                enter(Phase::kHandler); // its own deadlines apply
                is_cut_short_ = !co_await taker->settle();
                if (is_cut_short_) co_return Received::kRequest;
                enter(Phase::kBody);
            } else if (phase_ != Phase::kBody) {
                enter(Phase::kBody);
            }
            if (reader_.take_expectation() && !co_await write(kContinue, {})) co_return Received::kNothing;
            break;
        }
        if (phase_ == Phase::kIdle && core_->is_stopping) co_return Received::kNothing;
        if (!is_overdue_) {
            const auto room = reader_.prepare();
            const auto [error, size] =
                co_await socket_.async_read_some(asio::buffer(room.data(), room.size()), kAwaitTuple);
            if (!error) reader_.commit(size);
            if (error && !is_overdue_) co_return Received::kNothing;
        }
        if (!is_overdue_) continue;
        if (phase_ == Phase::kIdle) co_return Received::kNothing;
        refusal_ = 408;
        co_return Received::kRefused;
    }
}

Async<Response> Connection::start_handler() {
    keeps_alive_ = reader_.keeps_alive() && !is_cut_short_;
    is_http_1_0_ = reader_.is_http_1_0();
    Request request = reader_.take();
    is_head_only_ = request.is_head_only();
    enter(Phase::kHandler);
    return core_->handler(std::move(request));
}

// False: the connection is of no more use.
Async<bool> Connection::transmit(const Response& response) {
    if (response.transmission == Transmission::kDrop) co_return false;
    if (response.transmission == Transmission::kReset) {
        reset();
        co_return false;
    }
    // To HTTP/1.0 the end of a stream is the end of the connection.
    const bool can_keep = !response.stream || response.stream_length || !is_http_1_0_;
    const bool wants_keep = !response.closes_connection && !response.claimed_length;
    const bool keeps = keeps_alive_ && can_keep && wants_keep && !core_->is_stopping;
    HeadOptions options{.keeps_alive = keeps, .is_http_1_0 = is_http_1_0_, .now = std::nullopt};
    if (core_->calendar) options.now = core_->calendar();
    const auto head = format_head(response, options);
    if (!head) {
        keeps_alive_ = false;
        // Not the refusal: what cannot stand in HTTP may have come from there.
        co_return co_await transmit(plain_response(500));
    }
    std::string_view body = response.body;
    const bool has_body = !is_head_only_ && may_have_body(response.status);
    if (!has_body || response.stream) body = {};
    if (response.transmission == Transmission::kTruncate) body = body.substr(0, response.transmit_bytes);
    enter(Phase::kWrite);
    const bool is_slow = response.transmission == Transmission::kSlow && !body.empty();
    bool is_sent = is_slow ? co_await transmit_slowly(response, *head) : co_await write(*head, body);
    if (is_sent && has_body && response.stream)
        is_sent = co_await transmit_stream(*response.stream, response.stream_length);
    if (!is_sent || response.transmission == Transmission::kTruncate) co_return false;
    if (!keeps && !core_->is_stopping) co_await linger();
    co_return keeps;
}

Async<bool> Connection::transmit_slowly(const Response& response, const std::string& head) {
    if (!co_await write(head, {})) co_return false;
    asio::steady_timer pause(core_->executor);
    for (const char& byte : response.body) {
        enter(Phase::kHandler); // the pauses are meant
        pause.expires_after(response.slow_step);
        const auto [error] = co_await pause.async_wait(kAwaitTuple);
        if (error || !socket_.is_open()) co_return false;
        enter(Phase::kWrite);
        if (!co_await write({&byte, 1}, {})) co_return false;
    }
    co_return true;
}

Async<bool> Connection::transmit_stream(BodyStream& stream, std::optional<std::uint64_t> length) {
    using namespace asio::experimental::awaitable_operators;
    stream_ = &stream;
    if (core_->is_stopping) stream.end();
    const auto first = co_await (pump(stream, length) || watch_peer());
    stream_ = nullptr;
    co_return first.index() == 0 && std::get<0>(first);
}

// Each piece has the whole write time-out: a stream may last, a reader that takes nothing may not.
Async<bool> Connection::pump(BodyStream& stream, std::optional<std::uint64_t> length) {
    const bool is_chunked = !length && !is_http_1_0_;
    std::uint64_t left = length.value_or(std::numeric_limits<std::uint64_t>::max());
    while (left > 0) {
        enter(Phase::kStream);
        std::string piece = co_await stream.next();
        enter(Phase::kWrite);
        if (piece.empty()) break;
        if (piece.size() > left) piece.resize(static_cast<std::size_t>(left));
        left -= piece.size();
        if (!co_await write(is_chunked ? format_chunk(piece) : piece, {})) co_return false;
    }
    if (length) co_return left == 0;
    co_return !is_chunked || co_await write(format_chunk({}), {});
}

// Until the peer goes. What it sends meanwhile is its next request.
Async<void> Connection::watch_peer() {
    for (std::size_t ahead = 0; ahead < kAheadBytes;) {
        const auto room = reader_.prepare();
        const auto [error, size] =
            co_await socket_.async_read_some(asio::buffer(room.data(), room.size()), kAwaitTuple);
        if (error) co_return;
        reader_.commit(size);
        ahead += size;
    }
}

Async<void> Connection::linger() {
    boost::system::error_code ended;
    socket_.shutdown(asio::socket_base::shutdown_send, ended);
    enter(Phase::kLinger);
    std::array<char, 4096> waste;
    for (std::size_t total = 0; !ended && total < kLingerBytes;) {
        const auto [error, size] = co_await socket_.async_read_some(asio::buffer(waste), kAwaitTuple);
        ended = error;
        total += size;
    }
}

Async<bool> Connection::write(std::string_view first, std::string_view second) {
    if (!write_at_once(first, second)) co_return false;
    if (first.empty() && second.empty()) co_return true;
    const std::array<asio::const_buffer, 2> pieces = {asio::buffer(first), asio::buffer(second)};
    const auto [error, size] = co_await asio::async_write(socket_, pieces, kAwaitTuple);
    co_return !error && size == first.size() + second.size();
}

// Takes away what the socket's buffer has room for: mostly all of it, and then there is nothing to wait for. False: the
// connection is of no more use.
bool Connection::write_at_once(std::string_view& first, std::string_view& second) {
    const std::array<asio::const_buffer, 2> pieces = {asio::buffer(first), asio::buffer(second)};
    boost::system::error_code error;
    const std::size_t size = socket_.write_some(pieces, error);
    if (error == asio::error::would_block) return true;
    const std::size_t of_first = std::min(size, first.size());
    first.remove_prefix(of_first);
    second.remove_prefix(size - of_first);
    return !error;
}

} // namespace everlong::http
