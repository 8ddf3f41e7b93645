#pragma once
// Looks at a token and the place it stands in, asks Meta about both, and mends what can be mended without a person.
// What is judged how stands in core/doctor.hpp.

#include <core/doctor.hpp>
#include <engine/lifecycle/world.hpp>

#include <optional>
#include <string>
#include <vector>

namespace everlong::engine {

// Exactly one of channel_name, env_file, env_text and token is given.
struct DoctorRequest {
    std::string channel_name;
    std::string env_file; // absolute
    std::optional<Secret> env_text;
    std::optional<Secret> token;
    std::string ig_user_id;     // beside a token: the id that goes with it, if there is one
    ports::DotenvTarget target; // keys, and whether the file is written in place; its path is not used
    bool has_fix = false;
    std::string actor;
};

struct DoctorResult {
    core::DoctorObservations seen;
    std::vector<core::Check> checks;
    // --fix: what was done ("cleaned", "account-id", "exchanged", "refreshed", "delivered"), and what could not be.
    std::vector<std::string> done;
    std::optional<Error> fix_problem;
    // The channel under which a new token is kept that could not be written to the file; empty: none.
    std::string kept_as;
    std::optional<Secret> env_text; // a pasted .env, mended
};

// Without has_fix nothing changes, here or at Meta: no call that issues, no byte written.
// Errors: kChannelUnknown; kUsage where not exactly one thing is named; the store's own; kCancelled. Whatever is wrong with
// what is looked at is a check, not an error.
Task<DoctorResult> examine(World& world, ports::EnvFiles& env_files, DoctorRequest request);

} // namespace everlong::engine
