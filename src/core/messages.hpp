#pragma once
// Every error message that a person can see, in one place: what happened, the cause and the remedy by their stable ids,
// what to do in words, and how a command and the API answer. One row for each Code.

#include <base/result.hpp>

#include <string_view>

namespace everlong::core {

struct Message {
    Code code;
    int exit_code; // contract, section 2
    int http_status;
    std::string_view cause;      // id; the corpus' taxonomy where Meta is the cause
    std::string_view remedy;     // id
    std::string_view title;      // what happened, a short sentence without a full stop
    std::string_view what_to_do; // one or two sentences
};

const Message& message_of(Code code);

// The exit code of a command that ended in this error: what may pass is 3, an interruption 130, else the row's.
int exit_code_of(const Error& error);

} // namespace everlong::core
