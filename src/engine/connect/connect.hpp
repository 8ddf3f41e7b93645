#pragma once
// A person's login, from the address of Meta's dialog to a connected channel: the answer is checked against what binds it
// before its code is used, the code is exchanged once, every step stands in the store before the next one leaves (law 2),
// and the token takes the same way into a channel as an imported one (engine/lifecycle/adopt.hpp).
//
// A login that was interrupted goes on where it stood: with the sealed token inside its hour, else it ends in
// kConnectAgain. The token in use is untouched until the new one is verified.

#include <async/keyed_lock.hpp>
#include <core/consent.hpp>
#include <core/login_callback.hpp>
#include <core/login_dialog.hpp>
#include <engine/lifecycle/world.hpp>
#include <ports/login_store.hpp>
#include <ports/random.hpp>

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace everlong::engine {

struct LoginRequest {
    std::string channel_name;
    core::LoginPath login = core::LoginPath::kFacebook;
    ports::LoginVia via = ports::LoginVia::kTerminal;
    std::string redirect_uri;
    std::vector<std::string> permissions; // besides the required ones
    std::string account;                  // which one, by username or number, where several are reachable
    core::QueryParameters dialog_extra;   // passed on to the dialog
    Secret browser; // the cookie's value that this browser has from another login of these minutes; empty: a new one
    std::string actor;
};

struct BegunLogin {
    ports::Login login;
    Secret address; // of the dialog: shown to whoever asked, and kept nowhere
    Secret browser; // value of the cookie that binds the answer to a browser; empty for the other ways
};

// A person may have logged in elsewhere in the meantime; what an answer is about is only known by its state.
struct LoginAnswer {
    core::LoginPath login = core::LoginPath::kFacebook; // of the address that it came to
    core::LoginCallback callback;
    Secret browser; // the cookie's value; empty: none was sent
    std::string id; // of the login that it was pasted for; empty: it came by redirect
};

struct ConnectSettings {
    std::string meta_base;
    std::string graph_version;
    bool is_rehearsal = false;
};

class Connector {
public:
    // Called whenever a login has come to another stage.
    using OnChange = std::function<void(const ports::Login&)>;

    Connector(World& world, ports::LoginStore& logins, ports::Random& random, ConnectSettings settings,
              OnChange on_change = {})
        : world_(world), logins_(logins), random_(random), settings_(std::move(settings)),
          on_change_(std::move(on_change)) {}

    // Errors: kChannelName, kAppMissing, kRedirectUri, kUsage (kUsage); kIdentity (kNeedsConsent) where the channel is of
    // the other login; the store's.
    Task<BegunLogin> begin(LoginRequest request);
    // As it stands now; one that was interrupted is taken further. kLoginUnknown (kUsage).
    Task<ports::Login> find(std::string id);
    // Errors before the code is used, with nothing changed: kLoginState (kRefused) for a state that is unknown, of the
    // other login, of another login than the pasted one's, or from another browser; kLoginCallback for another issuer.
    // Else the login as it stands afterwards: a second answer to the same question gets the first's result.
    Task<ports::Login> receive(LoginAnswer answer);
    // kLoginStage (kConflict) where there is nothing to choose; kAccountId (kUsage) for an account that is not usable.
    Task<ports::Login> choose(std::string id, std::string account, std::string actor);
    // One that has ended stays as it is; one whose token is on its way into the channel is kLoginStage.
    Task<ports::Login> cancel(std::string id, std::string actor);
    // Every login that was interrupted, or that waits for Meta, goes on, until `is_over` says true between two of them.
    // Errors are told in the logins themselves.
    Task<void> resume(std::function<bool()> is_over = {});

private:
    Task<ports::Login> load(std::string id);
    Task<core::KnownGrants> known_grants(std::string channel_name, core::LoginPath login);
    Task<ports::Login> save(ports::Login login, std::string action, std::optional<Secret> token = std::nullopt);
    Task<ports::Login> refuse(ports::Login login, Error error);
    // Where it stands, as far as it can go by itself.
    Task<ports::Login> advance(ports::Login login);
    // The channel may have been renamed while Meta was asked.
    Task<void> follow_rename(ports::Login& login);
    Task<ports::Login> redeem(ports::Login login, Secret code);
    Task<ports::Login> look_at_token(ports::Login login);
    Task<ports::Login> decide(ports::Login login);
    Task<ports::Login> adopt_chosen(ports::Login login);
    // Trouble that may pass leaves the login where it is, to be taken up again; any other ends it.
    Task<ports::Login> trouble(ports::Login login, Error error);

    World& world_;
    ports::LoginStore& logins_;
    ports::Random& random_;
    ConnectSettings settings_;
    OnChange on_change_;
    KeyedLock locks_; // by login
};

} // namespace everlong::engine
