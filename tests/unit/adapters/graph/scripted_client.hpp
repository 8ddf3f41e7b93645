#pragma once
// An http::Client that gives prepared answers in order and remembers what it was asked.

#include <http/client.hpp>

#include <deque>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace everlong::test {

struct SentRequest {
    std::string method;
    std::string url;
    std::string bearer;
    http::Parameters query;
    http::Parameters form;
    Milliseconds deadline{};
    std::size_t body_limit_bytes = 0;
    bool is_repeatable = true;

    std::string find(const http::Parameters& parameters, std::string_view name) const {
        for (const auto& [key, value] : parameters) {
            if (key == name) return value;
        }
        return "(absent)";
    }
};

class ScriptedClient final : public http::Client {
public:
    void answer(int status, std::string body) {
        http::Response response;
        response.status = status;
        response.headers.add("Content-Type", "application/json; charset=UTF-8");
        response.body = std::move(body);
        script_.push_back(std::move(response));
    }
    void answer(http::Response response) { script_.push_back(std::move(response)); }
    void break_with(Error error) { script_.push_back(std::unexpected(std::move(error))); }

    Task<http::Response> send(http::OutgoingRequest request) override {
        SentRequest sent{
            request.method,           request.url,          request.bearer ? std::string(request.bearer->reveal()) : "",
            plain(request.query),     plain(request.form),  request.deadline,
            request.body_limit_bytes, request.is_repeatable};
        requests.push_back(std::move(sent));
        if (script_.empty()) throw std::logic_error("a call that the script does not know: " + request.url);
        auto next = std::move(script_.front());
        script_.pop_front();
        co_return next;
    }

    std::vector<SentRequest> requests;
    std::size_t answers_left() const { return script_.size(); }

private:
    static http::Parameters plain(const std::vector<http::OutgoingParameter>& parameters) {
        http::Parameters result;
        for (const auto& parameter : parameters) {
            const auto* secret = std::get_if<Secret>(&parameter.value);
            result.emplace_back(parameter.name, secret != nullptr ? std::string(secret->reveal())
                                                                  : std::get<std::string>(parameter.value));
        }
        return result;
    }

    std::deque<Result<http::Response>> script_;
};

} // namespace everlong::test
