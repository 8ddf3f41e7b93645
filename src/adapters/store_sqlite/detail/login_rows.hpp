#pragma once
// Rows of the table `logins` as the port's type and back.

#include <adapters/store_sqlite/detail/database.hpp>
#include <ports/login_store.hpp>

#include <string>

namespace everlong::adapters::detail {

// What read_login() reads, in this order.
inline const std::string kLoginColumns = "id, revision, stage, channel_name, login, via, state_hash, browser_hash, "
                                         "redirect_uri, created_at, expires_at, details";
Result<ports::Login> read_login(Row row);

std::string_view stage_word(ports::LoginStage stage);
std::string_view via_word(ports::LoginVia via);
// The column `details`.
std::string details_to_json(const ports::Login& login);

} // namespace everlong::adapters::detail
