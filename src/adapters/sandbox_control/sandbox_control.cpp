#include <adapters/sandbox_control/sandbox_control.hpp>

#include <boost/json.hpp>

namespace everlong::adapters {
namespace {

// It is on this machine and answers from memory.
constexpr Milliseconds kDeadline = Seconds(5);
// A world of thousands of people and tokens.
constexpr std::size_t kAnswerBytes = 16 * 1024 * 1024;

class HttpSandboxControl final : public ports::SandboxControl {
public:
    HttpSandboxControl(http::Client& client, std::string meta_base) : client_(client), address_(std::move(meta_base)) {}

    const std::string& address() const override { return address_; }

    Task<std::string> ask(std::string method, std::string path, std::string body) override {
        http::OutgoingRequest request;
        request.method = std::move(method);
        request.url = address_ + path;
        request.body = std::move(body);
        if (!request.body.empty()) request.headers.set("Content-Type", "application/json");
        request.deadline = kDeadline;
        request.body_limit_bytes = kAnswerBytes;
        auto answer = co_await client_.send(std::move(request));
        if (!answer) co_return fail(answer.error().in("simulator"));
        boost::system::error_code problem;
        const auto json = boost::json::parse(answer->body, problem);
        if (problem || !json.is_object()) {
            co_return fail(Code::kUpstreamShape, Fault::kTransient, "there is no simulator at " + address_);
        }
        if (answer->status == kOk) co_return std::move(answer->body);
        const auto* words = json.as_object().if_contains("error");
        co_return fail(Code::kUsage, Fault::kUsage,
                       words != nullptr && words->is_string() ? std::string(words->as_string())
                                                              : "the simulator refuses this");
    }

private:
    static constexpr int kOk = 200;

    http::Client& client_;
    std::string address_;
};

} // namespace

std::unique_ptr<ports::SandboxControl> make_sandbox_control(http::Client& client, std::string meta_base) {
    return std::make_unique<HttpSandboxControl>(client, std::move(meta_base));
}

} // namespace everlong::adapters
