#pragma once
// A .env file in a fresh directory, and hooks that fail, cut short, let rivals in or kill.

#include <adapters/sinks/detail/dotenv_writer.hpp>
#include <support/temp_dir.hpp>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <functional>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace everlong::adapters::detail {

inline constexpr const char* kNewToken = "EAABnew0123456789abcdefghij";
inline constexpr const char* kNewId = "17841400000000001";
inline constexpr const char* kOldFile =
    "A=1\nINSTAGRAM_ACCESS_TOKEN=\"EAABold0123456789abc\" \nINSTAGRAM_USER_ID=1\nB='x y'\n";
inline constexpr const char* kNewFile =
    "A=1\nINSTAGRAM_ACCESS_TOKEN=EAABnew0123456789abcdefghij\nINSTAGRAM_USER_ID=17841400000000001\nB='x y'\n";
inline constexpr const char* kNewLine = "INSTAGRAM_ACCESS_TOKEN=EAABnew0123456789abcdefghij\n";

// Numbers the calls and lets a test do something at each.
class TestHooks : public FileHooks {
public:
    std::function<int(FileCall, int)> at_call; // the call and its number from 1; gives an errno or 0
    std::size_t bytes_at_once = static_cast<std::size_t>(-1);
    int calls = 0;

    int before(FileCall call) override {
        ++calls;
        return at_call ? at_call(call, calls) : 0;
    }
    std::size_t most_bytes(std::size_t wanted) override { return std::min(wanted, bytes_at_once); }
    void pause() override { sched_yield(); }
};

// A fresh directory in memory where the machine has such a place: thousands of syncs to a disk take minutes.
class MemoryDir : public test::TempDir {
public:
    MemoryDir() : test::TempDir(chosen()) {}

private:
    static std::filesystem::path chosen() {
        return access("/dev/shm", W_OK) == 0 ? "/dev/shm" : std::filesystem::temp_directory_path();
    }
};

inline ports::DotenvTarget target_at(const std::filesystem::path& path) {
    ports::DotenvTarget target;
    target.path = std::filesystem::weakly_canonical(path).string();
    return target;
}

inline Result<void> deliver(FileHooks& hooks, const ports::DotenvTarget& target, std::string_view token = kNewToken,
                            const std::string& id = kNewId, bool is_doubtful = false) {
    Files files(hooks);
    return write_dotenv(files, target, Secret(token), IgUserId(id), is_doubtful);
}

inline Result<void> deliver(const ports::DotenvTarget& target, std::string_view token = kNewToken) {
    TestHooks hooks;
    return deliver(hooks, target, token);
}

inline struct stat stat_of(const std::filesystem::path& path) {
    struct stat info{};
    if (lstat(path.c_str(), &info) != 0) throw std::runtime_error("cannot stat " + path.string());
    return info;
}

inline std::size_t count_entries(const std::filesystem::path& directory) {
    const std::filesystem::directory_iterator entries(directory);
    return static_cast<std::size_t>(std::distance(begin(entries), end(entries)));
}

// Runs the work in a process of its own, which may give up its rights or mount what it likes. Gives its exit code, or
// 128 and the number of the signal that ended it.
inline int run_in_child(const std::function<int()>& work) {
    const pid_t child = fork();
    if (child < 0) throw std::runtime_error("cannot fork");
    if (child == 0) _exit(work());
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

inline constexpr int kCannotDo = 77; // exit code of work that this machine does not allow

} // namespace everlong::adapters::detail
