#include <media/confine.hpp>

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <memory>
#include <sched.h>
#include <seccomp.h>
#include <string_view>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <utility>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define EVERLONG_SHADOW_MEMORY 1 // sanitizers reserve terabytes of address space
#endif
#endif

namespace everlong::media {
namespace {

struct WallName {
    Wall wall;
    std::string_view name;
};
constexpr std::array kWalls{
    WallName{Wall::kNoNewPrivileges, "no-new-privileges"},
    WallName{Wall::kLimits, "limits"},
    WallName{Wall::kLandlock, "landlock"},
    WallName{Wall::kSeccomp, "seccomp"},
};

// Descriptors: the three standard ones, in, out, and what libvips copies of them.
constexpr rlim_t kMostDescriptors = 32;

bool fails(std::string& why_not, int error) {
    why_not = std::strerror(error);
    return false;
}

bool forbid_new_privileges(std::string& why_not) {
    return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 || fails(why_not, errno);
}

bool limit(decltype(RLIMIT_CPU) what, rlim_t soft, rlim_t hard, std::string& why_not) {
    rlimit now{};
    ::getrlimit(what, &now);
    if (now.rlim_max != RLIM_INFINITY && now.rlim_max < hard) hard = now.rlim_max;
    const rlimit wanted{soft < hard ? soft : hard, hard};
    return ::setrlimit(what, &wanted) == 0 || fails(why_not, errno);
}

bool set_limits(const Limits& limits, std::string& why_not) {
    bool is_set = limit(RLIMIT_CORE, 0, 0, why_not) &&
                  limit(RLIMIT_NOFILE, kMostDescriptors, kMostDescriptors, why_not) &&
                  limit(RLIMIT_FSIZE, limits.file_bytes, limits.file_bytes, why_not) &&
                  limit(RLIMIT_CPU, limits.cpu_s, limits.cpu_s + 1, why_not);
#ifndef EVERLONG_SHADOW_MEMORY
    is_set = is_set && limit(RLIMIT_AS, limits.memory_bytes, limits.memory_bytes, why_not);
#endif
    return is_set;
}

// linux/landlock.h, whose newer fields Debian 12's copy lacks. Rights are numbered bits; each version of the interface
// knows some more.
struct LandlockRuleset {
    std::uint64_t files;
    std::uint64_t network; // from version 4 on
    std::uint64_t scopes;  // from version 6 on: abstract sockets, signals
};
constexpr long kLandlockAskVersion = 1;

bool forbid_names(std::string& why_not) {
    const long version = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, kLandlockAskVersion);
    if (version < 1) return fails(why_not, errno);
    LandlockRuleset rules{};
    const int file_bits = version >= 5 ? 16 : version >= 3 ? 15 : version == 2 ? 14 : 13;
    rules.files = (std::uint64_t{1} << file_bits) - 1;
    std::size_t size = sizeof rules.files;
    if (version >= 4) {
        rules.network = 3; // bind, connect
        size += sizeof rules.network;
    }
    if (version >= 6) {
        rules.scopes = 3;
        size += sizeof rules.scopes;
    }
    const auto ruleset = static_cast<int>(::syscall(SYS_landlock_create_ruleset, &rules, size, 0));
    if (ruleset < 0) return fails(why_not, errno);
    const long done = ::syscall(SYS_landlock_restrict_self, ruleset, 0);
    const int error = errno;
    ::close(ruleset);
    return done == 0 || fails(why_not, error);
}

// What decoding, memory, threads and an orderly end need. There is no call among them that gives a new descriptor but
// dup; none that opens, connects, executes or signals another process.
constexpr std::array kAllowed{
    SCMP_SYS(read),
    SCMP_SYS(pread64),
    SCMP_SYS(readv),
    SCMP_SYS(write),
    SCMP_SYS(writev),
    SCMP_SYS(pwrite64),
    SCMP_SYS(lseek),
    SCMP_SYS(fstat),
    SCMP_SYS(close),
    SCMP_SYS(dup),
    SCMP_SYS(fsync),
    SCMP_SYS(mmap),
    SCMP_SYS(munmap),
    SCMP_SYS(mprotect),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(brk),
    SCMP_SYS(futex),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(rseq),
    SCMP_SYS(sched_yield),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_getres),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(nanosleep),
    SCMP_SYS(getrandom),
    SCMP_SYS(getrusage),
    SCMP_SYS(getrlimit),
    SCMP_SYS(uname),
    SCMP_SYS(sysinfo),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(restart_syscall),
};

bool allow_with_arguments(scmp_filter_ctx filter) {
    const auto mask = [](unsigned argument, std::uint64_t bits, std::uint64_t value) {
        return scmp_arg_cmp{argument, SCMP_CMP_MASKED_EQ, bits, value};
    };
    const auto equals = [](unsigned argument, std::uint64_t value) {
        return scmp_arg_cmp{argument, SCMP_CMP_EQ, value, 0};
    };
    const auto self = static_cast<std::uint64_t>(::getpid());
    bool is_added = true;
    const auto add = [&](std::uint32_t action, int call, std::initializer_list<scmp_arg_cmp> conditions) {
        is_added = is_added && seccomp_rule_add_array(filter, action, call, static_cast<unsigned>(conditions.size()),
                                                      conditions.begin()) == 0;
    };
    constexpr std::uint32_t kAllow = SCMP_ACT_ALLOW;
    // Threads, no processes. clone3 hides its flags in memory: refused as if unknown, so that the library uses clone.
    add(kAllow, SCMP_SYS(clone), {mask(0, CLONE_THREAD, CLONE_THREAD)});
    add(SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), {});
    // fstat of today's C library: of a descriptor, not of a name.
    add(kAllow, SCMP_SYS(newfstatat), {mask(3, AT_EMPTY_PATH, AT_EMPTY_PATH)});
    add(kAllow, SCMP_SYS(fcntl), {equals(1, F_GETFD)});
    add(kAllow, SCMP_SYS(fcntl), {equals(1, F_SETFD)});
    add(kAllow, SCMP_SYS(fcntl), {equals(1, F_GETFL)});
    add(kAllow, SCMP_SYS(fcntl), {equals(1, F_DUPFD_CLOEXEC)});
    add(kAllow, SCMP_SYS(prctl), {equals(0, PR_SET_NAME)});
    add(kAllow, SCMP_SYS(prlimit64), {equals(2, 0)}); // reads a limit
    add(kAllow, SCMP_SYS(tgkill), {equals(0, self)}); // abort()
    return is_added;
}

bool filter_calls(std::string& why_not) {
    const std::unique_ptr<void, void (*)(scmp_filter_ctx)> filter(seccomp_init(SCMP_ACT_ERRNO(EPERM)), seccomp_release);
    if (!filter) return fails(why_not, ENOMEM);
    for (const int call : kAllowed) {
        // A call that this architecture does not have cannot be made either.
        if (call >= 0 && seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, call, 0) != 0) return fails(why_not, EINVAL);
    }
    if (!allow_with_arguments(filter.get())) return fails(why_not, EINVAL);
    seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_TSYNC, 1);
    const int loaded = seccomp_load(filter.get());
    return loaded == 0 || fails(why_not, -loaded);
}

} // namespace

bool raise_wall(Wall wall, const Limits& limits, std::string& why_not) {
    switch (wall) {
    case Wall::kNoNewPrivileges: return forbid_new_privileges(why_not);
    case Wall::kLimits: return set_limits(limits, why_not);
    case Wall::kLandlock: return forbid_names(why_not);
    case Wall::kSeccomp: return filter_calls(why_not);
    }
    return false;
}

Confinement confine(const Limits& limits) {
    Confinement result;
    for (const auto& [wall, name] : kWalls) {
        std::string why_not;
        if (raise_wall(wall, limits, why_not)) {
            result.standing.emplace_back(name);
        } else {
            result.missing.push_back(std::string(name) + ": " + why_not);
        }
    }
    return result;
}

} // namespace everlong::media
