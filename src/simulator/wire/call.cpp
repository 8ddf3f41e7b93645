#include <simulator/wire/call.hpp>

#include <base/percent.hpp>
#include <simulator/simulator.hpp>
#include <simulator/wire/body.hpp>
#include <simulator/wire/versions.hpp>

#include <algorithm>
#include <array>

namespace everlong::simulator {
namespace {

struct HostRow {
    Host host;
    std::string_view name;
};

constexpr std::array kHosts{
    HostRow{Host::kGraphFacebook, "graph.facebook.com"}, HostRow{Host::kGraphInstagram, "graph.instagram.com"},
    HostRow{Host::kApiInstagram, "api.instagram.com"},   HostRow{Host::kWwwFacebook, "www.facebook.com"},
    HostRow{Host::kWwwInstagram, "www.instagram.com"},   HostRow{Host::kRuploadFacebook, "rupload.facebook.com"},
};

// Longer segments are no ids, names or aliases of Meta's; shown in no ledger, because they may be tokens.
constexpr std::size_t kLongestPlainSegment = 64;
constexpr std::string_view kBlot = "(removed)";
// Host, version, node and edge.
constexpr std::size_t kUsualSegments = 4;

std::string to_lower(std::string_view text) {
    std::string lower(text);
    std::ranges::transform(lower, lower.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return lower;
}

std::optional<Host> find_host(std::string_view name) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    for (const HostRow& row : kHosts) {
        if (std::ranges::equal(row.name, name, {}, {}, lower)) return row.host;
    }
    return std::nullopt;
}

// Authorization: Bearer T, or OAuth T (clients.md, 5).
std::string token_of_header(const http::Headers& headers) {
    const auto header = headers.find("authorization");
    if (!header) return {};
    const auto blank = header->find(' ');
    if (blank == std::string_view::npos) return {};
    const std::string scheme = to_lower(header->substr(0, blank));
    if (scheme != "bearer" && scheme != "oauth") return {};
    const auto begin = header->find_first_not_of(' ', blank);
    return begin == std::string_view::npos ? std::string() : std::string(header->substr(begin));
}

// A POST may say that it means another method (clients.md, 4).
std::string effective_method(const http::Request& request, const ParameterMap& parameters) {
    if (request.method == "HEAD") return "GET";
    const auto override_method = parameters.find("method");
    if (request.method != "POST" || override_method == parameters.end()) return request.method;
    const std::string wanted = to_lower(override_method->second);
    if (wanted == "delete") return "DELETE";
    if (wanted == "get") return "GET";
    return request.method;
}

} // namespace

std::string_view host_name(Host host) {
    for (const HostRow& row : kHosts) {
        if (row.host == host) return row.name;
    }
    return {};
}

std::vector<std::string> host_names() {
    std::vector<std::string> names;
    for (const HostRow& row : kHosts)
        names.emplace_back(row.name);
    return names;
}

const std::string* Call::find(std::string_view name) const {
    const auto found = parameters.find(name);
    return found == parameters.end() || found->second.empty() ? nullptr : &found->second;
}

std::string Call::value(std::string_view name) const {
    const std::string* found = find(name);
    return found == nullptr ? std::string() : *found;
}

std::string Call::public_path() const {
    std::string path;
    for (const std::string& segment : segments) {
        const bool is_plain =
            segment.size() <= kLongestPlainSegment && segment.find_first_of("|%?&=\"'") == std::string::npos;
        path += '/';
        path += is_plain ? std::string_view(segment) : kBlot;
    }
    return path.empty() ? "/" : path;
}

std::string Call::absolute(std::string_view path_and_query) const {
    const std::string host_part(host_name(host));
    const std::string base =
        is_path_form ? "http://127.0.0.1:" + std::to_string(port) + "/" + host_part : "https://" + host_part;
    return base + std::string(path_and_query);
}

std::vector<std::string> split_path(std::string_view raw_path) {
    std::vector<std::string> segments;
    segments.reserve(kUsualSegments);
    while (!raw_path.empty()) {
        const auto end = std::min(raw_path.find('/'), raw_path.size());
        const std::string_view segment = raw_path.substr(0, end);
        raw_path.remove_prefix(std::min(end + 1, raw_path.size()));
        if (segment.empty()) continue;
        segments.push_back(percent_decode(segment, false).value_or(std::string(segment)));
    }
    return segments;
}

std::optional<Call> parse_call(const http::Request& request, Instant now, std::uint16_t port) {
    Call call;
    call.now = now;
    call.port = port;
    call.headers = request.headers;
    call.segments = split_path(request.raw_path());

    const std::string_view header = request.headers.find("host").value_or("");
    if (const auto named = find_host(header.substr(0, header.find(':')))) {
        call.host = *named;
    } else {
        const auto leading = call.segments.empty() ? std::nullopt : find_host(call.segments.front());
        if (!leading) return std::nullopt;
        call.host = *leading;
        call.is_path_form = true;
        call.segments.erase(call.segments.begin());
    }

    if (!call.segments.empty() && is_version(call.segments.front())) {
        call.asked_version = call.segments.front();
        call.segments.erase(call.segments.begin());
    }
    call.version = answering_version(call.asked_version, now).value_or("");

    for (auto& [name, value] : http::parse_form(request.raw_query()))
        call.parameters[name] = std::move(value);
    // Bytes of a video are sent there under any content type (clients.md, 11).
    if (call.host != Host::kRuploadFacebook) call.form = parse_body(request);
    for (const auto& [name, value] : call.form)
        call.parameters[name] = value;
    call.method = effective_method(request, call.parameters);

    call.token = call.value("access_token");
    if (call.token.empty()) call.token = token_of_header(request.headers);
    return call;
}

namespace {

constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

} // namespace

std::optional<std::string> decode_base64(std::string_view text) {
    while (text.ends_with('='))
        text.remove_suffix(1);
    std::string bytes;
    std::uint32_t bits = 0;
    int count = 0;
    for (const char c : text) {
        const char plain = c == '-' ? '+' : c == '_' ? '/' : c;
        const auto value = kBase64.find(plain);
        if (value == std::string_view::npos) return std::nullopt;
        bits = bits << 6 | static_cast<std::uint32_t>(value);
        count += 6;
        if (count >= 8) {
            count -= 8;
            bytes += static_cast<char>(bits >> count & 0xFF);
        }
    }
    return bytes;
}

std::string encode_base64(std::string_view bytes) {
    std::string text;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::string_view group = bytes.substr(i, 3);
        std::uint32_t bits = 0;
        for (std::size_t k = 0; k < 3; ++k)
            bits = bits << 8 | (k < group.size() ? static_cast<unsigned char>(group[k]) : 0);
        for (std::size_t k = 0; k < 4; ++k) {
            text += k <= group.size() ? kBase64[bits >> (18 - 6 * k) & 63] : '=';
        }
    }
    return text;
}

} // namespace everlong::simulator
