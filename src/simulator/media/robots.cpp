#include <simulator/media/robots.hpp>

#include <algorithm>
#include <string>

namespace everlong::simulator {
namespace {

std::string to_lower(std::string_view text) {
    std::string lower(text);
    std::ranges::transform(lower, lower.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return lower;
}

std::string_view trim(std::string_view text) {
    constexpr std::string_view kBlanks = " \t\r";
    const auto first = text.find_first_not_of(kBlanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

// `*` stands for any run of characters, `$` at the end for the end; else a rule is the beginning of a path.
bool matches(std::string_view rule, std::string_view path) {
    const bool is_anchored = rule.ends_with('$');
    if (is_anchored) rule.remove_suffix(1);
    std::size_t r = 0;
    std::size_t p = 0;
    std::size_t star = std::string_view::npos; // behind the last '*' that was met
    std::size_t retry = 0;
    for (;;) {
        if (r == rule.size() && (!is_anchored || p == path.size())) return true;
        if (r < rule.size() && rule[r] == '*') {
            star = ++r;
            retry = p;
        } else if (r < rule.size() && p < path.size() && rule[r] == path[p]) {
            ++r;
            ++p;
        } else if (star != std::string_view::npos && retry < path.size()) {
            r = star;
            p = ++retry;
        } else {
            return false;
        }
    }
}

struct Verdict {
    bool has_group = false;
    std::size_t longest = 0;
    bool is_allowed = true;

    void take(bool allows, std::string_view rule, std::string_view path) {
        if (rule.empty() || !matches(rule, path)) return;
        if (rule.size() < longest || (rule.size() == longest && is_allowed)) return;
        longest = rule.size();
        is_allowed = allows;
    }
};

} // namespace

bool is_allowed_by_robots(std::string_view robots, std::string_view path) {
    Verdict own;
    Verdict everybody;
    bool is_own_group = false;
    bool is_everybodys_group = false;
    bool names_agents = false; // several user-agent lines may open one group
    while (!robots.empty()) {
        const auto end = std::min(robots.find('\n'), robots.size());
        std::string_view line = robots.substr(0, end);
        robots.remove_prefix(std::min(end + 1, robots.size()));
        line = line.substr(0, line.find('#'));
        const auto colon = line.find(':');
        if (colon == std::string_view::npos) continue;
        const std::string key = to_lower(trim(line.substr(0, colon)));
        const std::string_view value = trim(line.substr(colon + 1));
        if (key == "user-agent") {
            if (!names_agents) is_own_group = is_everybodys_group = false;
            names_agents = true;
            if (value == "*") is_everybodys_group = everybody.has_group = true;
            if (to_lower(value) == kFetcherName) is_own_group = own.has_group = true;
            continue;
        }
        if (key != "allow" && key != "disallow") continue;
        names_agents = false;
        if (is_own_group) own.take(key == "allow", value, path);
        if (is_everybodys_group) everybody.take(key == "allow", value, path);
    }
    return own.has_group ? own.is_allowed : everybody.is_allowed;
}

} // namespace everlong::simulator
