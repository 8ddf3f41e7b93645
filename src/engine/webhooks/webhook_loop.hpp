#pragma once
// Tells an application's address of what changes, apart from everything else that is done: nothing waits for it. Each notice
// is told at least once while the process lives; after each start, and where more wait than are kept, one notice says that
// everything is to be read anew. So nothing is missed, and no notice has to be stored.
//
// Belongs to one executor that runs one thread.

#include <async/event.hpp>
#include <ports/clock.hpp>
#include <ports/log.hpp>
#include <ports/random.hpp>
#include <ports/webhook.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <deque>

namespace everlong::engine {

// Real, monotonic time.
struct WebhookLimits {
    // Distinct notices; where more come, one that says "everything" takes their place. As many as a listener to the event
    // stream may fall behind.
    std::size_t waiting = 1024;
    // In one call: about 15 kB.
    std::size_t at_once = 100;
    // Changes come in crowds (an import, a carousel's steps): what follows within this goes along.
    Milliseconds gather = Milliseconds(250);
    // Waits after failures: the first, doubled each time, at most the last, each shortened by chance by up to a quarter so
    // that the services of one receiver do not all come at once.
    Milliseconds first_wait = Seconds(5);
    Milliseconds longest_wait = Hours(1);
};

class WebhookLoop {
public:
    // What is handed in outlives the loop.
    WebhookLoop(boost::asio::any_io_executor executor, ports::Webhook& webhook, const ports::Clock& clock,
                ports::Monotonic& monotonic, ports::Random& random, ports::Log& log, WebhookLimits limits = {});

    // Costs no more than a place in the queue. An equal notice that waits is replaced, with its place kept.
    void tell(std::string event, std::string id, std::string channel = {}, std::string state = {});

    // Until stop(), which does not wait for a call under way; or the receiver's 410 Gone.
    Async<void> run();
    void stop();

private:
    void add(ports::Notice notice);
    void put_back(std::vector<ports::Notice> told);
    Async<Result<int>> call(std::vector<ports::Notice> notices);
    Async<void> pause(Milliseconds span);
    // Gives whether to go on.
    bool judge(const Result<int>& answer, std::vector<ports::Notice> told);
    Milliseconds wait_after_failure();

    ports::Webhook& webhook_;
    const ports::Clock& clock_;
    ports::Monotonic& monotonic_;
    ports::Random& random_;
    ports::Log& log_;
    WebhookLimits limits_;
    std::deque<ports::Notice> waiting_;
    Event wake_;
    Event stop_;
    int failures_ = 0; // in a row
    bool is_gone_ = false;
};

} // namespace everlong::engine
