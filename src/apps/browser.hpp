#pragma once
// Leads the person's own browser to an address that is meant for this person alone.

#include <filesystem>
#include <string_view>

namespace everlong::apps {

class Browser {
public:
    // `otherwise`: a directory of this user's, for where there is no XDG_RUNTIME_DIR. Nothing is written yet.
    explicit Browser(std::filesystem::path otherwise);
    // Forgets the address; what the browser has loaded stays.
    ~Browser();
    Browser(const Browser&) = delete;
    Browser& operator=(const Browser&) = delete;

    // Only where there is a browser to be seen (DISPLAY or WAYLAND_DISPLAY) and somebody who looks (standard output is a
    // terminal). Whoever knows a login's address can end that login, and everybody on a machine sees the arguments of
    // everybody's programs; so the address goes by a page, a file of mode 0600, and only the file's name is an argument.
    // Where no file can be written nothing is opened.
    void open(std::string_view address);

private:
    bool write_page(std::string_view address);

    std::filesystem::path directory_;
    std::filesystem::path page_; // empty: none was written
};

} // namespace everlong::apps
