// Where browsers come by on their way through Meta's login dialog. No code stays in an address that is kept: every answer
// leads on with 303 to one without.

#include <api/detail/logins.hpp>

#include <base/html.hpp>
#include <base/percent.hpp>
#include <core/facts/platform.hpp>
#include <core/graph_errors.hpp>
#include <core/limits.hpp>
#include <core/messages.hpp>

#include <algorithm>

namespace everlong::api::detail {
namespace {

using ports::Login;
using ports::LoginStage;

constexpr std::string_view kCookie = "__Host-everlong-login";
constexpr std::size_t kCookieBytes = 43;

// A page without script or style: nothing on it can be led astray.
http::Response page(int status, std::string_view title, const std::vector<std::string>& paragraphs) {
    http::Response response;
    response.status = status;
    response.headers.set("Content-Type", "text/html; charset=utf-8");
    response.headers.set("Cache-Control", "no-store");
    response.headers.set("Referrer-Policy", "no-referrer");
    response.headers.set("X-Content-Type-Options", "nosniff");
    response.headers.set("Content-Security-Policy", "default-src 'none'; base-uri 'none'; frame-ancestors 'none'");
    response.body = "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\">"
                    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
                    "<meta name=\"color-scheme\" content=\"light dark\">\n<title>" +
                    escape_html(title) + " - Everlong</title>\n<h1>" + escape_html(title) + "</h1>\n";
    for (const std::string& paragraph : paragraphs)
        response.body += "<p>" + escape_html(paragraph) + "</p>\n";
    response.body += "</html>\n";
    return response;
}

bool wants_page(const http::Request& request) {
    return request.headers.find("Accept").value_or("").contains("text/html");
}

// For people a page, for programs the problem document, which is made of the error by whoever called.
Answer refusal(const Call& call, const Error& error) {
    if (!wants_page(call.request)) return fail(error);
    const core::Message& message = core::message_of(error.code());
    return page(message.http_status, message.title,
                {error.detail(), std::string(message.what_to_do), std::string(code_name(error.code()))});
}

http::Response lead_to(std::string location) {
    http::Response response;
    response.status = 303;
    response.headers.set("Location", std::move(location));
    response.headers.set("Cache-Control", "no-store");
    response.headers.set("Referrer-Policy", "no-referrer");
    return response;
}

// The login cookie's value. One that comes twice, or in another form, is none of ours.
Secret login_cookie(const http::Request& request) {
    std::vector<std::string_view> found;
    for (const auto& [name, value] : request.headers.fields()) {
        const bool is_cookie = std::ranges::equal(name, std::string_view("cookie"), [](char a, char b) {
            return (a >= 'A' && a <= 'Z' ? a + ('a' - 'A') : a) == b;
        });
        if (!is_cookie) continue;
        std::string_view rest = value;
        while (!rest.empty()) {
            const auto end = std::min(rest.find(';'), rest.size());
            std::string_view pair = rest.substr(0, end);
            rest.remove_prefix(std::min(end + 1, rest.size()));
            while (pair.starts_with(' '))
                pair.remove_prefix(1);
            if (pair.starts_with(kCookie) && pair.substr(kCookie.size()).starts_with('='))
                found.push_back(pair.substr(kCookie.size() + 1));
        }
    }
    if (found.size() != 1 || found.front().size() != kCookieBytes) return {};
    return Secret(found.front());
}

// The simulator's own parameters, for scripts.
core::QueryParameters sandbox_parameters(const Call& call) {
    core::QueryParameters extra;
    if (!call.context.addresses().is_rehearsal) return extra;
    for (const auto& [name, value] : call.query) {
        if (name.starts_with("sandbox_")) extra.emplace_back(name, value);
    }
    return extra;
}

// Where a browser that called us by one of our names comes back to: by the same name, so that its cookie comes along.
std::string redirect_for(const Call& call, core::LoginPath login) {
    core::OwnAddresses own = call.context.addresses();
    const std::string_view host = call.request.headers.find("Host").value_or("");
    const bool is_loopback = host.starts_with("127.0.0.1:") || host.starts_with("[::1]:");
    if (own.public_url.empty() && own.is_rehearsal && is_loopback) own.public_url = "http://" + std::string(host);
    return core::own_redirect_uri(own, login);
}

// A browser that Meta sends elsewhere, or back under another of our names, comes without its cookie or not at all.
Result<void> check_way_back(const Call& call, std::string_view redirect_uri) {
    const core::OwnAddresses own = call.context.addresses();
    const bool is_rehearsal_here = own.is_rehearsal && own.public_url.empty();
    if (is_rehearsal_here) return {};
    if (!core::is_reachable_redirect(own, redirect_uri)) {
        return fail(Code::kRedirectUri, Fault::kUsage,
                    "Meta would send the browser to " + std::string(redirect_uri) +
                        ", where nobody listens; set EVERLONG_PUBLIC_URL, or use everlong channel connect --paste");
    }
    const std::string host(call.request.headers.find("Host").value_or(""));
    const bool is_same_name = redirect_uri.contains("://" + host + "/") || call.request.is_local;
    if (is_same_name) return {};
    return fail(Code::kRedirectUri, Fault::kUsage,
                "Meta sends the browser to " + std::string(redirect_uri) +
                    "; open the Settings page under that name and connect there");
}

std::string described(const Login& login) {
    for (const ports::LoginAccount& found : login.accounts) {
        if (found.account.ig_user_id.text() != login.chosen) continue;
        return found.account.username.empty() ? login.chosen : "@" + found.account.username;
    }
    return login.chosen;
}

http::Response stage_page(const Login& login) {
    const std::string back = "You can close this page and go back to the terminal.";
    switch (login.stage) {
    case LoginStage::kConnected:
        return page(200, "Connected", {login.channel_name + " is connected to " + described(login) + ".", back});
    case LoginStage::kChoosing:
        return page(200, "Which account?", {"Several accounts are reachable. Say which one in the terminal."});
    case LoginStage::kRefused:
    case LoginStage::kExpired:
    case LoginStage::kCancelled: {
        if (!login.problem) return page(200, "Cancelled", {"Nothing was changed.", back});
        const core::Message& message = core::message_of(login.problem->code);
        return page(200, message.title, {login.problem->detail, std::string(message.what_to_do), back});
    }
    default: return page(200, "One moment", {"Everlong is at it; the terminal tells when it is done.", back});
    }
}

} // namespace

Async<Answer> start_oauth(Call& call) {
    auto login = login_path_of(call);
    if (!login) co_return fail(login.error());
    // A HEAD begins nothing.
    if (call.request.is_head_only()) co_return http::Response{};
    engine::LoginRequest request;
    request.channel_name = query_value(call, "channel");
    request.login = *login;
    request.via = ports::LoginVia::kBrowser;
    request.redirect_uri = redirect_for(call, *login);
    if (auto way = check_way_back(call, request.redirect_uri); !way) co_return refusal(call, way.error());
    request.account = query_value(call, "account");
    for (const auto& [name, value] : call.query) {
        if (name == "permission") request.permissions.push_back(value);
    }
    request.dialog_extra = sandbox_parameters(call);
    request.browser = login_cookie(call.request);
    request.actor = call.actor();
    auto begun = co_await call.context.connector.begin(std::move(request));
    if (!begun) co_return refusal(call, begun.error());
    http::Response response = lead_to(std::string(begun->address.reveal()));
    const auto life = std::chrono::floor<Seconds>(core::kLoginTime).count();
    response.headers.set("Set-Cookie", std::string(kCookie) + "=" + std::string(begun->browser.reveal()) +
                                           "; Path=/; Max-Age=" + std::to_string(life) +
                                           "; Secure; HttpOnly; SameSite=Lax");
    co_return response;
}

Async<Answer> finish_oauth(Call& call) {
    auto login = login_path_of(call);
    if (!login) co_return fail(login.error());
    // Link previews and scanners ask with HEAD: a code is not spent on them.
    if (call.request.is_head_only()) co_return http::Response{};
    auto callback = core::read_callback(*login, call.request.raw_query());
    if (!callback) co_return refusal(call, callback.error());
    engine::LoginAnswer answer{*login, std::move(*callback), login_cookie(call.request), {}};
    auto now = co_await call.context.connector.receive(std::move(answer));
    if (!now) co_return refusal(call, now.error());
    call.access.keys().forget(); // as after any adoption: api/channels.cpp
    call.context.on_change();
    const std::string id = percent_encode(now->id);
    if (now->via == ports::LoginVia::kBrowser) co_return lead_to("/logins/" + id);
    co_return lead_to("/oauth/" + std::string(to_text(*login)) + "/done/" + id);
}

Async<Answer> show_oauth_end(Call& call) {
    auto login = login_path_of(call);
    if (!login) co_return fail(login.error());
    auto now = co_await call.context.connector.find(call.captured.at(1));
    const bool is_shown = now && now->login == *login && now->via != ports::LoginVia::kBrowser;
    if (!now && now.error().code() != Code::kLoginUnknown) co_return refusal(call, now.error());
    if (!is_shown) co_return refusal(call, Error(Code::kLoginUnknown, Fault::kUsage));
    co_return stage_page(*now);
}

} // namespace everlong::api::detail
