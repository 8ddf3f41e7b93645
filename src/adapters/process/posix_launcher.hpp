#pragma once
// ports::ProcessLauncher by fork, exec and SIGCHLD. SIGCHLD and not a pidfd, because a pidfd tells neither that a child
// has stopped (Ctrl-Z) nor of the end of orphaned grandchildren.
//
// Everlong makes itself the "subreaper" (prctl(2)) of what its children leave behind: orphans of a group come to us and
// are collected, as an init process would, so that an empty group is seen at once and no zombie keeps it alive.
// Therefore: one launcher a process, and nobody else in the process may start children while it lives.

#include <ports/process.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <memory>

namespace everlong::adapters {

class PosixLauncher final : public ports::ProcessLauncher {
public:
    explicit PosixLauncher(boost::asio::any_io_executor executor);
    // Children may outlive it, but are then no longer watched.
    ~PosixLauncher() override;

    Result<std::unique_ptr<ports::ChildProcess>> start(const std::vector<std::string>& argv,
                                                       std::span<const ports::EnvironmentOverride> environment,
                                                       std::function<void()> on_change) override;

    class Family;

private:
    std::shared_ptr<Family> family_;
};

} // namespace everlong::adapters
