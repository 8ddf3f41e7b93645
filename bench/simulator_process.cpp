#include "simulator_process.hpp"

#include <adapters/clock_system/clocks.hpp>
#include <http/server.hpp>
#include <simulator/simulator.hpp>

#include <support/run.hpp>

#include <boost/json.hpp>

#include <array>
#include <csignal>
#include <stdexcept>

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace everlong::bench {
namespace {

namespace json = boost::json;

[[noreturn]] void be_simulator(int report) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    boost::asio::io_context io(1);
    simulator::Options options;
    options.real_now = [] { return adapters::read_system_clock(); };
    options.executor = io.get_executor();
    simulator::Simulator simulator(std::move(options));
    const auto server = http::Server::make(io.get_executor(), {},
                                           [&](http::Request request) { return simulator.handle(std::move(request)); });
    const auto port = server->listen_tcp("127.0.0.1", 0);
    if (!port) ::_exit(1);
    simulator.set_port(*port);
    if (::write(report, &*port, sizeof *port) != sizeof *port) ::_exit(1);
    ::close(report);
    io.run();
    ::_exit(0);
}

Instant instant_of(const json::value& value) {
    const auto instant = parse_rfc3339(std::string_view(value.as_string()));
    if (!instant) throw std::runtime_error("the simulator gave no instant");
    return *instant;
}

} // namespace

SimulatorProcess::SimulatorProcess() {
    std::array<int, 2> report{};
    if (::pipe(report.data()) != 0) throw std::runtime_error("no pipe");
    process_ = ::fork();
    if (process_ == 0) {
        ::close(report[0]);
        be_simulator(report[1]);
    }
    ::close(report[1]);
    std::uint16_t port = 0;
    const bool is_up = ::read(report[0], &port, sizeof port) == sizeof port;
    ::close(report[0]);
    if (!is_up) throw std::runtime_error("the simulator did not start");
    base_ = "http://127.0.0.1:" + std::to_string(port);
}

SimulatorProcess::~SimulatorProcess() {
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
}

std::string SimulatorProcess::control(boost::asio::io_context& io, http::Client& client, std::string method,
                                      std::string path, std::string body) {
    http::OutgoingRequest request;
    request.method = std::move(method);
    request.url = base_ + "/_sandbox/" + path;
    request.body = std::move(body);
    request.body_limit_bytes = 256 * 1024 * 1024; // the ledger of a long run
    auto response = test::run(io, client.send(std::move(request)));
    if (!response) throw std::runtime_error(path + ": " + response.error().summary());
    if (response->status != 200) throw std::runtime_error(path + ": " + response->body);
    return std::move(response->body);
}

MintedToken SimulatorProcess::mint(boost::asio::io_context& io, http::Client& client, const std::string& account,
                                   Seconds age) {
    const json::object wish{{"login", "instagram"}, {"account", account}, {"age_s", age.count()}};
    const json::value made = json::parse(control(io, client, "POST", "token", json::serialize(wish)));
    return {Secret(std::string_view(made.at("access_token").as_string())),
            std::string(std::string_view(made.at("ig_user_id").as_string())), instant_of(made.at("issued_at")),
            instant_of(made.at("expires_at"))};
}

void SimulatorProcess::advance(boost::asio::io_context& io, http::Client& client, Seconds span) {
    control(io, client, "POST", "clock", json::serialize(json::object{{"advance_s", span.count()}}));
}

CallCounts SimulatorProcess::count_calls(boost::asio::io_context& io, http::Client& client) {
    CallCounts counts;
    const json::value ledger = json::parse(control(io, client, "GET", "ledger", ""));
    for (const json::value& call : ledger.at("calls").as_array()) {
        if (call.at("status").to_number<int>() != 200) continue;
        const std::string_view path = call.at("path").as_string();
        if (path.ends_with("/refresh_access_token")) ++counts.refreshes;
        if (path.ends_with("/me")) ++counts.me;
    }
    return counts;
}

} // namespace everlong::bench
