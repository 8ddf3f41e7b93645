#pragma once
// What arrives from Meta at an app's own server: webhooks and their handshake, deauthorize and data-deletion callbacks
// (graph-api.md, 9). Sent by the guarded client, tried again at growing intervals of virtual time, shown in the ledger.

#include <async/task.hpp>
#include <base/time.hpp>
#include <http/client.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/json/array.hpp>

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace everlong::simulator {

// One thing to be told to one address.
struct Delivery {
    enum class Kind { kWebhook, kHandshake, kDeauthorize, kDataDeletion };
    struct Attempt {
        Instant at{};
        int status = 0;      // 0: no answer
        std::string problem; // empty: it was accepted
    };

    std::uint64_t id = 0;
    Kind kind = Kind::kWebhook;
    std::string app_id;
    std::string address; // with its query
    std::string body;    // webhooks: the bytes that are signed
    http::Headers headers;
    http::Parameters form;  // callbacks
    std::string challenge;  // handshakes: what the answer must be
    http::Parameters query; // handshakes: joined to the address
    Instant created_at{};
    std::vector<Attempt> attempts;
    std::optional<Instant> next_attempt_at; // nothing: it is settled
    bool is_delivered = false;
    std::string answer; // a data-deletion callback's, as far as it is short
};

class Outbox : public std::enable_shared_from_this<Outbox> {
public:
    // `now`: virtual time.
    Outbox(boost::asio::any_io_executor executor, std::function<Instant()> now);

    // Sends at once, and again until it is accepted or 36 hours have passed.
    void send(Delivery delivery, bool may_leave_machine);
    // One attempt, and no other: a handshake. Empty: it was accepted; else what was wrong.
    Async<std::string> try_once(Delivery delivery, bool may_leave_machine);

    // The clock was turned: attempts may be due.
    void kick();
    // Forgets everything; what is under way ends unseen.
    void clear();
    // No more deliveries; those under way are cut off.
    void close();

    boost::json::array to_json() const;

private:
    Async<void> pump();
    Async<void> attempt(std::uint64_t id);
    Async<Delivery::Attempt> ask(Delivery copy, std::string& answer);
    Delivery* find(std::uint64_t id);
    void start();

    boost::asio::any_io_executor executor_;
    std::function<Instant()> now_;
    std::unique_ptr<http::Client> client_;
    boost::asio::steady_timer timer_;
    std::deque<Delivery> deliveries_;
    std::uint64_t next_id_ = 1;
    bool is_pumping_ = false;
    bool is_closed_ = false;
};

// Why Meta would not call this address; empty: it would. https, or http on this machine; this machine only unless it may
// leave it.
std::string complaint_about_callback(std::string_view address, bool may_leave_machine);

} // namespace everlong::simulator
