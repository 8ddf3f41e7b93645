#pragma once
// What a child has said, read as the words of somebody who may have been taken over by the file: a document of exactly
// our form, with plausible figures and plain texts, or none.

#include <core/publishing/media_facts.hpp>

#include <optional>
#include <string>

namespace everlong::adapters::detail {

// Absent: not an answer. `bytes` is left to the caller, who knows better.
std::optional<core::MediaFacts> read_look_answer(const std::string& text);

struct ConvertAnswer {
    bool is_converted = false;
    std::string problem;     // of the file
    std::string write_error; // of the target
};

std::optional<ConvertAnswer> read_convert_answer(const std::string& text);

} // namespace everlong::adapters::detail
