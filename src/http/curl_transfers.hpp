#pragma once
// libcurl's multi interface on Asio: curl says which sockets and which time-out it waits for, Asio does the waiting.
// Inside src/http only. Everything runs on one executor (a single thread or a strand). curl's types stay in .cpp files:
// its handles are void here as in its own header, its sockets and codes int.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <memory>
#include <optional>
#include <unordered_map>
#include <unordered_set>

namespace everlong::http {

class CurlTransfers;

// One request under way, from construction to destruction. Lives in the coroutine that waits for it.
class CurlTransfer {
public:
    // Begins. `easy`, a CURL with all its options set, must outlive this object.
    CurlTransfer(std::shared_ptr<CurlTransfers> transfers, void* easy);
    // Gives up where it has not ended.
    ~CurlTransfer();
    CurlTransfer(const CurlTransfer&) = delete;
    CurlTransfer& operator=(const CurlTransfer&) = delete;

    // Its wait ends when the transfer has ended, or the client has gone.
    boost::asio::steady_timer& ended() { return ended_; }
    // A CURLcode. Nothing where it did not end by itself.
    std::optional<int> code() const { return code_; }

private:
    friend class CurlTransfers;
    std::shared_ptr<CurlTransfers> transfers_;
    void* easy_;
    boost::asio::steady_timer ended_;
    std::optional<int> code_;
    bool is_running_ = false;
};

class CurlTransfers : public std::enable_shared_from_this<CurlTransfers> {
public:
    explicit CurlTransfers(boost::asio::any_io_executor executor);
    ~CurlTransfers();
    CurlTransfers(const CurlTransfers&) = delete;
    CurlTransfers& operator=(const CurlTransfers&) = delete;

    const boost::asio::any_io_executor& executor() const { return executor_; }
    // Ends every transfer without a code, and begins no more.
    void close();

private:
    friend class CurlTransfer;
    struct Watch;
    using TimePoint = boost::asio::steady_timer::time_point;

    static int on_socket(void*, int socket, int what, void* self, void*);
    static int on_timeout(void*, long milliseconds, void* self);

    void begin(CurlTransfer& transfer);
    void end(CurlTransfer& transfer);
    void watch(int socket, int what);
    void forget(int socket);
    void arm(const std::shared_ptr<Watch>& watch);
    void arm_timer(long milliseconds);
    void set_timer();
    void on_timer();
    void act(int socket, int events);

    boost::asio::any_io_executor executor_;
    boost::asio::steady_timer timer_;
    TimePoint due_at_ = TimePoint::max();         // when curl wants to be called; max: not at all
    TimePoint timer_fires_at_ = TimePoint::max(); // max: it is not set
    std::unordered_map<int, std::shared_ptr<Watch>> watches_;
    std::unordered_set<CurlTransfer*> running_;
    void* multi_; // CURLM
    bool is_closed_ = false;
};

} // namespace everlong::http
