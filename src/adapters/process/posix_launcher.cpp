#include <adapters/process/posix_launcher.hpp>

#include <adapters/process/detail/spawn.hpp>
#include <adapters/process/detail/start_state.hpp>
#include <adapters/process/detail/terminal.hpp>

#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cerrno>
#include <csignal>
#include <map>
#include <utility>

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace everlong::adapters {
namespace {

// A grandchild whose own parent lives on outside the group ends without a SIGCHLD to us; so while a group is being waited
// for it is also looked at this often. It bounds what such a straggler adds to the gap of a restart.
constexpr std::chrono::milliseconds kGroupLook{10};

constexpr bool is_terminal_stop(int signal) {
    return signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU;
}

// Stops this process as `signal` would by default, and returns when it is continued. False where it was not stopped: the
// kernel lets no orphaned process group be stopped from a terminal, as nobody could continue it.
bool stop_oneself(int signal) {
    struct sigaction standard{};
    struct sigaction before{};
    standard.sa_handler = SIG_DFL;
    sigset_t continued;
    sigset_t mask_before;
    sigemptyset(&continued);
    sigaddset(&continued, SIGCONT);
    ::pthread_sigmask(SIG_BLOCK, &continued, &mask_before);
    ::sigaction(signal, &standard, &before);
    ::raise(signal);
    ::sigaction(signal, &before, nullptr);
    sigset_t pending;
    sigemptyset(&pending);
    ::sigpending(&pending);
    const bool was_stopped = sigismember(&pending, SIGCONT) == 1;
    ::pthread_sigmask(SIG_SETMASK, &mask_before, nullptr);
    return was_stopped;
}

} // namespace

class PosixChild;

// The launcher's side that its children look at: who they are, and the signals that concern them.
class PosixLauncher::Family : public std::enable_shared_from_this<PosixLauncher::Family> {
public:
    explicit Family(boost::asio::any_io_executor executor)
        : executor_(executor), about_children_(executor, SIGCHLD), about_us_(executor, SIGCONT) {
        if (sigismember(&detail::start_state().ignored, SIGTSTP) != 1) about_us_.add(SIGTSTP);
        ::prctl(PR_SET_CHILD_SUBREAPER, 1);
    }
    ~Family() { ::prctl(PR_SET_CHILD_SUBREAPER, 0); }
    Family(const Family&) = delete;
    Family& operator=(const Family&) = delete;

    void begin() {
        watch_children();
        watch_ourselves();
    }
    void end() {
        about_children_.cancel();
        about_us_.cancel();
    }
    void add(pid_t id, PosixChild* child) { children_[id] = child; }
    // Does nothing where the child has been given up meanwhile.
    void look_at_group_of(pid_t id);
    void remove(pid_t id) { children_.erase(id); }
    detail::Terminal& terminal() { return terminal_; }
    const boost::asio::any_io_executor& executor() const { return executor_; }

private:
    void watch_children();
    void watch_ourselves();
    void collect();
    void follow_stop(PosixChild& child, int signal);
    void stop_with_children();
    void continue_children();

    boost::asio::any_io_executor executor_;
    boost::asio::signal_set about_children_;
    boost::asio::signal_set about_us_;
    detail::Terminal terminal_;
    std::map<pid_t, PosixChild*> children_;
};

class PosixChild final : public ports::ChildProcess {
public:
    PosixChild(std::shared_ptr<PosixLauncher::Family> family, pid_t id, std::function<void()> on_change)
        : family_(std::move(family)), id_(id), on_change_(std::move(on_change)), next_look_(family_->executor()) {
        family_->add(id_, this);
    }
    ~PosixChild() override {
        family_->remove(id_);
        if (!is_group_gone_) ::kill(-id_, SIGKILL);
        if (!ended_) {
            while (::waitpid(id_, nullptr, 0) == -1 && errno == EINTR) {
            }
        }
        family_->terminal().take_back_from(id_, !is_group_gone_);
    }
    PosixChild(const PosixChild&) = delete;
    PosixChild& operator=(const PosixChild&) = delete;

    std::int64_t id() const override { return id_; }
    std::optional<core::ExitStatus> ended() const override { return ended_; }
    bool is_group_gone() const override { return is_group_gone_; }

    void send(core::Signal signal) override {
        // Until it is collected its id cannot belong to anybody else.
        if (!ended_) ::kill(id_, core::number_of(signal));
    }
    void send_to_group(core::Signal signal) override { signal_group(core::number_of(signal)); }

    void signal_group(int number) {
        if (!is_group_gone_) ::kill(-id_, number);
    }
    pid_t group() const { return id_; }
    // Whether the terminal was its when it stopped, so that it gets it again when it goes on.
    bool had_terminal = false;

    void note_end(int status) {
        ended_ = WIFSIGNALED(status) ? core::ExitStatus::killed_by(WTERMSIG(status))
                                     : core::ExitStatus::exited(WEXITSTATUS(status));
        family_->terminal().take_back_from(id_, ended_->is_killed());
        look_at_group();
        if (on_change_) on_change_();
    }

    // Called when any child of ours has ended, and by itself until the group is empty.
    void look_at_group() {
        if (!ended_ || is_group_gone_) return;
        if (::kill(-id_, 0) == -1 && errno == ESRCH) {
            is_group_gone_ = true;
            next_look_.cancel();
            if (on_change_) on_change_();
            return;
        }
        next_look_.expires_after(kGroupLook);
        next_look_.async_wait([family = family_, id = id_](boost::system::error_code error) {
            if (!error) family->look_at_group_of(id);
        });
    }

private:
    std::shared_ptr<PosixLauncher::Family> family_;
    pid_t id_;
    std::function<void()> on_change_;
    boost::asio::steady_timer next_look_;
    std::optional<core::ExitStatus> ended_;
    bool is_group_gone_ = false;
};

void PosixLauncher::Family::watch_children() {
    about_children_.async_wait([self = shared_from_this()](boost::system::error_code error, int) {
        if (error) return;
        self->watch_children();
        self->collect();
    });
}

void PosixLauncher::Family::watch_ourselves() {
    about_us_.async_wait([self = shared_from_this()](boost::system::error_code error, int signal) {
        if (error) return;
        self->watch_ourselves();
        if (signal == SIGTSTP) {
            self->stop_with_children();
        } else {
            self->continue_children();
        }
    });
}

void PosixLauncher::Family::look_at_group_of(pid_t id) {
    if (const auto found = children_.find(id); found != children_.end()) found->second->look_at_group();
}

// One SIGCHLD may stand for many changes. Ids that are not our children's are orphans that came to us.
void PosixLauncher::Family::collect() {
    for (;;) {
        int status = 0;
        const pid_t id = ::waitpid(-1, &status, WNOHANG | WUNTRACED);
        if (id == -1 && errno == EINTR) continue;
        if (id <= 0) break;
        const auto found = children_.find(id);
        if (found == children_.end()) continue;
        if (WIFSTOPPED(status)) {
            follow_stop(*found->second, WSTOPSIG(status));
        } else {
            found->second->note_end(status);
        }
    }
    for (const auto& [id, child] : children_)
        child->look_at_group();
}

void PosixLauncher::Family::follow_stop(PosixChild& child, int signal) {
    // SIGSTOP comes from somebody who will continue the child, not from the terminal.
    if (!is_terminal_stop(signal)) return;
    if (signal != SIGTSTP && terminal_.is_ours()) {
        terminal_.lend_to(child.group());
        child.signal_group(SIGCONT);
        return;
    }
    child.had_terminal = terminal_.is_lent_to(child.group());
    terminal_.take_back_from(child.group(), false);
    const bool was_stopped = stop_oneself(signal);
    // Where we were stopped, SIGCONT has come and continue_children() follows. Where nobody can stop us, Ctrl-Z means
    // nothing, but a child that may not have the terminal would only stop again.
    if (!was_stopped && signal == SIGTSTP) continue_children();
}

void PosixLauncher::Family::stop_with_children() {
    for (const auto& [id, child] : children_)
        child->signal_group(SIGTSTP);
    // follow_stop() stops us when they have; with none to wait for it is done here.
    if (children_.empty()) stop_oneself(SIGTSTP);
}

void PosixLauncher::Family::continue_children() {
    for (const auto& [id, child] : children_) {
        if (child->had_terminal && terminal_.is_ours()) {
            terminal_.lend_to(child->group());
            child->had_terminal = false;
        }
        child->signal_group(SIGCONT);
    }
}

PosixLauncher::PosixLauncher(boost::asio::any_io_executor executor)
    : family_(std::make_shared<Family>(std::move(executor))) {
    family_->begin();
}

PosixLauncher::~PosixLauncher() {
    family_->end();
}

Result<std::unique_ptr<ports::ChildProcess>>
PosixLauncher::start(const std::vector<std::string>& argv, std::span<const ports::EnvironmentOverride> environment,
                     std::function<void()> on_change) {
    auto block = detail::EnvironmentBlock::build(environment);
    if (!block) return fail(block.error());
    auto id = detail::spawn(argv, *std::move(block), family_->terminal().for_new_child());
    if (!id) return fail(id.error());
    return std::make_unique<PosixChild>(family_, *id, std::move(on_change));
}

} // namespace everlong::adapters
