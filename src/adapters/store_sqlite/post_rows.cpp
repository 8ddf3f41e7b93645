#include <adapters/store_sqlite/detail/post_rows.hpp>

#include <adapters/store_sqlite/detail/json_members.hpp>
#include <adapters/store_sqlite/detail/rows.hpp>

#include <boost/json/serialize.hpp>

// Writers name every member of their type in one binding: a member that is added to the type does not compile here until
// somebody has thought of its row.

namespace everlong::adapters::detail {
namespace {

using namespace members;
using core::ContainerProgress;
using core::ContainerStatus;
using core::FileId;
using core::Finding;
using core::MediaFacts;
using core::MediumType;
using core::PostContent;
using core::PostMedium;
using core::PostResult;
using core::PostState;
using core::Progress;
using core::PublishAttempt;
using core::ReelSettings;
using core::Trial;
using core::VideoFacts;
using ports::MediaFile;
using ports::Post;
using ports::TimelineEntry;

constexpr Words<MediumType, 2> kMediumTypes{{{MediumType::kImage, "image"}, {MediumType::kVideo, "video"}}};
constexpr Words<Trial, 3> kTrials{
    {{Trial::kNone, ""}, {Trial::kManual, "manual"}, {Trial::kPerformance, "performance"}}};

std::unexpected<Error> unreadable(std::string_view what, const std::string& id) {
    return fail(Code::kStoreCorrupt, Fault::kCorrupt, "unreadable " + std::string(what) + " " + id);
}

template <class T>
T must_be(std::optional<T> value) {
    if (!value) throw std::runtime_error("unknown word");
    return *std::move(value);
}

std::string text_of(const json::value& value) {
    return std::string(value.as_string());
}

int number_of(const json::value& value) {
    if (!std::in_range<int>(value.as_int64())) throw std::runtime_error("a number out of range");
    return static_cast<int>(value.as_int64());
}

void put_problem(json::object& object, const std::optional<Problem>& problem) {
    if (problem) object["problem"] = problem_to_json(*problem);
}

void take_problem(const json::object& object, std::optional<Problem>& problem) {
    if (const json::value* value = object.if_contains("problem")) problem = parse_problem(text_of(*value)).value();
}

// --- content ---

template <class Tag>
void put_place(json::object& object, const Tag& tag) {
    put(object, "x", tag.x);
    put(object, "y", tag.y);
}

template <class Tag>
void take_place(const json::object& object, Tag& tag) {
    take(object, "x", tag.x);
    take(object, "y", tag.y);
}

json::object to_json(const PostMedium& medium) {
    const auto& [type, file, url, alt_text, user_tags, product_tags] = medium;
    json::object object{{"type", word_of(kMediumTypes, type)}};
    put(object, "file", file.text());
    put(object, "url", url);
    put(object, "alt_text", alt_text);
    json::array people;
    for (const core::UserTag& tag : user_tags) {
        json::object item{{"username", tag.username}};
        put_place(item, tag);
        people.push_back(std::move(item));
    }
    put(object, "user_tags", std::move(people));
    json::array products;
    for (const core::ProductTag& tag : product_tags) {
        json::object item{{"product_id", tag.product_id}};
        put_place(item, tag);
        products.push_back(std::move(item));
    }
    put(object, "product_tags", std::move(products));
    return object;
}

PostMedium read_medium(const json::object& object) {
    PostMedium medium;
    medium.type = value_of(kMediumTypes, object.at("type").as_string());
    std::string file;
    take(object, "file", file);
    medium.file = FileId(std::move(file));
    take(object, "url", medium.url);
    take(object, "alt_text", medium.alt_text);
    take_each(object, "user_tags", [&](const json::value& item) {
        core::UserTag& tag = medium.user_tags.emplace_back();
        tag.username = text_of(item.at("username"));
        take_place(item.as_object(), tag);
    });
    take_each(object, "product_tags", [&](const json::value& item) {
        core::ProductTag& tag = medium.product_tags.emplace_back();
        tag.product_id = text_of(item.at("product_id"));
        take_place(item.as_object(), tag);
    });
    return medium;
}

json::object to_json(const ReelSettings& reel) {
    const auto& [cover_file, cover_url, thumb_offset, share_to_feed, audio_name, trial] = reel;
    json::object object;
    put(object, "cover_file", cover_file.text());
    put(object, "cover_url", cover_url);
    put(object, "thumb_offset_ms", thumb_offset);
    put(object, "share_to_feed", share_to_feed);
    put(object, "audio_name", audio_name);
    put(object, "trial", word_of(kTrials, trial));
    return object;
}

ReelSettings read_reel(const json::object& object) {
    ReelSettings reel;
    std::string text;
    take(object, "cover_file", text);
    reel.cover_file = FileId(text);
    take(object, "cover_url", reel.cover_url);
    take(object, "thumb_offset_ms", reel.thumb_offset);
    take(object, "share_to_feed", reel.share_to_feed);
    take(object, "audio_name", reel.audio_name);
    text.clear();
    take(object, "trial", text);
    reel.trial = value_of(kTrials, text);
    return reel;
}

json::object to_json(const PostContent& content) {
    const auto& [kind, media, caption, location_id, collaborators, reel, first_comment, is_ai_generated] = content;
    json::array list;
    for (const PostMedium& medium : media)
        list.push_back(to_json(medium));
    json::object object{{"kind", core::to_text(kind)}};
    object["media"] = std::move(list);
    put(object, "caption", caption);
    put(object, "location_id", location_id);
    put(object, "collaborators", json::array(collaborators.begin(), collaborators.end()));
    put(object, "reel", to_json(reel));
    put(object, "first_comment", first_comment);
    put(object, "is_ai_generated", is_ai_generated);
    return object;
}

PostContent read_content(const json::object& object) {
    PostContent content;
    content.kind = must_be(core::parse_post_kind(text_of(object.at("kind"))));
    for (const json::value& item : object.at("media").as_array())
        content.media.push_back(read_medium(item.as_object()));
    take(object, "caption", content.caption);
    take(object, "location_id", content.location_id);
    take_each(object, "collaborators",
              [&](const json::value& item) { content.collaborators.push_back(text_of(item)); });
    if (const json::value* reel = object.if_contains("reel")) content.reel = read_reel(reel->as_object());
    take(object, "first_comment", content.first_comment);
    take(object, "is_ai_generated", content.is_ai_generated);
    return content;
}

// --- progress, result, findings ---

json::object to_json(const ContainerProgress& container) {
    const auto& [id, upload_uri, has_bytes, created_at, status, asked, denied] = container;
    json::object object;
    put(object, "id", id);
    put(object, "upload_uri", upload_uri);
    put(object, "has_bytes", has_bytes);
    put(object, "created_at", created_at);
    put(object, "status", core::to_text(status));
    put(object, "asked", asked);
    put(object, "denied", denied);
    return object;
}

ContainerProgress read_container(const json::object& object) {
    ContainerProgress container;
    take(object, "id", container.id);
    take(object, "upload_uri", container.upload_uri);
    take(object, "has_bytes", container.has_bytes);
    take(object, "created_at", container.created_at);
    std::string status;
    take(object, "status", status);
    container.status = core::parse_container_status(status);
    if (core::to_text(container.status) != status) throw std::runtime_error("unknown word");
    take(object, "asked", container.asked);
    take(object, "denied", container.denied);
    return container;
}

json::object to_json(const PublishAttempt& attempt) {
    const auto& [number, container_id, started_at, first_started_at, repeats, quota_used, looked_since,
                 times_unpublished, first_unpublished_at, meta_first_at, meta_last_at] = attempt;
    json::object object{{"number", number}, {"container_id", container_id}};
    put(object, "started_at", started_at);
    put(object, "first_started_at", first_started_at);
    put(object, "repeats", repeats);
    put(object, "quota_used", quota_used);
    put(object, "looked_since", looked_since);
    put(object, "times_unpublished", times_unpublished);
    put(object, "first_unpublished_at", first_unpublished_at);
    put(object, "meta_first_at", meta_first_at);
    put(object, "meta_last_at", meta_last_at);
    return object;
}

PublishAttempt read_attempt(const json::object& object) {
    PublishAttempt attempt;
    attempt.number = number_of(object.at("number"));
    attempt.container_id = text_of(object.at("container_id"));
    take(object, "started_at", attempt.started_at);
    take(object, "first_started_at", attempt.first_started_at);
    take(object, "repeats", attempt.repeats);
    take(object, "quota_used", attempt.quota_used);
    take(object, "looked_since", attempt.looked_since);
    take(object, "times_unpublished", attempt.times_unpublished);
    take(object, "first_unpublished_at", attempt.first_unpublished_at);
    take(object, "meta_first_at", attempt.meta_first_at);
    take(object, "meta_last_at", attempt.meta_last_at);
    return attempt;
}

Progress read_progress(const json::object& object) {
    Progress progress;
    take_each(object, "containers",
              [&](const json::value& item) { progress.containers.push_back(read_container(item.as_object())); });
    if (const json::value* parent = object.if_contains("parent")) progress.parent = read_container(parent->as_object());
    if (const json::value* attempt = object.if_contains("attempt"))
        progress.attempt = read_attempt(attempt->as_object());
    take(object, "attempts", progress.attempts);
    take(object, "remakes", progress.remakes);
    take(object, "failed_attempts", progress.failed_attempts);
    take(object, "confirmed_at", progress.confirmed_at);
    take(object, "quota_used", progress.quota_used);
    take(object, "released_at", progress.released_at);
    take(object, "unseen_since", progress.unseen_since);
    take(object, "unseen_until", progress.unseen_until);
    take_each(object, "unseen_contents",
              [&](const json::value& item) { progress.unseen_contents.push_back(read_content(item.as_object())); });
    take_problem(object, progress.problem);
    return progress;
}

PostResult read_result(const json::object& object) {
    PostResult result;
    take(object, "permalink", result.permalink);
    take(object, "published_at", result.published_at);
    take(object, "comment_id", result.comment_id);
    take(object, "comments", result.comments);
    take(object, "is_comment_open", result.is_comment_open);
    take(object, "is_settled", result.is_settled);
    return result;
}

std::vector<Finding> read_findings(const json::array& list) {
    std::vector<Finding> findings;
    for (const json::value& item : list) {
        const json::object& object = item.as_object();
        Finding& finding = findings.emplace_back();
        finding.rule = text_of(object.at("rule"));
        finding.is_error = object.at("is_error").as_bool();
        finding.medium = number_of(object.at("medium"));
        take(object, "measured", finding.measured);
        take(object, "wanted", finding.wanted);
        take(object, "is_fixable", finding.is_fixable);
    }
    return findings;
}

// --- facts ---

json::object to_json(const VideoFacts& video) {
    const auto& [duration, codec, pixel_format, frame_rate, bit_rate, is_interlaced, has_edit_list, has_cutting_edits,
                 is_index_first, is_fragmented, has_open_gop, has_sound, audio_codec, sample_rate_hz, channels,
                 audio_bit_rate] = video;
    json::object object;
    put(object, "duration_ms", duration);
    put(object, "codec", codec);
    put(object, "pixel_format", pixel_format);
    put(object, "frame_rate", frame_rate);
    put(object, "bit_rate", bit_rate);
    put(object, "is_interlaced", is_interlaced);
    put(object, "has_edit_list", has_edit_list);
    put(object, "has_cutting_edits", has_cutting_edits);
    put(object, "is_index_first", is_index_first);
    put(object, "is_fragmented", is_fragmented);
    put(object, "has_open_gop", has_open_gop);
    put(object, "has_sound", has_sound);
    put(object, "audio_codec", audio_codec);
    put(object, "sample_rate_hz", sample_rate_hz);
    put(object, "channels", channels);
    put(object, "audio_bit_rate", audio_bit_rate);
    return object;
}

VideoFacts read_video(const json::object& object) {
    VideoFacts video;
    take(object, "duration_ms", video.duration);
    take(object, "codec", video.codec);
    take(object, "pixel_format", video.pixel_format);
    take(object, "frame_rate", video.frame_rate);
    take(object, "bit_rate", video.bit_rate);
    take(object, "is_interlaced", video.is_interlaced);
    take(object, "has_edit_list", video.has_edit_list);
    take(object, "has_cutting_edits", video.has_cutting_edits);
    take(object, "is_index_first", video.is_index_first);
    take(object, "is_fragmented", video.is_fragmented);
    take(object, "has_open_gop", video.has_open_gop);
    take(object, "has_sound", video.has_sound);
    take(object, "audio_codec", video.audio_codec);
    take(object, "sample_rate_hz", video.sample_rate_hz);
    take(object, "channels", video.channels);
    take(object, "audio_bit_rate", video.audio_bit_rate);
    return video;
}

MediaFacts read_facts(const json::object& object) {
    MediaFacts facts;
    facts.type = value_of(kMediumTypes, object.at("type").as_string());
    take(object, "format", facts.format);
    std::int64_t bytes = 0;
    take(object, "bytes", bytes);
    facts.bytes = static_cast<std::uint64_t>(bytes);
    take(object, "width", facts.width);
    take(object, "height", facts.height);
    take(object, "is_multi_picture", facts.is_multi_picture);
    take(object, "colour_space", facts.colour_space);
    take(object, "has_metadata", facts.has_metadata);
    take(object, "lies_on_its_side", facts.lies_on_its_side);
    take(object, "has_transparency", facts.has_transparency);
    if (const json::value* video = object.if_contains("video")) facts.video = read_video(video->as_object());
    take(object, "problem", facts.problem);
    return facts;
}

} // namespace

std::string content_to_json(const PostContent& content) {
    return json::serialize(to_json(content));
}

std::string progress_to_json(const Progress& progress) {
    const auto& [containers, parent, attempt, attempts, remakes, failed_attempts, confirmed_at, quota_used, released_at,
                 unseen_since, unseen_until, unseen_contents, next_attempt_at, problem] = progress;
    json::object object;
    json::array list;
    for (const ContainerProgress& container : containers)
        list.push_back(to_json(container));
    put(object, "containers", std::move(list));
    put(object, "parent", to_json(parent));
    if (attempt) object["attempt"] = to_json(*attempt);
    put(object, "attempts", attempts);
    put(object, "remakes", remakes);
    put(object, "failed_attempts", failed_attempts);
    put(object, "confirmed_at", confirmed_at);
    put(object, "quota_used", quota_used);
    put(object, "released_at", released_at);
    put(object, "unseen_since", unseen_since);
    put(object, "unseen_until", unseen_until);
    json::array contents;
    for (const PostContent& content : unseen_contents)
        contents.push_back(to_json(content));
    put(object, "unseen_contents", std::move(contents));
    put_problem(object, problem);
    return json::serialize(object);
}

std::string result_to_json(const PostResult& result) {
    const auto& [media_id, permalink, published_at, comment_id, comments, is_comment_open, is_settled] = result;
    json::object object;
    put(object, "permalink", permalink);
    put(object, "published_at", published_at);
    put(object, "comment_id", comment_id);
    put(object, "comments", comments);
    put(object, "is_comment_open", is_comment_open);
    put(object, "is_settled", is_settled);
    return json::serialize(object);
}

std::string findings_to_json(const std::vector<Finding>& findings) {
    json::array list;
    for (const auto& [rule, is_error, medium, measured, wanted, is_fixable] : findings) {
        json::object object{{"rule", rule}, {"is_error", is_error}, {"medium", medium}};
        put(object, "measured", measured);
        put(object, "wanted", wanted);
        put(object, "is_fixable", is_fixable);
        list.push_back(std::move(object));
    }
    return json::serialize(list);
}

std::string facts_to_json(const MediaFacts& facts) {
    const auto& [type, format, bytes, width, height, is_multi_picture, colour_space, has_metadata, lies_on_its_side,
                 has_transparency, video, problem] = facts;
    json::object object{{"type", word_of(kMediumTypes, type)}};
    put(object, "format", format);
    put(object, "bytes", static_cast<std::int64_t>(bytes));
    put(object, "width", width);
    put(object, "height", height);
    put(object, "is_multi_picture", is_multi_picture);
    put(object, "colour_space", colour_space);
    put(object, "has_metadata", has_metadata);
    put(object, "lies_on_its_side", lies_on_its_side);
    put(object, "has_transparency", has_transparency);
    if (video) object["video"] = to_json(*video);
    put(object, "problem", problem);
    return json::serialize(object);
}

Error PostRow::problem() const {
    std::string parts;
    for (const std::string& column : damaged)
        parts += (parts.empty() ? "" : ", ") + column;
    return {Code::kStoreCorrupt, Fault::kCorrupt,
            parts + " of post " + post.id.text() + " of channel " + post.channel_name + ", due at " +
                to_rfc3339(post.schedule.due_at) + ", cannot be read (" + why + ")"};
}

Result<PostRow> read_post_row(Row row) {
    PostRow read;
    read.number = row.number(0);
    Post& post = read.post;
    post.id = core::PostId(row.text(1));
    post.revision = row.number(2);
    post.channel = ChannelId(row.number(3));
    post.channel_name = row.text(4);
    // Each by itself: a person wants to see what is left of a post.
    const auto part = [&](const char* column, auto take_part) {
        try {
            take_part();
        } catch (const std::exception& exception) {
            if (read.damaged.empty()) read.why = exception.what();
            read.damaged.emplace_back(column);
        }
    };
    part("content", [&] { post.content = read_content(members::parse_document(row.text(11)).as_object()); });
    part("progress", [&] { post.progress = read_progress(members::parse_document(row.text(12)).as_object()); });
    part("result", [&] { post.result = read_result(members::parse_document(row.text(13)).as_object()); });
    part("findings", [&] { post.findings = read_findings(members::parse_document(row.text(14)).as_array()); });
    part("state", [&] {
        post.state = PostState::kHeld; // a person is asked
        post.state = must_be(core::parse_post_state(row.text(5)));
    });
    post.schedule.due_at = row.instant(6);
    post.progress.next_attempt_at = row.maybe_instant(7);
    post.schedule.zone = row.text(8);
    post.schedule.wall_time = row.text(9);
    post.result.media_id = row.text(10);
    post.created_at = row.instant(15);
    post.created_by = row.text(16);
    return read;
}

Result<Post> read_post(Row row) {
    auto read = read_post_row(row);
    if (!read->damaged.empty()) return fail(read->problem());
    return std::move(read->post);
}

Result<TimelineEntry> read_entry(Row row) {
    TimelineEntry entry;
    entry.at = row.instant(0);
    entry.event = row.text(1);
    entry.call = row.text(2);
    entry.detail = row.text(3);
    const auto state = core::parse_post_state(row.text(4));
    if (!state) return unreadable("timeline entry", entry.event);
    entry.state = *state;
    if (const auto problem = row.maybe_text(5)) {
        auto parsed = parse_problem(*problem);
        if (!parsed) return fail(parsed.error());
        entry.problem = *std::move(parsed);
    }
    return entry;
}

Result<MediaFile> read_file(Row row) {
    MediaFile file;
    file.id = FileId(row.text(0));
    file.revision = row.number(1);
    file.name = row.text(2);
    file.size = static_cast<std::uint64_t>(row.number(3));
    file.received = static_cast<std::uint64_t>(row.number(4));
    file.sha256 = row.text(5);
    try {
        if (const auto facts = row.maybe_text(6)) file.facts = read_facts(members::parse_document(*facts).as_object());
    } catch (const std::exception& exception) {
        return unreadable("file", file.id.text() + ": " + exception.what());
    }
    file.public_name = row.text(7);
    file.public_until = row.maybe_instant(8);
    file.created_at = row.instant(9);
    file.created_by = row.text(10);
    return file;
}

} // namespace everlong::adapters::detail
