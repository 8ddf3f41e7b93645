#include <simulator/publishing/audio.hpp>

#include <simulator/graph/nodes.hpp>
#include <simulator/publishing/publish_nodes.hpp>
#include <simulator/wire/publish_errors.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>
#include <array>

namespace everlong::simulator {
namespace {

namespace json = boost::json;

using Reading = Outcome<json::value>;

// A library of a few, since nobody listens to them: names and lengths are all that a client sees.
struct Sound {
    std::string_view id;
    bool is_music; // else the sound of somebody's reel
    std::string_view title;
    std::string_view maker; // the artist, or the username
    int duration_ms;
};
constexpr std::array kSounds{
    Sound{"587000000000001", true, "Morning Oven", "The Bakers", 153'760},
    Sound{"587000000000002", true, "Window Seat", "Marta Lind", 98'400},
    Sound{"587000000000003", true, "Late Tram", "Nordlys", 187'020},
    Sound{"587000000000011", false, "Original audio", "demo_cafe", 21'300},
    Sound{"587000000000012", false, "Espresso machine", "other_shop", 8'150},
};

const Sound* find_sound(std::string_view id) {
    const auto* found = std::ranges::find(kSounds, id, &Sound::id);
    return found == kSounds.end() ? nullptr : found;
}

std::string to_lower(std::string_view text) {
    std::string lower(text);
    std::ranges::transform(lower, lower.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; });
    return lower;
}

// Neither pictures nor a preview: both members "may be null when no URL is available".
json::object to_json(const Sound& sound) {
    json::object object;
    object["audio_id"] = sound.id;
    if (sound.is_music) {
        object["cover_artwork_thumbnail_url"] = nullptr;
        object["display_artist"] = sound.maker;
    }
    object["duration_in_ms"] = sound.duration_ms;
    object["audio_type"] = sound.is_music ? "music" : "original_sound";
    object["title"] = sound.title;
    object["download_url"] = nullptr;
    if (!sound.is_music) object["ig_username"] = sound.maker;
    return object;
}

// Who asks: an Instagram account that the token reaches, named once.
Outcome<void> check_asker(Context& context) {
    const std::string* id = context.call.find("ig_user_id");
    const std::string* old_name = context.call.find("user_id");
    if (id != nullptr && old_name != nullptr) return refuse_publish(PublishRefusal::kAudioTwoUsers);
    if (id == nullptr) id = old_name;
    if (id == nullptr) return refuse(Refusal::kMissingParameter, {"user_id"});
    const Account* account = context.world.find_account(*id);
    if (account == nullptr || !is_visible_account(context, *context.token, *account)) {
        return refuse_object(context.call, *id);
    }
    context.counted_ids.emplace_back(account->ig_user_id, "instagram");
    if (auto allowed = charge(context); !allowed) return allowed;
    if (auto allowed = require_instagram(context, *context.token); !allowed) return allowed;
    return require_scope(context, "instagram_content_publish", "");
}

// ---- product=ADS: another sound for a reel whose music may not be used in an advertisement

Outcome<void> check_replacement_mode(const Call& call) {
    const std::string* given = call.find("audio_replacement_mode");
    if (given == nullptr) return refuse_publish(PublishRefusal::kAudioModeMissing);
    const std::string mode = to_lower(*given);
    if (mode != "auto" && mode != "search" && mode != "default") {
        return refuse_publish(PublishRefusal::kAudioModeUnknown);
    }
    const bool has_query = call.find("search_query") != nullptr;
    if (mode == "search" && !has_query) return refuse_publish(PublishRefusal::kAudioQueryMissing);
    if (mode != "search" && has_query) return refuse_publish(PublishRefusal::kAudioQueryUnwanted);
    return {};
}

// Of the order of these nothing is told: access first, then the form, then the medium.
Reading discover_replacement(Context& context) {
    const Call& call = context.call;
    if (!context.token->has_scope("ads_management")) return refuse_publish(PublishRefusal::kAdsPermission);
    if (context.switches.is("ads_audio", "closed")) return refuse_publish(PublishRefusal::kAudioGate);
    if (call.value("purpose") != "AUDIO_COPYRIGHT_REPLACEMENT") return refuse_publish(PublishRefusal::kAudioPurpose);
    if (auto checked = check_replacement_mode(call); !checked) return std::unexpected(std::move(checked.error()));
    const std::string* id = call.find("ig_media_id");
    if (id == nullptr) return refuse_publish(PublishRefusal::kAudioMediumMissing);
    const Medium* medium = context.world.publishing->find_medium(*id);
    const Account* owner = medium == nullptr ? nullptr : context.world.find_account(medium->ig_user_id);
    if (owner == nullptr || !is_visible_account(context, *context.token, *owner)) return refuse_object(call, *id);
    if (medium->kind != MediaKind::kReel) return refuse_publish(PublishRefusal::kAudioNoReel);
    // Nobody gives out such codes here, so that every one is unknown.
    if (call.find("partnership_ad_code") != nullptr) return refuse_publish(PublishRefusal::kAudioPartnershipCode);
    // The copyright check never finds a match (docs/simulator.md), so that there is nothing to replace.
    return refuse_publish(PublishRefusal::kAudioNoCopyright);
}

} // namespace

Reading search_audio(Context& context) {
    auto token = authenticate(context, Refusal::kTokenMissing);
    if (!token) return std::unexpected(std::move(token.error()));
    if (auto checked = check_asker(context); !checked) return std::unexpected(std::move(checked.error()));
    const Call& call = context.call;
    const std::string product = call.value("product");
    if (product == "ADS") return discover_replacement(context);
    if (!product.empty()) return refuse(Refusal::kBadParameter, {"Param product must be one of {ADS}"});
    const std::string* type = call.find("audio_type");
    if (type == nullptr) return refuse(Refusal::kMissingParameter, {"audio_type"});
    if (*type != "music" && *type != "original_sound") {
        return refuse(Refusal::kBadParameter, {"Param audio_type must be one of {ORIGINAL_SOUND, MUSIC}"});
    }
    const std::string wanted = to_lower(call.value("search_query"));
    json::array found;
    for (const Sound& sound : kSounds) {
        if (sound.is_music != (*type == "music")) continue;
        const bool fits = to_lower(sound.title).contains(wanted) || to_lower(sound.maker).contains(wanted);
        if (fits) found.push_back(to_json(sound));
    }
    json::object answer;
    answer["audio"] = std::move(found);
    return json::value(std::move(answer));
}

bool is_audio_id(std::string_view id) {
    return find_sound(id) != nullptr;
}

Reading read_audio(Context& context, std::string_view id) {
    if (auto checked = check_asker(context); !checked) return std::unexpected(std::move(checked.error()));
    return json::value(to_json(*find_sound(id)));
}

} // namespace everlong::simulator
