#pragma once
// The calls below /_sandbox (contract, section 5): each answers 200 and a JSON object, or 4xx and {"error"} that says
// what was wrong. One table in control.cpp.

#include <simulator/sandbox.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <expected>
#include <string>

namespace everlong::simulator {

struct ControlError {
    ControlError(std::string text_, int status_ = 400) : text(std::move(text_)), status(status_) {}
    std::string text;
    int status;
};

using ControlAnswer = std::expected<boost::json::object, ControlError>;

bool is_control_call(const http::Request& request);
http::Response handle_control(Sandbox& sandbox, const http::Request& request);
// 400 and {"error"}.
http::Response control_refusal(const Sandbox& sandbox, const std::string& text);

// POST /_sandbox/token: control_token.cpp.
ControlAnswer mint_token(Sandbox& sandbox, const boost::json::object& wish);
// POST /_sandbox/event: control_event.cpp.
ControlAnswer cause_event(Sandbox& sandbox, const boost::json::object& wish);
// GET /_sandbox/state: control_state.cpp.
boost::json::object describe_state(Sandbox& sandbox, std::size_t limit);
boost::json::object describe_app(const App& app);

// GET /, its style and its script: home_page.cpp. Nothing for any other request.
std::optional<http::Response> find_page(Sandbox& sandbox, const http::Request& request);

// The person that a control call means by "user_id" (any id of theirs) or "account" (a username). Null, with
// `complaint` set, where there is none; the default person where neither is given.
Person* find_person_meant(Sandbox& sandbox, const std::optional<std::string>& user_id,
                          const std::optional<std::string>& account, std::string& complaint);

} // namespace everlong::simulator
