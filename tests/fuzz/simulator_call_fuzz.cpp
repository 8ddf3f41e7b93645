// Any request to the simulator: no crash, an answer with a status that HTTP knows, and JSON wherever it says so. The first
// line is method and target, the second a Content-Type, the rest the body.

#include <simulator/simulator.hpp>

#include <boost/json/parse.hpp>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace everlong;

std::string_view take_line(std::string_view& rest) {
    const auto end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return line;
}

void demand(bool holds) {
    if (!holds) std::abort();
}

void check(const http::Response& response) {
    demand(response.status >= 200 && response.status <= 599);
    const std::string_view type = response.headers.find("content-type").value_or("");
    if (!type.starts_with("application/json") || response.status == 304) return;
    boost::system::error_code error;
    const auto document = boost::json::parse(response.body, error);
    demand(!error);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view rest(reinterpret_cast<const char*>(data), size);
    simulator::Options options;
    options.real_now = [] { return instant_from_unix_s(1'795'435'200); };
    simulator::Simulator simulator(std::move(options));
    // A token that the input can name by its place.
    http::Request mint;
    mint.method = "POST";
    mint.target = "/_sandbox/token";
    mint.body = R"({"login":"facebook"})";
    const auto minted = boost::json::parse(simulator.handle_now(mint).body);
    const std::string token(minted.at("access_token").as_string());

    http::Request request;
    const std::string_view first = take_line(rest);
    const auto blank = std::min(first.find(' '), first.size());
    request.method = first.substr(0, blank);
    request.target = first.substr(std::min(blank + 1, first.size()));
    const std::string_view type = take_line(rest);
    if (!type.empty()) request.headers.add("Content-Type", std::string(type));
    request.body = rest;
    for (std::string* text : {&request.target, &request.body}) {
        for (auto at = text->find('@'); at != std::string::npos; at = text->find('@', at + token.size()))
            text->replace(at, 1, token);
    }
    check(simulator.handle_now(request));
    check(simulator.handle_now(request)); // and once more in the world that the first left behind
    return 0;
}
