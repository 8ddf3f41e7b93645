#pragma once
// The Graph client as it ships, over real HTTP on a free port of loopback, against the simulator: two separate readings
// of Meta's rules, whose disagreement is the test.

#include <adapters/graph/graph_client.hpp>
#include <http/client.hpp>
#include <http/server.hpp>
#include <simulator/simulator.hpp>
#include <support/run.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <gtest/gtest.h>

#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace everlong::test {

struct MintedToken {
    Secret token;
    std::string ig_user_id;
    std::string page_id;
    std::string user_id;
    Instant issued_at{};
};

class GraphSandbox {
public:
    // The calendar stands still but for advance(), so that every instant is known.
    static Instant real_now() { return *parse_rfc3339("2026-05-01T10:00:00Z"); }

    explicit GraphSandbox(std::function<void(adapters::GraphOptions&)> adjust = {})
        : simulator_(simulator_options(io_)),
          server_(http::Server::make(io_.get_executor(), {},
                                     [this](http::Request request) { return simulator_.handle(std::move(request)); })),
          client_(http::Client::make(io_.get_executor())) {
        server_->set_body_plan(simulator_.body_plan());
        const auto port = server_->listen_tcp("127.0.0.1", 0);
        if (!port) throw std::runtime_error(port.error().summary());
        simulator_.set_port(*port);
        adapters::GraphOptions options;
        options.meta_base = "http://127.0.0.1:" + std::to_string(*port);
        options.facebook_app = {std::string(kSandboxAppId), Secret(kSandboxAppSecret)};
        options.instagram_app = {std::string(kSandboxInstagramAppId), Secret(kSandboxInstagramAppSecret)};
        if (adjust) adjust(options);
        graph_ = adapters::make_graph_client(*client_, std::move(options));
    }
    // What waits in the simulator (a delayed answer) is taken down together with the connections.
    ~GraphSandbox() {
        run(io_, server_->stop(Milliseconds(0)));
        graph_.reset();
        client_.reset();
        io_.poll();
    }

    ports::GraphApi& graph() { return *graph_; }
    ports::PublishApi& publish() { return *graph_; }
    simulator::Simulator& simulator() { return simulator_; }
    boost::asio::io_context& io() { return io_; }

    template <class T>
    Result<T> ask(Task<T> task) {
        return run(io_, std::move(task));
    }

    // A control call, outside of the network; throws for whatever the simulator refuses.
    boost::json::object control(const std::string& method, const std::string& path, const std::string& body = {}) {
        http::Request request;
        request.method = method;
        request.target = "/_sandbox/" + path;
        request.headers.add("Host", "127.0.0.1");
        request.headers.add("Content-Type", "application/json");
        request.body = body;
        const http::Response response = simulator_.handle_now(request);
        if (response.status != 200) throw std::runtime_error(path + ": " + response.body);
        return boost::json::parse(response.body).as_object();
    }

    MintedToken mint(const std::string& wishes) {
        const auto answer = control("POST", "token", wishes);
        const auto text = [&](std::string_view name) {
            const auto* value = answer.if_contains(name);
            return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
        };
        MintedToken minted;
        minted.token = Secret(text("access_token"));
        minted.ig_user_id = text("ig_user_id");
        minted.page_id = text("page_id");
        minted.user_id = text("user_id");
        minted.issued_at = parse_rfc3339(text("issued_at")).value_or(Instant{});
        return minted;
    }

    void fault(const std::string& path, const std::string& fault, int times = 1) {
        control("POST", "faults",
                R"([{"match":{"path":")" + path + R"("},"times":)" + std::to_string(times) + R"(,"fault":)" + fault +
                    "}]");
    }

    // Calls of Meta's hosts in the ledger.
    boost::json::array calls() { return control("GET", "ledger").at("calls").as_array(); }
    std::size_t tokens_issued() { return control("GET", "ledger").at("tokens").as_array().size(); }

private:
    static simulator::Options simulator_options(boost::asio::io_context& io) {
        simulator::Options options;
        options.real_now = [] { return real_now(); };
        options.executor = io.get_executor();
        return options;
    }

    boost::asio::io_context io_{1};
    simulator::Simulator simulator_;
    std::unique_ptr<http::Server> server_;
    std::unique_ptr<http::Client> client_;
    std::unique_ptr<adapters::MetaClient> graph_;
};

} // namespace everlong::test
