#include <simulator/calls/context.hpp>

#include <base/digest.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace everlong::simulator {
namespace {

// A timed proof is good for five minutes (graph-api.md, 6).
constexpr Seconds kProofLife = Minutes(5);

// Meta repeats a malformed token in its message; as much of it as fits into a header line.
constexpr std::size_t kLongestRepeat = 512;

constexpr auto kIsTokenByte = [] {
    constexpr std::string_view kBytes = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";
    std::array<bool, 256> table{};
    for (const char c : kBytes)
        table[static_cast<unsigned char>(c)] = true;
    return table;
}();

bool is_token_character(char c) {
    return kIsTokenByte[static_cast<unsigned char>(c)];
}

Login login_of(Host host) {
    return host == Host::kGraphInstagram ? Login::kInstagram : Login::kFacebook;
}

std::string hmac_hex(const std::string& key, const std::string& message) {
    const Sha256 digest = hmac_sha256(key, message);
    return to_hex(digest.data(), digest.size());
}

// graph-api.md, 6. On the Instagram login no proof is known: what is sent is not looked at.
Outcome<void> check_proof(Context& context, const Token& token, const std::string& shown) {
    if (context.call.host != Host::kGraphFacebook) return {};
    // An app's token holds the secret itself; clients send other tokens' proofs along with it (6, 14).
    if (token.kind == Kind::kApp && context.switches.is("app_token_proof", "ignored")) return {};
    const App* app = context.world.find_app(token.app_id);
    const std::string* proof = context.call.find("appsecret_proof");
    if (proof == nullptr) {
        if (context.switches.is("appsecret_proof", "required") && token.kind != Kind::kApp) {
            return refuse(Refusal::kProofRequired);
        }
        return {};
    }
    std::string message = shown;
    if (const std::string* time = context.call.find("appsecret_time")) {
        std::int64_t seconds = 0;
        const auto [end, error] = std::from_chars(time->data(), time->data() + time->size(), seconds);
        if (error != std::errc() || end != time->data() + time->size()) return refuse(Refusal::kProofWrong);
        const std::int64_t age = to_unix_s(context.call.now) - seconds;
        if (age > kProofLife.count() || age < -kProofLife.count()) return refuse(Refusal::kProofWrong);
        message += "|" + *time;
    }
    if (app == nullptr || hmac_hex(app->secret, message) != *proof) return refuse(Refusal::kProofWrong);
    return {};
}

} // namespace

bool has_app_token_form(std::string_view text) {
    const auto bar = text.find('|');
    return bar != std::string_view::npos && bar > 0 &&
           std::ranges::all_of(text.substr(0, bar), [](char c) { return c >= '0' && c <= '9'; });
}

Outcome<Token*> resolve_app_token(Context& context, std::string_view text) {
    const auto bar = text.find('|');
    const App* app = context.world.find_app(text.substr(0, bar));
    if (app == nullptr || app->login != Login::kFacebook) return refuse(Refusal::kBadApp);
    if (app->secret != text.substr(bar + 1)) return refuse(Refusal::kBadSignature);
    if (Token* known = context.world.find_token(text)) {
        known->ending.reset();
        return known;
    }
    Token token;
    token.text = text;
    token.kind = Kind::kApp;
    token.lifetime = Lifetime::kNever;
    token.app_id = app->id;
    token.issued_at = std::chrono::floor<Seconds>(context.call.now);
    return &context.world.add_token(std::move(token), context.call.now);
}

Outcome<Token*> resolve_token(Context& context, std::string_view text) {
    const Login login = login_of(context.call.host);
    if (has_app_token_form(text)) {
        if (login == Login::kInstagram) return refuse(Refusal::kCannotParse);
        return resolve_app_token(context, text);
    }
    if (!std::ranges::all_of(text, is_token_character))
        return refuse(Refusal::kMalformed, {text.substr(0, kLongestRepeat)});
    Token* token = context.world.find_token(text);
    // A token of the other host says nothing about hosts (graph-api.md, 11.2).
    if (token == nullptr || token->login != login) return refuse(Refusal::kCannotParse);
    if (auto reason = verdict(context.world, *token, context.call.now)) return std::unexpected(std::move(*reason));
    return token;
}

void note_token(Context& context, std::string_view text) {
    const Token* known = context.world.find_token(text);
    context.record.token_fingerprint = known != nullptr ? known->fingerprint.text() : fingerprint_of(text).text();
    if (has_app_token_form(text)) {
        context.record.token_alive = resolve_app_token(context, text).has_value();
        return;
    }
    context.record.token_alive = known != nullptr && !verdict(context.world, *known, context.call.now);
}

Outcome<Token*> authenticate(Context& context, Refusal missing) {
    const std::string& shown = context.call.token;
    if (shown.empty()) return refuse(missing);
    auto token = resolve_token(context, shown);
    if (!token) return token;
    if (auto proven = check_proof(context, **token, shown); !proven) return std::unexpected(std::move(proven.error()));
    context.token = *token;
    context.counted_app = (*token)->app_id;
    return token;
}

} // namespace everlong::simulator
