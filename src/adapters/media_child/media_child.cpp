#include <adapters/media_child/media_child.hpp>

#include <adapters/media_child/detail/answer.hpp>
#include <adapters/media_child/detail/child.hpp>
#include <async/event.hpp>
#include <async/worker.hpp>
#include <base/os_error.hpp>

#include <boost/asio/this_coro.hpp>

#include <array>
#include <cerrno>
#include <charconv>
#include <climits>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace everlong::adapters {
namespace {

namespace asio = boost::asio;
using detail::Child;
using detail::Descriptor;
using detail::Ending;

// Exit codes of everlong-media that speak of itself and not of the file; 126 and 127 are a shell's, of a stand-in.
constexpr bool is_own_trouble(const Ending& ending) {
    return ending.how == Ending::How::kExited && ending.number != 0;
}

struct OpenFile {
    Descriptor descriptor;
    std::uint64_t bytes = 0;
};

Result<OpenFile> open_source(const std::string& path) {
    // Without waiting for the other end of what turns out to be a pipe.
    OpenFile file{Descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)), 0};
    if (!file.descriptor.is_open()) return fail(os_error(errno, "cannot open " + path));
    struct stat facts{};
    if (::fstat(file.descriptor.number(), &facts) != 0) return fail(os_error(errno, "cannot look at " + path));
    if (!S_ISREG(facts.st_mode)) return fail(Code::kIo, Fault::kLocal, path + " is not a file");
    file.bytes = static_cast<std::uint64_t>(facts.st_size);
    return file;
}

Result<Descriptor> open_target(const std::string& path) {
    Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file.is_open()) return fail(os_error(errno, "cannot create " + path));
    return file;
}

std::string decimal(double number) {
    std::array<char, 40> text{};
    const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), number);
    return {text.data(), end};
}

std::vector<std::string> arguments_of(const ports::Conversion& conversion) {
    using Fit = ports::Conversion::Fit;
    const std::string fit = conversion.fit == Fit::kCrop ? "crop" : conversion.fit == Fit::kPad ? "pad" : "none";
    return {"convert",
            "--in",
            std::to_string(detail::kChildInput),
            "--out",
            std::to_string(detail::kChildOutput),
            "--fit",
            fit,
            "--least-ratio",
            decimal(conversion.least_ratio),
            "--most-ratio",
            decimal(conversion.most_ratio),
            "--most-width",
            std::to_string(conversion.most_width),
            "--background",
            conversion.background,
            "--most-bytes",
            std::to_string(conversion.most_bytes)};
}

// What an end without an answer says of the file.
std::string problem_of(const Ending& ending) {
    switch (ending.how) {
    case Ending::How::kTimeout: return "reading it took too long";
    case Ending::How::kTooMuchOutput: return "the program that reads it gave no proper answer";
    case Ending::How::kKilled:
        if (ending.number == SIGXCPU) return "reading it took too long";
        if (ending.number == SIGKILL) return "reading it needed too much memory or time";
        return "the program that reads it was brought down by it (signal " + std::to_string(ending.number) + ")";
    case Ending::How::kExited:
    case Ending::How::kUnknown: break;
    }
    return "the program that reads it gave no proper answer";
}

class MediaChild final : public ports::MediaTool {
public:
    MediaChild(asio::any_io_executor executor, ports::Monotonic& monotonic, MediaChildSettings settings)
        : monotonic_(monotonic), settings_(std::move(settings)), has_room_(std::move(executor)) {}

    Task<core::MediaFacts> look(std::string path) override {
        auto file = co_await worker_.run([&] { return open_source(path); });
        if (!file) co_return fail(file.error());
        auto ending = co_await run({"look", "--in", std::to_string(detail::kChildInput)}, file->descriptor,
                                   Descriptor(), settings_.look_time);
        if (!ending) co_return fail(ending.error());
        core::MediaFacts facts;
        auto answer = detail::read_look_answer(ending->output);
        if (answer && has_ended_well(*ending)) {
            facts = std::move(*answer);
        } else {
            facts.problem = problem_of(*ending);
        }
        facts.bytes = file->bytes;
        co_return facts;
    }

    Task<void> convert(std::string source, std::string target, ports::Conversion conversion) override {
        auto in = co_await worker_.run([&] { return open_source(source); });
        if (!in) co_return fail(in.error());
        auto out = co_await worker_.run([&] { return open_target(target); });
        if (!out) co_return fail(out.error());
        RemoveUnlessKept rest(target);
        auto ending = co_await run(arguments_of(conversion), in->descriptor, *out, settings_.convert_time);
        if (!ending) co_return fail(ending.error());
        const auto answer = detail::read_convert_answer(ending->output);
        if (!answer || !has_ended_well(*ending)) {
            co_return fail(Code::kMediaUnreadable, Fault::kUsage, problem_of(*ending));
        }
        if (!answer->problem.empty()) co_return fail(Code::kMediaUnreadable, Fault::kUsage, answer->problem);
        if (!answer->write_error.empty()) {
            co_return fail(Code::kDiskFull, Fault::kLocal, "cannot write " + target + ": " + answer->write_error);
        }
        const int error = co_await worker_.run([&] { return ::fsync(out->number()) == 0 ? 0 : errno; });
        if (error != 0) co_return fail(os_error(error, "cannot sync " + target));
        rest.keep();
        co_return Result<void>();
    }

private:
    class RemoveUnlessKept {
    public:
        explicit RemoveUnlessKept(const std::string& path) : path_(path) {}
        ~RemoveUnlessKept() {
            if (!is_kept_) ::unlink(path_.c_str());
        }
        RemoveUnlessKept(const RemoveUnlessKept&) = delete;
        RemoveUnlessKept& operator=(const RemoveUnlessKept&) = delete;
        void keep() { is_kept_ = true; }

    private:
        std::string path_;
        bool is_kept_ = false;
    };

    // One of the children that may live at once.
    class Place {
    public:
        explicit Place(MediaChild& owner) : owner_(owner) { ++owner_.children_; }
        ~Place() {
            --owner_.children_;
            owner_.has_room_.set();
        }
        Place(const Place&) = delete;
        Place& operator=(const Place&) = delete;

    private:
        MediaChild& owner_;
    };

    static bool has_ended_well(const Ending& ending) {
        return ending.how == Ending::How::kUnknown || (ending.how == Ending::How::kExited && ending.number == 0);
    }

    Task<Ending> run(std::vector<std::string> arguments, const Descriptor& input, const Descriptor& output,
                     Milliseconds most) {
        while (children_ >= settings_.most_children) {
            has_room_.clear();
            co_await has_room_.wait();
        }
        const Place place(*this);
        auto child =
            Child::start(co_await asio::this_coro::executor, settings_.program, std::move(arguments), input, output);
        if (!child) co_return fail(child.error());
        Ending ending = co_await (*child)->finish(monotonic_, most);
        if (is_own_trouble(ending)) {
            co_return fail(Code::kMediaTool, Fault::kLocal,
                           settings_.program + " ended with " + std::to_string(ending.number));
        }
        co_return ending;
    }

    ports::Monotonic& monotonic_;
    MediaChildSettings settings_;
    Event has_room_;
    int children_ = 0;
    Worker worker_;
};

} // namespace

std::string media_program() {
    if (const char* named = std::getenv("EVERLONG_MEDIA_TOOL"); named != nullptr && *named != '\0') return named;
    std::array<char, PATH_MAX> path{};
    const ssize_t length = ::readlink("/proc/self/exe", path.data(), path.size());
    const std::string own = length > 0 ? std::string(path.data(), static_cast<std::size_t>(length)) : std::string();
    return own.substr(0, own.rfind('/') + 1) + "everlong-media";
}

std::unique_ptr<ports::MediaTool> make_media_child(asio::any_io_executor executor, ports::Monotonic& monotonic,
                                                   MediaChildSettings settings) {
    return std::make_unique<MediaChild>(std::move(executor), monotonic, std::move(settings));
}

} // namespace everlong::adapters
