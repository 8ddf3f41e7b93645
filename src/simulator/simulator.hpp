#pragma once
// Our stand-in for Meta's platform: the Graph API with a seeded world, a clock that can be advanced, events,
// faults, and a ledger of what truly happened. A library: whoever mounts handle() on a server has a sandbox.
//
// Facts it follows: graph-api.md and clients.md, cited by section where they are used. It reads them by itself and knows
// nothing of the core, so that two readings of Meta's rules can disagree.

#include <async/task.hpp>
#include <base/sandbox_defaults.hpp>
#include <base/time.hpp>
#include <http/server.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace everlong::simulator {

struct Passage;

// What the two seeded apps are known by. None of it is a secret: it opens nothing but the simulator.
struct AppCredentials {
    std::string facebook_id{kSandboxAppId};
    std::string facebook_secret{kSandboxAppSecret};
    std::string instagram_id{kSandboxInstagramAppId};
    std::string instagram_secret{kSandboxInstagramAppSecret};
};

// Who lives in a fresh world.
enum class Inhabitants {
    kAll,           // the people of the contract (section 5), each with one trouble; one has 230 Pages
    kDefaultPerson, // only the one with whom everything is right: for callers that make thousands of worlds
};

struct Options {
    AppCredentials apps;
    // Real calendar time. The virtual clock is this plus all advances (contract, section 4, "Two clocks").
    std::function<Instant()> real_now;
    // Where the delays of faults wait, on monotonic time; left empty, on the executor that handle() runs on.
    boost::asio::any_io_executor executor;
    // Stands in absolute addresses of the path form; set_port() when a free one was taken.
    std::uint16_t port = kSandboxPort;
    // The same seed and the same calls give the same ids, tokens and traces.
    std::uint64_t seed = 1;
    // At the start and after each reset.
    Inhabitants inhabitants = Inhabitants::kAll;
    // A reproducible mix of faults from the first call on; nothing: none.
    std::optional<std::uint64_t> hostile_seed;
};

// Meta's hosts that it stands for.
std::vector<std::string> host_names();

class Simulator {
public:
    explicit Simulator(Options options);
    ~Simulator();
    Simulator(const Simulator&) = delete;
    Simulator& operator=(const Simulator&) = delete;

    // Answers every request: Meta's hosts (by Host header, else by first path segment), /_sandbox, and GET / as a page.
    // Never fails; faults come out as statuses and Response::transmission. All calls on one thread at a time; calls may
    // overlap while one waits out a delay.
    Async<http::Response> handle(http::Request request);

    // Who takes the bytes of uploads, for the server that handle() is mounted on. Without it they are held in the
    // request, as far as the server's limits reach.
    http::BodyPlan body_plan();

    // The same without faults that take time, for callers without an executor at hand. Media are fetched later, on
    // Options::executor; without one never.
    http::Response handle_now(const http::Request& request);

    // How the TLS port serves each handshake: well, but for faults of the kind tls. For the server's listen_tls().
    http::TlsPlan tls_plan();

    void set_port(std::uint16_t port);
    // Of its TLS port, for GET /_sandbox/ca.pem.
    void set_authority(std::string certificate);

    // A world's JSON document in place of the seeded world; the error says what was wrong, and nothing is changed.
    std::expected<void, std::string> load_world(std::string_view document);

    // The virtual clock, and what POST /_sandbox/clock does. Never backwards.
    Instant now() const;
    void advance(Seconds span);

    // For the start of `everlong sandbox`: one address or credential a line.
    std::vector<std::string> start_lines() const;

private:
    struct Parts;
    static Async<http::Response> answer_in_time(Parts& sandbox, Passage& passage);

    std::unique_ptr<Parts> parts_;
};

} // namespace everlong::simulator
