// A command for tests of job control: says <ready>, then <got LINE> for every line that it reads and <interrupted N> for
// every SIGINT, and ends with 6 at the line "bye", with 9 where nothing more can be read.
//
// A program and not a line of shell: bash asks for signals and only then begins to read, so a Ctrl-C between the two is
// noticed when the next line comes, once in some ten thousand, and whoever waits for the answer waits for ever. Here SIGINT
// is a descriptor that poll() watches beside the terminal, so there is no such moment.

#include <array>
#include <cerrno>
#include <csignal>
#include <string>

#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace {

void say(const std::string& text) {
    [[maybe_unused]] const auto written = ::write(STDOUT_FILENO, text.data(), text.size());
}

} // namespace

int main() {
    sigset_t interrupts;
    sigemptyset(&interrupts);
    sigaddset(&interrupts, SIGINT);
    ::sigprocmask(SIG_BLOCK, &interrupts, nullptr);
    const int interrupted = ::signalfd(-1, &interrupts, SFD_CLOEXEC);
    if (interrupted < 0) return 1;
    say("<ready>\n");

    int count = 0;
    std::string line;
    std::array<pollfd, 2> watched{{{interrupted, POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}}};
    for (;;) {
        if (::poll(watched.data(), watched.size(), -1) < 0) {
            if (errno == EINTR) continue;
            return 1;
        }
        if (watched[0].revents != 0) {
            signalfd_siginfo what{};
            if (::read(interrupted, &what, sizeof what) != sizeof what) return 1;
            say("<interrupted " + std::to_string(++count) + ">\n");
            continue;
        }
        std::array<char, 512> block{};
        const auto got = ::read(STDIN_FILENO, block.data(), block.size());
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return 9;
        for (const char byte : std::string(block.data(), static_cast<std::size_t>(got))) {
            if (byte != '\n') {
                line += byte;
                continue;
            }
            say("<got " + line + ">\n");
            if (line == "bye") return 6;
            line.clear();
        }
    }
}
