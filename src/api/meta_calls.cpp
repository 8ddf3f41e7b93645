// What Meta calls by itself: the person removed the app, or wants their data deleted (facts/graph-api.md, 9.2).

#include <api/detail/call.hpp>

#include <core/login_dialog.hpp>

#include <algorithm>

namespace everlong::api::detail {
namespace {

Result<std::string> signed_request_of(const Call& call) {
    std::string found;
    for (auto& [name, value] : http::parse_form(call.form)) {
        if (name != "signed_request") continue;
        if (!found.empty()) return fail(Code::kSignedRequest, Fault::kRefused, "it stands there twice");
        found = value;
    }
    if (found.empty()) return fail(Code::kSignedRequest, Fault::kRefused, "there is no signed_request in the form");
    return found;
}

Task<std::string> hear(Call& call, std::string action) {
    auto text = signed_request_of(call);
    if (!text) co_return fail(text.error());
    auto code = co_await call.context.person_calls.hear(*std::move(text), std::move(action));
    if (code) call.context.on_change();
    co_return code;
}

} // namespace

Async<Answer> hear_deauthorize(Call& call) {
    auto code = co_await hear(call, "meta-deauthorized");
    if (!code) co_return fail(code.error());
    co_return json_response(json::object{{"received", true}});
}

Async<Answer> hear_data_deletion(Call& call) {
    auto code = co_await hear(call, "meta-asked-to-delete");
    if (!code) co_return fail(code.error());
    const std::string url = core::own_address(call.context.addresses(), "/meta/data-deletion/" + *code);
    co_return json_response(json::object{{"url", url}, {"confirmation_code", *code}});
}

Async<Answer> show_data_deletion(Call& call) {
    const std::string& code = call.captured.at(0);
    const bool is_code = code.size() <= 40 && std::ranges::all_of(code, [](char c) {
                             return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
                         });
    if (!is_code) co_return fail(Code::kHttpNotFound, Fault::kUsage, "that is no confirmation code");
    http::Response response;
    response.headers.set("Content-Type", "text/html; charset=utf-8");
    response.headers.set("Content-Security-Policy", "default-src 'none'; base-uri 'none'; frame-ancestors 'none'");
    response.body =
        "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>Data deletion - Everlong</title>\n"
        "<h1>Data deletion</h1>\n<p>Request " +
        code +
        "</p>\n<p>Of a person, Everlong keeps the access token that Meta issued for them and the number and name of "
        "the Instagram account that it opens. The token is looked at with Meta at once and not used any more when Meta "
        "has ended it. Token and account are deleted when whoever runs this service removes the channel: everlong "
        "channel remove NAME.</p>\n</html>\n";
    co_return response;
}

} // namespace everlong::api::detail
