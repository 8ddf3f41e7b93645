#pragma once
// An http::Client that hands requests to a handler in the same process: the simulator without sockets, for runs of
// years. What the handler says about transmission comes out as the error that the real client would give.

#include <base/percent.hpp>
#include <http/client.hpp>
#include <http/server.hpp>

namespace everlong::test {

class LoopbackClient final : public http::Client {
public:
    explicit LoopbackClient(http::Handler handler) : handler_(std::move(handler)) {}

    Task<http::Response> send(http::OutgoingRequest outgoing) override {
        ++calls_;
        http::Request request;
        request.method = outgoing.method;
        // "http://sandbox/graph.facebook.com/…" becomes the path form.
        const std::size_t path = outgoing.url.find('/', std::string_view("http://").size());
        request.target = path == std::string::npos ? "/" : outgoing.url.substr(path);
        if (const std::string query = encoded(outgoing.query); !query.empty()) request.target += "?" + query;
        request.headers = outgoing.headers;
        request.body = outgoing.form.empty() ? outgoing.body : encoded(outgoing.form);
        if (!outgoing.form.empty()) request.headers.set("Content-Type", "application/x-www-form-urlencoded");
        if (outgoing.bearer) {
            request.headers.set("Authorization", "Bearer " + std::string(outgoing.bearer->reveal()));
        }
        http::Response response = co_await handler_(std::move(request));
        if (response.transmission != http::Transmission::kWhole && response.transmission != http::Transmission::kSlow) {
            co_return fail(Code::kUnknownOutcome, Fault::kUnknownOutcome, "the connection ended before a whole answer");
        }
        response.headers.set("Content-Length", std::to_string(response.body.size()));
        co_return response;
    }

    int calls() const { return calls_; }

private:
    static std::string encoded(const std::vector<http::OutgoingParameter>& parameters) {
        std::string text;
        for (const auto& parameter : parameters) {
            if (!text.empty()) text += '&';
            text += percent_encode(parameter.name) + "=";
            if (const auto* plain = std::get_if<std::string>(&parameter.value)) text += percent_encode(*plain);
            if (const auto* secret = std::get_if<Secret>(&parameter.value)) text += percent_encode(secret->reveal());
        }
        return text;
    }

    http::Handler handler_;
    int calls_ = 0;
};

} // namespace everlong::test
