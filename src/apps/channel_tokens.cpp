#include <apps/channel_tokens.hpp>

#include <apps/command.hpp>
#include <apps/terminal.hpp>

#include <algorithm>

namespace everlong::apps {
namespace {

// A new token reaches the application within a second; the question costs the service one row read.
constexpr Milliseconds kAskService = Seconds(1);
// Without a service each question opens the data directory, which keeps other commands out for a moment.
constexpr Milliseconds kAskStore = Seconds(10);
constexpr Milliseconds kRenewEvery = Minutes(10);
constexpr int kNotModified = 304;
constexpr int kFirstErrorStatus = 400;

Error error_of(const http::Response& answer) {
    boost::system::error_code problem;
    const json::value body = json::parse(answer.body, problem);
    if (problem || !body.is_object()) return {Code::kInternal, Fault::kLocal, "the answer is not JSON"};
    const std::string code = text_at(body.as_object(), "code");
    const std::string detail = text_at(body.as_object(), "detail");
    if (code == code_name(Code::kChannelUnknown)) return {Code::kChannelUnknown, Fault::kUsage, detail};
    if (code == code_name(Code::kUnconnected)) return {Code::kUnconnected, Fault::kNeedsConsent, detail};
    return {Code::kInternal, Fault::kTransient, code + " " + detail};
}

} // namespace

Task<std::optional<engine::NewToken>> ChannelTokens::wait_for_change(int known_version) {
    for (;;) {
        auto token = co_await ask(known_version);
        if (!token || *token) co_return token;
        co_await monotonic_.sleep_for(gateway_.has_service() ? kAskService : kAskStore);
        if (!gateway_.has_service()) {
            if (auto renewed = co_await renew_if_due(); !renewed) co_return fail(renewed.error());
        }
    }
}

Task<void> ChannelTokens::renew_if_due() {
    const MonotonicInstant now = monotonic_.now();
    if (renewed_at_ && now < *renewed_at_ + kRenewEvery) co_return Result<void>{};
    renewed_at_ = now;
    // Its failures are recorded with the channel; the application goes on with the token it has.
    auto answer = co_await gateway_.call({"POST", channel_target(channel_name_, "/refresh"), "{}", {}});
    if (!answer) co_return fail(answer.error());
    co_return Result<void>{};
}

Task<std::optional<engine::NewToken>> ChannelTokens::ask(int known_version) {
    app::ApiCall call{"GET", channel_target(channel_name_, "/token"), {}, {}};
    const int seen = std::max(known_version, seen_version_);
    if (seen > 0) call.headers.set("If-None-Match", "\"" + std::to_string(seen) + "\"");
    auto answer = co_await gateway_.call(std::move(call));
    if (!answer) co_return fail(answer.error());
    if (answer->status == kNotModified) co_return std::optional<engine::NewToken>();
    if (answer->status >= kFirstErrorStatus) co_return fail(error_of(*answer));
    boost::system::error_code problem;
    json::value body = json::parse(answer->body, problem);
    wipe_string(answer->body);
    if (problem || !body.is_object()) co_return fail(Code::kInternal, Fault::kTransient, "the answer is not JSON");
    const json::object& token = body.as_object();
    seen_version_ = static_cast<int>(token.at("version").as_int64());
    const std::string fingerprint = text_at(token, "fingerprint");
    if (fingerprint == given_fingerprint_) co_return std::optional<engine::NewToken>();
    given_fingerprint_ = fingerprint;
    co_return engine::NewToken{Secret(std::string_view(token.at("access_token").as_string())),
                               IgUserId(text_at(token, "ig_user_id")), seen_version_};
}

} // namespace everlong::apps
