#pragma once
// How an older copy of the store that was brought back is told from the store that was here: by a mark that rises in the
// store and then in a file beside it whenever something happens that the world sees and that cannot be undone.

#include <cstdint>
#include <optional>
#include <string>

namespace everlong::core {

struct StoreMark {
    std::string store; // given once, when a store is made
    std::int64_t epoch = 0;
    bool operator==(const StoreMark&) const = default;
};

// `beside`: what the file says; absent where there is none that can be read. The store rises first, so one that is ahead has
// only been stopped between the two. A store that has never risen and has no file is new.
inline bool is_older_copy(const StoreMark& store, const std::optional<StoreMark>& beside) {
    if (!beside) return store.epoch > 0;
    return beside->store != store.store || beside->epoch > store.epoch;
}

} // namespace everlong::core
