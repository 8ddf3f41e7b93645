#pragma once
// The files of the Settings page, built from web/ and part of the program (cmake/embed_web.cmake).

#include <span>
#include <string_view>

namespace everlong::app {

struct WebFile {
    std::string_view path; // as in a request: "/index.html", "/assets/index-….js"
    std::string_view content_type;
    std::string_view bytes;
    std::string_view etag; // with its quotes; another one for other bytes
};

// By path, ascending. They live as long as the program.
std::span<const WebFile> web_files();

} // namespace everlong::app
