#include <simulator/login/dialog_page.hpp>

#include <base/html.hpp>

namespace everlong::simulator {
namespace {

constexpr std::string_view kStyle =
    R"(:root{color-scheme:light dark;--ink:#1c1e21;--paper:#fff;--back:#f0f2f5;--line:#ccd0d5;--accent:#0b63d1}
@media (prefers-color-scheme:dark){:root{--ink:#e4e6eb;--paper:#242526;--back:#18191a;--line:#4a4d51;--accent:#6cb2ff}}
body{margin:0;background:var(--back);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
main{max-width:30rem;margin:2rem auto;padding:1.5rem;background:var(--paper);border:1px solid var(--line);border-radius:12px}
.band{background:#7a4b00;color:#fff;text-align:center;padding:.4rem;font-size:.875rem}
h1{font-size:1.3rem;margin:.2rem 0 1rem}fieldset{border:1px solid var(--line);border-radius:8px;margin:1rem 0;padding:.5rem 1rem}
label{display:block;padding:.3rem 0}small{opacity:.75;display:block;margin-left:1.7rem}
button{font:inherit;padding:.55rem 1.1rem;border-radius:8px;border:1px solid var(--line);background:transparent;color:inherit;cursor:pointer}
#approve{background:var(--accent);border-color:var(--accent);color:var(--paper);font-weight:600}select{font:inherit;max-width:100%}
.row{display:flex;gap:.75rem;flex-wrap:wrap;align-items:center}[role=alert]{border-left:4px solid #b3261e;padding-left:.75rem})";

std::string head(Login login, std::string_view title) {
    const std::string_view site = login == Login::kFacebook ? "Facebook" : "Instagram";
    return "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
           "content=\"width=device-width,initial-scale=1\"><title>" +
           escape_html(title) + "</title><style>" + std::string(kStyle) +
           "</style></head><body>\n<div class=\"band\">Everlong's simulator in place of " + std::string(site) +
           ": nothing here reaches the real one</div>\n<main>\n";
}

std::string hidden_input(std::string_view name, std::string_view value) {
    return "<input type=\"hidden\" name=\"" + escape_html(name) + "\" value=\"" + escape_html(value) + "\">\n";
}

std::string box(const DialogBox& box, std::string_view type) {
    const std::string id = escape_html(box.name + "-" + box.value);
    std::string text = "<label for=\"" + id + "\"><input type=\"" + std::string(type) + "\" id=\"" + id + "\" name=\"" +
                       escape_html(box.name) + "\" value=\"" + escape_html(box.value) + "\"";
    if (box.is_ticked) text += " checked";
    if (box.is_fixed) text += " disabled";
    text += "> " + escape_html(box.label);
    if (!box.note.empty()) text += "<small>" + escape_html(box.note) + "</small>";
    return text + "</label>\n";
}

std::string boxes(std::string_view legend, const std::vector<DialogBox>& list, std::string_view type) {
    if (list.empty()) return {};
    std::string text = "<fieldset><legend>" + escape_html(legend) + "</legend>\n";
    for (const DialogBox& item : list)
        text += box(item, type);
    return text + "</fieldset>\n";
}

std::string person_select(const DialogPage& page) {
    std::string text =
        "<div class=\"row\"><label for=\"person\">Logged in as</label> <select id=\"person\" name=\"person\">";
    for (const auto& [id, name] : page.people) {
        text += "<option value=\"" + escape_html(id) + "\"" + (id == page.person_id ? " selected" : "") + ">" +
                escape_html(name) + "</option>";
    }
    return text + "</select> <button id=\"switch\" name=\"decision\" value=\"switch\">Switch</button></div>\n";
}

} // namespace

std::string render_dialog(const DialogPage& page) {
    const std::string title = page.app_name + " would like access";
    std::string text = head(page.login, title) + "<h1>" + escape_html(title) + "</h1>\n";
    text += "<form method=\"post\" action=\"" + escape_html(page.action) + "\">\n";
    for (const auto& [name, value] : page.hidden)
        text += hidden_input(name, value);
    text += person_select(page);
    if (!page.warning.empty()) text += "<p role=\"alert\">" + escape_html(page.warning) + "</p>\n";
    text += boxes("Account", page.accounts, "radio");
    text += boxes("Pages it may use", page.pages, "checkbox");
    text += boxes("What it may do", page.permissions, "checkbox");
    text += "<div class=\"row\">";
    if (page.warning.empty()) text += "<button id=\"approve\" name=\"decision\" value=\"approve\">Continue</button>";
    text +=
        " <button id=\"deny\" name=\"decision\" value=\"deny\">Cancel</button></div>\n</form>\n</main></body></html>\n";
    return text;
}

std::string render_dialog_error(Login login, std::string_view title, std::string_view text) {
    return head(login, title) + "<h1>" + escape_html(title) + "</h1>\n<p role=\"alert\">" + escape_html(text) +
           "</p>\n</main></body></html>\n";
}

} // namespace everlong::simulator
