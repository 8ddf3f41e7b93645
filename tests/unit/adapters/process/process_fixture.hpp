#pragma once
// Real children for the tests: started, awaited with a limit, and with their standard streams led into files.

#include <adapters/process/posix_launcher.hpp>

#include <support/temp_dir.hpp>

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstdio>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace everlong::adapters::test {

// Far above what anything here takes, so that a failure ends the test and a slow machine does not.
inline constexpr std::chrono::seconds kLimit{30};

// Leads one of our own standard descriptors elsewhere while it lives; a child started meanwhile inherits that.
class Redirect {
public:
    Redirect(int standard, int target) : standard_(standard), saved_(::fcntl(standard, F_DUPFD_CLOEXEC, 10)) {
        std::fflush(stdout);
        ::dup2(target, standard);
    }
    ~Redirect() {
        std::fflush(stdout);
        ::dup2(saved_, standard_);
        ::close(saved_);
    }
    Redirect(const Redirect&) = delete;
    Redirect& operator=(const Redirect&) = delete;

private:
    int standard_;
    int saved_;
};

class File {
public:
    File(const std::filesystem::path& path, int flags) : descriptor_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {
        if (descriptor_ < 0) throw std::runtime_error("cannot open " + path.string());
    }
    ~File() { ::close(descriptor_); }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    int descriptor() const { return descriptor_; }

private:
    int descriptor_;
};

class Children {
public:
    boost::asio::io_context io{1};
    PosixLauncher launcher{io.get_executor()};
    everlong::test::TempDir directory;

    Result<std::unique_ptr<ports::ChildProcess>> start(const std::vector<std::string>& argv,
                                                       std::vector<ports::EnvironmentOverride> environment = {}) {
        return launcher.start(argv, environment, [] {});
    }
    std::unique_ptr<ports::ChildProcess> start_shell(const std::string& script) {
        auto child = start({"/bin/sh", "-c", script});
        if (!child) throw std::runtime_error(child.error().summary());
        return *std::move(child);
    }
    // Handles what happens until `holds`.
    void run_until(const std::function<bool()>& holds) {
        const auto polls_at_most = kLimit / kPoll;
        for (int i = 0; !holds(); ++i) {
            if (i == polls_at_most) throw std::runtime_error("it did not come to pass in time");
            io.restart();
            io.run_one_for(kPoll);
        }
    }
    core::ExitStatus end_of(ports::ChildProcess& child) {
        run_until([&] { return child.ended().has_value(); });
        return *child.ended();
    }
    core::ExitStatus end_of_shell(const std::string& script) {
        const auto child = start_shell(script);
        return end_of(*child);
    }
    // What the command writes to standard output, to its end.
    std::string output_of(const std::vector<std::string>& argv,
                          std::vector<ports::EnvironmentOverride> environment = {}) {
        const auto path = directory / "output";
        std::unique_ptr<ports::ChildProcess> child;
        {
            const File file(path, O_WRONLY | O_CREAT | O_TRUNC);
            const Redirect redirect(STDOUT_FILENO, file.descriptor());
            auto started = start(argv, std::move(environment));
            if (!started) throw std::runtime_error(started.error().summary());
            child = *std::move(started);
        }
        end_of(*child);
        return everlong::test::read_bytes(path);
    }
    // Waits until somebody has written a line into the file `name`, and gives it.
    std::string await_line(const std::string& name) {
        std::string text;
        run_until([&] {
            if (std::filesystem::exists(directory / name)) text = everlong::test::read_bytes(directory / name);
            return text.ends_with('\n');
        });
        text.pop_back();
        return text;
    }
    std::string path(const std::string& name) const { return (directory / name).string(); }

private:
    // How soon a condition that no event announces (a file's content) is looked at again.
    static constexpr std::chrono::milliseconds kPoll{5};
};

// Runs `body` in a process of its own and gives its exit status. To be called while no io_context lives: a forked one
// would share its descriptors.
inline core::ExitStatus run_in_process(const std::function<int()>& body) {
    std::fflush(nullptr);
    const pid_t id = ::fork();
    if (id < 0) throw std::runtime_error("cannot fork");
    if (id == 0) {
        int code = 99;
        try {
            code = body();
        } catch (const std::exception& error) {
            std::fprintf(stderr, "%s\n", error.what());
        }
        ::_exit(code);
    }
    int status = 0;
    ::waitpid(id, &status, 0);
    return WIFSIGNALED(status) ? core::ExitStatus::killed_by(WTERMSIG(status))
                               : core::ExitStatus::exited(WEXITSTATUS(status));
}

} // namespace everlong::adapters::test
