#pragma once
// Fetches pictures and videos as Meta does: by itself, without a login, guarded (graph-api.md, 8.1, 11.17). To this
// machine only, unless told otherwise; a few at a time.

#include <async/keyed_lock.hpp>
#include <http/client.hpp>
#include <simulator/media/media_intake.hpp>
#include <simulator/media/media_rules.hpp>

#include <memory>
#include <optional>
#include <string>

namespace everlong::simulator {

struct FetchWish {
    std::string address;
    bool is_video = false;
    std::uint64_t most_bytes = 0;
    // As the switches say.
    bool may_leave_machine = false;
    bool obeys_robots = true;
    bool follows_redirects = false;
    Milliseconds deadline{0}; // real time
};

struct Fetched {
    int status = 0; // 0: no answer
    std::string content_type;
    std::string picture;                 // a picture's bytes
    std::shared_ptr<MediaIntake> intake; // a video's
    std::optional<MediaFault> fault;     // why there is none
};

// Is this host's name one of this machine's own?
bool is_loopback_host(std::string_view host);

class MediaFetcher {
public:
    explicit MediaFetcher(boost::asio::any_io_executor executor);

    // Never fails: what went wrong is Fetched::fault. The fetcher must be owned by a shared pointer that the caller
    // holds.
    Async<Fetched> fetch(FetchWish wish);
    // Ends what is under way, and fetches no more.
    void close() { client_.reset(); }

private:
    Async<Fetched> fetch_now(FetchWish wish);
    Async<std::optional<http::Response>> ask(http::OutgoingRequest request, Milliseconds deadline, Fetched& fetched,
                                             const FetchWish& wish);
    Async<bool> is_forbidden_by_robots(std::string origin, std::string path);

    boost::asio::any_io_executor executor_;
    std::unique_ptr<http::Client> client_;
    KeyedLock slots_;
    std::size_t next_slot_ = 0;
};

} // namespace everlong::simulator
