#include <adapters/store_sqlite/detail/post_request.hpp>

#include <adapters/store_sqlite/detail/post_rows.hpp>
#include <base/digest.hpp>
#include <base/time.hpp>

namespace everlong::adapters::detail {
namespace {

// A file that has not arrived as a whole is known by its id only, as is one that is not there.
Result<void> name_by_bytes(Database& database, core::FileId& file) {
    if (file.is_empty()) return {};
    auto hash = database.find<std::string>(
        "SELECT sha256 FROM files WHERE id = ?1 AND sha256 <> ''",
        [](Row row) { return Result<std::string>(row.text(0)); }, file.text());
    if (!hash) return fail(hash.error());
    if (*hash) file = core::FileId("sha256:" + **hash);
    return {};
}

Result<core::PostContent> with_bytes(Database& database, core::PostContent content) {
    for (core::PostMedium& medium : content.media) {
        if (auto named = name_by_bytes(database, medium.file); !named) return fail(named.error());
    }
    if (auto named = name_by_bytes(database, content.reel.cover_file); !named) return fail(named.error());
    return content;
}

std::string digest_of(const core::PostContent& content) {
    const Sha256 digest = sha256(content_to_json(content));
    return to_hex(digest.data(), digest.size());
}

} // namespace

Result<RequestMark> mark_request(Database& database, const core::Post& post, Instant now) {
    const core::Schedule& schedule = post.schedule;
    const std::string when =
        schedule.zone.empty() ? std::to_string(to_unix_ms(schedule.due_at)) : schedule.zone + " " + schedule.wall_time;
    const bool is_at_once = schedule.zone.empty() && schedule.due_at <= now;
    // Whoever asks for a post must not be told that a draft, which does not go out, is it.
    const std::string kind = post.state == core::PostState::kDraft ? " draft" : "";
    auto content = with_bytes(database, post.content);
    if (!content) return fail(content.error());
    RequestMark request;
    // By its id a draft's file is known that had not arrived as a whole when it was asked for first, and has by now.
    for (const std::string& digest : {digest_of(*content), digest_of(post.content)}) {
        const std::string exact = digest + " " + when + kind;
        // Asked for in time, and asked for again when that time had passed.
        request.same.push_back(exact);
        if (is_at_once) request.same.push_back(digest + " at once" + kind);
        if (request.mark.empty()) request.mark = request.same.back();
    }
    return request;
}

} // namespace everlong::adapters::detail
