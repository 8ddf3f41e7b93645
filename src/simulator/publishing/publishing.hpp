#pragma once
// What is being published and what is: containers, media, comments and the pictures themselves, with the counts that
// quotas look at (graph-api.md, 8). Data and look-ups; what a caller may do is in publish_edges.cpp and media_nodes.cpp.
//
// Bounded: the oldest containers, media and pictures are forgotten where there are too many.

#include <simulator/media/media_intake.hpp>
#include <simulator/media/media_rules.hpp>

#include <boost/json/array.hpp>

#include <deque>
#include <functional>
#include <memory>
#include <unordered_map>
#include <vector>

namespace everlong::simulator {

// A container that is not published within a day has expired (8.4).
constexpr Seconds kContainerLife = Hours(24);
// Quotas count over a moving day (7.3).
constexpr Seconds kQuotaWindow = Hours(24);

// Where a container's medium comes from.
enum class Source { kAddress, kUpload, kChildren };
std::string_view to_text(Source source);

// What was found in the bytes.
struct MediaFacts {
    std::uint64_t bytes = 0;
    std::string sha256;
    std::string content_type;
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    std::uint64_t duration_ms = 0;
    bool has_sound = false;
};

// An upload to rupload.facebook.com (8.6).
struct Upload {
    std::uint64_t file_size = 0; // as first told; 0: no call yet
    std::unique_ptr<MediaIntake> intake = std::make_unique<MediaIntake>();
    bool was_cut = false;        // by the switch upload_cut
    const void* taker = nullptr; // the call that brings the bytes; a later one goes on in its place
};

struct Container {
    std::string id;
    std::string ig_user_id;
    MediaKind kind = MediaKind::kImage;
    Source source = Source::kAddress;
    bool is_carousel_item = false;
    std::string media_type; // as Meta names what was asked for: IMAGE, VIDEO, REELS, STORIES, CAROUSEL
    std::string address;    // image_url, video_url or file_url
    std::string cover_address;
    std::vector<std::string> children; // container ids
    // What the post will say.
    std::string caption;
    std::string alt_text;
    std::string location_id;
    std::string audio_name;
    std::vector<std::string> user_tags;     // usernames
    std::vector<std::string> collaborators; // usernames
    bool is_shared_to_feed = true;
    bool is_ai_generated = false;
    bool is_trial = false;
    MediaWish wish;

    Instant created_at{};
    bool is_loading = false; // bytes are still to come
    Instant ready_at{};      // when the processing that follows them ends
    std::optional<MediaFault> fault;
    MediaFacts facts;
    std::unique_ptr<Upload> upload;

    std::string media_id; // after publishing
    std::optional<Instant> published_at;
};

enum class ContainerStatus { kInProgress, kFinished, kError, kPublished, kExpired };
std::string_view to_text(ContainerStatus status);
// The prose beside it (8.4).
std::string status_sentence(const Container& container, ContainerStatus status);

struct Medium {
    std::string id;
    std::string container_id;
    std::string ig_user_id;
    MediaKind kind = MediaKind::kImage;
    std::string parent_id; // of a carousel's child
    std::vector<std::string> children;
    std::string shortcode;
    std::string caption;
    std::string alt_text;
    std::string location_id;
    std::vector<std::string> user_tags;
    std::vector<std::string> collaborators;
    bool is_shared_to_feed = true;
    bool is_ai_generated = false;
    bool is_comment_enabled = true;
    MediaFacts facts;
    std::string picture; // key of its picture; empty: none is kept
    Instant published_at{};
    std::optional<Instant> deleted_at;
    std::vector<std::string> comments; // ids

    // IMAGE, VIDEO, CAROUSEL_ALBUM, and FEED, REELS, STORY (8.7).
    std::string_view media_type() const;
    std::string_view product_type() const;
    std::string permalink(std::string_view username) const;
};

struct Comment {
    std::string id;
    std::string media_id;
    std::string text;
    std::string username;
    Instant created_at{};
};

// A medium to be fetched for a container.
struct MediaJob {
    std::string container_id;
    bool is_awaited = false; // the call that made the container waits for the verdict (8.1)
};

// One visit of the fetcher, for the ledger.
struct FetchRecord {
    Instant at{};
    std::string container_id;
    std::string address; // without its query
    int status = 0;      // 0: no answer
    std::string verdict; // "ok", or why not
};

class Publishing {
public:
    // Gives it an id, and counts it.
    Container& add_container(Container container);
    Container* find_container(std::string_view id);
    // One that Meta never gave an id for, because its picture was refused.
    void drop_container(const std::string& id);

    // Makes the medium (and those of a carousel's children) and counts it once.
    Medium& publish(Container& container, Instant now);
    Medium* find_medium(std::string_view id);

    Comment& add_comment(Medium& medium, Comment comment);
    Comment* find_comment(std::string_view id);

    // Ids, newest first, without what was deleted. Stories end after a day.
    std::vector<std::string> posts_of(std::string_view ig_user_id, Instant shown_until) const;
    std::vector<std::string> stories_of(std::string_view ig_user_id, Instant now) const;
    // How many since then.
    std::size_t containers_since(std::string_view ig_user_id, Instant since) const;
    std::size_t published_since(std::string_view ig_user_id, Instant since) const;
    std::size_t post_count(std::string_view ig_user_id) const;

    void keep_picture(const std::string& key, std::string bytes);
    // Null where it was never kept, or forgotten.
    std::shared_ptr<const std::string> find_picture(std::string_view key) const;

    void add_job(MediaJob job) { jobs_.push_back(std::move(job)); }
    bool has_jobs() const { return !jobs_.empty(); }
    std::vector<MediaJob> take_jobs() { return std::exchange(jobs_, {}); }

    void add_fetch(FetchRecord record);

    // As the ledger shows them (contract, section 5). `status_of` tells a container's status now.
    boost::json::array containers_to_json(const std::function<ContainerStatus(const Container&)>& status_of) const;
    boost::json::array media_to_json(const std::function<std::string(const std::string&)>& username_of) const;
    boost::json::array fetches_to_json() const;

    // For publishing_document.hpp. load() is for a new one only; what it says is what was wrong, or empty.
    using HasAccount = std::function<bool(const std::string&)>;
    boost::json::object save() const;
    std::string load(const boost::json::object& document, const HasAccount& has_account);

private:
    std::string load_containers(const boost::json::object& document, const HasAccount& has_account);
    std::string load_media(const boost::json::object& document, const HasAccount& has_account);
    std::string load_rest(const boost::json::object& document);

    struct Feed {
        std::deque<std::string> posts; // oldest first
        std::deque<std::string> stories;
        std::deque<Instant> created;   // containers of the last day
        std::deque<Instant> published; // posts of the last day
    };
    Medium make_medium(const Container& container, Instant now);
    std::string next_id(std::string_view prefix);
    void forget_old();

    std::uint64_t next_number_ = 1;
    std::unordered_map<std::string, Container> containers_;
    std::deque<std::string> container_order_;
    std::unordered_map<std::string, Medium> media_;
    std::deque<std::string> media_order_; // posts only; children go with their parents
    std::unordered_map<std::string, Comment> comments_;
    std::unordered_map<std::string, Feed> feeds_; // by account
    std::unordered_map<std::string, std::shared_ptr<const std::string>> pictures_;
    std::deque<std::string> picture_order_;
    std::size_t picture_bytes_ = 0;
    std::vector<MediaJob> jobs_;
    std::deque<FetchRecord> fetches_;
};

// graph-api.md, 8.4; the switch published_status may hold back PUBLISHED for a moment.
ContainerStatus status_of(const Container& container, const Switches& switches, Instant now);

// `2026-05-01T10:00:00+0000` (8.7).
std::string to_media_time(Instant instant);

} // namespace everlong::simulator
