#include <http/curl_transfers.hpp>

#include <boost/asio/post.hpp>

#include <chrono>
#include <new>

#include <curl/curl.h>

namespace everlong::http {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

// Connections kept for reuse: a few hosts, each asked by a few channels at a time.
constexpr long kKeptConnections = 16;

CURLM* make_multi() {
    static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
    CURLM* multi = ready == CURLE_OK ? curl_multi_init() : nullptr;
    if (multi == nullptr) throw std::bad_alloc();
    return multi;
}

} // namespace

// A socket that curl waits for. The descriptor belongs to curl: it is released, never closed here.
struct CurlTransfers::Watch {
    Watch(const asio::any_io_executor& executor, curl_socket_t socket) : descriptor(executor) {
        // Where the kernel refuses to watch it, the request's deadline ends the wait.
        error_code ignored;
        descriptor.assign(socket, ignored);
    }
    ~Watch() { forget(); }
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

    void forget() {
        if (descriptor.is_open()) descriptor.release();
    }

    asio::posix::stream_descriptor descriptor;
    int wanted = 0; // CURL_POLL_IN, CURL_POLL_OUT, CURL_POLL_INOUT: bits 1 and 2
    bool waits_to_read = false;
    bool waits_to_write = false;
};

CurlTransfer::CurlTransfer(std::shared_ptr<CurlTransfers> transfers, void* easy)
    : transfers_(std::move(transfers)), easy_(easy),
      ended_(transfers_->executor(), asio::steady_timer::time_point::max()) {
    transfers_->begin(*this);
}

CurlTransfer::~CurlTransfer() {
    transfers_->end(*this);
}

CurlTransfers::CurlTransfers(asio::any_io_executor executor)
    : executor_(std::move(executor)), timer_(executor_), multi_(make_multi()) {
    curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &CurlTransfers::on_socket);
    curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &CurlTransfers::on_timeout);
    curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
    curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, kKeptConnections);
    // One request at a time on a connection: an answer can then belong to no other.
    curl_multi_setopt(multi_, CURLMOPT_PIPELINING, CURLPIPE_NOTHING);
}

CurlTransfers::~CurlTransfers() {
    watches_.clear();
    curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, nullptr);
    curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, nullptr);
    curl_multi_cleanup(multi_);
}

void CurlTransfers::close() {
    is_closed_ = true;
    while (!running_.empty()) {
        CurlTransfer& transfer = **running_.begin();
        end(transfer);
        transfer.ended_.cancel();
    }
}

void CurlTransfers::begin(CurlTransfer& transfer) {
    curl_easy_setopt(transfer.easy_, CURLOPT_PRIVATE, &transfer);
    if (is_closed_ || curl_multi_add_handle(multi_, transfer.easy_) != CURLM_OK) {
        transfer.ended_.expires_at(asio::steady_timer::time_point::min());
        return;
    }
    transfer.is_running_ = true;
    running_.insert(&transfer);
}

void CurlTransfers::end(CurlTransfer& transfer) {
    if (!transfer.is_running_) return;
    transfer.is_running_ = false;
    running_.erase(&transfer);
    curl_multi_remove_handle(multi_, transfer.easy_);
}

int CurlTransfers::on_socket(CURL*, curl_socket_t socket, int what, void* self, void*) {
    auto& transfers = *static_cast<CurlTransfers*>(self);
    if (what == CURL_POLL_REMOVE) {
        transfers.forget(socket);
    } else {
        transfers.watch(socket, what);
    }
    return 0;
}

int CurlTransfers::on_timeout(CURLM*, long milliseconds, void* self) {
    static_cast<CurlTransfers*>(self)->arm_timer(milliseconds);
    return 0;
}

void CurlTransfers::watch(curl_socket_t socket, int what) {
    auto& place = watches_[socket];
    if (!place) place = std::make_shared<Watch>(executor_, socket);
    place->wanted = what;
    arm(place);
}

void CurlTransfers::forget(curl_socket_t socket) {
    const auto place = watches_.find(socket);
    if (place == watches_.end()) return;
    place->second->forget();
    watches_.erase(place);
}

void CurlTransfers::arm(const std::shared_ptr<Watch>& watch) {
    if (!watch->descriptor.is_open()) return;
    const auto wait = [&](asio::posix::stream_descriptor::wait_type type, bool Watch::* waits, int poll, int event) {
        if ((watch->wanted & poll) == 0 || (*watch).*waits) return;
        (*watch).*waits = true;
        watch->descriptor.async_wait(type, [weak = weak_from_this(), watch, waits, poll, event](error_code error) {
            (*watch).*waits = false;
            const auto self = weak.lock();
            if (error || !self || !watch->descriptor.is_open()) return;
            if ((watch->wanted & poll) != 0) self->act(watch->descriptor.native_handle(), event);
            self->arm(watch);
        });
    };
    wait(asio::posix::stream_descriptor::wait_read, &Watch::waits_to_read, CURL_POLL_IN, CURL_CSELECT_IN);
    wait(asio::posix::stream_descriptor::wait_write, &Watch::waits_to_write, CURL_POLL_OUT, CURL_CSELECT_OUT);
}

// curl names a new time for nearly every step of a request, and setting a timer is among the dearest of system calls. So
// "at once" goes through the executor's queue, and a timer that is set for an earlier time is left to fire in vain.
void CurlTransfers::arm_timer(long milliseconds) {
    if (milliseconds < 0) {
        due_at_ = TimePoint::max();
    } else if (milliseconds == 0) {
        due_at_ = TimePoint::max();
        asio::post(executor_, [weak = weak_from_this()] {
            if (const auto self = weak.lock()) self->act(CURL_SOCKET_TIMEOUT, 0);
        });
    } else {
        due_at_ = asio::steady_timer::clock_type::now() + std::chrono::milliseconds(milliseconds);
        set_timer();
    }
}

void CurlTransfers::set_timer() {
    if (due_at_ >= timer_fires_at_) return;
    timer_fires_at_ = due_at_;
    timer_.expires_at(due_at_);
    timer_.async_wait([weak = weak_from_this()](error_code error) {
        const auto self = weak.lock();
        if (!error && self) self->on_timer();
    });
}

void CurlTransfers::on_timer() {
    const bool is_due = due_at_ <= timer_fires_at_;
    timer_fires_at_ = TimePoint::max();
    if (!is_due) return set_timer();
    due_at_ = TimePoint::max();
    act(CURL_SOCKET_TIMEOUT, 0);
}

void CurlTransfers::act(curl_socket_t socket, int events) {
    int still_running = 0;
    curl_multi_socket_action(multi_, socket, events, &still_running);
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
        if (message->msg != CURLMSG_DONE) continue;
        const CURLcode code = message->data.result; // `message` dies with the handle's removal
        CurlTransfer* transfer = nullptr;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
        transfer->code_ = code;
        end(*transfer);
        transfer->ended_.cancel();
    }
}

} // namespace everlong::http
