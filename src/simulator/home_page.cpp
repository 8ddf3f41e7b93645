#include <simulator/control.hpp>

namespace everlong::simulator {
namespace {

std::string escape(std::string_view text) {
    std::string escaped;
    for (const char c : text) {
        switch (c) {
        case '&': escaped += "&amp;"; break;
        case '<': escaped += "&lt;"; break;
        case '>': escaped += "&gt;"; break;
        case '"': escaped += "&quot;"; break;
        default: escaped += c;
        }
    }
    return escaped;
}

std::string row(std::string_view name, std::string_view value) {
    return "<tr><th>" + escape(name) + "</th><td><code>" + escape(value) + "</code></td></tr>\n";
}

} // namespace

std::string home_page(Sandbox& sandbox) {
    std::string page =
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Everlong sandbox</title>"
        "<style>body{font:16px/1.5 system-ui,sans-serif;max-width:48rem;margin:3rem auto;padding:0 1rem}"
        "th{text-align:left;padding-right:1.5rem;font-weight:600}</style></head><body>\n"
        "<h1>Everlong sandbox</h1>\n"
        "<p>A stand-in for Meta's platform on this machine. Nothing here reaches the real one, and its "
        "secrets open nothing else.</p>\n<table>\n";
    page += row("Its clock", to_rfc3339(sandbox.now()));
    for (const App& app : sandbox.world->apps()) {
        const bool is_facebook = app.login == Login::kFacebook;
        page += row(is_facebook ? "App (Facebook login)" : "App (Instagram login)", app.id);
        page += row("Its secret", app.secret);
    }
    page += "</table>\n<p>Hosts are named by the Host header or by the first part of the path: "
            "<code>/graph.facebook.com/v25.0/me</code>. See <a href=\"/_sandbox/state\">what exists</a>, "
            "<a href=\"/_sandbox/ledger\">what happened</a> and <a href=\"/_sandbox/switches\">what can be "
            "switched</a>.</p>\n</body></html>\n";
    return page;
}

} // namespace everlong::simulator
