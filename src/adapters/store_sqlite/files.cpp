#include <adapters/store_sqlite/detail/operations.hpp>
#include <adapters/store_sqlite/detail/post_rows.hpp>
#include <adapters/store_sqlite/detail/post_statements.hpp>
#include <adapters/store_sqlite/detail/posts.hpp>
#include <base/digest.hpp>

#include <algorithm>
#include <iterator>

namespace everlong::adapters::detail {
namespace {

using core::FileId;
using ports::MediaFile;
using ports::Post;

// "post_" and "file_" with 20 letters and digits (core/publishing/post.hpp): 100 bits, too many for two to be the same.
constexpr std::size_t kIdLength = 20;

const std::string kSelectFiles = "SELECT " + kFileColumns + " FROM files ";

std::unexpected<Error> unknown_file(const FileId& id) {
    return fail(Code::kFileUnknown, Fault::kUsage, "no file has the id " + id.text());
}

// Sorted, each once.
std::vector<std::string> files_of(const Post& post) {
    std::vector<std::string> ids;
    if (core::is_final(post.state)) return ids;
    for (const core::PostMedium& medium : post.content.media)
        ids.push_back(medium.file.text());
    ids.push_back(post.content.reel.cover_file.text());
    std::erase(ids, "");
    std::ranges::sort(ids);
    const auto repeated = std::ranges::unique(ids);
    ids.erase(repeated.begin(), repeated.end());
    return ids;
}

Result<void> add_use(Database& database, std::int64_t post, const std::string& id) {
    auto added =
        database.run("INSERT INTO post_files (post, file) SELECT ?1, number FROM files WHERE id = ?2", post, id);
    if (!added) return fail(added.error());
    if (*added == 0) return unknown_file(FileId(id));
    return {};
}

Result<void> end_use(Database& database, std::int64_t post, const std::string& id, std::optional<Instant> now) {
    auto removed = database.run(
        "DELETE FROM post_files WHERE post = ?1 AND file = (SELECT number FROM files WHERE id = ?2)", post, id);
    if (!removed) return fail(removed.error());
    if (!now) return {};
    auto noted = database.run("UPDATE files SET shown_at = max(shown_at, ?2) WHERE id = ?1", id, *now);
    if (!noted) return fail(noted.error());
    return {};
}

} // namespace

std::string make_id(std::string_view prefix, std::int64_t number, Instant made_at, std::string_view what) {
    constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz234567"; // five bits each
    const Sha256 digest = sha256(std::string(prefix) + std::to_string(number) + "/" +
                                 std::to_string(to_unix_ms(made_at)) + "/" + std::string(what));
    std::string id(prefix);
    for (std::size_t i = 0; i < kIdLength; ++i)
        id += kLetters[digest[i] & 31];
    return id;
}

Result<MediaFile> add_file(Database& database, MediaFile file, const AuditEvent& event) {
    file.created_at = event.at;
    file.created_by = event.actor;
    file.revision = 1;
    const std::optional<std::string> facts = file.facts ? std::optional(facts_to_json(*file.facts)) : std::nullopt;
    // The id is made of the number, which is not known before.
    auto number = database.find_number("SELECT coalesce(max(seq), 0) + 1 FROM sqlite_sequence WHERE name = 'files'");
    if (!number) return fail(number.error());
    file.id = FileId(make_id("file_", **number, event.at, file.name));
    auto inserted = database.run(
        "INSERT INTO files (number, id, revision, name, size, received, sha256, facts, public_name, public_until, "
        "created_at, created_by, shown_at) VALUES (?1, ?2, 1, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?10)",
        **number, file.id.text(), file.name, static_cast<std::int64_t>(file.size),
        static_cast<std::int64_t>(file.received), file.sha256, facts, file.public_name, file.public_until,
        file.created_at, file.created_by);
    if (!inserted) return fail(inserted.error());
    if (auto noted = append_audit(database, event); !noted) return fail(noted.error());
    return file;
}

Result<std::optional<MediaFile>> find_file(Database& database, const FileId& id) {
    static const std::string kSql = kSelectFiles + "WHERE id = ?1";
    return database.find<MediaFile>(kSql, read_file, id.text());
}

Result<std::optional<MediaFile>> find_file_by_public_name(Database& database, const std::string& public_name) {
    static const std::string kSql = kSelectFiles + "WHERE public_name = ?1 AND public_name <> ''";
    return database.find<MediaFile>(kSql, read_file, public_name);
}

Result<MediaFile> save_file(Database& database, MediaFile file) {
    const std::optional<std::string> facts = file.facts ? std::optional(facts_to_json(*file.facts)) : std::nullopt;
    auto saved =
        database.run("UPDATE files SET revision = revision + 1, name = ?3, size = ?4, received = ?5, "
                     "sha256 = ?6, facts = ?7, public_name = ?8, public_until = ?9 "
                     "WHERE id = ?1 AND revision = ?2",
                     file.id.text(), file.revision, file.name, static_cast<std::int64_t>(file.size),
                     static_cast<std::int64_t>(file.received), file.sha256, facts, file.public_name, file.public_until);
    if (!saved) return fail(saved.error());
    if (*saved == 0) {
        auto found = find_file(database, file.id);
        if (!found) return fail(found.error());
        if (!*found) return unknown_file(file.id);
        return fail(Code::kBusy, Fault::kConflict, "file " + file.id.text() + " has changed since it was read");
    }
    ++file.revision;
    return file;
}

Result<void> remove_file(Database& database, const FileId& id, const AuditEvent& event) {
    auto removed = database.run("DELETE FROM files WHERE id = ?1 AND uses = 0", id.text());
    if (!removed) return fail(removed.error());
    if (*removed != 0) return append_audit(database, event);
    auto user = database.find<std::string>(
        "SELECT posts.id FROM files JOIN post_files ON file = files.number JOIN posts ON posts.number = post "
        "WHERE files.id = ?1 ORDER BY posts.number LIMIT 1",
        [](Row row) { return Result<std::string>(row.text(0)); }, id.text());
    if (!user) return fail(user.error());
    if (!*user) return unknown_file(id);
    return fail(Code::kFileInUse, Fault::kConflict, "post " + **user + " shows the file " + id.text());
}

Result<std::vector<MediaFile>> list_unused_files(Database& database, Instant before, int limit) {
    std::vector<MediaFile> files;
    const auto is_enough = [&] { return files.size() >= static_cast<std::size_t>(std::max(limit, 0)); };
    // Damaged ones take no place: else enough of them would keep all others from being removed.
    auto walked = database.walk(
        unused_files_sql(),
        [&](Row row) {
            if (is_enough()) return false;
            if (auto file = read_file(row)) files.push_back(*std::move(file));
            return !is_enough();
        },
        before);
    if (!walked) return fail(walked.error());
    return files;
}

Result<void> show_files(Database& database, std::int64_t post, const Post& shown, std::optional<Instant> now) {
    const std::vector<std::string> wanted = files_of(shown);
    auto known = database.list<std::string>(
        "SELECT id FROM post_files JOIN files ON number = file WHERE post = ?1",
        [](Row row) { return Result<std::string>(row.text(0)); }, post);
    if (!known) return fail(known.error());
    std::ranges::sort(*known);
    std::vector<std::string> changed;
    std::ranges::set_difference(wanted, *known, std::back_inserter(changed));
    for (const std::string& id : changed) {
        if (auto added = add_use(database, post, id); !added) return added;
    }
    changed.clear();
    std::ranges::set_difference(*known, wanted, std::back_inserter(changed));
    for (const std::string& id : changed) {
        if (auto ended = end_use(database, post, id, now); !ended) return ended;
    }
    return {};
}

} // namespace everlong::adapters::detail
