#include <app/web_pages.hpp>

#include <app/web_files.hpp>

#include <map>

namespace everlong::app {
namespace {

class WebPages final : public api::Pages {
public:
    WebPages() {
        for (const WebFile& file : web_files()) {
            // Vite puts a digest into the names below /assets.
            pages_.emplace(file.path,
                           api::Page{file.bytes, file.content_type, file.etag, file.path.starts_with("/assets/")});
        }
    }

    const api::Page* find(std::string_view path) const override {
        const auto found = pages_.find(path);
        return found == pages_.end() ? nullptr : &found->second;
    }

private:
    std::map<std::string_view, api::Page> pages_;
};

} // namespace

std::unique_ptr<api::Pages> make_web_pages() {
    return std::make_unique<WebPages>();
}

} // namespace everlong::app
