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

// What stands beside the store.
struct BesideMark {
    bool is_there = false;         // the file
    std::optional<StoreMark> mark; // absent where there is none that can be read
};

// Why the store may be an older copy; empty where it is not. The store rises first, so one that is ahead has only been stopped
// between the two. A store that has never risen has nothing to lose yet. One that has, and has no mark beside it, cannot be told
// from an older copy, whoever took the mark away.
inline std::string why_older_copy(const StoreMark& store, const BesideMark& beside) {
    if (!beside.mark) {
        if (store.epoch == 0) return {};
        return beside.is_there ? "store.mark, which tells an older copy of the data, is empty or damaged"
                               : "store.mark, which tells an older copy of the data, is missing";
    }
    if (beside.mark->store != store.store) return "store.mark belongs to other data than these";
    if (beside.mark->epoch > store.epoch)
        return "store.mark knows of later data than these: an older copy was brought back";
    return {};
}

} // namespace everlong::core
