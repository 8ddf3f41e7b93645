#include <core/publishing/robots.hpp>

#include <algorithm>
#include <cstddef>
#include <string>

namespace everlong::core {
namespace {

std::string_view trimmed(std::string_view text) {
    const auto is_blank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
    while (!text.empty() && is_blank(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back()))
        text.remove_suffix(1);
    return text;
}

std::string lower(std::string_view text) {
    std::string result(text);
    std::ranges::transform(result, result.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return result;
}

// '*' stands for any signs, '$' at the end for the end. Remembers the last '*' only: linear but for what that costs.
bool matches(std::string_view rule, std::string_view path) {
    const bool is_anchored = rule.ends_with('$');
    if (is_anchored) rule.remove_suffix(1);
    std::size_t at = 0;
    std::size_t in_rule = 0;
    std::size_t star = std::string_view::npos;
    std::size_t star_at = 0;
    while (true) {
        if (in_rule == rule.size() && (!is_anchored || at == path.size())) return true;
        if (in_rule < rule.size() && rule[in_rule] == '*') {
            star = in_rule++;
            star_at = at;
        } else if (in_rule < rule.size() && at < path.size() && rule[in_rule] == path[at]) {
            ++in_rule;
            ++at;
        } else if (star != std::string_view::npos && star_at < path.size()) {
            in_rule = star + 1;
            at = ++star_at;
        } else {
            return false;
        }
    }
}

// What the groups say that count for one agent.
struct Verdict {
    std::ptrdiff_t longest = -1;
    bool allows = true;
    bool has_group = false;

    void judge(std::string_view rule, bool allow, std::string_view path) {
        if (rule.empty() || !matches(rule, path)) return;
        const auto length = static_cast<std::ptrdiff_t>(rule.size());
        if (length < longest || (length == longest && !allow)) return;
        longest = length;
        allows = allow;
    }
};

} // namespace

bool allows_fetch(std::string_view robots, std::string_view agent, std::string_view path) {
    Verdict own;
    Verdict everybody;
    bool is_for_own = false;
    bool is_for_everybody = false;
    bool is_within_names = false;
    while (!robots.empty()) {
        std::string_view line = robots.substr(0, robots.find('\n'));
        robots.remove_prefix(std::min(line.size() + 1, robots.size()));
        line = trimmed(line.substr(0, line.find('#')));
        const auto colon = line.find(':');
        if (colon == std::string_view::npos) continue;
        const std::string key = lower(trimmed(line.substr(0, colon)));
        const std::string_view value = trimmed(line.substr(colon + 1));
        if (key == "user-agent") {
            if (!is_within_names) is_for_own = is_for_everybody = false;
            is_within_names = true;
            // The product token alone counts: what follows it is a version or a comment.
            const std::string name = lower(value.substr(0, value.find_first_of("/ ")));
            is_for_own = is_for_own || name == agent;
            is_for_everybody = is_for_everybody || name == "*";
            own.has_group = own.has_group || is_for_own;
        } else if (key == "allow" || key == "disallow") {
            is_within_names = false;
            if (is_for_own) own.judge(value, key == "allow", path);
            if (is_for_everybody) everybody.judge(value, key == "allow", path);
        }
    }
    return own.has_group ? own.allows : everybody.allows;
}

} // namespace everlong::core
