#include <api/detail/address_rules.hpp>

#include <algorithm>
#include <array>

namespace everlong::api::detail {
namespace {

// Names and schemes compare without case (RFC 3986, 6.2.2.1).
std::string lower(std::string_view text) {
    std::string result(text);
    std::ranges::transform(result, result.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return result;
}

// The host without the port.
std::string_view name_of(std::string_view authority) {
    const std::size_t end =
        authority.starts_with('[') ? authority.find(']') + 1 : std::min(authority.find(':'), authority.size());
    return authority.substr(0, end);
}

bool is_port_or_nothing(std::string_view rest) {
    if (rest.empty()) return true;
    return rest.starts_with(':') && rest.size() > 1 &&
           std::ranges::all_of(rest.substr(1), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_loopback_name(std::string_view name) {
    constexpr std::array<std::string_view, 3> kNames = {"127.0.0.1", "localhost", "[::1]"};
    return std::ranges::find(kNames, name) != kNames.end();
}

std::string host_of(const http::Request& request) {
    return lower(request.headers.find("Host").value_or(""));
}

} // namespace

AddressRules::AddressRules(std::string public_url) : public_origin_(std::move(public_url)) {
    const auto slashes = public_origin_.find("://");
    if (slashes != std::string::npos) public_host_ = name_of(std::string_view(public_origin_).substr(slashes + 3));
}

Result<void> AddressRules::check_host(const http::Request& request) const {
    const std::string host = host_of(request);
    const std::string_view name = name_of(host);
    const bool is_known = is_loopback_name(name) || (!public_host_.empty() && name == public_host_);
    if (is_known && is_port_or_nothing(std::string_view(host).substr(name.size()))) return {};
    return fail(Code::kHttpHost, Fault::kUsage);
}

bool AddressRules::is_own(std::string_view given, std::string_view host) const {
    const std::string origin = lower(given);
    if (!public_origin_.empty() && origin == public_origin_) return true;
    return is_loopback_name(name_of(host)) && origin == "http://" + std::string(host);
}

Result<void> AddressRules::check_origin(const http::Request& request) const {
    if (!changes_something(request.method)) return {};
    const auto origin = request.headers.find("Origin");
    if (!origin || is_own(*origin, host_of(request))) return {};
    return fail(Code::kHttpOrigin, Fault::kRefused, "its Origin is another one");
}

bool AddressRules::is_from_own_page(const http::Request& request) const {
    const auto site = request.headers.find("Sec-Fetch-Site");
    // "none": a person typed the address, or opened a bookmark.
    return !site || *site == "same-origin" || *site == "none";
}

Result<void> AddressRules::require_own_page(const http::Request& request) const {
    if (auto origin = check_origin(request); !origin) return origin;
    if (request.headers.find("Origin") || request.headers.find("Sec-Fetch-Site") == "same-origin") return {};
    return fail(Code::kHttpOrigin, Fault::kRefused, "it does not say from which page it comes");
}

bool changes_something(std::string_view method) {
    return method != "GET" && method != "HEAD" && method != "OPTIONS";
}

} // namespace everlong::api::detail
