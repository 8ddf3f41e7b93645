#include <adapters/webhook_http/webhook.hpp>

#include <base/digest.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <limits>

namespace everlong::adapters {
namespace {

namespace json = boost::json;

// A receiver keeps what it hears and answers; what takes longer is its own queue's work.
constexpr Milliseconds kDeadline = Seconds(10);
// Nobody reads what it says besides its status, and nothing of it is kept: the deadline is its bound.
constexpr std::size_t kAnswerBytes = std::numeric_limits<std::size_t>::max();

json::object to_json(const ports::Notice& notice) {
    json::object object{{"event", notice.event}, {"at", to_rfc3339(notice.at)}};
    if (notice.event == "channel") {
        object["name"] = notice.id;
    } else if (!notice.id.empty()) {
        object["id"] = notice.id;
        object["channel"] = notice.channel;
        object[notice.event == "login" ? "stage" : "state"] = notice.state;
    }
    return object;
}

std::string signature_of(const Secret& secret, std::string_view body) {
    const Sha256 digest = hmac_sha256(secret.reveal(), body);
    return "sha256=" + to_hex(digest.data(), digest.size());
}

class HttpWebhook final : public ports::Webhook {
public:
    HttpWebhook(http::Client& client, WebhookAddress address) : client_(client), address_(std::move(address)) {}

    Task<int> tell(std::vector<ports::Notice> notices) override {
        json::array events;
        for (const ports::Notice& notice : notices)
            events.push_back(to_json(notice));
        http::OutgoingRequest request;
        request.method = "POST";
        request.url = address_.url;
        request.body = json::serialize(json::object{{"events", std::move(events)}});
        request.headers.set("Content-Type", "application/json");
        request.headers.set("X-Everlong-Signature-256", signature_of(address_.secret, request.body));
        request.deadline = kDeadline;
        request.body_limit_bytes = kAnswerBytes;
        request.on_body = [](std::string_view) {};
        auto answer = co_await client_.send(std::move(request));
        if (!answer) co_return fail(answer.error());
        co_return answer->status;
    }

private:
    http::Client& client_;
    WebhookAddress address_;
};

} // namespace

std::unique_ptr<ports::Webhook> make_http_webhook(http::Client& client, WebhookAddress address) {
    return std::make_unique<HttpWebhook>(client, std::move(address));
}

} // namespace everlong::adapters
