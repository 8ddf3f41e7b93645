#pragma once
// What the login dialogs look like. No scripts; every text that came from outside is escaped.

#include <simulator/world/world.hpp>

#include <string>
#include <utility>
#include <vector>

namespace everlong::simulator {

struct DialogBox {
    std::string name; // "permission", "page"
    std::string value;
    std::string label;
    std::string note; // smaller, behind the label
    bool is_ticked = true;
    bool is_fixed = false; // cannot be unticked
};

struct DialogPage {
    Login login = Login::kFacebook;
    std::string app_name;
    std::vector<std::pair<std::string, std::string>> people; // id, what they are called
    std::string person_id;
    std::vector<DialogBox> permissions;
    std::vector<DialogBox> pages;                            // Facebook login
    std::vector<DialogBox> accounts;                         // Instagram login: as radio buttons
    std::vector<std::pair<std::string, std::string>> hidden; // the dialog's own parameters, sent along
    std::string action;
    std::string warning; // why it cannot be approved; empty: it can
};

std::string render_dialog(const DialogPage& page);
// Something about the app or the request is wrong; a person reads it, nothing redirects.
std::string render_dialog_error(Login login, std::string_view title, std::string_view text);

} // namespace everlong::simulator
