// everlong-media: looks at one picture or video and converts pictures, inside walls that it raises around itself before
// it reads a byte of them. Files come and go as descriptors of the caller; the answer is one JSON document on standard
// output. Exit: 0 with an answer, 2 where the arguments are wrong, 4 where it cannot start. Killed: the file's doing.

#include <media/bytes.hpp>
#include <media/confine.hpp>
#include <media/picture.hpp>
#include <media/report.hpp>

#include <boost/json.hpp>

#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

namespace json = boost::json;
using namespace everlong::media;

constexpr int kExitUsage = 2;
constexpr int kExitStart = 4;

constexpr std::string_view kHelp =
    R"(Looks at pictures and videos, and converts pictures, confined. Called by everlong; answers one JSON document.

usage: everlong-media look --in FD
       everlong-media convert --in FD --out FD [--fit none|crop|pad] [--least-ratio R] [--most-ratio R]
                      [--most-width PIXELS] [--background '#rrggbb'] [--most-bytes N]
       everlong-media prove [no-new-privileges|limits|landlock|seccomp]
FD is the number of a descriptor that the caller has opened. 'prove' tries what the walls forbid, behind all of them or
behind one, and says what came of it.

Example: everlong-media look --in 3 3<cat.jpg
)";

using Options = std::map<std::string_view, std::string_view>;

// Pairs of --name and value; nothing where they are not.
std::optional<Options> read_options(int count, char** words) {
    Options options;
    for (int i = 0; i < count; i += 2) {
        const std::string_view name = words[i];
        if (!name.starts_with("--") || i + 1 >= count) return std::nullopt;
        options[name.substr(2)] = words[i + 1];
    }
    return options;
}

// The whole text, as a number within the bounds.
template <class Number>
bool read_number(const Options& options, std::string_view name, Number least, Number most, Number& value) {
    const auto found = options.find(name);
    if (found == options.end()) return true;
    const std::string_view text = found->second;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() && value >= least && value <= most;
}

bool read_descriptor(const Options& options, std::string_view name, int& descriptor) {
    constexpr int kHighest = 1'000'000;
    return options.contains(name) && read_number(options, name, 0, kHighest, descriptor) &&
           ::fcntl(descriptor, F_GETFD) != -1;
}

bool read_colour(const Options& options, ConvertWish& wish) {
    const auto found = options.find("background");
    if (found == options.end()) return true;
    const std::string_view text = found->second;
    if (text.size() != 7 || text[0] != '#') return false;
    for (std::size_t i = 0; i < 3; ++i) {
        unsigned part = 0;
        const char* const begin = text.data() + 1 + 2 * i;
        const auto [end, error] = std::from_chars(begin, begin + 2, part, 16);
        if (error != std::errc() || end != begin + 2) return false;
        wish.background[i] = part;
    }
    return true;
}

bool read_fit(const Options& options, ConvertWish& wish) {
    const auto found = options.find("fit");
    if (found == options.end() || found->second == "none") return true;
    wish.fit = found->second == "crop" ? Fit::kCrop : Fit::kPad;
    return found->second == "crop" || found->second == "pad";
}

json::object begin_answer(const Confinement& walls) {
    json::object answer;
    answer["confinement"] = json::value_from(walls.standing);
    answer["missing"] = json::value_from(walls.missing);
    return answer;
}

int give(const json::object& answer) {
    const std::string text = json::serialize(answer) + "\n";
    std::size_t written = 0;
    while (written < text.size()) {
        const ssize_t done = ::write(STDOUT_FILENO, text.data() + written, text.size() - written);
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) return kExitStart;
        written += static_cast<std::size_t>(done);
    }
    return 0;
}

json::object video_of(const VideoReport& video) {
    return {
        {"duration_ms", video.duration_ms},
        {"codec", video.codec},
        {"pixel_format", video.pixel_format},
        {"frame_rate", video.frame_rate},
        {"bit_rate", video.bit_rate},
        {"is_interlaced", video.is_interlaced},
        {"has_edit_list", video.has_edit_list},
        {"has_cutting_edits", video.has_cutting_edits},
        {"is_index_first", video.is_index_first},
        {"is_fragmented", video.is_fragmented},
        {"has_open_gop", video.has_open_gop},
        {"has_sound", video.has_sound},
        {"audio_codec", video.audio_codec},
        {"sample_rate_hz", video.sample_rate_hz},
        {"channels", video.channels},
        {"audio_bit_rate", video.audio_bit_rate},
    };
}

int look_command(const Options& options) {
    int in = -1;
    if (options.size() != 1 || !read_descriptor(options, "in", in)) return kExitUsage;
    if (!start_pictures("everlong-media")) return kExitStart;
    json::object answer = begin_answer(confine(kLookLimits));
    const Report report = look(in);
    json::object medium{
        {"type", report.is_video ? "video" : "image"},
        {"format", report.format},
        {"bytes", report.bytes},
        {"width", report.width},
        {"height", report.height},
        {"is_multi_picture", report.is_multi_picture},
        {"colour_space", report.colour_space},
        {"has_metadata", report.has_metadata},
        {"lies_on_its_side", report.lies_on_its_side},
        {"has_transparency", report.has_transparency},
        {"problem", report.problem},
    };
    if (report.video) medium["video"] = video_of(*report.video);
    answer["medium"] = std::move(medium);
    return give(answer);
}

bool write_all(int file, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(file, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

int convert_command(const Options& options) {
    int in = -1;
    int out = -1;
    ConvertWish wish;
    constexpr double kMostRatio = 1000;
    constexpr int kMostWidth = 100'000;
    const bool is_clear = read_descriptor(options, "in", in) && read_descriptor(options, "out", out) &&
                          read_fit(options, wish) && read_colour(options, wish) &&
                          read_number(options, "least-ratio", 0.0, kMostRatio, wish.least_ratio) &&
                          read_number(options, "most-ratio", 0.0, kMostRatio, wish.most_ratio) &&
                          read_number(options, "most-width", 0, kMostWidth, wish.most_width) &&
                          read_number(options, "most-bytes", std::uint64_t{0}, ~std::uint64_t{0}, wish.most_bytes);
    if (!is_clear) return kExitUsage;
    if (!start_pictures("everlong-media")) return kExitStart;
    json::object answer = begin_answer(confine(kConvertLimits));
    const MappedFile mapped(in, kConvertLimits.memory_bytes / 8);
    Converted converted = convert_picture(mapped.bytes(), wish);
    if (converted.problem.empty() && !write_all(out, converted.jpeg)) {
        answer["write_error"] = std::strerror(errno);
    } else if (converted.problem.empty()) {
        answer["converted"] = {{"width", converted.width},
                               {"height", converted.height},
                               {"bytes", converted.jpeg.size()},
                               {"quality", converted.quality}};
    } else {
        answer["problem"] = converted.problem;
    }
    return give(answer);
}

// "allowed", or the system's reason.
std::string outcome(long result) {
    return result >= 0 ? std::string("allowed") : std::string(std::strerror(errno));
}

// A process, and in it another program; where no process can be had, that program in our place: this comes back only
// where it is refused.
void try_process(json::object& tried) {
    char* const nothing[] = {nullptr};
    const pid_t child = ::fork();
    tried["process"] = outcome(child);
    if (child > 0) {
        int status = 0;
        ::waitpid(child, &status, 0);
        tried["execute"] = status == 0 ? std::string("allowed") : std::string("refused");
        return;
    }
    ::execve("/bin/true", nothing, nothing);
    if (child == 0) ::_exit(1);
    tried["execute"] = outcome(-1);
}

int prove_command(std::string_view only) {
    constexpr std::array<std::pair<std::string_view, Wall>, 4> kNames{{{"no-new-privileges", Wall::kNoNewPrivileges},
                                                                       {"limits", Wall::kLimits},
                                                                       {"landlock", Wall::kLandlock},
                                                                       {"seccomp", Wall::kSeccomp}}};
    if (!start_pictures("everlong-media")) return kExitStart;
    Confinement walls;
    if (only.empty()) {
        walls = confine(kLookLimits);
    } else {
        const auto* const found = std::ranges::find(kNames, only, &std::pair<std::string_view, Wall>::first);
        if (found == kNames.end()) return kExitUsage;
        std::string why_not;
        // Neither Landlock nor seccomp is to be had without this one.
        raise_wall(Wall::kNoNewPrivileges, kLookLimits, why_not);
        if (raise_wall(found->second, kLookLimits, why_not))
            walls.standing.emplace_back(only);
        else
            walls.missing.push_back(std::string(only) + ": " + why_not);
    }
    json::object answer = begin_answer(walls);
    json::object tried;
    tried["read-file"] = outcome(::open("/etc/passwd", O_RDONLY | O_CLOEXEC));
    tried["write-file"] = outcome(::open("/tmp", O_RDWR | O_TMPFILE | O_CLOEXEC, 0600));
    tried["list-directory"] = outcome(::open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    tried["internet-socket"] = outcome(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    tried["local-socket"] = outcome(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    tried["signal"] = outcome(::kill(::getppid(), 0));
    try_process(tried);
    answer["tried"] = std::move(tried);
    return give(answer);
}

int run(int count, char** words) {
    const std::string_view command = count > 1 ? words[1] : "";
    if (command == "--help" || command == "-h") {
        std::fwrite(kHelp.data(), 1, kHelp.size(), stdout);
        return 0;
    }
    if (command == "prove" && count <= 3) return prove_command(count == 3 ? words[2] : "");
    const auto options = read_options(count - 2, words + 2);
    if (options && command == "look") return look_command(*options);
    if (options && command == "convert") return convert_command(*options);
    return kExitUsage;
}

} // namespace

int main(int count, char** words) {
    // Nobody would read the answer of an orphan.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    try {
        const int code = run(count, words);
        if (code == kExitUsage) std::fputs("everlong-media: see everlong-media --help\n", stderr);
        std::fflush(nullptr);
        // The libraries' own farewells may call what is forbidden by now.
        ::_exit(code);
    } catch (const std::exception&) {
        // Out of memory, by what the file asked for: an end like any other that a file brings about.
        ::abort();
    }
}
