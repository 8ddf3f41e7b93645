#include <engine/connect/person_calls.hpp>

#include <base/digest.hpp>
#include <core/limits.hpp>

namespace everlong::engine {
namespace {

// Letters and digits: what Meta asks of a confirmation code.
constexpr std::size_t kCodeDigits = 20;

} // namespace

Task<void> PersonCalls::look_now(std::string channel_name, const std::string& action, const std::string& code) {
    const auto guard = co_await world_.locks.acquire(channel_name);
    auto channel = co_await world_.store.find_channel(channel_name);
    if (!channel) co_return fail(channel.error());
    const bool is_watched = *channel && (*channel)->current_version > 0 && !(*channel)->lifecycle.verdict;
    if (!is_watched) co_return Result<void>{};
    core::Lifecycle lifecycle = (*channel)->lifecycle;
    lifecycle.next_attempt_at = world_.clock.now();
    co_return co_await world_.store.save_lifecycle((*channel)->id, (*channel)->revision, lifecycle,
                                                   audit(world_, "meta", action, channel_name, "call " + code));
}

Task<std::string> PersonCalls::hear(std::string signed_request, std::string action) {
    auto call = world_.graph.read_signed_request(signed_request);
    if (!call) co_return fail(call.error());
    const Instant now = world_.clock.now();
    const bool is_old = call->issued_at + core::kSignedCallLife < now;
    if (is_old || call->issued_at > now + core::kSignedCallSkew) {
        co_return fail(Code::kSignedRequest, Fault::kRefused, "it was signed at " + to_rfc3339(call->issued_at));
    }
    const Sha256 digest = sha256(action + "/" + signed_request);
    std::string code = to_hex(digest.data(), digest.size()).substr(0, kCodeDigits);
    std::erase_if(heard_, [&](const auto& entry) { return entry.second < now; });
    if (heard_.contains(code)) co_return code;
    auto names = co_await logins_.list_channels_of_person(call->login, call->user_id);
    if (!names) co_return fail(names.error());
    for (const std::string& name : *names) {
        auto looked = co_await look_now(name, action, code);
        if (!looked) co_return fail(looked.error());
    }
    heard_.emplace(code, call->issued_at + core::kSignedCallLife);
    co_return code;
}

} // namespace everlong::engine
