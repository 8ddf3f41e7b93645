#include <api/detail/post_body.hpp>

#include <api/detail/call.hpp>
#include <core/graph_errors.hpp>
#include <core/publishing/media_address.hpp>

#include <algorithm>
#include <cmath>

namespace everlong::api::detail {
namespace {

// Lists that a caller sends: far above what Meta takes (10 media, 20 tags, 3 collaborators), so that the checks name it.
constexpr std::size_t kMostItems = 100;
constexpr std::size_t kShownBytes = 80;

std::unexpected<Error> bad(std::string why) {
    return fail(Code::kUsage, Fault::kUsage, std::move(why));
}

// Of another type than is taken: a person at a terminal cannot bring this about.
std::unexpected<Error> bad_type(std::string why) {
    return fail(Code::kHttpBody, Fault::kUsage, std::move(why));
}

bool has(const json::object& body, std::string_view name) {
    const json::value* value = body.if_contains(name);
    return value != nullptr && !value->is_null();
}

// Absent leaves it.
Result<void> take_text(const json::object& body, std::string_view name, std::string& target) {
    if (body.if_contains(name) == nullptr) return {};
    auto text = text_of(body, name);
    if (!text) return fail(text.error());
    target = std::move(*text);
    return {};
}

Result<const json::array*> list_of(const json::object& body, std::string_view name) {
    static const json::array kNone;
    if (!has(body, name)) return &kNone;
    const json::value& value = body.at(name);
    if (!value.is_array()) return bad_type(std::string(name) + " is not a list");
    if (value.get_array().size() > kMostItems) return bad(std::string(name) + " has more than 100 items");
    return &value.get_array();
}

Result<std::optional<double>> share_of(const json::object& tag, std::string_view name) {
    if (!has(tag, name)) return std::optional<double>();
    boost::system::error_code problem;
    const double value = tag.at(name).to_number<double>(problem);
    if (problem || !std::isfinite(value)) return bad_type(std::string(name) + " of a tag is not a number");
    return std::optional(value);
}

// {"username":"…","x":0.5,"y":0.5}; "username" alone where there is no place.
template <class Tag>
Result<std::vector<Tag>> read_tags(const json::object& medium, std::string_view list, std::string_view name,
                                   std::string Tag::* member) {
    auto items = list_of(medium, list);
    if (!items) return fail(items.error());
    std::vector<Tag> tags;
    for (const json::value& item : **items) {
        Tag tag;
        if (const auto* text = item.if_string()) {
            tag.*member = std::string(*text);
        } else if (const auto* object = item.if_object()) {
            if (auto only = only_members(*object, {name, "x", "y"}); !only) return fail(only.error());
            auto who = text_of(*object, name);
            auto x = share_of(*object, "x");
            auto y = share_of(*object, "y");
            if (!who) return fail(who.error());
            if (!x) return fail(x.error());
            if (!y) return fail(y.error());
            tag.*member = std::move(*who);
            tag.x = *x;
            tag.y = *y;
        }
        if ((tag.*member).empty()) return bad("an item of " + std::string(list) + " has no " + std::string(name));
        tags.push_back(std::move(tag));
    }
    return tags;
}

bool ends_like_video(std::string_view url) {
    std::string path(url.substr(0, url.find_first_of("?#")));
    std::ranges::transform(path, path.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return path.ends_with(".mp4") || path.ends_with(".mov") || path.ends_with(".m4v");
}

// "file_…" or an address.
Result<void> take_source(const std::string& text, core::FileId& file, std::string& url, bool is_rehearsal) {
    if (text.starts_with("file_")) {
        file = core::FileId(text);
        return {};
    }
    if (auto address = core::check_media_address(text, is_rehearsal); !address) return fail(address.error());
    url = text;
    return {};
}

// {"file":"file_…"} or {"url":"https://…"}, or such a text alone.
Result<void> read_source(const json::value& value, core::FileId& file, std::string& url, bool is_rehearsal) {
    if (const auto* text = value.if_string()) return take_source(std::string(*text), file, url, is_rehearsal);
    const auto* object = value.if_object();
    if (object == nullptr) return bad_type("a picture or video is {\"file\":…} or {\"url\":…}");
    auto id = text_of(*object, "file");
    auto address = text_of(*object, "url");
    if (!id) return fail(id.error());
    if (!address) return fail(address.error());
    if (id->empty() == address->empty()) return bad("a picture or video has either file or url");
    if (!id->empty() && !id->starts_with("file_")) {
        return fail(Code::kFileUnknown, Fault::kUsage, "'" + core::scrub(*id, kShownBytes) + "'");
    }
    return take_source(id->empty() ? *address : *id, file, url, is_rehearsal);
}

Result<core::PostMedium> read_medium(const json::value& value, core::PostKind kind, bool is_rehearsal) {
    core::PostMedium medium;
    if (auto source = read_source(value, medium.file, medium.url, is_rehearsal); !source) return fail(source.error());
    const bool is_video = kind == core::PostKind::kReel || ends_like_video(medium.url);
    medium.type = is_video ? core::MediumType::kVideo : core::MediumType::kImage;
    const auto* object = value.if_object();
    if (object == nullptr) return medium;
    auto only = only_members(*object, {"file", "url", "type", "alt_text", "user_tags", "product_tags"});
    if (!only) return fail(only.error());
    auto type = text_of(*object, "type");
    auto alt_text = text_of(*object, "alt_text");
    auto user_tags = read_tags(*object, "user_tags", "username", &core::UserTag::username);
    auto product_tags = read_tags(*object, "product_tags", "product_id", &core::ProductTag::product_id);
    if (!type) return fail(type.error());
    if (!alt_text) return fail(alt_text.error());
    if (!user_tags) return fail(user_tags.error());
    if (!product_tags) return fail(product_tags.error());
    if (*type == "video")
        medium.type = core::MediumType::kVideo;
    else if (*type == "image")
        medium.type = core::MediumType::kImage;
    else if (!type->empty())
        return bad("type is neither image nor video");
    medium.alt_text = std::move(*alt_text);
    medium.user_tags = std::move(*user_tags);
    medium.product_tags = std::move(*product_tags);
    return medium;
}

Result<core::Trial> read_trial(const std::string& text) {
    if (text.empty() || text == "none") return core::Trial::kNone;
    if (text == "manual") return core::Trial::kManual;
    if (text == "performance") return core::Trial::kPerformance;
    return bad("trial is none of: none, manual, performance");
}

Result<core::ReelSettings> read_reel(const json::object& reel, bool is_rehearsal) {
    auto only = only_members(reel, {"cover", "thumb_offset_ms", "share_to_feed", "audio_name", "trial"});
    if (!only) return fail(only.error());
    core::ReelSettings settings;
    if (has(reel, "cover")) {
        auto cover = read_source(reel.at("cover"), settings.cover_file, settings.cover_url, is_rehearsal);
        if (!cover) return fail(cover.error());
    }
    if (has(reel, "thumb_offset_ms")) {
        auto offset = number_of(reel, "thumb_offset_ms", 0);
        if (!offset) return fail(offset.error());
        if (*offset < 0) return bad("thumb_offset_ms is less than 0");
        settings.thumb_offset = Milliseconds(*offset);
    }
    if (has(reel, "share_to_feed")) {
        auto share = flag_of(reel, "share_to_feed");
        if (!share) return fail(share.error());
        settings.share_to_feed = *share;
    }
    auto audio_name = text_of(reel, "audio_name");
    auto trial_word = text_of(reel, "trial");
    if (!audio_name) return fail(audio_name.error());
    if (!trial_word) return fail(trial_word.error());
    auto trial = read_trial(*trial_word);
    if (!trial) return fail(trial.error());
    settings.audio_name = std::move(*audio_name);
    settings.trial = *trial;
    return settings;
}

Result<std::vector<std::string>> read_names(const json::object& body, std::string_view name) {
    auto items = list_of(body, name);
    if (!items) return fail(items.error());
    std::vector<std::string> names;
    for (const json::value& item : **items) {
        if (!item.is_string()) return bad_type("an item of " + std::string(name) + " is not a text");
        names.emplace_back(item.get_string());
    }
    return names;
}

constexpr std::size_t kBehindMinutes = 16; // "2026-12-24T18:00"

bool has_offset(std::string_view at) {
    // Behind the minutes, or the seconds, stands 'Z', '+' or '-'.
    return at.size() > kBehindMinutes && at.find_first_of("Zz+-", kBehindMinutes) != std::string_view::npos;
}

// What is told of a time that cannot be read: what is missing, where that can be seen.
Error unreadable_time(std::string_view at) {
    const bool is_made_of = at.find_first_not_of("0123456789:-") == std::string_view::npos;
    std::string why = "'" + core::scrub(at, kShownBytes) + "'";
    if (is_made_of && at.contains(':') && !at.contains('-')) why += " has no date before it: 2026-12-24T18:00";
    if (is_made_of && at.contains('-') && !at.contains(':')) why += " has no time of day behind it: 2026-12-24T18:00";
    return {Code::kTimeSyntax, Fault::kUsage, std::move(why)};
}

// RFC 3339, also without seconds.
Result<Instant> read_instant(const std::string& at) {
    std::string whole = at;
    if (whole[kBehindMinutes] != ':') whole.insert(kBehindMinutes, ":00");
    const auto instant = parse_rfc3339(whole);
    if (!instant) return fail(unreadable_time(at));
    return *instant;
}

Result<core::Schedule> read_wall_time(const std::string& at, std::string zone, const ports::TimeZones& zones) {
    core::Schedule schedule;
    schedule.zone = std::move(zone);
    auto wall = zones.resolve(schedule.zone, at);
    if (!wall) return fail(wall.error().code() == Code::kTimeSyntax ? unreadable_time(at) : wall.error());
    schedule.due_at = wall->instant;
    schedule.wall_time = at.size() == kBehindMinutes ? at + ":00" : at;
    schedule.wall_time[10] = 'T';
    return schedule;
}

} // namespace

Result<bool> said_flag_of(const json::object& body, std::string_view name) {
    const json::value* value = body.if_contains(name);
    if (value != nullptr && value->is_null()) return bad_type(std::string(name) + " is neither true nor false");
    return flag_of(body, name);
}

Result<std::optional<core::FixWish>> read_fix(const json::object& body) {
    auto is_wanted = flag_of(body, "fix");
    auto fit = text_of(body, "fit");
    auto background = text_of(body, "background");
    if (!is_wanted) return fail(is_wanted.error());
    if (!fit) return fail(fit.error());
    if (!background) return fail(background.error());
    core::FixWish wish;
    if (*fit == "pad")
        wish.fit = core::Conversion::Fit::kPad;
    else if (!fit->empty() && *fit != "crop")
        return bad("fit is neither crop nor pad");
    if (!background->empty()) {
        const bool is_colour = background->size() == 7 && background->front() == '#' &&
                               background->find_first_not_of("0123456789abcdefABCDEF", 1) == std::string::npos;
        if (!is_colour) return bad("background is no colour such as #ffffff");
        wish.background = *background;
    }
    return *is_wanted ? std::optional(wish) : std::nullopt;
}

std::string without_offset(std::string_view wall_time) {
    constexpr std::size_t kLength = 19; // "2026-12-24T18:00:00"
    return std::string(wall_time.substr(0, kLength));
}

Result<core::PostContent> read_content(const json::object& body, core::PostContent base, bool is_rehearsal) {
    if (has(body, "kind")) {
        auto word = text_of(body, "kind");
        if (!word) return fail(word.error());
        const auto kind = core::parse_post_kind(*word);
        if (!kind) return bad("kind is none of: image, carousel, reel, story");
        base.kind = *kind;
    }
    if (body.if_contains("media") != nullptr) {
        auto items = list_of(body, "media");
        if (!items) return fail(items.error());
        base.media.clear();
        for (const json::value& item : **items) {
            auto medium = read_medium(item, base.kind, is_rehearsal);
            if (!medium) return fail(medium.error());
            base.media.push_back(std::move(*medium));
        }
    }
    if (body.if_contains("collaborators") != nullptr) {
        auto names = read_names(body, "collaborators");
        if (!names) return fail(names.error());
        base.collaborators = std::move(*names);
    }
    if (const json::value* reel = body.if_contains("reel")) {
        if (!reel->is_object() && !reel->is_null()) return bad_type("reel is not an object");
        auto settings = read_reel(reel->is_null() ? json::object{} : reel->get_object(), is_rehearsal);
        if (!settings) return fail(settings.error());
        base.reel = std::move(*settings);
    }
    if (body.if_contains("ai_generated") != nullptr) {
        auto flag = flag_of(body, "ai_generated");
        if (!flag) return fail(flag.error());
        base.is_ai_generated = *flag;
    }
    if (auto caption = take_text(body, "caption", base.caption); !caption) return fail(caption.error());
    if (auto place = take_text(body, "location_id", base.location_id); !place) return fail(place.error());
    if (auto comment = take_text(body, "first_comment", base.first_comment); !comment) return fail(comment.error());
    return base;
}

Result<core::Schedule> read_schedule(const json::object& body, const core::Schedule* base,
                                     const ports::TimeZones& zones, Instant now) {
    auto at = text_of(body, "at");
    auto zone = text_of(body, "zone");
    if (!at) return fail(at.error());
    if (!zone) return fail(zone.error());
    if (at->empty() && zone->empty()) return base != nullptr ? *base : core::Schedule{now, {}, {}};
    if (at->empty()) return bad("zone without at: say when, on that zone's clocks");
    if (!has_offset(*at)) return read_wall_time(*at, zone->empty() ? zones.machine_zone() : *zone, zones);
    auto instant = read_instant(*at);
    if (!instant) return fail(instant.error());
    if (zone->empty()) return core::Schedule{*instant, {}, {}};
    // Shown on that zone's clocks from now on, and kept by them.
    auto wall = zones.wall_time(*zone, *instant);
    if (!wall) return fail(wall.error());
    const auto again = zones.resolve(*zone, without_offset(*wall));
    // The second of two equal times, or a part of a second: the clock's time alone would say another instant.
    if (!again || again->instant != *instant) return core::Schedule{*instant, {}, {}};
    return core::Schedule{*instant, *zone, without_offset(*wall)};
}

} // namespace everlong::api::detail
