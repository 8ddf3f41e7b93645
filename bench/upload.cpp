// A large video by resumable upload: PublishApi::send_bytes beside `curl -T`, the same file to the same sink, in turns.
//
// usage: upload [MEBIBYTES [ROUNDS [DIRECTORY]]]   (1024, 5, /tmp)
//
// Each side is a process of its own, so that its CPU time and peak memory are its own. The sink reads and throws away;
// whether bytes arrive whole is what tests/contract/publish_upload_test.cpp shows.
#include "measure.hpp"

#include <adapters/graph/graph_client.hpp>
#include <support/run.hpp>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace everlong::bench {
namespace {

constexpr std::size_t kPiece = 1024 * 1024;

[[noreturn]] void give_up(const char* what) {
    throw std::system_error(errno, std::generic_category(), what);
}

class FileSource : public ports::ByteSource {
public:
    explicit FileSource(const std::string& path) : file_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
        if (file_ < 0) give_up("open");
        size_ = std::filesystem::file_size(path);
    }
    ~FileSource() override { ::close(file_); }
    std::uint64_t size() const override { return size_; }
    Result<std::string> read(std::uint64_t offset, std::size_t limit) override {
        std::string piece;
        piece.resize_and_overwrite(limit, [&](char* room, std::size_t size) {
            const auto got = ::pread(file_, room, size, static_cast<off_t>(offset));
            return got < 0 ? 0U : static_cast<std::size_t>(got);
        });
        return piece;
    }

private:
    int file_;
    std::uint64_t size_ = 0;
};

void write_file(const std::string& path, std::size_t mebibytes) {
    std::FILE* file = std::fopen(path.c_str(), "wb");
    if (file == nullptr) give_up("fopen");
    std::string piece(kPiece, '\0');
    std::uint64_t state = 88172645463325252ULL;
    for (std::size_t i = 0; i + 8 <= piece.size(); i += 8) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        std::memcpy(piece.data() + i, &state, 8);
    }
    for (std::size_t i = 0; i < mebibytes; ++i) {
        if (std::fwrite(piece.data(), 1, piece.size(), file) != piece.size()) give_up("fwrite");
    }
    if (std::fclose(file) != 0) give_up("fclose");
}

std::size_t length_in(const std::string& head) {
    std::string lower = head;
    for (char& c : lower) {
        c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    const auto at = lower.find("content-length:");
    return at == std::string::npos ? 0 : std::strtoull(lower.c_str() + at + 15, nullptr, 10);
}

void say(int connection, std::string_view text) {
    if (::send(connection, text.data(), text.size(), MSG_NOSIGNAL) < 0) give_up("send");
}

// One request: its bytes are read and thrown away.
void swallow(int connection, std::vector<char>& room) {
    std::string head;
    std::size_t end = std::string::npos;
    while ((end = head.find("\r\n\r\n")) == std::string::npos) {
        const auto got = ::recv(connection, room.data(), 4096, 0);
        if (got <= 0) return;
        head.append(room.data(), static_cast<std::size_t>(got));
    }
    const std::size_t length = length_in(head.substr(0, end));
    std::size_t had = head.size() - end - 4;
    if (head.find("100-continue") != std::string::npos) say(connection, "HTTP/1.1 100 Continue\r\n\r\n");
    while (had < length) {
        const auto got = ::recv(connection, room.data(), room.size(), 0);
        if (got <= 0) return;
        had += static_cast<std::size_t>(got);
    }
    say(connection, "HTTP/1.1 200 OK\r\nContent-Length: 16\r\nConnection: close\r\n\r\n{\"success\":true}");
}

[[noreturn]] void serve(int listener) {
    std::vector<char> room(kPiece);
    while (true) {
        const int connection = ::accept(listener, nullptr, nullptr);
        if (connection < 0) std::_Exit(1);
        swallow(connection, room);
        ::close(connection);
    }
}

int send_by_everlong(const std::string& path, std::uint16_t port) {
    boost::asio::io_context io(1);
    const auto client = http::Client::make(io.get_executor());
    adapters::GraphOptions options;
    options.meta_base = "http://127.0.0.1:" + std::to_string(port);
    const auto meta = adapters::make_graph_client(*client, std::move(options));
    FileSource source(path);
    const Secret token("EAAbench");
    const ports::Publisher who{core::LoginPath::kFacebook, token, IgUserId("17841400000000001")};
    const auto sent = test::run(
        io, meta->send_bytes(who, "https://rupload.facebook.com/ig-api-upload/v25.0/17889000000000001", source, 0));
    if (!sent) std::fprintf(stderr, "%s\n", sent.error().summary().c_str());
    return sent ? 0 : 1;
}

int send_by_curl(const std::string& path, std::uint16_t port) {
    const std::string url = "http://127.0.0.1:" + std::to_string(port) + "/rupload";
    ::execlp("curl", "curl", "-sS", "-o", "/dev/null", "-X", "POST", "-H", "Authorization: OAuth EAAbench", "-H",
             "offset: 0", "-T", path.c_str(), url.c_str(), nullptr);
    return 127;
}

struct Turn {
    double wall_s = 0;
    double cpu_s = 0;
    double peak_mib = 0;
};

template <class Work>
Turn take_turn(Work work) {
    const Meter meter;
    const pid_t child = ::fork();
    if (child < 0) give_up("fork");
    if (child == 0) std::_Exit(work());
    int status = 0;
    rusage usage{};
    if (::wait4(child, &status, 0, &usage) != child || status != 0) throw std::runtime_error("a side has failed");
    const double wall_s = meter.cost_of_each(1).wall_us / 1e6;
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return {wall_s, seconds(usage.ru_utime) + seconds(usage.ru_stime), static_cast<double>(usage.ru_maxrss) / 1024};
}

void show(const char* name, const std::vector<Turn>& turns, double mebibytes) {
    std::vector<double> walls;
    std::vector<double> cpus;
    double peak = 0;
    for (const Turn& turn : turns) {
        walls.push_back(turn.wall_s);
        cpus.push_back(turn.cpu_s);
        peak = std::max(peak, turn.peak_mib);
    }
    std::printf("%-10s %8.0f MiB/s   %6.2f s CPU   %6.1f MiB peak memory\n", name, mebibytes / median(walls),
                median(cpus), peak);
}

int run(std::size_t mebibytes, int rounds, const std::string& directory) {
    const std::string path = directory + "/everlong-upload-" + std::to_string(::getpid());
    write_file(path, mebibytes);
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    if (::bind(listener, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener, 4) != 0 ||
        ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
        give_up("listen");
    }
    const std::uint16_t port = ntohs(address.sin_port);
    const pid_t sink = ::fork();
    if (sink == 0) serve(listener);

    std::vector<Turn> ours;
    std::vector<Turn> curls;
    std::vector<double> ratios;
    for (int round = 0; round <= rounds; ++round) { // the first is not counted
        const auto one = [&] { return take_turn([&] { return send_by_everlong(path, port); }); };
        const auto other = [&] { return take_turn([&] { return send_by_curl(path, port); }); };
        const bool is_ours_first = round % 2 == 0;
        const Turn first = is_ours_first ? one() : other();
        const Turn second = is_ours_first ? other() : one();
        if (round == 0) continue;
        ours.push_back(is_ours_first ? first : second);
        curls.push_back(is_ours_first ? second : first);
        ratios.push_back(curls.back().wall_s / ours.back().wall_s);
    }
    ::kill(sink, SIGKILL);
    ::waitpid(sink, nullptr, 0);
    std::filesystem::remove(path);
    std::printf("%zu MiB, %d rounds in turns, medians\n", mebibytes, rounds);
    show("everlong", ours, static_cast<double>(mebibytes));
    show("curl -T", curls, static_cast<double>(mebibytes));
    std::printf("rate, everlong : curl -T = %.2f\n", median(ratios));
    return 0;
}

} // namespace
} // namespace everlong::bench

int main(int count, char** words) {
    const std::size_t mebibytes = count > 1 ? std::strtoull(words[1], nullptr, 10) : 1024;
    const int rounds = count > 2 ? std::atoi(words[2]) : 5;
    return everlong::bench::run(mebibytes, rounds, count > 3 ? words[3] : "/tmp");
}
