#include <apps/command.hpp>

#include <api/json.hpp>
#include <apps/terminal.hpp>
#include <base/percent.hpp>

#include <boost/asio/io_context.hpp>

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <unistd.h>

namespace everlong::apps {
namespace {

constexpr std::size_t kInputLimitBytes = 1024 * 1024;
constexpr int kFirstErrorStatus = 400;

Result<json::object> parse_answer(const http::Response& answer) {
    boost::system::error_code problem;
    json::value value = json::parse(answer.body, problem);
    if (problem || !value.is_object()) {
        return fail(Code::kInternal, Fault::kLocal, "the service's answer is not JSON");
    }
    return std::move(value.as_object());
}

} // namespace

Result<app::Config> Session::load_config() const {
    auto config = app::load_config([](const char* name) { return static_cast<const char*>(std::getenv(name)); },
                                   std::filesystem::current_path());
    if (!config) return config;
    if (!flags_.data_dir.empty()) config->data_dir = std::filesystem::absolute(flags_.data_dir);
    for (const std::string& warning : config->warnings)
        std::cerr << "everlong: " << escaped(warning) << "\n";
    return config;
}

int Session::call(std::string method, std::string target, json::object body,
                  const std::function<void(const json::object&)>& show,
                  const std::function<int(const json::object&)>& verdict) {
    auto config = load_config();
    if (!config) return tell(config.error());
    boost::asio::io_context context(1);
    app::Gateway gateway(context, std::move(*config), log_);
    app::ApiCall api_call{std::move(method), std::move(target), body.empty() ? "" : json::serialize(body), {}};
    auto answer = gateway.call_now(std::move(api_call));
    if (!answer) return tell(answer.error());
    auto parsed = parse_answer(*answer);
    if (!parsed) return tell(parsed.error());
    if (answer->status >= kFirstErrorStatus) return tell_problem(*parsed);
    if (flags_.is_json) {
        std::cout << json::serialize(*parsed) << std::endl;
    } else {
        show(*parsed);
        std::cout.flush();
    }
    return verdict ? verdict(*parsed) : 0;
}

int Session::tell(const Error& error) const {
    return tell_problem(api::problem_to_json(error));
}

int Session::tell_problem(const json::object& problem) const {
    if (flags_.is_json) {
        std::cout << json::serialize(problem) << std::endl;
    } else {
        std::cerr << "everlong: " << text_at(problem, "title") << " (" << text_at(problem, "code") << ")\n";
        if (const auto detail = text_at(problem, "detail"); !detail.empty())
            std::cerr << "  why:        " << detail << "\n";
        if (const auto* graph = object_at(problem, "graph")) {
            std::cerr << "  Meta said:  " << text_at(*graph, "message") << "\n";
        }
        std::cerr << "  what to do: " << text_at(problem, "what_to_do") << "\n";
    }
    const auto* code = problem.if_contains("exit_code");
    return code != nullptr && code->is_int64() ? static_cast<int>(code->as_int64()) : 1;
}

Result<Secret> read_standard_input() {
    std::string text;
    char buffer[4096];
    for (;;) {
        const ssize_t count = read(STDIN_FILENO, buffer, sizeof buffer);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) break;
        text.append(buffer, static_cast<std::size_t>(count));
        if (text.size() > kInputLimitBytes) {
            wipe_string(text);
            return fail(Code::kTokenMalformed, Fault::kUsage, "standard input is larger than 1 MiB");
        }
    }
    wipe_memory(buffer, sizeof buffer);
    // The line break that ends the line is no damage.
    if (text.ends_with('\n')) text.pop_back();
    if (text.ends_with('\r')) text.pop_back();
    if (text.empty()) return fail(Code::kTokenMissing, Fault::kUsage, "standard input is empty");
    return Secret::take(std::move(text));
}

std::string channel_target(const std::string& name, std::string_view rest) {
    return "/v1/channels/" + percent_encode(name) + std::string(rest);
}

} // namespace everlong::apps
