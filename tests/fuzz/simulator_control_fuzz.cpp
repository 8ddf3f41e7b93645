// Any control call with any JSON, several in a row: no crash, 200 or a 4xx that says what was wrong, and the simulator still
// answers. Each line is a call: "POST /_sandbox/event {...}".

#include <simulator/simulator.hpp>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace everlong;

constexpr int kMostCalls = 20;

void demand(bool holds) {
    if (!holds) std::abort();
}

http::Request to_request(std::string_view line) {
    http::Request request;
    const auto first = std::min(line.find(' '), line.size());
    request.method = line.substr(0, first);
    line.remove_prefix(std::min(first + 1, line.size()));
    const auto second = std::min(line.find(' '), line.size());
    request.target = "/_sandbox/" + std::string(line.substr(0, second));
    request.body = line.substr(std::min(second + 1, line.size()));
    return request;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view rest(reinterpret_cast<const char*>(data), size);
    simulator::Options options;
    options.real_now = [] { return instant_from_unix_s(1'795'435'200); };
    // A fresh world for each input, as what one leaves behind would make the next one's fault another's; the people of the
    // whole one cost a hundred times what most inputs do.
    options.inhabitants = simulator::Inhabitants::kDefaultPerson;
    simulator::Simulator simulator(std::move(options));
    for (int i = 0; i < kMostCalls && !rest.empty(); ++i) {
        const auto end = std::min(rest.find('\n'), rest.size());
        const http::Response response = simulator.handle_now(to_request(rest.substr(0, end)));
        rest.remove_prefix(std::min(end + 1, rest.size()));
        const bool is_page = response.headers.find("content-type").value_or("").starts_with("text/");
        if (is_page) continue;
        boost::system::error_code error;
        const auto document = boost::json::parse(response.body, error);
        demand(!error && document.is_object());
        demand(response.status == 200 || (response.status < 500 && document.get_object().contains("error")));
    }
    // Whatever the world has become, people and dialogs can be looked at in it.
    for (const char* target :
         {"/_sandbox/state?limit=5", "/graph.facebook.com/me",
          "/www.facebook.com/dialog/oauth?client_id=100000000000001&redirect_uri=http://localhost/"
          "&sandbox_auto=approve",
          "/www.instagram.com/oauth/authorize?client_id=200000000000002&redirect_uri=http://localhost/"
          "&response_type=code&scope=instagram_business_basic&sandbox_auto=approve"}) {
        http::Request request;
        request.method = "GET";
        request.target = target;
        // A fault or a hostile mix may have been ordered: then it is any status.
        const int status = simulator.handle_now(request).status;
        demand(status >= 200 && status <= 599);
    }
    return 0;
}
