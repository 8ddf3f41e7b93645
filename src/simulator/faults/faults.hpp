#pragma once
// Faults that tests order: which calls they strike, how often, and what becomes of the answer (contract, section 5).
// /_sandbox is never struck.

#include <http/tls_plan.hpp>
#include <simulator/wire/errors.hpp>
#include <simulator/world/world.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <vector>

namespace everlong::simulator {

struct Fault {
    enum class Kind {
        kStatus,
        kDelay,
        kDropBefore,
        kDropAfter,
        kTruncate,
        kHtml,
        kGarbage,
        kRateLimit,
        kSlow,
        kWrongLength,
        kHuge,
        kOutOfOrder,
        kTls
    };
    Kind kind = Kind::kStatus;
    std::string name;        // the kind as it was ordered
    bool has_effect = false; // the call does its work, whatever becomes of the answer
    int status = 0;
    Milliseconds delay{0};
    std::optional<std::size_t> bytes; // truncate: what goes out; nothing: half
    Milliseconds step{0};             // slow: between two bytes
    Milliseconds late{0};             // out-of-order: by which the answer is overtaken by later ones
    std::int64_t by = 0;              // wrong-length: what Content-Length is too large by (or too small)
    GraphError error;                 // status, rate-limit
    int minutes = 0;                  // rate-limit: until access is regained
    bool is_reset = false;            // drops: by a reset in place of an orderly close
    http::TlsService service{};       // tls: how the handshake is served
};

// A fault as it was ordered; the error says what was wrong with the order.
std::expected<Fault, std::string> parse_fault(const boost::json::object& object);

class FaultPlan {
public:
    // Replaces the list by that of the JSON array. The error says what was wrong; then the old list stays.
    std::expected<void, std::string> set(const boost::json::value& list);
    void clear();
    // Beside the list: a mix of everything, in which only the seed and the number of a call since then decide what strikes
    // it. Nothing: no mix.
    void be_hostile(std::optional<std::uint64_t> seed);
    // The first rule that matches and has strikes left, with one strike less.
    std::optional<Fault> take(const Call& call, World& world);
    // The same for a handshake on the TLS port, by rules of the kind tls alone. `name`: that the client asked for; empty:
    // none.
    std::optional<Fault> take_handshake(std::string_view name);
    boost::json::object to_json() const;

private:
    struct Rule {
        std::string method;
        std::string path;
        std::string host;
        std::string account;              // a username
        std::string token;                // a fingerprint
        std::optional<std::uint64_t> nth; // of the calls that match otherwise, only this one
        std::optional<double> probability;
        std::uint64_t seed = 1;
        std::uint64_t met = 0;                     // calls that matched otherwise
        std::optional<std::uint64_t> strikes_left; // nothing: until the list is replaced
        Fault fault;
    };
    static std::expected<Rule, std::string> parse_rule(const boost::json::value& value);

    static bool matches(Rule& rule, const Call& call, World& world);
    // Counts the meeting: is it the n-th, and does chance strike?
    static bool strikes_now(Rule& rule);

    std::vector<Rule> rules_;
    std::optional<std::uint64_t> hostile_seed_;
    std::uint64_t calls_ = 0; // met since the mix began
};

// What the caller gets in place of `answer` (which was made only where the fault has an effect).
http::Response strike(const Fault& fault, const Call& call, std::optional<http::Response> answer, Dice& traces);

} // namespace everlong::simulator
