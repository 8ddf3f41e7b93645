#include <simulator/wire/body.hpp>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <optional>

namespace everlong::simulator {
namespace {

namespace json = boost::json;

std::string to_lower(std::string_view text) {
    std::string lower(text);
    std::ranges::transform(lower, lower.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return lower;
}

http::Parameters parse_json(std::string_view text) {
    boost::system::error_code error;
    const json::value document = json::parse(text, error);
    http::Parameters parameters;
    if (error || !document.is_object()) return parameters;
    for (const auto& [name, value] : document.get_object()) {
        if (value.is_null()) continue;
        const auto* plain = value.if_string();
        parameters.emplace_back(name, plain != nullptr ? std::string(*plain) : json::serialize(value));
    }
    return parameters;
}

// The value of `name="..."` or `name=...` among a header's parameters. What stands between quotes is no parameter.
std::optional<std::string> header_parameter(std::string_view header, std::string_view name) {
    std::size_t at = std::min(header.find(';'), header.size());
    while (at < header.size()) {
        ++at;
        while (at < header.size() && header[at] == ' ')
            ++at;
        const auto name_end = std::min(header.find_first_of("=;", at), header.size());
        const bool is_wanted = to_lower(header.substr(at, name_end - at)) == name;
        at = name_end;
        if (at == header.size() || header[at] == ';') continue;
        std::string_view value = header.substr(at + 1);
        if (value.starts_with('"')) {
            value.remove_prefix(1);
            const auto length = std::min(value.find('"'), value.size());
            at = std::min(header.find(';', at + 2 + length), header.size());
            value = value.substr(0, length);
        } else {
            at = std::min(header.find(';', at), header.size());
            value = value.substr(0, value.find_first_of("; \t"));
        }
        if (is_wanted) return std::string(value);
    }
    return std::nullopt;
}

// One part: header lines, an empty line, content. Files are left out: no call of this half takes any.
void add_part(std::string_view part, http::Parameters& parameters) {
    const auto head_end = part.find("\r\n\r\n");
    if (head_end == std::string_view::npos) return;
    std::string_view head = part.substr(0, head_end);
    const std::string_view content = part.substr(head_end + 4);
    while (!head.empty()) {
        const auto line_end = std::min(head.find("\r\n"), head.size());
        const std::string_view line = head.substr(0, line_end);
        head.remove_prefix(std::min(line_end + 2, head.size()));
        if (!to_lower(line).starts_with("content-disposition:")) continue;
        const auto name = header_parameter(line, "name");
        if (name && !header_parameter(line, "filename")) parameters.emplace_back(*name, std::string(content));
        return;
    }
}

http::Parameters parse_multipart(std::string_view body, std::string_view content_type) {
    http::Parameters parameters;
    const auto boundary = header_parameter(content_type, "boundary");
    if (!boundary || boundary->empty()) return parameters;
    const std::string delimiter = "--" + *boundary;
    auto at = body.find(delimiter);
    while (at != std::string_view::npos) {
        const auto begin = at + delimiter.size();
        if (body.substr(begin).starts_with("--")) break;
        const auto end = body.find("\r\n" + delimiter, begin);
        if (end == std::string_view::npos) break;
        std::string_view part = body.substr(begin, end - begin);
        if (part.starts_with("\r\n")) part.remove_prefix(2);
        add_part(part, parameters);
        at = end + 2;
    }
    return parameters;
}

} // namespace

http::Parameters parse_body(const http::Request& request) {
    if (request.body.empty()) return {};
    const std::string type = to_lower(request.headers.find("content-type").value_or(""));
    if (type.starts_with("multipart/form-data")) {
        return parse_multipart(request.body, *request.headers.find("content-type"));
    }
    if (type.starts_with("application/json")) return parse_json(request.body);
    if (type.empty() && request.body.starts_with('{')) return parse_json(request.body);
    return http::parse_form(request.body);
}

} // namespace everlong::simulator
