#include <simulator/control.hpp>

#include <simulator/wishes.hpp>

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace everlong::simulator {
namespace {

namespace json = boost::json;

// Contract: "advance only forward; any size up to 100 years". RFC 3339 text ends with the year 9999.
constexpr std::int64_t kLongestAdvanceS = 36'525LL * 86'400;
constexpr Instant kEndOfCalendar = std::chrono::sys_days(std::chrono::year(9900) / 1 / 1);
constexpr std::size_t kMostAddresses = 100;

struct Ask {
    const http::Request& request;
    json::value body; // null where there is none
};

std::expected<json::object, ControlError> object_of(const Ask& ask, std::string_view example) {
    if (const auto* object = ask.body.if_object()) return *object;
    return std::unexpected(ControlError("the body must be a JSON object such as " + std::string(example)));
}

json::object clock_answer(Sandbox& sandbox) {
    json::object answer;
    answer["now"] = to_rfc3339(sandbox.now());
    return answer;
}

ControlAnswer get_clock(Sandbox& sandbox, const Ask&) {
    return clock_answer(sandbox);
}

ControlAnswer post_clock(Sandbox& sandbox, const Ask& ask) {
    auto object = object_of(ask, R"({"advance_s":86400})");
    if (!object) return std::unexpected(std::move(object.error()));
    Wishes wishes(*object, "the clock");
    wishes.allow({"advance_s"});
    if (!wishes.has("advance_s")) wishes.complain("\"advance_s\" is missing");
    const auto advance_s = wishes.number("advance_s", 0, kLongestAdvanceS);
    if (!wishes.complaint().empty()) return std::unexpected(wishes.complaint() + "; the clock goes forward only");
    if (!advance_s) return std::unexpected(ControlError("\"advance_s\" must be a number"));
    if (sandbox.now() + Seconds(*advance_s) > kEndOfCalendar) {
        return std::unexpected(ControlError("the clock would pass the year 9900; POST /_sandbox/reset brings it back"));
    }
    sandbox.advanced += Seconds(*advance_s);
    return clock_answer(sandbox);
}

ControlAnswer get_state(Sandbox& sandbox, const Ask&) {
    return describe_state(sandbox);
}

ControlAnswer post_reset(Sandbox& sandbox, const Ask&) {
    sandbox.reset();
    return clock_answer(sandbox);
}

ControlAnswer post_token(Sandbox& sandbox, const Ask& ask) {
    auto object = object_of(ask, R"({"login":"instagram"})");
    if (!object) return std::unexpected(std::move(object.error()));
    return mint_token(sandbox, *object);
}

ControlAnswer post_event(Sandbox& sandbox, const Ask& ask) {
    auto object = object_of(ask, R"({"type":"password-changed"})");
    if (!object) return std::unexpected(std::move(object.error()));
    return cause_event(sandbox, *object);
}

ControlAnswer get_faults(Sandbox& sandbox, const Ask&) {
    return sandbox.faults.to_json();
}

ControlAnswer post_faults(Sandbox& sandbox, const Ask& ask) {
    auto done = sandbox.faults.set(ask.body);
    if (!done) return std::unexpected(ControlError(std::move(done.error())));
    return sandbox.faults.to_json();
}

ControlAnswer get_switches(Sandbox& sandbox, const Ask&) {
    return sandbox.switches.to_json();
}

ControlAnswer post_switches(Sandbox& sandbox, const Ask& ask) {
    auto object = object_of(ask, R"({"refresh_string":"same"})");
    if (!object) return std::unexpected(std::move(object.error()));
    auto done = sandbox.switches.set(*object);
    if (!done) return std::unexpected(ControlError(std::move(done.error())));
    return sandbox.switches.to_json();
}

bool is_address(const std::string& text) {
    return (text.starts_with("http://") && text.size() > 7) || (text.starts_with("https://") && text.size() > 8);
}

ControlAnswer post_app(Sandbox& sandbox, const Ask& ask) {
    auto object = object_of(ask, R"({"redirect_uris":["https://example.com/callback"]})");
    if (!object) return std::unexpected(std::move(object.error()));
    Wishes wishes(*object, "the app");
    wishes.allow({"app_id", "redirect_uris", "deauthorize_callback_url", "data_deletion_callback_url"});
    const std::string id = wishes.text("app_id").value_or(sandbox.world->first_app_id);
    App* app = sandbox.world->find_app(id);
    if (app == nullptr) wishes.complain("there is no app with the id \"" + id + "\"");
    const auto redirect_uris = wishes.texts("redirect_uris");
    const auto deauthorize = wishes.text("deauthorize_callback_url");
    const auto deletion = wishes.text("data_deletion_callback_url");
    if (redirect_uris && redirect_uris->size() > kMostAddresses) wishes.complain("at most 100 redirect_uris");
    if (redirect_uris && !std::ranges::all_of(*redirect_uris, is_address)) {
        wishes.complain("\"redirect_uris\" must hold absolute http or https addresses");
    }
    // Empty text takes a callback away.
    if (deauthorize && !deauthorize->empty() && !is_address(*deauthorize)) {
        wishes.complain("\"deauthorize_callback_url\" must be an absolute http or https address");
    }
    if (deletion && !deletion->empty() && !is_address(*deletion)) {
        wishes.complain("\"data_deletion_callback_url\" must be an absolute http or https address");
    }
    if (!wishes.complaint().empty()) return std::unexpected(wishes.complaint());
    if (redirect_uris) app->redirect_uris = *redirect_uris;
    if (deauthorize) app->deauthorize_callback_url = *deauthorize;
    if (deletion) app->data_deletion_callback_url = *deletion;
    return describe_app(*app);
}

// ?after=N leaves out calls up to that number, for those who ask often.
ControlAnswer get_ledger(Sandbox& sandbox, const Ask& ask) {
    std::uint64_t after = 0;
    for (const auto& [name, value] : http::parse_form(ask.request.raw_query())) {
        if (name != "after")
            return std::unexpected(ControlError("the ledger takes no \"" + name + "\", only \"after\""));
        const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), after);
        if (error != std::errc() || end != value.data() + value.size()) {
            return std::unexpected(ControlError("\"after\" must be the number of a call"));
        }
    }
    return sandbox.ledger.to_json(after);
}

struct Row {
    std::string_view method;
    std::string_view path;
    ControlAnswer (*answer)(Sandbox&, const Ask&);
};

constexpr std::array kRows{
    Row{"GET", "/_sandbox/state", get_state},       Row{"POST", "/_sandbox/reset", post_reset},
    Row{"GET", "/_sandbox/clock", get_clock},       Row{"POST", "/_sandbox/clock", post_clock},
    Row{"POST", "/_sandbox/token", post_token},     Row{"POST", "/_sandbox/event", post_event},
    Row{"GET", "/_sandbox/faults", get_faults},     Row{"POST", "/_sandbox/faults", post_faults},
    Row{"GET", "/_sandbox/switches", get_switches}, Row{"POST", "/_sandbox/switches", post_switches},
    Row{"POST", "/_sandbox/app", post_app},         Row{"GET", "/_sandbox/ledger", get_ledger},
};

std::string known_calls() {
    std::string text;
    for (const Row& row : kRows)
        text += (text.empty() ? "" : ", ") + std::string(row.method) + " " + std::string(row.path);
    return text;
}

ControlAnswer answer(Sandbox& sandbox, const http::Request& request) {
    std::string_view path = request.raw_path();
    if (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
    const std::string_view method = request.method == "HEAD" ? std::string_view("GET") : request.method;
    bool is_known_path = false;
    for (const Row& row : kRows) {
        if (row.path != path) continue;
        is_known_path = true;
        if (row.method != method) continue;
        Ask ask{request, nullptr};
        if (method == "POST" && !request.body.empty()) {
            boost::system::error_code error;
            ask.body = json::parse(request.body, error);
            if (error) return std::unexpected(ControlError("the body is not JSON: " + error.message()));
        }
        return row.answer(sandbox, ask);
    }
    if (is_known_path)
        return std::unexpected(ControlError(std::string(path) + " does not take " + request.method, 405));
    return std::unexpected(ControlError("there is no such control call; there are " + known_calls(), 404));
}

// The one answer that is no JSON: clients read it as it is.
http::Response authority_answer(const Sandbox& sandbox) {
    http::Response response;
    response.headers.add("Content-Type", "application/x-pem-file");
    response.headers.add("Date", to_http_date(sandbox.now()));
    response.body = sandbox.authority;
    return response;
}

} // namespace

bool is_control_call(const http::Request& request) {
    const std::string_view path = request.raw_path();
    return path == "/_sandbox" || path.starts_with("/_sandbox/");
}

http::Response handle_control(Sandbox& sandbox, const http::Request& request) {
    if (request.raw_path() == "/_sandbox/ca.pem" && !sandbox.authority.empty()) return authority_answer(sandbox);
    auto answered = answer(sandbox, request);
    http::Response response;
    json::object body;
    if (answered) {
        body = std::move(*answered);
    } else {
        response.status = answered.error().status;
        body["error"] = answered.error().text;
    }
    response.body = json::serialize(body);
    response.headers.add("Content-Type", "application/json; charset=utf-8");
    response.headers.add("Date", to_http_date(sandbox.now()));
    response.headers.add("Cache-Control", "no-store");
    return response;
}

} // namespace everlong::simulator
