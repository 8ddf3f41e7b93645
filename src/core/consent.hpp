#pragma once
// Permissions of a login: what to ask for, what was granted of it, and what is lost by what was not. Pure.

#include <core/facts/permissions.hpp>
#include <core/login_dialog.hpp>

#include <optional>
#include <string>
#include <vector>

namespace everlong::core {

// What is known of the channel's present grants when a person is asked again.
struct KnownGrants {
    std::optional<std::vector<std::string>> granted; // absent: not known (a new channel, a dead token)
    bool is_data_access_over = false;
};

struct ConsentQuestion {
    std::vector<std::string> scopes;
    AskAgain again = AskAgain::kNothing;
};

// `extra`: permissions that somebody wants besides the required ones. On the Facebook login only what is missing is asked
// for; what stays granted comes with the new token all the same. Where nothing is missing, everything is named: the dialog
// then asks for nothing but a confirmation. The Instagram login grants what its dialog names and no more, so everything is
// named there, with what was granted before.
ConsentQuestion what_to_ask(LoginPath login, const KnownGrants& known, const std::vector<std::string>& extra);

// Of what was asked for or is required, what is not among `granted`.
std::vector<std::string> declined(LoginPath login, const std::vector<std::string>& asked,
                                  const std::vector<std::string>& granted);

// The first of them without which no account can be found; null where there is none.
const PermissionFacts* vital_loss(LoginPath login, const std::vector<std::string>& declined);

// A word of Meta's for a permission: lower case, digits, '_'.
bool is_permission_name(std::string_view name);

} // namespace everlong::core
