#pragma once
// Where an import or inspection takes its token from: a .env file or pasted text, cleaned, with what was wrong with it.

#include <api/detail/call.hpp>

namespace everlong::api::detail {

struct Source {
    Secret token;
    std::string ig_user_id; // as found, cleaned of quotes and blanks; empty where there is none
    std::vector<std::string> repairs;
    std::vector<std::string> warnings;
    std::optional<ports::DotenvTarget> target; // where it came from a file
};

// From the members env_file or token of the body. Errors: those of EnvFiles::open, kEnvSyntax, kTokenMissing,
// kTokenMalformed, kHttpBody; kHttpScope (kRefused) for a file, unless the caller is admin.
Task<Source> read_source(Call& call);

// From the members token_key, id_key, in_place of the body; the path is left empty.
Result<ports::DotenvTarget> target_of(const json::object& body);

} // namespace everlong::api::detail
