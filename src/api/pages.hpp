#pragma once
// The Settings page as the API serves it: files by their path, built into the program. The API knows no more of them than
// stands here; the app floor brings them (ApiContext::pages).
//
// What is served: a GET or HEAD that no route takes and whose path is one of these files gets that file. Any other path
// of letters, digits, '-', '_' and '/' gets "/index.html" where the caller accepts text/html, so that the addresses within
// the page (/channels/cafe, /setup) can be opened and reloaded; never below /v1, /assets and the other places of machines.

#include <string_view>

namespace everlong::api {

// Everything in it lives as long as the program.
struct Page {
    std::string_view bytes;
    std::string_view content_type; // "text/html; charset=utf-8"
    std::string_view etag;         // with its quotes: "\"4f1c…\""; changes whenever the bytes do
    // Its name changes whenever its bytes do (Vite's /assets/NAME-HASH.js): browsers may keep it for a year unasked.
    bool is_immutable = false;
};

class Pages {
public:
    virtual ~Pages() = default;
    // By the path as it is sent, from '/', compared byte for byte: "/index.html", "/favicon.svg", "/assets/index-B2x.js".
    // Null where there is none.
    virtual const Page* find(std::string_view path) const = 0;
};

} // namespace everlong::api
