#pragma once
// How many calls publishing may make, over all channels: so many a second, the earliest due first; none while Meta has asked
// for a pause. Renewals of tokens do not pass through here: what publishing leaves is theirs. Belongs to one executor that
// runs one thread.

#include <async/event.hpp>
#include <core/lifecycle.hpp>
#include <core/publishing/post.hpp>
#include <ports/clock.hpp>
#include <ports/graph_api.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <map>
#include <optional>
#include <set>
#include <utility>

namespace everlong::engine {

struct Pause {
    Instant until{};
    core::Problem problem; // that Meta asked for it with
};

class CallBudget {
public:
    CallBudget(boost::asio::any_io_executor executor, ports::Monotonic& monotonic, int calls_per_second);

    // Returns when a call for a post that is due then may leave.
    Async<void> take(Instant due_at);

    // What a call that failed says of the limits. An account's limit pauses its channel, the app's all of them.
    void note(ChannelId channel, const Error& error, Instant now);
    void note_success();
    // So much of the app's or an account's limit is used that the rest is left to renewals.
    void note_usage(ChannelId channel, const ports::Usage& usage, Instant now);
    std::optional<Pause> pause(ChannelId channel, Instant now) const;
    int waiting() const { return static_cast<int>(waiting_.size()); }

private:
    Async<void> give_out();
    void refill();

    boost::asio::any_io_executor executor_;
    ports::Monotonic& monotonic_;
    int calls_per_second_;
    double tokens_;
    MonotonicInstant refilled_at_;
    std::multimap<Instant, Event*> waiting_; // of equal ones in the order in which they came
    bool is_giving_out_ = false;
    std::optional<Pause> app_pause_;
    std::map<ChannelId, Pause> channel_pauses_;
    int limits_in_a_row_ = 0;
};

// The order in which publish calls leave: that of the due times of those who have a place, whatever each has to do before its
// call. One whose own preparations take too long lets the others pass.
class PublishLine {
public:
    PublishLine(boost::asio::any_io_executor executor, ports::Monotonic& monotonic)
        : monotonic_(monotonic), changed_(std::move(executor)) {}
    int waiting() const { return waiting_; }

    // Given back when it is destroyed, at the latest. The line outlives its places.
    class Place {
    public:
        Place(PublishLine& line, Instant due_at) : line_(&line), key_(due_at, ++line.last_) {
            line.places_.insert(key_);
        }
        Place(Place&& other) noexcept : line_(std::exchange(other.line_, nullptr)), key_(other.key_) {}
        Place(const Place&) = delete;
        Place& operator=(const Place&) = delete;
        Place& operator=(Place&&) = delete;
        ~Place() { leave(); }

        // Until everybody before has left, or for as long as is fair to wait for them.
        Async<void> turn();
        void leave();

    private:
        PublishLine* line_;
        std::pair<Instant, std::int64_t> key_;
    };

private:
    ports::Monotonic& monotonic_;
    std::set<std::pair<Instant, std::int64_t>> places_;
    std::int64_t last_ = 0;
    int waiting_ = 0;
    Event changed_;
};

} // namespace everlong::engine
