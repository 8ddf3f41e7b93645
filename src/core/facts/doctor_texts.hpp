#pragma once
// What people are told about the doctor's checks: what each looks at, and the damage that pasted values have. The one
// home of these sentences; they hold nothing of what was read, so that reports can be made of them.

#include <core/doctor.hpp>

#include <string_view>

namespace everlong::core {

struct CheckText {
    CheckId id;
    std::string_view looks_at; // "the token is whole and stands bare", a clause without a full stop
};

const CheckText& text_of(CheckId id);

// "quotes around the value" for "quotes" (core/dotenv_token.hpp); the id itself where it has no words.
std::string_view damage_in_words(std::string_view damage_id);

} // namespace everlong::core
