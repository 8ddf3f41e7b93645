#pragma once
// What people are told about each cause and each remedy: the one home of these sentences. Pages that help are Meta's own.

#include <core/facts/graph_error_table.hpp>

#include <span>
#include <string_view>

namespace everlong::core {

struct CauseText {
    Cause cause;
    std::string_view title;       // what is wrong, short, without a full stop
    std::string_view explanation; // one or two sentences: what that means
    std::string_view how_to_tell; // what shows that it is this one, where several fit
    std::string_view link;        // the page of the topic; empty: none
};

struct RemedyText {
    Remedy remedy;
    std::string_view steps[3]; // in order; empty ones are left out
    std::string_view link;     // where it is done; empty: none
};

const CauseText& text_of(Cause cause);
const RemedyText& text_of(Remedy remedy);

} // namespace everlong::core
