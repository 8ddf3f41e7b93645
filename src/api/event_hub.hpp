#pragma once
// Tells the listeners of GET /v1/events what has just changed. An event says where to look, not what is there: a listener
// reads that anew, and after each (re)connection everything it shows. So nothing is lost by what happened meanwhile, equal
// events that wait are one, and a listener that falls behind is dropped without harm.
//
// Belongs to one executor that runs one thread. Publishing costs nothing where nobody listens.

#include <base/result.hpp>
#include <base/time.hpp>
#include <http/body_stream.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace everlong::api {

// Real, monotonic time.
struct EventLimits {
    std::size_t listeners = 256; // each holds a connection of the 1024 that there are
    std::size_t waiting = 1024;  // events; a listener with more is dropped
    // A comment after this long without an event, so that proxies keep the connection and a dead one is noticed.
    Milliseconds heartbeat = Seconds(15);
    // Then a listener has to come again, with its credentials: a session that has run out hears no more from here on.
    Milliseconds lifetime = Minutes(5);
};

class EventHub {
public:
    explicit EventHub(boost::asio::any_io_executor executor, EventLimits limits = {});
    // Ends every stream. Streams may outlive the hub.
    ~EventHub();
    EventHub(const EventHub&) = delete;
    EventHub& operator=(const EventHub&) = delete;

    // Something about this channel was changed, or there is one of this name since, or no longer. Called by the store's
    // watcher for every commit: nobody else needs to.
    void tell_channel(std::string_view channel_name);
    // A login under way has come to this stage (waiting, choosing, connected, refused, expired, cancelled).
    void tell_login(std::string_view id, std::string_view stage, std::string_view channel_name);
    // This post was made or has changed. Only to those who may read posts.
    void tell_post(std::string_view id, std::string_view channel_name, std::string_view state);
    // The simulator's calendar has jumped.
    void tell_clock(Instant now);
    // Listeners for the one channel listen to it under its new name.
    void follow_rename(std::string_view old_name, std::string_view new_name);

    // Ends every stream: somebody's right to listen has ended. Who still has it comes again at once and misses nothing.
    void end_all();

    // A body of server-sent events: of one channel, or with an empty name of everything; of posts where `hears_posts`.
    // kHttpBusy (kTransient) where too many listen already.
    Result<std::shared_ptr<http::BodyStream>> listen(std::string only_channel, bool hears_posts = true);
    std::size_t listener_count() const;

private:
    class Listener;
    struct Shared;
    void tell(std::string_view kind, std::string data, std::string_view channel_name, bool is_of_post = false);

    std::shared_ptr<Shared> shared_;
};

} // namespace everlong::api
