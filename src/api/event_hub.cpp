#include <api/event_hub.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json.hpp>

#include <algorithm>
#include <unordered_set>
#include <utility>
#include <vector>

namespace everlong::api {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;

// The first bytes at once, so that the listener knows that it is heard. `retry`: when a browser comes again after the end.
constexpr std::string_view kGreeting = "retry: 1000\n: listening\n\n";
constexpr std::string_view kHeartbeat = ": still here\n\n";

} // namespace

struct EventHub::Shared {
    asio::any_io_executor executor;
    EventLimits limits;
    std::unordered_set<Listener*> listeners;
};

class EventHub::Listener final : public http::BodyStream {
public:
    Listener(std::shared_ptr<Shared> shared, std::string only_channel, bool hears_posts)
        : only_channel(std::move(only_channel)), hears_posts(hears_posts), shared_(std::move(shared)),
          wake_(shared_->executor), life_(shared_->executor, shared_->limits.lifetime) {
        shared_->listeners.insert(this);
    }
    ~Listener() override { shared_->listeners.erase(this); }

    // Its end of life is noticed without somebody who waits in next().
    static void begin(const std::shared_ptr<Listener>& listener) {
        listener->life_.async_wait([weak = std::weak_ptr(listener)](const boost::system::error_code& problem) {
            const auto alive = weak.lock();
            if (alive && !problem) alive->end();
        });
    }

    Async<std::string> next() override {
        if (!std::exchange(is_greeted_, true)) co_return std::string(kGreeting);
        if (waiting_.empty() && !is_ended_) {
            wake_.expires_after(shared_->limits.heartbeat);
            co_await wake_.async_wait(asio::as_tuple(asio::use_awaitable));
        }
        if (is_ended_) co_return std::string();
        if (waiting_.empty()) co_return std::string(kHeartbeat);
        std::string piece;
        for (const std::string& event : std::exchange(waiting_, {}))
            piece += event;
        co_return piece;
    }

    void end() override {
        is_ended_ = true;
        waiting_.clear();
        wake_.cancel();
    }

    void take(const std::string& event) {
        if (is_ended_ || std::ranges::find(waiting_, event) != waiting_.end()) return;
        if (waiting_.size() == shared_->limits.waiting) return end();
        waiting_.push_back(event);
        wake_.cancel();
    }

    std::string only_channel;
    bool hears_posts;

private:
    std::shared_ptr<Shared> shared_;
    asio::steady_timer wake_;
    asio::steady_timer life_;
    std::vector<std::string> waiting_;
    bool is_greeted_ = false;
    bool is_ended_ = false;
};

EventHub::EventHub(asio::any_io_executor executor, EventLimits limits)
    : shared_(std::make_shared<Shared>(std::move(executor), limits)) {}

EventHub::~EventHub() {
    end_all();
}

void EventHub::end_all() {
    for (Listener* listener : shared_->listeners)
        listener->end();
}

void EventHub::tell(std::string_view kind, std::string data, std::string_view channel_name, bool is_of_post) {
    const std::string event = "event: " + std::string(kind) + "\ndata: " + std::move(data) + "\n\n";
    for (Listener* listener : shared_->listeners) {
        if (is_of_post && !listener->hears_posts) continue;
        if (channel_name.empty() || listener->only_channel.empty() || listener->only_channel == channel_name) {
            listener->take(event);
        }
    }
}

void EventHub::tell_channel(std::string_view channel_name) {
    if (shared_->listeners.empty() || channel_name.empty()) return;
    tell("channel", json::serialize(json::object{{"name", channel_name}}), channel_name);
}

void EventHub::tell_login(std::string_view id, std::string_view stage, std::string_view channel_name) {
    if (shared_->listeners.empty()) return;
    tell("login", json::serialize(json::object{{"id", id}, {"stage", stage}, {"channel", channel_name}}), channel_name);
}

void EventHub::tell_post(std::string_view id, std::string_view channel_name, std::string_view state) {
    if (shared_->listeners.empty()) return;
    tell("post", json::serialize(json::object{{"id", id}, {"channel", channel_name}, {"state", state}}), channel_name,
         true);
}

void EventHub::tell_clock(Instant now) {
    if (shared_->listeners.empty()) return;
    tell("clock", json::serialize(json::object{{"now", to_rfc3339(now)}}), {});
}

void EventHub::follow_rename(std::string_view old_name, std::string_view new_name) {
    for (Listener* listener : shared_->listeners) {
        if (!old_name.empty() && listener->only_channel == old_name) listener->only_channel = new_name;
    }
}

Result<std::shared_ptr<http::BodyStream>> EventHub::listen(std::string only_channel, bool hears_posts) {
    if (shared_->listeners.size() >= shared_->limits.listeners) {
        return fail(Code::kHttpBusy, Fault::kTransient,
                    "as many listen to events as may: " + std::to_string(shared_->limits.listeners));
    }
    auto listener = std::make_shared<Listener>(shared_, std::move(only_channel), hears_posts);
    Listener::begin(listener);
    return listener;
}

std::size_t EventHub::listener_count() const {
    return shared_->listeners.size();
}

} // namespace everlong::api
