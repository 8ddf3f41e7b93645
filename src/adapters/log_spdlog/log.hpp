#pragma once
// The service's log on standard error: one line an event, level and time in front. A second net for secrets: what looks
// like a token is replaced, and control characters are escaped, so that no text of Meta's can forge a line.

#include <ports/log.hpp>

#include <memory>
#include <string>

namespace everlong::adapters {

std::unique_ptr<ports::Log> make_stderr_log();

// What the log does to every text: longer runs of a token's alphabet become "<redacted>", control characters \xNN.
std::string redact(std::string_view text);

} // namespace everlong::adapters
