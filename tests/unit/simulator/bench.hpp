#pragma once
// A simulator with a clock of its own and calls in one line, for the tests of this folder.

#include <simulator/simulator.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <gtest/gtest.h>

#include <exception>
#include <optional>
#include <string>
#include <string_view>

namespace everlong::simulator {

namespace json = boost::json;

struct Answer {
    http::Response response;
    json::value body; // null where it is no JSON

    int status() const { return response.status; }
    std::string header(std::string_view name) const { return std::string(response.headers.find(name).value_or("")); }
    // A member by path: "error.code", "data.0.id". Fails the test where it is missing.
    json::value at(std::string_view path) const {
        const json::value* value = find(path);
        EXPECT_NE(value, nullptr) << "no " << path << " in " << response.body;
        return value == nullptr ? json::value(nullptr) : *value;
    }
    std::string text(std::string_view path) const {
        const json::value value = at(path);
        EXPECT_TRUE(value.is_string()) << path << " is no text in " << response.body;
        return value.is_string() ? std::string(value.get_string()) : std::string();
    }
    std::int64_t number(std::string_view path) const {
        const json::value value = at(path);
        EXPECT_TRUE(value.is_int64()) << path << " is no number in " << response.body;
        return value.is_int64() ? value.get_int64() : 0;
    }
    bool has(std::string_view path) const { return find(path) != nullptr; }
    std::size_t size(std::string_view path) const {
        const json::value value = at(path);
        return value.is_array() ? value.get_array().size() : 0;
    }
    // "190/463"; "200" and such where there is no error.
    std::string verdict() const {
        if (!has("error.code")) return std::to_string(status());
        std::string text = std::to_string(number("error.code"));
        if (has("error.error_subcode")) text += "/" + std::to_string(number("error.error_subcode"));
        return text;
    }

private:
    const json::value* find(std::string_view path) const {
        const json::value* value = &body;
        while (!path.empty() && value != nullptr) {
            const auto end = std::min(path.find('.'), path.size());
            const std::string name(path.substr(0, end));
            path.remove_prefix(std::min(end + 1, path.size()));
            if (const auto* object = value->if_object()) {
                value = object->if_contains(name);
            } else if (const auto* array = value->if_array()) {
                const auto index = static_cast<std::size_t>(std::stoul(name));
                value = index < array->size() ? &(*array)[index] : nullptr;
            } else {
                value = nullptr;
            }
        }
        return value;
    }
};

// Everything named in a test happens from here on: 2026-11-23 12:00:00 UTC, a Monday.
constexpr std::int64_t kStartUnixS = 1'795'435'200;

class Bench {
public:
    explicit Bench(std::uint64_t seed = 1) : simulator_(make_options(seed)) {}

    Answer send(http::Request request) { return read(simulator_.handle_now(request)); }
    // The same by the way that can wait: for what makes calls of its own.
    Answer wait(http::Request request) {
        std::optional<http::Response> response;
        boost::asio::co_spawn(io_, simulator_.handle(std::move(request)),
                              [&](std::exception_ptr problem, http::Response given) {
                                  EXPECT_FALSE(problem);
                                  response = std::move(given);
                              });
        run_until([&] { return response.has_value(); });
        return response ? read(std::move(*response)) : Answer();
    }
    // Runs what goes on by itself until the condition holds; fails the test where it does not within ten seconds.
    template <class Condition>
    void run_until(const Condition& holds) {
        io_.restart();
        boost::asio::steady_timer limit(io_, Seconds(10));
        bool is_over = false;
        // Cancelled, it may be called when this function has long returned.
        limit.async_wait([&](const boost::system::error_code& error) {
            if (!error) is_over = true;
        });
        while (!holds() && !is_over)
            io_.run_one();
        EXPECT_TRUE(holds()) << "not within ten seconds";
    }

    static Answer read(http::Response response) {
        Answer answer;
        answer.response = std::move(response);
        boost::system::error_code error;
        json::value body = json::parse(answer.response.body, error);
        if (!error) answer.body = std::move(body);
        return answer;
    }
    static http::Request request(std::string method, std::string target, std::string body = {}) {
        http::Request request;
        request.method = std::move(method);
        request.target = std::move(target);
        request.body = std::move(body);
        request.headers.add("Host", "127.0.0.1:9190");
        return request;
    }
    Answer get(const std::string& target) { return send(request("GET", target)); }
    Answer post(const std::string& target, const std::string& body = {}) { return send(request("POST", target, body)); }
    // Below graph.facebook.com/v25.0 and graph.instagram.com.
    Answer facebook(const std::string& target) { return get("/graph.facebook.com/v25.0" + target); }
    Answer instagram(const std::string& target) { return get("/graph.instagram.com" + target); }

    // A minted token's answer; fails the test where the wish is refused.
    Answer mint(const std::string& wish) {
        Answer answer = post("/_sandbox/token", wish);
        EXPECT_EQ(answer.status(), 200) << answer.response.body;
        return answer;
    }
    std::string token(const std::string& wish) { return mint(wish).text("access_token"); }
    Answer control(const std::string& call, const std::string& body) {
        Answer answer = post("/_sandbox/" + call, body);
        EXPECT_EQ(answer.status(), 200) << answer.response.body;
        return answer;
    }
    void advance(std::int64_t seconds) { control("clock", "{\"advance_s\":" + std::to_string(seconds) + "}"); }
    Answer ledger() { return get("/_sandbox/ledger"); }

    boost::asio::io_context& io() { return io_; }
    Simulator& simulator() { return simulator_; }
    std::int64_t real_unix_s = kStartUnixS;

private:
    Options make_options(std::uint64_t seed) {
        Options options;
        options.real_now = [this] { return instant_from_unix_s(real_unix_s); };
        options.executor = io_.get_executor();
        options.seed = seed;
        return options;
    }

    boost::asio::io_context io_;
    Simulator simulator_;
};

constexpr std::int64_t kHourS = 3600;
constexpr std::int64_t kDayS = 86'400;

// Credentials of the seeded apps, as parameters.
inline const std::string kFacebookApp = "client_id=100000000000001&client_secret=sandbox-app-secret";
inline const std::string kAppToken = "100000000000001%7Csandbox-app-secret";
inline const std::string kInstagramSecret = "client_secret=sandbox-instagram-app-secret";

} // namespace everlong::simulator
