#pragma once
// What a request for a post asked for, to be told from another one with the same idempotency key.

#include <adapters/store_sqlite/detail/database.hpp>
#include <core/publishing/post.hpp>

#include <string>
#include <vector>

namespace everlong::adapters::detail {

// A hash of its content, and its time: the wall clock's where there was one, as the instant that it means may move with the
// zone's rules; and whether it is a draft. Files count by their bytes: one that is brought again is the same wish.
struct RequestMark {
    std::string mark;              // to be kept
    std::vector<std::string> same; // which an earlier request of the same wish may bear
};

// Before its files go. `now`: when it is asked for; what is due by then is due at once, whenever that is said again.
Result<RequestMark> mark_request(Database& database, const core::Post& post, Instant now);

} // namespace everlong::adapters::detail
