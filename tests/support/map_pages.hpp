#pragma once
// Pages from a map, for tests.

#include <api/pages.hpp>

#include <map>
#include <string_view>

namespace everlong::test {

class MapPages final : public api::Pages {
public:
    explicit MapPages(std::map<std::string_view, api::Page> pages) : pages_(std::move(pages)) {}

    const api::Page* find(std::string_view path) const override {
        const auto found = pages_.find(path);
        return found == pages_.end() ? nullptr : &found->second;
    }

private:
    std::map<std::string_view, api::Page> pages_;
};

} // namespace everlong::test
