#include <core/publishing/post_events.hpp>

namespace everlong::core {

std::string_view to_text(PostEvent event) {
    switch (event) {
#define EVERLONG_X(enumerator, word, sentence)                                                                         \
    case PostEvent::enumerator: return word;
        EVERLONG_POST_EVENTS(EVERLONG_X)
#undef EVERLONG_X
    }
    return "trouble";
}

std::string_view sentence_of_event(std::string_view text) {
#define EVERLONG_X(enumerator, word, sentence)                                                                         \
    if (text == word) return sentence;
    EVERLONG_POST_EVENTS(EVERLONG_X)
#undef EVERLONG_X
    return text;
}

} // namespace everlong::core
