// /v1/sandbox: the time machine and the misfortunes of a rehearsal, passed on to the simulator. Where none is configured
// these addresses are not there.

#include <api/detail/call.hpp>

#include <algorithm>

namespace everlong::api::detail {
namespace {

Result<ports::SandboxControl*> sandbox_of(const Call& call) {
    if (call.context.sandbox != nullptr) return call.context.sandbox;
    return fail(Code::kHttpNotFound, Fault::kUsage, "no simulator is configured (everlong serve --sandbox starts one)");
}

Task<json::object> ask(Call& call, std::string method, std::string path, json::value body) {
    auto sandbox = sandbox_of(call);
    if (!sandbox) co_return fail(sandbox.error());
    auto answer = co_await (*sandbox)->ask(std::move(method), std::move(path),
                                           body.is_null() ? std::string() : json::serialize(body));
    if (!answer) co_return fail(answer.error());
    co_return json::parse(*answer).as_object(); // the port gives an object
}

std::string text_in(const json::value& object, std::string_view name) {
    const auto* value = object.is_object() ? object.as_object().if_contains(name) : nullptr;
    return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

json::array array_in(const json::value& object, std::string_view name) {
    const auto* value = object.is_object() ? object.as_object().if_contains(name) : nullptr;
    return value != nullptr && value->is_array() ? value->as_array() : json::array();
}

// Those that the person owns, and those of Pages that the person reaches.
json::array accounts_of(const json::value& person, const json::array& accounts) {
    const std::string id = text_in(person, "user_id");
    const json::array pages = array_in(person, "page_ids");
    json::array names;
    for (const json::value& account : accounts) {
        const std::string page = text_in(account, "page_id");
        const bool is_reached = !page.empty() && std::ranges::find(pages, json::value(page)) != pages.end();
        if (is_reached || text_in(account, "user_id") == id) names.emplace_back(text_in(account, "username"));
    }
    return names;
}

} // namespace

Async<Answer> get_sandbox(Call& call) {
    auto state = co_await ask(call, "GET", "/_sandbox/state", nullptr);
    if (!state) co_return fail(state.error());
    const json::array accounts = array_in(*state, "accounts");
    json::array people;
    for (const json::value& person : array_in(*state, "people")) {
        people.push_back(json::object{{"id", text_in(person, "user_id")},
                                      {"name", text_in(person, "name")},
                                      {"kind", text_in(person, "kind")},
                                      {"accounts", accounts_of(person, accounts)}});
    }
    co_return json_response(json::object{
        {"now", text_in(*state, "now")}, {"address", call.context.sandbox->address()}, {"people", std::move(people)}});
}

Async<Answer> turn_sandbox_clock(Call& call) {
    if (auto only = only_members(call.body, {"advance_s"}); !only) co_return fail(only.error());
    auto answer = co_await ask(call, "POST", "/_sandbox/clock", call.body);
    if (!answer) co_return fail(answer.error());
    // Whoever looks next sees what the jump has brought about, and the loop begins with it.
    if (auto followed = co_await call.context.follow_clock(); !followed) co_return fail(followed.error());
    call.context.on_change();
    co_return json_response(json::object{{"now", text_in(*answer, "now")}});
}

Async<Answer> cause_sandbox_event(Call& call) {
    auto answer = co_await ask(call, "POST", "/_sandbox/event", call.body);
    if (!answer) co_return fail(answer.error());
    co_return json_response(*answer);
}

Async<Answer> set_sandbox_faults(Call& call) {
    if (auto only = only_members(call.body, {"faults"}); !only) co_return fail(only.error());
    const auto* faults = call.body.if_contains("faults");
    if (faults == nullptr || !faults->is_array()) {
        co_return fail(Code::kHttpBody, Fault::kUsage, "faults is not a list; an empty one ends all faults");
    }
    auto answer = co_await ask(call, "POST", "/_sandbox/faults", *faults);
    if (!answer) co_return fail(answer.error());
    co_return json_response(*answer);
}

} // namespace everlong::api::detail
