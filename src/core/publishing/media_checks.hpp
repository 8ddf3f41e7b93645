#pragma once
// The half of the preflight that looks at pictures and videos; preflight.hpp is its face.

#include <core/facts/media_rules.hpp>
#include <core/publishing/media_facts.hpp>
#include <core/publishing/post.hpp>

#include <string>
#include <vector>

namespace everlong::core {

// Appends findings of one medium.
class Findings {
public:
    Findings(std::vector<Finding>& all, int medium) : all_(all), medium_(medium) {}

    void error(std::string_view rule, std::string measured, std::string wanted, bool is_fixable = false) {
        all_.push_back({std::string(rule), true, medium_, std::move(measured), std::move(wanted), is_fixable});
    }
    void warning(std::string_view rule, std::string measured, std::string wanted, bool is_fixable = false) {
        all_.push_back({std::string(rule), false, medium_, std::move(measured), std::move(wanted), is_fixable});
    }

private:
    std::vector<Finding>& all_;
    int medium_;
};

// Whether Meta's fetcher takes its bytes, whatever it was meant to be.
void check_image(const MediaFacts& facts, MediumUse use, Findings& found);
void check_video(const MediaFacts& facts, MediumUse use, Findings& found);

// "4:5", "1.78:1"; "8.4 MB"; "3.2 s", "15 min".
std::string ratio_text(int width, int height);
std::string bytes_text(std::uint64_t bytes);
std::string duration_text(Milliseconds span);

} // namespace everlong::core
