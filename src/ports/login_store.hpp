#pragma once
// Logins under way: from the press of "Connect" to a connected channel or a refusal. They survive a restart. Transactions
// and errors are those of ports/store.hpp.
//
// What binds an answer to its question is stored as a hash only. The verifier of PKCE and the token that came of a code are
// sealed, and gone with the write that brings a login to its end.

#include <core/facts/account_troubles.hpp>
#include <ports/store.hpp>

#include <optional>
#include <string>
#include <vector>

namespace everlong::ports {

enum class LoginStage {
    kWaiting,   // for the person
    kRedeeming, // the code is on its way to Meta: it may be spent
    kRedeemed,  // its token is sealed here
    kChoosing,  // several accounts: the person has to say which
    kAdopting,  // the account is known; its token becomes the channel's
    kConnected,
    kRefused,
    kExpired,
    kCancelled,
};

inline bool is_final(LoginStage stage) {
    return stage >= LoginStage::kConnected;
}

// How the answer comes back, and so what it is bound to.
enum class LoginVia {
    kBrowser,  // the browser that started it: state and cookie
    kTerminal, // any browser: whoever has seen the address; the state alone
    kPaste,    // the address pasted back: the state alone
};

// An account, or a Page without one, that a login has found.
struct LoginAccount {
    core::Account account;
    core::AccountTrouble trouble = core::AccountTrouble::kNone;
};

struct Login {
    std::string id; // names it; opens nothing
    std::int64_t revision = 0;
    LoginStage stage = LoginStage::kWaiting;
    std::string channel_name;
    core::LoginPath login = core::LoginPath::kFacebook;
    LoginVia via = LoginVia::kTerminal;
    std::string state_hash;   // SHA-256, 32 raw bytes
    std::string browser_hash; // of the cookie's value; empty: bound to no browser
    std::string redirect_uri;
    Instant created_at{};
    Instant expires_at{}; // of the present stage: the dialog's time, then the token's
    bool is_reconnect = false;
    std::vector<std::string> asked;
    std::vector<std::string> wanted_scopes; // besides the required ones
    std::string wanted_account;             // a username or number named in advance; empty: none
    std::optional<std::vector<std::string>> granted;
    std::string person_id; // app-scoped, whoever logged in
    std::vector<LoginAccount> accounts;
    bool are_accounts_complete = true;
    std::string chosen; // the account's number
    std::optional<Problem> problem;
    std::string actor;
};

class LoginStore {
public:
    virtual ~LoginStore() = default;

    // Made at event.at. At most `limit` logins are kept, and none that ended more than a day before: the oldest go.
    virtual Task<Login> begin_login(Login login, Secret verifier, int limit, AuditEvent event) = 0;
    virtual Task<std::optional<Login>> find_login(std::string id) = 0;
    virtual Task<std::optional<Login>> find_login_by_state(std::string state_hash) = 0;
    // Newest first.
    virtual Task<std::vector<Login>> list_logins(std::string channel_name) = 0;
    // Those at kRedeeming, kRedeemed and kAdopting: somebody was interrupted.
    virtual Task<std::vector<Login>> list_interrupted_logins() = 0;
    // Everything that changes, with its revision raised; kBusy (kConflict) where it has changed since it was read. A token
    // given is sealed; without one the sealed one stays, and goes together with the verifier at a final stage.
    virtual Task<Login> save_login(Login login, std::optional<Secret> token, AuditEvent event) = 0;
    // Nothing where there is none (any more).
    virtual Task<std::optional<Secret>> load_login_verifier(std::string id) = 0;
    virtual Task<std::optional<Secret>> load_login_token(std::string id) = 0;

    // Who stood behind a channel's token when it was connected (Meta's calls about a person name nobody else).
    virtual Task<void> note_person(std::string channel_name, core::LoginPath login, std::string person_id) = 0;
    // Channels of that person, and those of this login of whom nobody knows whose they are.
    virtual Task<std::vector<std::string>> list_channels_of_person(core::LoginPath login, std::string person_id) = 0;
};

} // namespace everlong::ports
