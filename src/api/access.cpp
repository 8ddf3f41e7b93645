#include <api/detail/access.hpp>

#include <api/detail/cookies.hpp>

#include <algorithm>

namespace everlong::api::detail {
namespace {

// A page sends one. More come from another application of this machine, which can set cookies but not ours.
constexpr std::size_t kCookiesTried = 4;
// Each takes a tenth of a second and 64 MiB, one after the other.
constexpr int kWaitingLimit = 8;
// Length is what counts against guessing; the upper limit only bounds what is hashed.
constexpr std::size_t kPasswordLeast = 10;
constexpr std::size_t kPasswordMost = 1024;

// The text of `Authorization: Bearer TEXT`, taken out of the request; nothing for another scheme, which is not ours (a
// proxy's password).
std::optional<Secret> take_bearer(http::Request& request) {
    constexpr std::string_view kScheme = "bearer ";
    const std::string_view value = request.headers.find("Authorization").value_or("");
    const bool is_bearer = value.size() >= kScheme.size() &&
                           std::ranges::equal(kScheme, value.substr(0, kScheme.size()), {}, {}, [](char c) {
                               return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
                           });
    if (!is_bearer) return std::nullopt;
    Secret key(value.substr(kScheme.size()));
    request.headers.remove("Authorization");
    return key;
}

} // namespace

Access::Access(const AccessParts& parts)
    : parts_(parts), rules_(parts.public_url), keys_(parts.store, parts.monotonic),
      sessions_(parts.store, parts.machine_clock) {}

Result<void> Access::check_address(const http::Request& request) const {
    if (request.is_local) return {};
    if (auto host = rules_.check_host(request); !host) return host;
    return rules_.check_origin(request);
}

Task<Caller> Access::identify(http::Request& request, Instant now) {
    Caller caller;
    if (request.is_local) {
        caller.kind = Caller::Kind::kLocal;
        caller.scopes.add(Scope::kAdmin);
        co_return caller;
    }
    if (const auto key = take_bearer(request)) {
        auto found = co_await keys_.find(key->reveal(), now);
        if (!found) co_return fail(found.error());
        if (*found) co_return std::move(**found);
        caller.note = "the API key is not known, or was revoked";
        co_return caller;
    }
    if (cookie_values(request, kSessionCookie).empty()) co_return caller;
    if (!rules_.is_from_own_page(request)) {
        caller.note = "a session counts for our own pages only";
        co_return caller;
    }
    auto found = co_await find_session(request);
    if (!found) co_return fail(found.error());
    if (*found) co_return std::move(**found);
    caller.note = "the session has ended";
    co_return caller;
}

Task<std::optional<Caller>> Access::find_session(const http::Request& request) {
    const auto values = cookie_values(request, kSessionCookie);
    for (const std::string_view value : std::span(values).first(std::min(values.size(), kCookiesTried))) {
        const Secret cookie(value);
        auto found = co_await sessions_.find(cookie);
        if (!found || *found) co_return found;
    }
    co_return std::optional<Caller>();
}

Result<void> Access::check_page(const http::Request& request, const Caller& caller) const {
    if (caller.kind != Caller::Kind::kSession || !changes_something(request.method)) return {};
    if (auto own = rules_.require_own_page(request); !own) return own;
    const Secret given(request.headers.find("X-Everlong-CSRF").value_or(""));
    if (given.equals(Secret(caller.csrf))) return {};
    return fail(Code::kHttpOrigin, Fault::kRefused, "its X-Everlong-CSRF is not that of the session");
}

Task<std::unique_ptr<Access::Turn>> Access::take_turn(bool is_local) {
    if (waiting_ >= kWaitingLimit && !is_local) {
        co_return fail(Code::kTooManyTries, Fault::kRateLimited, "others are being looked at");
    }
    auto turn = std::make_unique<Turn>(waiting_);
    turn->guard_.emplace(co_await turns_.acquire("password"));
    co_return std::move(turn);
}

Task<void> Access::check_password(Secret given) {
    if (gate_.wait(parts_.monotonic.now()) > Milliseconds(0)) {
        co_return fail(Code::kTooManyTries, Fault::kRateLimited,
                       "the next try counts in " + std::to_string(retry_after().count()) + " s");
    }
    auto kept = co_await parts_.store.load_password();
    if (!kept) co_return fail(kept.error());
    auto is_right = co_await parts_.passwords.verify(std::move(given), kept->value_or(""));
    if (!is_right) co_return fail(is_right.error());
    if (*is_right) {
        gate_.note_right();
        co_return Result<void>{};
    }
    gate_.note_wrong(parts_.monotonic.now());
    co_return fail(Code::kPasswordWrong, Fault::kUsage);
}

Seconds Access::retry_after() const {
    return std::max(Seconds(1), std::chrono::ceil<Seconds>(gate_.wait(parts_.monotonic.now())));
}

Task<bool> Access::has_password() {
    auto kept = co_await parts_.store.load_password();
    if (!kept) co_return fail(kept.error());
    co_return kept->has_value();
}

Task<void> Access::save_password(Secret password, std::string kept_session, std::optional<ports::Session> begun,
                                 ports::AuditEvent event) {
    const std::size_t size = password.reveal().size();
    if (size < kPasswordLeast || size > kPasswordMost) {
        co_return fail(Code::kPasswordRule, Fault::kUsage, "it has " + std::to_string(size) + " bytes");
    }
    auto hash = co_await parts_.passwords.hash(std::move(password));
    if (!hash) co_return fail(hash.error());
    auto saved = co_await parts_.store.save_password(std::move(*hash), std::move(kept_session), std::move(begun),
                                                     std::move(event));
    // Whatever the store says: what it knows counts.
    sessions_.forget();
    if (!saved) co_return fail(saved.error());
    setup_secret_ = Secret();
    gate_.note_right();
    co_return Result<void>{};
}

Task<std::optional<Secret>> Access::begin_setup() {
    auto has = co_await has_password();
    if (!has) co_return fail(has.error());
    if (*has) co_return std::optional<Secret>();
    setup_secret_ = parts_.random.secret();
    co_return std::optional<Secret>(setup_secret_.clone());
}

bool Access::is_setup_secret(const Secret& given) const {
    return !setup_secret_.is_empty() && setup_secret_.equals(given);
}

} // namespace everlong::api::detail
