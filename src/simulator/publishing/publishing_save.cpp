#include <simulator/publishing/publishing_document.hpp>
#include <simulator/wire/call.hpp>

#include <boost/json/array.hpp>

#include <algorithm>
#include <map>

namespace everlong::simulator {
namespace {

namespace json = boost::json;

// With base64 a third more; a document stays below what the sandbox takes as a body (64 MiB).
constexpr std::size_t kMostSavedPictureBytes = 16 * 1024 * 1024;

template <class Texts>
json::array to_array(const Texts& texts) {
    json::array array;
    for (const auto& text : texts)
        array.emplace_back(text);
    return array;
}

json::array to_instants(const std::deque<Instant>& instants) {
    json::array array;
    for (const Instant instant : instants)
        array.emplace_back(to_rfc3339(instant));
    return array;
}

json::value instant_or_null(const std::optional<Instant>& instant) {
    return instant ? json::value(to_rfc3339(*instant)) : json::value(nullptr);
}

json::object save(const MediaFacts& facts) {
    return {{"bytes", facts.bytes},        {"sha256", facts.sha256}, {"content_type", facts.content_type},
            {"width", facts.width},        {"height", facts.height}, {"duration_ms", facts.duration_ms},
            {"has_sound", facts.has_sound}};
}

json::value save(const std::optional<MediaFault>& fault) {
    if (!fault) return nullptr;
    const GraphError& error = fault->error;
    return json::object{{"status", error.status},
                        {"type", error.type},
                        {"code", error.code},
                        {"subcode", error.subcode},
                        {"message", error.message},
                        {"is_transient", error.is_transient},
                        {"user_title", error.user_title},
                        {"user_message", error.user_message},
                        {"reason", fault->reason}};
}

json::object save(const Container& container) {
    json::object object;
    object["id"] = container.id;
    object["ig_user_id"] = container.ig_user_id;
    object["kind"] = to_text(container.kind);
    object["source"] = to_text(container.source);
    object["is_carousel_item"] = container.is_carousel_item;
    object["media_type"] = container.media_type;
    object["address"] = container.address;
    object["cover_address"] = container.cover_address;
    object["children"] = to_array(container.children);
    object["caption"] = container.caption;
    object["alt_text"] = container.alt_text;
    object["location_id"] = container.location_id;
    object["audio_name"] = container.audio_name;
    object["user_tags"] = to_array(container.user_tags);
    object["collaborators"] = to_array(container.collaborators);
    object["is_shared_to_feed"] = container.is_shared_to_feed;
    object["is_ai_generated"] = container.is_ai_generated;
    object["is_trial"] = container.is_trial;
    const auto& offset = container.wish.thumb_offset_ms;
    object["thumb_offset_ms"] = offset ? json::value(*offset) : json::value(nullptr);
    object["wants_sound"] = container.wish.wants_sound;
    object["created_at"] = to_rfc3339(container.created_at);
    object["is_loading"] = container.is_loading;
    object["ready_at"] = to_rfc3339(container.ready_at);
    object["fault"] = save(container.fault);
    object["facts"] = save(container.facts);
    // What has come of an upload is not saved; that one was cut on order is.
    object["was_cut"] = container.upload && container.upload->was_cut;
    object["media_id"] = container.media_id;
    object["published_at"] = instant_or_null(container.published_at);
    return object;
}

json::object save(const Medium& medium) {
    json::object object;
    object["id"] = medium.id;
    object["container_id"] = medium.container_id;
    object["ig_user_id"] = medium.ig_user_id;
    object["kind"] = to_text(medium.kind);
    object["parent_id"] = medium.parent_id;
    object["children"] = to_array(medium.children);
    object["shortcode"] = medium.shortcode;
    object["caption"] = medium.caption;
    object["alt_text"] = medium.alt_text;
    object["location_id"] = medium.location_id;
    object["user_tags"] = to_array(medium.user_tags);
    object["collaborators"] = to_array(medium.collaborators);
    object["is_shared_to_feed"] = medium.is_shared_to_feed;
    object["is_ai_generated"] = medium.is_ai_generated;
    object["is_comment_enabled"] = medium.is_comment_enabled;
    object["facts"] = save(medium.facts);
    object["picture"] = medium.picture;
    object["published_at"] = to_rfc3339(medium.published_at);
    object["deleted_at"] = instant_or_null(medium.deleted_at);
    object["comments"] = to_array(medium.comments);
    return object;
}

json::object save(const Comment& comment) {
    return {{"id", comment.id},
            {"media_id", comment.media_id},
            {"text", comment.text},
            {"username", comment.username},
            {"created_at", to_rfc3339(comment.created_at)}};
}

json::object save(const FetchRecord& fetch) {
    return {{"at", to_rfc3339(fetch.at)},
            {"container_id", fetch.container_id},
            {"address", fetch.address},
            {"status", fetch.status},
            {"verdict", fetch.verdict}};
}

} // namespace

json::object Publishing::save() const {
    json::array containers;
    for (const std::string& id : container_order_)
        containers.push_back(simulator::save(containers_.at(id)));
    json::array media;
    json::array comments;
    const auto add = [&](const Medium& medium) {
        media.push_back(simulator::save(medium));
        for (const std::string& id : medium.comments)
            comments.push_back(simulator::save(comments_.at(id)));
    };
    for (const std::string& id : media_order_) {
        const Medium& medium = media_.at(id);
        add(medium);
        for (const std::string& child : medium.children)
            add(media_.at(child));
    }
    // By account, so that two documents of one world are equal.
    json::array counts;
    for (const auto& [account, feed] : std::map(feeds_.begin(), feeds_.end())) {
        counts.push_back(json::object{{"ig_user_id", account},
                                      {"created", to_instants(feed.created)},
                                      {"published", to_instants(feed.published)}});
    }
    json::array pictures;
    std::size_t left = kMostSavedPictureBytes;
    for (auto key = picture_order_.rbegin(); key != picture_order_.rend(); ++key) {
        const std::string& bytes = *pictures_.at(*key);
        if (bytes.size() > left) break;
        left -= bytes.size();
        pictures.push_back(json::object{{"key", *key}, {"base64", encode_base64(bytes)}});
    }
    std::ranges::reverse(pictures);
    json::array fetches;
    for (const FetchRecord& fetch : fetches_)
        fetches.push_back(simulator::save(fetch));
    json::object document;
    document["next_number"] = next_number_;
    document["containers"] = std::move(containers);
    document["media"] = std::move(media);
    document["comments"] = std::move(comments);
    document["counts"] = std::move(counts);
    document["pictures"] = std::move(pictures);
    document["fetches"] = std::move(fetches);
    return document;
}

json::object save_publishing(const Publishing& publishing) {
    return publishing.save();
}

} // namespace everlong::simulator
