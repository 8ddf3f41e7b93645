#pragma once
// How this process itself was started: what a child needs to get the same. Taken before main(), so that nothing that
// Everlong sets up for itself (ignored SIGPIPE, no core files, its own descriptors) reaches a child.

#include <csignal>
#include <vector>

#include <sys/resource.h>

namespace everlong::adapters::detail {

struct StartState {
    sigset_t blocked{};
    sigset_t ignored{};
    rlimit core_size{};
    bool is_core_size_known = false;
    std::vector<int> inherited; // open descriptors from 3 on that were meant to be inherited
};

const StartState& start_state();

} // namespace everlong::adapters::detail
