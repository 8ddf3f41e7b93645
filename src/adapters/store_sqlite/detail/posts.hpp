#pragma once
// ports/post_store.hpp on the store's own two threads, so that a post and the audit line about it are one transaction; and
// what the store itself has to do to posts.

#include <adapters/store_sqlite/detail/lane.hpp>
#include <ports/post_store.hpp>

#include <memory>

namespace everlong::adapters::detail {

// The lanes outlive it.
std::unique_ptr<ports::PostStore> make_post_store(Lane& writes, Lane& reads);

// As ports::PostStore::save_post().
Result<core::Post> save_post(Database& database, core::Post post, const std::vector<core::TimelineEntry>& entries,
                             const std::optional<ports::AuditEvent>& event);

// Before the channel is removed: its files are unused from now on, and the audit trail says what goes.
Result<void> leave_posts_of_channel(Database& database, ports::ChannelId id, const ports::AuditEvent& event);

// --- files (files.cpp) ---
Result<ports::MediaFile> add_file(Database& database, ports::MediaFile file, const ports::AuditEvent& event);
Result<std::optional<ports::MediaFile>> find_file(Database& database, const core::FileId& id);
Result<std::optional<ports::MediaFile>> find_file_by_public_name(Database& database, const std::string& public_name);
Result<ports::MediaFile> save_file(Database& database, ports::MediaFile file);
Result<void> remove_file(Database& database, const core::FileId& id, const ports::AuditEvent& event);
Result<std::vector<ports::MediaFile>> list_unused_files(Database& database, Instant before, int limit);
// The files that post number `post` is known to show become those that `content` shows; none of a final post. What it
// leaves was last shown at `now`, as far as that is known. kFileUnknown (kUsage).
Result<void> show_files(Database& database, std::int64_t post, const ports::Post& shown, std::optional<Instant> now);

// A name for what is kept under `number`: the same in every run that made the same things before, and another in every
// other store. Opens nothing.
std::string make_id(std::string_view prefix, std::int64_t number, Instant made_at, std::string_view what);

} // namespace everlong::adapters::detail
