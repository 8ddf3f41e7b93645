#include <apps/browser.hpp>

#include <base/html.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <spawn.h>
#include <string>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

extern char** environ;

namespace everlong::apps {
namespace {

constexpr std::string_view kPageName = "everlong-login-XXXXXX.html";
constexpr int kPageNameTail = 5; // behind the letters that make it a new name

bool is_set(const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr && *value != '\0';
}

bool write_whole(int file, std::string_view text) {
    while (!text.empty()) {
        const ssize_t count = ::write(file, text.data(), text.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return false;
        text.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
}

// A browser has no business with the app's secret, which may stand in our environment.
std::vector<char*> environment_without_secrets() {
    constexpr std::array<std::string_view, 4> kOurs = {"META_", "INSTAGRAM_", "EVERLONG_", "SANDBOX_"};
    std::vector<char*> kept;
    for (char** each = environ; *each != nullptr; ++each) {
        const std::string_view setting(*each);
        if (std::ranges::none_of(kOurs, [&](std::string_view ours) { return setting.starts_with(ours); })) {
            kept.push_back(*each);
        }
    }
    kept.push_back(nullptr);
    return kept;
}

void start_browser(std::string argument) {
    std::string program = "xdg-open";
    char* const arguments[] = {program.data(), argument.data(), nullptr};
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    pid_t child = 0;
    auto environment = environment_without_secrets();
    posix_spawnp(&child, program.c_str(), &files, nullptr, arguments, environment.data());
    posix_spawn_file_actions_destroy(&files);
}

} // namespace

Browser::Browser(std::filesystem::path otherwise) : directory_(std::move(otherwise)) {
    const std::filesystem::path given = is_set("XDG_RUNTIME_DIR") ? std::getenv("XDG_RUNTIME_DIR") : "";
    if (given.is_absolute()) directory_ = given; // the specification: others are to be ignored
    std::error_code ignored;
    if (auto whole = std::filesystem::absolute(directory_, ignored); !ignored) directory_ = std::move(whole);
}

Browser::~Browser() {
    std::error_code ignored;
    if (!page_.empty()) std::filesystem::remove(page_, ignored);
}

bool Browser::write_page(std::string_view address) {
    std::string name = (directory_ / kPageName).string();
    const int file = ::mkostemps(name.data(), kPageNameTail, O_CLOEXEC); // mode 0600
    if (file < 0) return false;
    page_ = name;
    const std::string target = escape_html(address);
    const bool is_written = write_whole(file, "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\">\n"
                                              "<meta name=\"referrer\" content=\"no-referrer\">\n"
                                              "<meta http-equiv=\"refresh\" content=\"0;url=" +
                                                  target + "\">\n<title>Everlong</title>\n<p><a href=\"" + target +
                                                  "\">On to Meta's login</a></p>\n</html>\n");
    return ::close(file) == 0 && is_written;
}

void Browser::open(std::string_view address) {
    const bool has_display = is_set("DISPLAY") || is_set("WAYLAND_DISPLAY");
    if (!has_display || ::isatty(STDOUT_FILENO) == 0 || !write_page(address)) return;
    start_browser(page_.string());
}

} // namespace everlong::apps
