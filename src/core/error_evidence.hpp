#pragma once
// What a text says about an error before anybody judges it: codes, HTTP status, host and call, and the text with its
// escapes undone. Part of explain.

#include <core/facts/platform.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace everlong::core {

struct ErrorEvidence {
    // The text in which words are looked for: escapes of JSON, HTML, percent and Unicode undone as often as they were
    // done, white space made single, in lower case where it is ASCII.
    std::string words;
    std::vector<int> codes; // candidates for Meta's code, likeliest first; HTTP statuses are not among them
    int subcode = 0;        // 0: none
    int http_status = 0;    // 0: none
    bool is_transient = false;
    bool is_html = false;
    std::optional<LoginPath> login;
    std::optional<GraphCall> call;
};

ErrorEvidence gather_evidence(std::string_view text);

} // namespace everlong::core
