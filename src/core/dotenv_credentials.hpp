#pragma once
// What a .env says of an account: token and account id, cleaned, with everything that is wrong about the way they stand
// there. The one reading that import, inspection and doctor share. No I/O.

#include <base/strong.hpp>
#include <core/dotenv.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace everlong::core {

struct DotenvCredentials {
    std::size_t token_lines = 0;        // 0: the key is absent
    std::size_t token_line = 0;         // the number of the line that counts, from 1
    Secret token;                       // cleaned; empty where `token_problem` says why
    std::optional<Error> token_problem; // kTokenMissing, kTokenMalformed
    std::vector<ValueDamage> token_damage;
    // Where the next line was taken for the torn-off rest of the token: what stands in the key's own line alone.
    Secret token_of_one_line;

    bool has_id = false;    // the key is there, and something stands behind it
    std::string ig_user_id; // without quotes and blanks; not judged
    std::vector<ValueDamage> id_damage;
};

// Errors: those of parse_dotenv() and Dotenv::read().
Result<DotenvCredentials> read_credentials(const Secret& bytes, std::string_view token_key, std::string_view id_key);

// The same of a token alone, as somebody pasted it.
DotenvCredentials read_pasted_token(const Secret& pasted);

// Removes quotes and the like from an account id as somebody gave it.
std::string clean_account_id(std::string_view text);

// The file with token and, where it is not empty, id in it. Errors: those of set_values().
Result<Secret> set_credentials(const Secret& bytes, std::string_view token_key, const Secret& token,
                               std::string_view id_key, const IgUserId& id);

} // namespace everlong::core
