#pragma once
// A new password from a person at a terminal, or from standard input.

#include <base/result.hpp>
#include <base/secret.hpp>

namespace everlong::apps {

// At a terminal it is asked for twice, without showing what is typed; else it is the first line of standard input.
// Errors: kPasswordRule (kUsage) where the two differ or nothing comes, kCancelled (kCancelled) by Ctrl-C.
Result<Secret> ask_new_password();

} // namespace everlong::apps
