// Any robots.txt for any path: no crash, and line ends make no difference. The first line is the path, the rest the file.

#include <simulator/media/robots.hpp>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using everlong::simulator::is_allowed_by_robots;
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const auto line_end = std::min(input.find('\n'), input.size());
    const std::string path = "/" + std::string(input.substr(0, line_end));
    const std::string_view robots = input.substr(std::min(line_end + 1, input.size()));
    const bool is_allowed = is_allowed_by_robots(robots, path);
    if (robots.contains('\r')) return 0;
    std::string other;
    for (const char c : robots) {
        if (c == '\n') other += '\r';
        other += c;
    }
    if (is_allowed_by_robots(other, path) != is_allowed) std::abort();
    return 0;
}
