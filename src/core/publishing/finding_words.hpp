#pragma once
// What people are told of a finding of the preflight: one row a rule. Used by commands, the API and the page alike.

#include <core/publishing/post.hpp>

#include <span>
#include <string>
#include <string_view>

namespace everlong::core {

struct FindingWords {
    std::string_view rule;
    std::string_view title;      // what is wrong, without a full stop: "The picture's shape is not allowed"
    std::string_view why;        // a sentence; may be empty where the title says it all
    std::string_view what_to_do; // a sentence or two
};

std::span<const FindingWords> finding_words();
// Every rule has a row (tests hold this); for one that has none, a row that says so little as to be always true.
const FindingWords& words_of(std::string_view rule);

// One line: "No. 2: the picture's shape is not allowed (2:1; allowed: 4:5 to 1.91:1)". Counts media from 1; a post
// with one medium (media == 1) is not counted.
std::string describe(const Finding& finding, std::size_t media);

} // namespace everlong::core
