#pragma once
// What the handlers share: a request taken apart, and answers put together. One file per resource implements the
// handlers that are declared here; routes.cpp holds the table that leads to them.

#include <api/api.hpp>
#include <api/detail/access.hpp>
#include <api/detail/caller.hpp>
#include <api/json.hpp>

#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace everlong::api::detail {

struct Call {
    const ApiContext& context;
    Access& access;
    http::Request request;
    Caller caller;
    std::vector<std::string> captured; // what stood for each {…} of the route
    http::Parameters query;
    json::object body;  // empty where none was sent
    std::string form{}; // the body as it came, of the routes that take no JSON

    engine::World& world() const { return context.world; }
    Instant now() const { return context.world.clock.now(); }
    const std::string& name() const { return captured.at(0); }
    // Who asks, for the audit trail.
    std::string actor() const { return caller.actor(); }
};

using Answer = Result<http::Response>;

http::Response json_response(const json::value& value, int status = 200);

// A body that is JSON, or nothing. Error kHttpBody (kUsage): it is no JSON object.
Result<json::object> object_of(std::string_view body);

// A member of the body. Errors: kHttpBody (kUsage) for another type; absent gives the empty value.
Result<std::string> text_of(const json::object& body, std::string_view name);
// The same for what is secret: wiped and taken out of the body.
Result<Secret> take_secret(json::object& body, std::string_view name);
Result<bool> flag_of(const json::object& body, std::string_view name);
Result<std::int64_t> number_of(const json::object& body, std::string_view name, std::int64_t absent);

// kHttpBody (kUsage) for a member that is none of these: what is not taken must not seem to have been.
Result<void> only_members(const json::object& body, std::initializer_list<std::string_view> names);

// Channel and its current version (nothing for an unconnected one) as JSON.
Task<json::object> describe(const Call& call, const ports::Channel& channel);

// Handlers. `call` outlives them.
Async<Answer> get_openapi(Call& call);
Async<Answer> get_health(Call& call);
Async<Answer> get_readiness(Call& call);
Async<Answer> list_channels(Call& call);
Async<Answer> create_channel(Call& call);
Async<Answer> get_channel(Call& call);
Async<Answer> rename_channel(Call& call);
Async<Answer> delete_channel(Call& call);
Async<Answer> get_events(Call& call);
Async<Answer> stream_events(Call& call);
Async<Answer> list_deliveries(Call& call);
Async<Answer> add_delivery(Call& call);
Async<Answer> remove_delivery(Call& call);
Async<Answer> test_delivery(Call& call);
Async<Answer> get_token(Call& call);
Async<Answer> refresh_token(Call& call);
Async<Answer> rollback_token(Call& call);
Async<Answer> get_history(Call& call);
Async<Answer> inspect_token(Call& call);
Async<Answer> get_sandbox(Call& call);
Async<Answer> turn_sandbox_clock(Call& call);
Async<Answer> cause_sandbox_event(Call& call);
Async<Answer> set_sandbox_faults(Call& call);
Async<Answer> explain_text(Call& call);
Async<Answer> list_api_keys(Call& call);
Async<Answer> create_api_key(Call& call);
Async<Answer> revoke_api_key(Call& call);
Async<Answer> get_session(Call& call);
Async<Answer> set_up(Call& call);
Async<Answer> sign_in(Call& call);
Async<Answer> sign_out(Call& call);
Async<Answer> change_password(Call& call);
Async<Answer> run_doctor(Call& call);
Async<Answer> list_posts(Call& call);
Async<Answer> create_post(Call& call);
Async<Answer> import_posts(Call& call);
Async<Answer> get_post(Call& call);
Async<Answer> edit_post(Call& call);
Async<Answer> cancel_post(Call& call);
Async<Answer> retry_post(Call& call);
Async<Answer> settle_post(Call& call);
Async<Answer> tell_tus(Call& call);
Async<Answer> create_file(Call& call);
Async<Answer> get_file(Call& call);
Async<Answer> continue_file(Call& call);
Async<Answer> override_file_method(Call& call);
Async<Answer> remove_file(Call& call);
Async<Answer> fix_file(Call& call);
Async<Answer> show_file(Call& call);
Async<Answer> serve_media(Call& call);
Async<Answer> get_connect(Call& call);
Async<Answer> create_login(Call& call);
Async<Answer> get_login(Call& call);
Async<Answer> choose_login_account(Call& call);
Async<Answer> paste_login_address(Call& call);
Async<Answer> cancel_login(Call& call);
Async<Answer> start_oauth(Call& call);
Async<Answer> finish_oauth(Call& call);
Async<Answer> show_oauth_end(Call& call);
Async<Answer> hear_deauthorize(Call& call);
Async<Answer> hear_data_deletion(Call& call);
Async<Answer> show_data_deletion(Call& call);

} // namespace everlong::api::detail
