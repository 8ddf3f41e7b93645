#include <simulator/wire/versions.hpp>

#include <array>
#include <charconv>
#include <chrono>

namespace everlong::simulator {
namespace {

using namespace std::chrono;

struct Version {
    int major_number;
    sys_days released;
    sys_days ends; // the first day without it
};

constexpr sys_days kNotSet = year(9999) / 12 / 31;

// Oldest first (graph-api.md, 1.2).
constexpr std::array kVersions{
    Version{20, year(2024) / 5 / 21, year(2026) / 9 / 24},
    Version{21, year(2024) / 10 / 2, year(2027) / 1 / 21},
    Version{22, year(2025) / 1 / 21, year(2027) / 5 / 20},
    Version{23, year(2025) / 5 / 29, year(2027) / 10 / 8},
    Version{24, year(2025) / 10 / 8, year(2028) / 2 / 18},
    Version{25, year(2026) / 2 / 18, year(2028) / 7 / 29},
    Version{26, year(2026) / 7 / 29, kNotSet},
};

// Which one answers where the path names none: the one chosen in the app's dashboard. The seeded apps chose this one
// (the two official wordings disagree; graph-api.md, 1.2).
constexpr int kDashboardVersion = 25;

std::string name_of(int major_number) {
    return "v" + std::to_string(major_number) + ".0";
}

struct Numbers {
    int major_number = 0;
    int minor_number = 0;
};

std::optional<Numbers> parse_version(std::string_view segment) {
    if (segment.size() < 4 || segment.front() != 'v') return std::nullopt;
    const char* const end = segment.data() + segment.size();
    Numbers numbers;
    const auto [dot, first_error] = std::from_chars(segment.data() + 1, end, numbers.major_number);
    if (first_error != std::errc() || dot == end || *dot != '.') return std::nullopt;
    const auto [last, second_error] = std::from_chars(dot + 1, end, numbers.minor_number);
    if (second_error != std::errc() || last != end || numbers.major_number < 1 || numbers.minor_number < 0)
        return std::nullopt;
    return numbers;
}

} // namespace

bool is_version(std::string_view segment) {
    return parse_version(segment).has_value();
}

std::optional<std::string> answering_version(const std::optional<std::string>& asked, Instant now) {
    const auto is_alive = [&](const Version& version) { return version.released <= now && now < version.ends; };
    const auto oldest_alive = [&] {
        for (const Version& version : kVersions) {
            if (is_alive(version)) return name_of(version.major_number);
        }
        return name_of(kVersions.front().major_number);
    };
    const auto numbers = asked ? parse_version(*asked) : Numbers{kDashboardVersion, 0};
    if (!numbers) return std::nullopt;
    if (numbers->major_number < kVersions.front().major_number) return oldest_alive();
    for (const Version& version : kVersions) {
        if (version.major_number != numbers->major_number || numbers->minor_number != 0) continue;
        if (is_alive(version)) return name_of(version.major_number);
        if (now >= version.ends || !asked) return oldest_alive();
    }
    return std::nullopt;
}

} // namespace everlong::simulator
