// Any body with any Content-Type: no crash, nothing made up (names and values stand in the body), and what was read comes
// back the same from a body that is written of it. The first line is the Content-Type, the rest the body.

#include <simulator/wire/body.hpp>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace everlong;

void demand(bool holds) {
    if (!holds) std::abort();
}

http::Request to_request(std::string content_type, std::string body) {
    http::Request request;
    request.method = "POST";
    request.headers.add("Content-Type", std::move(content_type));
    request.body = std::move(body);
    return request;
}

// One that stands in none of the values.
std::string make_boundary(const http::Parameters& parameters) {
    std::string boundary = "b";
    for (bool is_new = false; !is_new;) {
        is_new = true;
        for (const auto& [name, value] : parameters)
            is_new = is_new && !value.contains("--" + boundary) && !name.contains(boundary);
        if (!is_new) boundary += 'x';
    }
    return boundary;
}

std::string write(const http::Parameters& parameters, const std::string& boundary) {
    std::string body;
    for (const auto& [name, value] : parameters) {
        body += "--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n";
    }
    return body + "--" + boundary + "--\r\n";
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const auto line_end = std::min(input.find('\n'), input.size());
    const std::string type(input.substr(0, line_end));
    const std::string body(input.substr(std::min(line_end + 1, input.size())));
    const http::Parameters parameters = simulator::parse_body(to_request(type, body));
    if (!type.starts_with("multipart/form-data")) return 0;
    for (const auto& [name, value] : parameters) {
        demand(body.contains(name) && body.contains(value));
        // Such names cannot be written between quotes.
        if (name.contains('"')) return 0;
    }
    const std::string boundary = make_boundary(parameters);
    const auto again =
        simulator::parse_body(to_request("multipart/form-data; boundary=" + boundary, write(parameters, boundary)));
    demand(again == parameters);
    return 0;
}
