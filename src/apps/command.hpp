#pragma once
// What the commands share: the call to the API, and how answers and errors become output and exit codes.

#include <app/config.hpp>
#include <app/gateway.hpp>
#include <base/secret.hpp>
#include <ports/log.hpp>

#include <boost/json.hpp>

#include <functional>
#include <optional>
#include <string>

namespace everlong::apps {

namespace json = boost::json;

// Flags that every command takes.
struct CommonFlags {
    std::string data_dir;
    bool is_json = false;
};

class Session {
public:
    Session(CommonFlags flags, ports::Log& log) : flags_(std::move(flags)), log_(log) {}

    bool is_json() const { return flags_.is_json; }
    ports::Log& log() { return log_; }
    Result<app::Config> load_config() const;

    // One call of the API. On success gives the body to `show` (for people) or prints it (--json), and ends with what
    // `show` says, 0 where it is not asked. Errors are told and give their exit code.
    int call(std::string method, std::string target, json::object body,
             const std::function<void(const json::object&)>& show,
             const std::function<int(const json::object&)>& verdict = {});

    // Tells an error (people: standard error; --json: the problem document) and gives its exit code.
    int tell(const Error& error) const;
    int tell_problem(const json::object& problem) const;

private:
    CommonFlags flags_;
    ports::Log& log_;
};

// The whole of standard input, at most 1 MiB. Error kTokenMissing where nothing came, kTokenMalformed where too much.
Result<Secret> read_standard_input();

// "/v1/channels/NAME" with the name percent-encoded.
std::string channel_target(const std::string& name, std::string_view rest = {});

} // namespace everlong::apps
