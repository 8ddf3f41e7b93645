#include <simulator/publishing/publishing.hpp>

#include <boost/json/object.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>

namespace everlong::simulator {
namespace {

namespace json = boost::json;

// A year of ten thousand channels that post daily is beyond any test; what is older than these is forgotten.
constexpr std::size_t kMostContainers = 100'000;
constexpr std::size_t kMostMedia = 200'000;
constexpr std::size_t kMostComments = 1000; // of one medium
constexpr std::size_t kMostFetches = 20'000;
// Pictures are kept to be looked at on the feed page.
constexpr std::size_t kMostPictureBytes = 64 * 1024 * 1024;
constexpr Seconds kStoryLife = Hours(24);
// A list shows at most this many (8.7).
constexpr std::size_t kLongestList = 10'000;

void forget_before(std::deque<Instant>& instants, Instant limit) {
    while (!instants.empty() && instants.front() <= limit)
        instants.pop_front();
}

std::size_t count_since(const std::deque<Instant>& instants, Instant since) {
    return static_cast<std::size_t>(std::ranges::count_if(instants, [&](Instant at) { return at > since; }));
}

// Eleven letters, as Instagram's are.
std::string to_shortcode(std::string_view id) {
    constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    constexpr std::uint64_t kSpread = 0x9E3779B97F4A7C15; // neighbours look different; odd, so that none collide
    std::uint64_t number = 0;
    for (const char c : id)
        number = number * 10 + static_cast<std::uint64_t>(c - '0');
    number *= kSpread;
    std::string code;
    for (int i = 0; i < 11; ++i) {
        code += kLetters[number & 63];
        number >>= 6;
    }
    return code;
}

json::value text_or_null(std::string_view text) {
    return text.empty() ? json::value(nullptr) : json::value(text);
}

std::string without_query(std::string_view address) {
    return std::string(address.substr(0, address.find_first_of("?#")));
}

json::array to_array(const std::vector<std::string>& texts) {
    json::array array;
    for (const std::string& text : texts)
        array.emplace_back(text);
    return array;
}

void describe(const MediaFacts& facts, json::object& object) {
    object["bytes"] = facts.bytes;
    object["sha256"] = text_or_null(facts.sha256);
    object["width"] = facts.width;
    object["height"] = facts.height;
    object["duration_ms"] = facts.duration_ms;
}

} // namespace

std::string_view to_text(Source source) {
    return source == Source::kUpload ? "upload" : source == Source::kChildren ? "children" : "address";
}

std::string_view to_text(ContainerStatus status) {
    switch (status) {
    case ContainerStatus::kInProgress: return "IN_PROGRESS";
    case ContainerStatus::kFinished: return "FINISHED";
    case ContainerStatus::kError: return "ERROR";
    case ContainerStatus::kPublished: return "PUBLISHED";
    case ContainerStatus::kExpired: return "EXPIRED";
    }
    return {};
}

std::string status_sentence(const Container& container, ContainerStatus status) {
    switch (status) {
    case ContainerStatus::kInProgress: return "In progress: Media is still being processed.";
    case ContainerStatus::kFinished: return "Finished: Media has been uploaded and it is ready to be published.";
    case ContainerStatus::kPublished: return "Published: Media has been successfully published.";
    case ContainerStatus::kExpired: return "Expired: Media was not published within 24 hours and has expired.";
    case ContainerStatus::kError: break;
    }
    return "Error: Media upload has failed with error code " + std::to_string(container.fault->error.subcode);
}

ContainerStatus status_of(const Container& container, const Switches& switches, Instant now) {
    const Seconds hold_back(switches.number("published_status_delay_s"));
    if (container.published_at && now >= *container.published_at + hold_back) return ContainerStatus::kPublished;
    if (!container.published_at && now >= container.created_at + kContainerLife) return ContainerStatus::kExpired;
    if (container.is_loading || now < container.ready_at) return ContainerStatus::kInProgress;
    return container.fault ? ContainerStatus::kError : ContainerStatus::kFinished;
}

std::string to_media_time(Instant instant) {
    using namespace std::chrono;
    const auto day = floor<days>(instant);
    const year_month_day date(day);
    const hh_mm_ss clock(floor<seconds>(instant) - day);
    char text[48];
    std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d+0000", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                  static_cast<int>(clock.seconds().count()));
    return text;
}

std::string_view Medium::media_type() const {
    if (kind == MediaKind::kCarousel) return "CAROUSEL_ALBUM";
    return is_video(kind) ? "VIDEO" : "IMAGE";
}

std::string_view Medium::product_type() const {
    if (is_story(kind)) return "STORY";
    return kind == MediaKind::kReel ? "REELS" : "FEED";
}

std::string Medium::permalink(std::string_view username) const {
    if (is_story(kind)) return "https://www.instagram.com/stories/" + std::string(username) + "/" + id;
    return std::string("https://www.instagram.com/") + (kind == MediaKind::kReel ? "reel/" : "p/") + shortcode + "/";
}

// 17 digits each, and never one of the world's own (world.cpp).
std::string Publishing::next_id(std::string_view prefix) {
    constexpr std::size_t kDigits = 17;
    const std::string number = std::to_string(next_number_++);
    return std::string(prefix) + std::string(kDigits - prefix.size() - number.size(), '0') + number;
}

Container& Publishing::add_container(Container container) {
    forget_old();
    container.id = next_id("17889");
    std::deque<Instant>& created = feeds_[container.ig_user_id].created;
    forget_before(created, container.created_at - kQuotaWindow);
    created.push_back(container.created_at);
    container_order_.push_back(container.id);
    const std::string id = container.id;
    return containers_.insert_or_assign(id, std::move(container)).first->second;
}

Container* Publishing::find_container(std::string_view id) {
    const auto found = containers_.find(std::string(id));
    return found == containers_.end() ? nullptr : &found->second;
}

void Publishing::drop_container(const std::string& id) {
    containers_.erase(id);
    if (!container_order_.empty() && container_order_.back() == id) {
        container_order_.pop_back();
    } else {
        std::erase(container_order_, id);
    }
}

void Publishing::forget_old() {
    while (container_order_.size() >= kMostContainers) {
        containers_.erase(container_order_.front());
        container_order_.pop_front();
    }
    while (media_order_.size() >= kMostMedia) {
        const auto oldest = media_.find(media_order_.front());
        if (oldest != media_.end()) {
            for (const std::string& child : oldest->second.children)
                media_.erase(child);
            for (const std::string& comment : oldest->second.comments)
                comments_.erase(comment);
            Feed& feed = feeds_[oldest->second.ig_user_id];
            if (!feed.posts.empty() && feed.posts.front() == oldest->first) feed.posts.pop_front();
            if (!feed.stories.empty() && feed.stories.front() == oldest->first) feed.stories.pop_front();
            media_.erase(oldest);
        }
        media_order_.pop_front();
    }
}

Medium Publishing::make_medium(const Container& container, Instant now) {
    Medium medium;
    medium.id = next_id("17920");
    medium.container_id = container.id;
    medium.ig_user_id = container.ig_user_id;
    medium.kind = container.kind;
    medium.shortcode = to_shortcode(medium.id);
    medium.caption = container.caption;
    medium.alt_text = container.alt_text;
    medium.location_id = container.location_id;
    medium.user_tags = container.user_tags;
    medium.collaborators = container.collaborators;
    medium.is_shared_to_feed = container.is_shared_to_feed;
    medium.is_ai_generated = container.is_ai_generated;
    medium.facts = container.facts;
    medium.picture = container.id;
    medium.published_at = now;
    return medium;
}

Medium& Publishing::publish(Container& container, Instant now) {
    forget_old();
    Medium medium = make_medium(container, now);
    for (const std::string& child_id : container.children) {
        const Container* child = find_container(child_id);
        if (child == nullptr) continue;
        Medium part = make_medium(*child, now);
        part.parent_id = medium.id;
        medium.children.push_back(part.id);
        const std::string part_id = part.id;
        media_.insert_or_assign(part_id, std::move(part));
    }
    Feed& feed = feeds_[container.ig_user_id];
    (is_story(container.kind) ? feed.stories : feed.posts).push_back(medium.id);
    forget_before(feed.published, now - kQuotaWindow);
    feed.published.push_back(now);
    container.media_id = medium.id;
    if (!container.published_at) container.published_at = now;
    media_order_.push_back(medium.id);
    const std::string id = medium.id;
    return media_.insert_or_assign(id, std::move(medium)).first->second;
}

Medium* Publishing::find_medium(std::string_view id) {
    const auto found = media_.find(std::string(id));
    return found == media_.end() || found->second.deleted_at ? nullptr : &found->second;
}

Comment& Publishing::add_comment(Medium& medium, Comment comment) {
    comment.id = next_id("17858");
    comment.media_id = medium.id;
    if (medium.comments.size() >= kMostComments) {
        comments_.erase(medium.comments.front());
        medium.comments.erase(medium.comments.begin());
    }
    medium.comments.push_back(comment.id);
    const std::string id = comment.id;
    return comments_.insert_or_assign(id, std::move(comment)).first->second;
}

Comment* Publishing::find_comment(std::string_view id) {
    const auto found = comments_.find(std::string(id));
    return found == comments_.end() ? nullptr : &found->second;
}

std::vector<std::string> Publishing::posts_of(std::string_view ig_user_id, Instant shown_until) const {
    std::vector<std::string> ids;
    const auto feed = feeds_.find(std::string(ig_user_id));
    if (feed == feeds_.end()) return ids;
    for (auto id = feed->second.posts.rbegin(); id != feed->second.posts.rend() && ids.size() < kLongestList; ++id) {
        const auto medium = media_.find(*id);
        if (medium == media_.end() || medium->second.deleted_at) continue;
        if (medium->second.published_at <= shown_until) ids.push_back(*id);
    }
    return ids;
}

std::vector<std::string> Publishing::stories_of(std::string_view ig_user_id, Instant now) const {
    std::vector<std::string> ids;
    const auto feed = feeds_.find(std::string(ig_user_id));
    if (feed == feeds_.end()) return ids;
    for (auto id = feed->second.stories.rbegin(); id != feed->second.stories.rend(); ++id) {
        const auto medium = media_.find(*id);
        if (medium == media_.end() || medium->second.published_at + kStoryLife <= now) break;
        if (!medium->second.deleted_at) ids.push_back(*id);
    }
    return ids;
}

std::size_t Publishing::containers_since(std::string_view ig_user_id, Instant since) const {
    const auto feed = feeds_.find(std::string(ig_user_id));
    return feed == feeds_.end() ? 0 : count_since(feed->second.created, since);
}

std::size_t Publishing::published_since(std::string_view ig_user_id, Instant since) const {
    const auto feed = feeds_.find(std::string(ig_user_id));
    return feed == feeds_.end() ? 0 : count_since(feed->second.published, since);
}

std::size_t Publishing::post_count(std::string_view ig_user_id) const {
    const auto feed = feeds_.find(std::string(ig_user_id));
    if (feed == feeds_.end()) return 0;
    return static_cast<std::size_t>(std::ranges::count_if(feed->second.posts, [&](const std::string& id) {
        const auto medium = media_.find(id);
        return medium != media_.end() && !medium->second.deleted_at;
    }));
}

void Publishing::keep_picture(const std::string& key, std::string bytes) {
    if (pictures_.contains(key)) return;
    picture_bytes_ += bytes.size();
    pictures_[key] = std::make_shared<const std::string>(std::move(bytes));
    picture_order_.push_back(key);
    while (picture_bytes_ > kMostPictureBytes && !picture_order_.empty()) {
        const auto oldest = pictures_.find(picture_order_.front());
        if (oldest != pictures_.end()) {
            picture_bytes_ -= oldest->second->size();
            pictures_.erase(oldest);
        }
        picture_order_.pop_front();
    }
}

std::shared_ptr<const std::string> Publishing::find_picture(std::string_view key) const {
    const auto found = pictures_.find(std::string(key));
    return found == pictures_.end() ? nullptr : found->second;
}

void Publishing::add_fetch(FetchRecord record) {
    record.address = without_query(record.address);
    fetches_.push_back(std::move(record));
    if (fetches_.size() > kMostFetches) fetches_.pop_front();
}

json::array Publishing::containers_to_json(const std::function<ContainerStatus(const Container&)>& tell_status) const {
    json::array list;
    for (const std::string& id : container_order_) {
        const Container& container = containers_.at(id);
        json::object item;
        item["id"] = container.id;
        item["ig_user_id"] = container.ig_user_id;
        item["status_code"] = to_text(tell_status(container));
        item["media_type"] = container.media_type;
        item["created_at"] = to_rfc3339(container.created_at);
        item["is_loading"] = container.is_loading;
        item["is_carousel_item"] = container.is_carousel_item;
        item["children"] = to_array(container.children);
        item["source"] = container.source == Source::kUpload     ? json::value("upload")
                         : container.source == Source::kChildren ? json::value("children")
                                                                 : json::value(without_query(container.address));
        describe(container.facts, item);
        item["error_subcode"] = container.fault ? json::value(container.fault->error.subcode) : json::value(nullptr);
        item["reason"] = container.fault ? json::value(container.fault->reason) : json::value(nullptr);
        item["media_id"] = text_or_null(container.media_id);
        list.push_back(std::move(item));
    }
    return list;
}

json::array Publishing::media_to_json(const std::function<std::string(const std::string&)>& username_of) const {
    json::array list;
    for (const std::string& id : media_order_) {
        const Medium& medium = media_.at(id);
        json::object item;
        item["id"] = medium.id;
        item["container_id"] = medium.container_id;
        item["ig_user_id"] = medium.ig_user_id;
        item["media_type"] = medium.media_type();
        item["caption"] = medium.caption;
        item["created_at"] = to_rfc3339(medium.published_at);
        item["permalink"] = medium.permalink(username_of(medium.ig_user_id));
        item["media_product_type"] = medium.product_type();
        item["alt_text"] = text_or_null(medium.alt_text);
        item["children"] = to_array(medium.children);
        describe(medium.facts, item);
        item["deleted_at"] = medium.deleted_at ? json::value(to_rfc3339(*medium.deleted_at)) : json::value(nullptr);
        list.push_back(std::move(item));
    }
    return list;
}

json::array Publishing::fetches_to_json() const {
    json::array list;
    for (const FetchRecord& fetch : fetches_) {
        json::object item;
        item["at"] = to_rfc3339(fetch.at);
        item["container_id"] = fetch.container_id;
        item["address"] = fetch.address;
        item["status"] = fetch.status == 0 ? json::value(nullptr) : json::value(fetch.status);
        item["verdict"] = fetch.verdict;
        list.push_back(std::move(item));
    }
    return list;
}

} // namespace everlong::simulator
