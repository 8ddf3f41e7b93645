#include <api/detail/cookies.hpp>

#include <algorithm>

namespace everlong::api::detail {

std::vector<std::string_view> cookie_values(const http::Request& request, std::string_view name) {
    std::vector<std::string_view> values;
    std::string_view rest = request.headers.find("Cookie").value_or("");
    while (!rest.empty()) {
        const auto end = std::min(rest.find(';'), rest.size());
        std::string_view pair = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        pair.remove_prefix(std::min(pair.find_first_not_of(' '), pair.size()));
        if (pair.size() > name.size() && pair.starts_with(name) && pair[name.size()] == '=') {
            values.push_back(pair.substr(name.size() + 1));
        }
    }
    return values;
}

std::string strict_cookie(std::string_view name, std::string_view value, Seconds life) {
    return std::string(name) + "=" + std::string(value) +
           "; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=" + std::to_string(life.count());
}

} // namespace everlong::api::detail
