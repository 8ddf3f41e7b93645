#pragma once
// The API on a real store, with clocks that stand still until a test moves them, called as programs and browsers call it.

#include <adapters/graph/graph_client.hpp>
#include <adapters/random_sodium/random.hpp>
#include <adapters/sinks/dotenv_file.hpp>
#include <api/api.hpp>
#include <async/worker.hpp>
#include <engine/connect/connect.hpp>
#include <engine/connect/person_calls.hpp>
#include <http/client.hpp>
#include <support/run.hpp>
#include <support/sqlite_store.hpp>

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace everlong::api {

namespace json = boost::json;

class StillClock final : public ports::Clock {
public:
    Instant now() const override { return at; }
    Async<void> sleep_until(Instant) override { co_return; }
    Instant at = instant_from_unix_s(1'780'000'000);
};

class StillMonotonic final : public ports::Monotonic {
public:
    MonotonicInstant now() const override { return at; }
    Async<void> sleep_for(Milliseconds) override { co_return; }
    MonotonicInstant at{Hours(1)};
};

// Hashes nothing: what it costs is the adapter's business.
class PlainPasswords final : public ports::Passwords {
public:
    Task<std::string> hash(Secret password) override { co_return "plain " + std::string(password.reveal()); }
    Task<bool> verify(Secret password, std::string hash) override {
        verified.push_back(hash);
        co_return hash == "plain " + std::string(password.reveal());
    }
    std::vector<std::string> verified;
};

using Fields = std::vector<std::pair<std::string, std::string>>;

class AccessBench : public testing::Test {
protected:
    AccessBench() { start(); }

    // As after a restart of the service: what is only in memory is gone.
    void start() {
        api_.reset();
        api_ = std::make_unique<Api>(
            ApiContext{world_,
                       *env_files_,
                       events_,
                       [] {},
                       [] { return Result<void>{}; },
                       {store_.access(), passwords_, *random_, machine_clock_, monotonic_, public_url_},
                       connector_,
                       person_calls_,
                       [this] { return core::OwnAddresses{public_url_, 8000, true}; },
                       []() -> Task<void> { co_return Result<void>{}; },
                       nullptr,
                       nullptr,
                       true,
                       "0.0.0-test",
                       publishing_});
    }

    http::Response send(const std::string& method, const std::string& target, const Fields& fields,
                        const json::object& body = {}, bool is_local = false) {
        http::Request request;
        request.method = method;
        request.target = target;
        request.is_local = is_local;
        if (!body.empty()) request.body = json::serialize(body);
        for (const auto& [name, value] : fields)
            request.headers.add(name, value);
        if (!request.headers.find("Host")) request.headers.add("Host", "127.0.0.1:8000");
        return test::run(io_, api_->handle(std::move(request)));
    }
    http::Response local(const std::string& method, const std::string& target, const json::object& body = {}) {
        return send(method, target, {}, body, true);
    }
    http::Response with_key(const std::string& key, const std::string& method, const std::string& target,
                            const json::object& body = {}) {
        return send(method, target, {{"Authorization", "Bearer " + key}}, body);
    }

    static json::object body_of(const http::Response& response) { return json::parse(response.body).as_object(); }
    static std::string code_of(const http::Response& response) {
        if (response.status < 400) return "";
        return std::string(body_of(response).at("code").as_string());
    }

    // A new key's document, its text in "key".
    json::object make_key(const std::vector<std::string>& scopes, const std::string& channel = "") {
        json::object body{{"name", "a test"}, {"scopes", json::array(scopes.begin(), scopes.end())}};
        if (!channel.empty()) body["channel"] = channel;
        const auto answer = local("POST", "/v1/api-keys", body);
        EXPECT_EQ(answer.status, 201) << answer.body;
        return body_of(answer);
    }
    std::string key_for(const std::vector<std::string>& scopes, const std::string& channel = "") {
        return std::string(make_key(scopes, channel).at("key").as_string());
    }
    void create_channel(const std::string& name) {
        test::must(test::run(io_, store_.store().create_channel({name, core::LoginPath::kInstagram, "2", {}},
                                                                {clock_.at, "engine", "channel-created", name, ""})));
    }

    // Nobody listens there, and no test here gets as far as asking Meta.
    static adapters::GraphOptions nowhere() {
        adapters::GraphOptions options;
        options.meta_base = "http://127.0.0.1:1";
        return options;
    }

    boost::asio::io_context io_{1};
    Worker files_;
    test::SqliteStore store_;
    StillClock clock_;         // the calendar, perhaps a simulator's
    StillClock machine_clock_; // the machine's
    StillMonotonic monotonic_;
    PlainPasswords passwords_;
    std::string public_url_;
    std::unique_ptr<http::Client> client_ = http::Client::make(io_.get_executor());
    std::unique_ptr<ports::GraphApi> graph_ = adapters::make_graph_client(*client_, nowhere());
    std::unique_ptr<ports::DotenvSink> sink_ = adapters::make_dotenv_sink(files_);
    std::unique_ptr<ports::EnvFiles> env_files_ = adapters::make_env_files(files_);
    std::unique_ptr<ports::Random> random_ = test::must(adapters::make_system_random());
    EventHub events_{io_.get_executor()};
    engine::World world_{clock_, *graph_, store_.store(), *sink_};
    engine::Connector connector_{world_, store_.logins(), *random_, {}};
    engine::PersonCalls person_calls_{world_, store_.logins()};
    PublishingParts* publishing_ = nullptr; // takes effect with start()
    std::unique_ptr<Api> api_;
};

} // namespace everlong::api
