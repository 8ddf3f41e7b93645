#include <simulator/login/login_code.hpp>

#include <base/digest.hpp>

#include <algorithm>

namespace everlong::simulator {

bool fits_challenge(std::string_view challenge, std::string_view method, std::string_view verifier) {
    if (method == "plain") return challenge == verifier;
    const Sha256 digest = sha256(verifier);
    std::string expected = encode_base64(std::string_view(reinterpret_cast<const char*>(digest.data()), digest.size()));
    std::ranges::replace(expected, '+', '-');
    std::ranges::replace(expected, '/', '_');
    while (expected.ends_with('='))
        expected.pop_back();
    return challenge == expected;
}

Outcome<LoginCode*> redeem_code(Context& context, const App& app) {
    const Call& call = context.call;
    const bool is_facebook = app.login == Login::kFacebook;
    LoginCode* code = context.world.find_code(call.value("code"));
    if (code == nullptr || code->app_id != app.id) {
        return refuse(is_facebook ? Refusal::kBadCode : Refusal::kNoMatchingCode);
    }
    if (code->is_used) return refuse(is_facebook ? Refusal::kCodeUsed : Refusal::kNoMatchingCode);
    const Seconds life = is_facebook ? kFacebookCodeLife : kInstagramCodeLife;
    if (call.now >= code->issued_at + life) {
        return refuse(is_facebook ? Refusal::kCodeExpired : Refusal::kNoMatchingCode);
    }
    if (call.value("redirect_uri") != code->redirect_uri) {
        return refuse(is_facebook ? Refusal::kRedirectDiffers : Refusal::kFlatRedirectDiffers);
    }
    if (!code->challenge.empty() &&
        !fits_challenge(code->challenge, code->challenge_method, call.value("code_verifier"))) {
        return refuse(Refusal::kBadVerifier);
    }
    code->is_used = true;
    return code;
}

} // namespace everlong::simulator
