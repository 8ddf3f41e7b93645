#pragma once
// Rows of the tables `posts`, `post_timeline` and `files` as the port's types and back. Whatever is not as it was written
// here is kStoreCorrupt.

#include <adapters/store_sqlite/detail/database.hpp>
#include <ports/post_store.hpp>

#include <string>

namespace everlong::adapters::detail {

// A post with its number, which gives the order in which posts were made; of a damaged row what can be read.
struct PostRow {
    std::int64_t number = 0;
    ports::Post post;
    std::vector<std::string> damaged; // columns
    std::string why;                  // of the first of them
    Error problem() const;            // of a damaged one
};

// What read_post() reads, in this order, of `posts` joined with `channels`.
inline const std::string kPostColumns =
    "posts.number, posts.id, posts.revision, channel_id, channels.name, state, due_at, posts.next_attempt_at, zone, "
    "wall_time, media_id, content, progress, result, findings, posts.created_at, created_by";
Result<PostRow> read_post_row(Row row); // never fails
Result<ports::Post> read_post(Row row); // fails where something is damaged

std::string content_to_json(const core::PostContent& content);
// Without next_attempt_at, which has a column of its own; so has the media id of the result.
std::string progress_to_json(const core::Progress& progress);
std::string result_to_json(const core::PostResult& result);
std::string findings_to_json(const std::vector<core::Finding>& findings);

Result<ports::TimelineEntry> read_entry(Row row); // at, event, call, detail, state, problem

inline const std::string kFileColumns = "id, revision, name, size, received, sha256, facts, public_name, public_until, "
                                        "created_at, created_by";
Result<ports::MediaFile> read_file(Row row);
std::string facts_to_json(const core::MediaFacts& facts);

} // namespace everlong::adapters::detail
