#pragma once
// fork and exec, with nothing between them that is not async-signal-safe.

#include <base/result.hpp>
#include <ports/process.hpp>

#include <span>
#include <string>
#include <vector>

#include <sys/types.h>

namespace everlong::adapters::detail {

// The strings of a child's environment, wiped when it goes.
class EnvironmentBlock {
public:
    // This process's environment with the overrides in place. Errors: kValueUnsafe, kUsage (a bad name).
    static Result<EnvironmentBlock> build(std::span<const ports::EnvironmentOverride> overrides);

    EnvironmentBlock(EnvironmentBlock&&) = default;
    EnvironmentBlock& operator=(EnvironmentBlock&&) = delete;
    ~EnvironmentBlock();

    // For execve; valid as long as this object lives.
    char* const* pointers() { return pointers_.data(); }

private:
    EnvironmentBlock() = default;

    std::vector<char> bytes_;
    std::vector<char*> pointers_;
};

// Starts the command in a new process group, which gets the foreground of `terminal` where that is not negative. Returns
// when the child is executing the command, with its id; errors as ports::ProcessLauncher::start.
Result<pid_t> spawn(const std::vector<std::string>& argv, EnvironmentBlock environment, int terminal);

} // namespace everlong::adapters::detail
