#include <api/detail/post_json.hpp>

#include <core/messages.hpp>
#include <core/publishing/finding_words.hpp>
#include <core/publishing/post_events.hpp>
#include <core/publishing/post_wishes.hpp>

#include <algorithm>
#include <array>

namespace everlong::api::detail {
namespace {

json::value text_or_null(const std::string& text) {
    return text.empty() ? json::value(nullptr) : json::value(text);
}

template <class Tag>
json::array tags_to_json(const std::vector<Tag>& tags, std::string_view name, std::string Tag::* member) {
    json::array items;
    for (const Tag& tag : tags) {
        json::object item{{name, tag.*member}};
        item["x"] = tag.x ? json::value(*tag.x) : json::value(nullptr);
        item["y"] = tag.y ? json::value(*tag.y) : json::value(nullptr);
        items.push_back(std::move(item));
    }
    return items;
}

json::array media_to_json(const std::vector<core::PostMedium>& media) {
    json::array items;
    for (const core::PostMedium& medium : media) {
        items.push_back(json::object{
            {"type", to_text(medium.type)},
            {"file", text_or_null(medium.file.text())},
            {"url", text_or_null(medium.url)},
            {"alt_text", text_or_null(medium.alt_text)},
            {"user_tags", tags_to_json(medium.user_tags, "username", &core::UserTag::username)},
            {"product_tags", tags_to_json(medium.product_tags, "product_id", &core::ProductTag::product_id)}});
    }
    return items;
}

json::value reel_to_json(const core::PostContent& content) {
    if (content.kind != core::PostKind::kReel) return nullptr;
    constexpr std::array<std::string_view, 3> kTrials{"none", "manual", "performance"};
    const core::ReelSettings& reel = content.reel;
    json::object object;
    object["cover"] = text_or_null(reel.cover_file.is_empty() ? reel.cover_url : reel.cover_file.text());
    object["thumb_offset_ms"] = reel.thumb_offset ? json::value(reel.thumb_offset->count()) : json::value(nullptr);
    object["share_to_feed"] = reel.share_to_feed ? json::value(*reel.share_to_feed) : json::value(nullptr);
    object["audio_name"] = text_or_null(reel.audio_name);
    object["trial"] = kTrials[static_cast<std::size_t>(reel.trial)];
    return object;
}

// That which is, or was, published: a carousel's own, else the medium's.
std::string container_of(const core::Progress& progress) {
    if (progress.attempt && !progress.attempt->container_id.empty()) return progress.attempt->container_id;
    if (!progress.parent.id.empty()) return progress.parent.id;
    return progress.containers.size() == 1 ? progress.containers.front().id : std::string();
}

json::array containers_to_json(const core::Progress& progress) {
    json::array items;
    const auto add = [&](const core::ContainerProgress& container) {
        if (container.id.empty()) return;
        items.push_back(json::object{{"id", container.id},
                                     {"status", text_or_null(std::string(to_text(container.status)))},
                                     {"created_at", to_rfc3339(container.created_at)}});
    };
    std::ranges::for_each(progress.containers, add);
    add(progress.parent);
    return items;
}

// On its zone's clocks, as they will show it: what was asked for may be a time that they skip.
json::value local_time(const core::Schedule& schedule, const ports::TimeZones& zones) {
    if (schedule.zone.empty()) return nullptr;
    const auto shown = zones.wall_time(schedule.zone, schedule.due_at);
    return shown ? json::value(*shown) : json::value(nullptr);
}

// Whole seconds after its time: of a published post when it went out, of one that has not ended how late it is by now.
json::value lateness(const core::Post& post, Instant now) {
    std::optional<Instant> until = post.result.published_at;
    const bool is_open = !core::is_final(post.state) && post.state != core::PostState::kDraft;
    if (!until && is_open) until = now;
    if (!until) return nullptr;
    return std::max<std::int64_t>(0, std::chrono::floor<Seconds>(*until - post.schedule.due_at).count());
}

json::value problem_or_null(const std::optional<core::Problem>& problem) {
    return problem ? json::value(to_json(*problem)) : json::value(nullptr);
}

// The contract's cause and remedy stand at the top, with the words for them.
void add_problem(json::object& object, const std::optional<core::Problem>& problem) {
    const core::Message* message = problem ? &core::message_of(problem->code) : nullptr;
    const auto word = [&](std::string_view core::Message::* member) {
        return message == nullptr ? json::value(nullptr) : json::value(message->*member);
    };
    object["cause"] = word(&core::Message::cause);
    object["remedy"] = word(&core::Message::remedy);
    object["title"] = word(&core::Message::title);
    object["what_happened"] = problem ? text_or_null(problem->detail) : json::value(nullptr);
    object["what_to_do"] = word(&core::Message::what_to_do);
    object["problem"] = problem_or_null(problem);
}

} // namespace

json::array findings_to_json(const std::vector<core::Finding>& findings, std::size_t media) {
    json::array items;
    for (const core::Finding& finding : findings) {
        const core::FindingWords& words = core::words_of(finding.rule);
        json::object item{{"rule", finding.rule},
                          {"severity", finding.is_error ? "error" : "warning"},
                          {"measured", text_or_null(finding.measured)},
                          {"wanted", text_or_null(finding.wanted)},
                          {"fixable", finding.is_fixable},
                          {"text", core::describe(finding, media)},
                          {"title", words.title},
                          {"why", words.why},
                          {"what_to_do", words.what_to_do}};
        item["medium"] = finding.medium < 0 ? json::value(nullptr) : json::value(finding.medium);
        items.push_back(std::move(item));
    }
    return items;
}

json::array fixes_to_json(const std::vector<core::Fixed>& fixes, std::size_t media) {
    json::array items;
    for (const core::Fixed& fixed : fixes) {
        json::object item{{"from", facts_to_json(fixed.from)},
                          {"to", facts_to_json(fixed.to)},
                          {"cut", json::object{{"width", fixed.cut_width}, {"height", fixed.cut_height}}},
                          {"added", json::object{{"width", fixed.added_width}, {"height", fixed.added_height}}},
                          {"text", core::describe(fixed, media)}};
        item["medium"] = fixed.medium < 0 ? json::value(nullptr) : json::value(fixed.medium);
        items.push_back(std::move(item));
    }
    return items;
}

json::array timeline_to_json(const std::vector<ports::TimelineEntry>& entries) {
    json::array items;
    for (const ports::TimelineEntry& entry : entries) {
        items.push_back(json::object{{"at", to_rfc3339(entry.at)},
                                     {"event", entry.event},
                                     {"text", core::sentence_of_event(entry.event)},
                                     {"call", text_or_null(entry.call)},
                                     {"detail", text_or_null(entry.detail)},
                                     {"state", to_text(entry.state)},
                                     {"problem", problem_or_null(entry.problem)}});
    }
    return items;
}

json::object post_to_json(const core::Post& post, const ports::TimeZones& zones, Instant now) {
    const core::PostContent& content = post.content;
    json::object object{
        {"id", text_or_null(post.id.text())},
        {"channel", post.channel_name},
        {"kind", to_text(content.kind)},
        {"state", to_text(post.state)},
        {"caption", content.caption},
        {"at", core::has_time(post) ? json::value(to_rfc3339(post.schedule.due_at)) : json::value(nullptr)},
        {"zone", text_or_null(post.schedule.zone)},
        {"wall_time", text_or_null(post.schedule.wall_time)},
        {"local_time", local_time(post.schedule, zones)},
        {"media", media_to_json(content.media)},
        {"location_id", text_or_null(content.location_id)},
        {"collaborators", to_json(content.collaborators)},
        {"reel", reel_to_json(content)},
        {"first_comment", text_or_null(content.first_comment)},
        {"ai_generated", content.is_ai_generated},
        {"container_id", text_or_null(container_of(post.progress))},
        {"containers", containers_to_json(post.progress)},
        {"media_id", text_or_null(post.result.media_id)},
        {"permalink", text_or_null(post.result.permalink)},
        {"published_at", to_json(post.result.published_at)},
        {"comment_id", text_or_null(post.result.comment_id)},
        {"late_s", lateness(post, now)},
        {"next_attempt_at", to_json(post.progress.next_attempt_at)}};
    add_problem(object, post.progress.problem);
    object["findings"] = findings_to_json(post.findings, content.media.size());
    object["created_at"] = to_rfc3339(post.created_at);
    object["created_by"] = post.created_by;
    return object;
}

json::object unreadable_to_json(const ports::UnreadablePost& post, const ports::TimeZones& zones, Instant now) {
    core::Post known = post.known;
    known.progress.next_attempt_at.reset(); // nobody will try
    known.progress.problem = core::make_problem(post.problem, now);
    json::object object = post_to_json(known, zones, now);
    object["unreadable"] = to_json(post.damaged);
    return object;
}

json::array page_to_json(const ports::PostPage& page, bool is_newest_first, const ports::TimeZones& zones,
                         Instant now) {
    json::array items;
    auto damaged = page.unreadable.begin();
    for (const core::Post& post : page.posts) {
        const auto is_before = [&](const ports::UnreadablePost& other) {
            const Instant at = other.known.schedule.due_at;
            return is_newest_first ? at > post.schedule.due_at : at < post.schedule.due_at;
        };
        for (; damaged != page.unreadable.end() && is_before(*damaged); ++damaged)
            items.push_back(unreadable_to_json(*damaged, zones, now));
        items.push_back(post_to_json(post, zones, now));
    }
    for (; damaged != page.unreadable.end(); ++damaged)
        items.push_back(unreadable_to_json(*damaged, zones, now));
    return items;
}

} // namespace everlong::api::detail
