// The administrator's door: /v1/session, /v1/setup, /v1/password.

#include <api/detail/access.hpp>
#include <api/detail/call.hpp>
#include <api/detail/cookies.hpp>
#include <api/event_hub.hpp>

#include <engine/lifecycle/world.hpp>

namespace everlong::api::detail {
namespace {

// What the page has to know of itself. `csrf` is empty for whoever is not signed in.
Task<json::object> describe_session(Call& call, std::string csrf) {
    auto is_set_up = co_await call.access.has_password();
    if (!is_set_up) co_return fail(is_set_up.error());
    const std::string& public_url = call.access.public_url();
    co_return json::object{{"signed_in", !csrf.empty()},
                           {"set_up", *is_set_up},
                           {"csrf", csrf.empty() ? json::value(nullptr) : json::value(csrf)},
                           {"sandbox", call.context.is_sandbox},
                           {"version", call.context.version},
                           {"public_url", public_url.empty() ? json::value(nullptr) : json::value(public_url)},
                           {"now", to_rfc3339(call.now())}};
}

Async<Answer> answer_signed_in(Call& call, NewSession session) {
    auto body = co_await describe_session(call, csrf_of(session.cookie));
    if (!body) co_return fail(body.error());
    http::Response response = json_response(*body);
    response.headers.add("Set-Cookie", strict_cookie(kSessionCookie, session.cookie.reveal(), kSessionLife));
    co_return response;
}

ports::AuditEvent page_event(const Call& call, std::string action) {
    return engine::audit(call.world(), "page", std::move(action), "");
}

} // namespace

Async<Answer> get_session(Call& call) {
    auto body = co_await describe_session(call, call.caller.csrf);
    if (!body) co_return fail(body.error());
    co_return json_response(*body);
}

Async<Answer> set_up(Call& call) {
    auto secret = take_secret(call.body, "secret");
    auto password = take_secret(call.body, "password");
    if (!secret) co_return fail(secret.error());
    if (!password) co_return fail(password.error());
    auto turn = co_await call.access.take_turn(call.request.is_local);
    if (!turn) co_return fail(turn.error());
    auto is_set_up = co_await call.access.has_password();
    if (!is_set_up) co_return fail(is_set_up.error());
    if (*is_set_up) co_return fail(Code::kSetup, Fault::kRefused, "a password is set already");
    if (!call.access.is_setup_secret(*secret)) co_return fail(Code::kSetup, Fault::kRefused);
    NewSession session = call.access.sessions().make(call.access.random().secret());
    auto saved =
        co_await call.access.save_password(std::move(*password), "", session.kept, page_event(call, "password-set"));
    if (!saved) co_return fail(saved.error());
    co_return co_await answer_signed_in(call, std::move(session));
}

Async<Answer> sign_in(Call& call) {
    auto password = take_secret(call.body, "password");
    if (!password) co_return fail(password.error());
    auto turn = co_await call.access.take_turn(call.request.is_local);
    if (!turn) co_return fail(turn.error());
    auto is_right = co_await call.access.check_password(std::move(*password));
    if (!is_right) {
        if (is_right.error().code() == Code::kPasswordWrong) {
            (void)co_await call.world().store.append_audit(page_event(call, "sign-in-refused"));
        }
        co_return fail(is_right.error());
    }
    // A new one each time: whoever knew the browser's earlier one gains nothing.
    NewSession session = call.access.sessions().make(call.access.random().secret());
    if (call.caller.kind == Caller::Kind::kSession) {
        auto ended = co_await call.access.store().end_session(call.caller.session_hash, page_event(call, "signed-out"));
        if (!ended) co_return fail(ended.error());
    }
    auto begun = co_await call.access.store().begin_session(session.kept, kSessionLimit, page_event(call, "signed-in"));
    call.access.sessions().forget();
    if (!begun) co_return fail(begun.error());
    co_return co_await answer_signed_in(call, std::move(session));
}

Async<Answer> sign_out(Call& call) {
    if (call.caller.kind == Caller::Kind::kSession) {
        auto ended = co_await call.access.store().end_session(call.caller.session_hash, page_event(call, "signed-out"));
        call.access.sessions().forget();
        call.context.events.end_all();
        if (!ended) co_return fail(ended.error());
    }
    http::Response response = json_response(json::object{{"signed_in", false}});
    response.headers.add("Set-Cookie", strict_cookie(kSessionCookie, "", Seconds(0)));
    co_return response;
}

Async<Answer> change_password(Call& call) {
    auto password = take_secret(call.body, "password");
    auto old = take_secret(call.body, "old");
    if (!password) co_return fail(password.error());
    if (!old) co_return fail(old.error());
    const bool is_local = call.caller.kind == Caller::Kind::kLocal;
    auto turn = co_await call.access.take_turn(is_local);
    if (!turn) co_return fail(turn.error());
    // Whoever may open the data directory needs none: this is the way back in for those who forgot it.
    if (!is_local) {
        if (auto is_right = co_await call.access.check_password(std::move(*old)); !is_right) {
            co_return fail(is_right.error());
        }
    }
    auto saved = co_await call.access.save_password(std::move(*password), call.caller.session_hash, std::nullopt,
                                                    engine::audit(call.world(), call.actor(), "password-changed", ""));
    if (!saved) co_return fail(saved.error());
    call.context.events.end_all();
    co_return json_response(json::object{{"changed", true}});
}

} // namespace everlong::api::detail
