#include <adapters/media_child/detail/child.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <spawn.h>
#include <sys/pidfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace everlong::adapters::detail {
namespace {

namespace asio = boost::asio;

// Its answer has about a kilobyte.
constexpr std::size_t kMostOutput = 64 * 1024;
// Above those that the child's files get, so that placing one does not hide another.
constexpr int kFirstFreeDescriptor = 10;

Error start_error(const std::string& program, int number) {
    return {Code::kMediaTool, Fault::kLocal, "cannot start " + program + ": " + std::strerror(number)};
}

Descriptor raised(int number) {
    return Descriptor(::fcntl(number, F_DUPFD_CLOEXEC, kFirstFreeDescriptor));
}

// The child's descriptors: nothing in, the pipe out, no words, its files; all others closed.
class Places {
public:
    Places() { ::posix_spawn_file_actions_init(&actions_); }
    ~Places() { ::posix_spawn_file_actions_destroy(&actions_); }
    Places(const Places&) = delete;
    Places& operator=(const Places&) = delete;

    bool fill(const Descriptor& pipe, const Descriptor& input, const Descriptor& output) {
        const auto copy = [&](const Descriptor& from, int to) {
            return ::posix_spawn_file_actions_adddup2(&actions_, from.number(), to) == 0;
        };
        const auto nothing = [&](int to, int mode) {
            return ::posix_spawn_file_actions_addopen(&actions_, to, "/dev/null", mode, 0) == 0;
        };
        const int first_unused = output.is_open() ? kChildOutput + 1 : kChildOutput;
        return nothing(STDIN_FILENO, O_RDONLY) && copy(pipe, STDOUT_FILENO) && nothing(STDERR_FILENO, O_WRONLY) &&
               copy(input, kChildInput) && (!output.is_open() || copy(output, kChildOutput)) &&
               ::posix_spawn_file_actions_addclosefrom_np(&actions_, first_unused) == 0;
    }
    const posix_spawn_file_actions_t* get() const { return &actions_; }

private:
    posix_spawn_file_actions_t actions_{};
};

// Signals as at the start of any program, and a group of its own: Ctrl-C is ours to act on.
class Attributes {
public:
    Attributes() {
        ::posix_spawnattr_init(&attributes_);
        sigset_t none;
        sigset_t all;
        sigemptyset(&none);
        sigfillset(&all);
        ::posix_spawnattr_setsigmask(&attributes_, &none);
        ::posix_spawnattr_setsigdefault(&attributes_, &all);
        ::posix_spawnattr_setpgroup(&attributes_, 0);
        ::posix_spawnattr_setflags(&attributes_,
                                   POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    }
    ~Attributes() { ::posix_spawnattr_destroy(&attributes_); }
    Attributes(const Attributes&) = delete;
    Attributes& operator=(const Attributes&) = delete;
    const posix_spawnattr_t* get() const { return &attributes_; }

private:
    posix_spawnattr_t attributes_{};
};

} // namespace

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
    if (this != &other) {
        if (is_open()) ::close(number_);
        number_ = other.release();
    }
    return *this;
}

Descriptor::~Descriptor() {
    if (is_open()) ::close(number_);
}

int Descriptor::release() {
    return std::exchange(number_, -1);
}

Child::Child(asio::any_io_executor executor, int id, Descriptor handle, Descriptor answer)
    : id_(id), handle_(executor, handle.release()), answer_(executor, answer.release()) {}

Child::~Child() {
    kill();
    collect();
}

Result<std::unique_ptr<Child>> Child::start(asio::any_io_executor executor, const std::string& program,
                                            std::vector<std::string> arguments, const Descriptor& input,
                                            const Descriptor& output) {
    std::array<int, 2> pipe{};
    if (::pipe2(pipe.data(), O_CLOEXEC) != 0) return fail(start_error(program, errno));
    Descriptor answer(pipe[0]);
    const Descriptor low_end(pipe[1]);
    const Descriptor writing = raised(low_end.number());
    const Descriptor in = raised(input.number());
    const Descriptor out = output.is_open() ? raised(output.number()) : Descriptor();
    Places places;
    if (!places.fill(writing, in, out)) return fail(start_error(program, EMFILE));
    std::vector<char*> words{const_cast<char*>("everlong-media")};
    for (std::string& argument : arguments)
        words.push_back(argument.data());
    words.push_back(nullptr);
    // None of our variables: some hold secrets, others would change what libraries do.
    std::array<char*, 2> environment{const_cast<char*>("LC_ALL=C"), nullptr};
    const Attributes attributes;
    pid_t id = -1;
    const int error =
        ::posix_spawn(&id, program.c_str(), places.get(), attributes.get(), words.data(), environment.data());
    if (error != 0) return fail(start_error(program, error));
    // Nobody can have collected it yet: that happens on this thread.
    Descriptor handle(static_cast<int>(::syscall(SYS_pidfd_open, id, 0)));
    if (!handle.is_open()) {
        const int number = errno;
        ::kill(id, SIGKILL);
        ::waitpid(id, nullptr, 0);
        return fail(start_error(program, number));
    }
    return std::unique_ptr<Child>(new Child(std::move(executor), id, std::move(handle), std::move(answer)));
}

void Child::kill() {
    // By its handle, which is never another process' as a number may be once somebody else has collected it.
    if (!is_collected_) ::syscall(SYS_pidfd_send_signal, handle_.native_handle(), SIGKILL, nullptr, 0);
}

Ending Child::collect() {
    Ending ending;
    if (std::exchange(is_collected_, true)) return ending;
    int status = 0;
    pid_t collected = -1;
    while ((collected = ::waitpid(id_, &status, 0)) == -1 && errno == EINTR) {
    }
    // Collected by another part of this program (`everlong run` collects all children): its answer alone must do.
    if (collected != id_) return ending;
    ending.how = WIFSIGNALED(status) ? Ending::How::kKilled : Ending::How::kExited;
    ending.number = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
    return ending;
}

// False where it writes more than it may.
Async<bool> Child::read_to_end(std::string& output) {
    std::array<char, 4096> piece{};
    for (;;) {
        const auto [error, size] =
            co_await answer_.async_read_some(asio::buffer(piece), asio::as_tuple(asio::use_awaitable));
        if (error) break;
        output.append(piece.data(), size);
        if (output.size() > kMostOutput) co_return false;
    }
    co_await handle_.async_wait(asio::posix::stream_descriptor::wait_read, asio::as_tuple(asio::use_awaitable));
    co_return true;
}

Async<Ending> Child::finish(ports::Monotonic& monotonic, Milliseconds most) {
    using namespace asio::experimental::awaitable_operators;
    std::string output;
    const auto first = co_await (read_to_end(output) || monotonic.sleep_for(most));
    const bool has_ended = first.index() == 0 && std::get<0>(first);
    if (!has_ended) kill();
    Ending ending = collect();
    if (!has_ended) ending.how = first.index() == 0 ? Ending::How::kTooMuchOutput : Ending::How::kTimeout;
    ending.output = std::move(output);
    co_return ending;
}

} // namespace everlong::adapters::detail
