#include <adapters/process/detail/start_state.hpp>

#include <cerrno>
#include <cstdlib>

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

namespace everlong::adapters::detail {
namespace {

// Without /proc only the three standard streams are passed on.
std::vector<int> list_inherited_descriptors() {
    std::vector<int> found;
    DIR* directory = ::opendir("/proc/self/fd");
    if (directory == nullptr) return found;
    while (const dirent* entry = ::readdir(directory)) {
        if (entry->d_name[0] < '0' || entry->d_name[0] > '9') continue;
        const int descriptor = std::atoi(entry->d_name);
        if (descriptor <= STDERR_FILENO || descriptor == ::dirfd(directory)) continue;
        const int flags = ::fcntl(descriptor, F_GETFD);
        if (flags != -1 && (flags & FD_CLOEXEC) == 0) found.push_back(descriptor);
    }
    ::closedir(directory);
    return found;
}

StartState capture() {
    StartState state;
    ::sigprocmask(SIG_BLOCK, nullptr, &state.blocked);
    sigemptyset(&state.ignored);
    for (int signal = 1; signal < NSIG; ++signal) {
        struct sigaction action{};
        if (::sigaction(signal, nullptr, &action) == 0 && (action.sa_flags & SA_SIGINFO) == 0 &&
            action.sa_handler == SIG_IGN) {
            sigaddset(&state.ignored, signal);
        }
    }
    state.is_core_size_known = ::getrlimit(RLIMIT_CORE, &state.core_size) == 0;
    state.inherited = list_inherited_descriptors();
    return state;
}

const StartState kAtStart = capture();

} // namespace

const StartState& start_state() {
    return kAtStart;
}

} // namespace everlong::adapters::detail
