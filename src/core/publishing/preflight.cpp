#include <core/publishing/preflight.hpp>

#include <core/facts/media_rules.hpp>
#include <core/publishing/media_checks.hpp>

#include <algorithm>
#include <iterator>

namespace everlong::core {
namespace {

// Code points of UTF-8: bytes that do not continue one.
std::size_t count_characters(std::string_view text) {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

bool is_word(char c) {
    const auto code = static_cast<unsigned char>(c);
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || code >= 0x80;
}

// "#word" anywhere but behind '&' (as in "&#39;"); "#a#b" are two.
std::size_t count_hashtags(std::string_view text) {
    std::size_t count = 0;
    for (std::size_t i = 0; i + 1 < text.size(); ++i) {
        if (text[i] == '#' && is_word(text[i + 1]) && (i == 0 || text[i - 1] != '&')) ++count;
    }
    return count;
}

// "@name" at the beginning of a word: "a@b.example" mentions nobody.
std::size_t count_mentions(std::string_view text) {
    std::size_t count = 0;
    for (std::size_t i = 0; i + 1 < text.size(); ++i) {
        if (text[i] == '@' && is_word(text[i + 1]) && (i == 0 || (!is_word(text[i - 1]) && text[i - 1] != '.')))
            ++count;
    }
    return count;
}

bool is_username(std::string_view text) {
    if (text.starts_with('@')) text.remove_prefix(1);
    return !text.empty() && text.size() <= kMostUsername && std::ranges::all_of(text, [](char c) {
        return (is_word(c) && static_cast<unsigned char>(c) < 0x80) || c == '.';
    });
}

bool is_number(std::string_view text) {
    constexpr std::size_t kMostDigits = 20; // of 64 bits
    return !text.empty() && text.size() <= kMostDigits &&
           std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::string counted(std::size_t count, std::string_view one, std::string_view many) {
    return std::to_string(count) + " " + std::string(count == 1 ? one : many);
}

// --- the post as a whole ---

void check_texts(const PostContent& content, Findings& found) {
    const bool is_story = content.kind == PostKind::kStory;
    if (is_story) {
        if (!content.caption.empty()) found.warning("caption-not-shown", "a caption", "none on stories");
        if (!content.location_id.empty()) found.warning("location-not-shown", "a location", "none on stories");
        if (!content.first_comment.empty()) found.error("first-comment-on-story", "a first comment", "none on stories");
        if (!content.collaborators.empty()) found.error("collaborators-on-story", "collaborators", "none on stories");
        return;
    }
    const std::size_t length = count_characters(content.caption);
    if (length > kMostCaptionCharacters) {
        found.error("caption-length", std::to_string(length) + " characters", "at most 2200 characters");
    }
    if (const std::size_t tags = count_hashtags(content.caption); tags > kMostHashtags) {
        found.error("caption-hashtags", std::to_string(tags) + " hashtags", "at most 30");
    }
    if (const std::size_t mentions = count_mentions(content.caption); mentions > kMostMentions) {
        found.error("caption-mentions", std::to_string(mentions) + " mentions", "at most 20");
    }
    if (!content.location_id.empty() && !is_number(content.location_id)) {
        found.error("location-id", content.location_id, "the number of a Page that has a place");
    }
    if (content.collaborators.size() > kMostCollaborators) {
        found.error("collaborators-count", counted(content.collaborators.size(), "collaborator", "collaborators"),
                    "at most 3");
    }
    for (const std::string& name : content.collaborators) {
        if (!is_username(name)) found.error("username", name, "a username");
    }
}

bool has_product_tags(const PostContent& content) {
    return std::ranges::any_of(content.media, [](const PostMedium& medium) { return !medium.product_tags.empty(); });
}

// It waits in the queue for its channel, and goes out late where that takes long: a person should know in time.
void check_connection(const PreflightContext& context, Findings& found) {
    if (context.channel_trouble.empty()) return;
    if (context.must_go_now) {
        found.error("channel-not-connected", context.channel_trouble, "a channel that is connected");
    } else {
        found.warning("channel-not-connected", context.channel_trouble, "a channel that is connected");
    }
}

void check_account(const PostContent& content, const PreflightContext& context, Findings& found) {
    check_connection(context, found);
    if (context.is_professional == false) found.error("account-kind", "a personal account", "Business or Creator");
    for (const std::string& permission : context.missing_permissions)
        found.error("permission", permission + " is not granted", permission);
    if (has_product_tags(content)) {
        for (const std::string& permission : context.missing_for_products)
            found.error("product-tags-permission", permission + " is not granted", permission);
    }
    const bool wants_comment = !content.first_comment.empty() && content.kind != PostKind::kStory;
    if (wants_comment && !context.missing_for_comments.empty()) {
        // The post goes out all the same.
        found.warning("first-comment-permission", context.missing_for_comments + " is not granted",
                      context.missing_for_comments);
    }
    if (context.quota_used && context.quota_total && *context.quota_used >= *context.quota_total) {
        // It waits for the window to move on, so it is no reason to refuse the post.
        found.warning(
            "publish-quota",
            std::to_string(*context.quota_used) + " of " + std::to_string(*context.quota_total) + " posts in 24 hours",
            "room for one more" + (context.quota_free_by.empty() ? "" : ", which comes by " + context.quota_free_by));
    }
}

void check_number_of_media(const PostContent& content, Findings& found) {
    const std::size_t count = content.media.size();
    if (content.kind == PostKind::kCarousel) {
        if (count < kLeastCarousel || count > kMostCarousel) {
            found.error("carousel-size", counted(count, "picture or video", "pictures and videos"), "2 to 10");
        }
    } else if (count != 1) {
        found.error("media-count", counted(count, "picture or video", "pictures and videos"), "one");
    }
}

// --- tags on a medium ---

bool is_share(const std::optional<double>& part) {
    return part && *part >= 0 && *part <= 1;
}

template <class Tag>
bool has_good_position(const Tag& tag) {
    return is_share(tag.x) && is_share(tag.y);
}

template <class Tag>
bool has_position(const Tag& tag) {
    return tag.x || tag.y;
}

void check_user_tags(const PostContent& content, const PostMedium& medium, Findings& found) {
    if (medium.user_tags.size() > kMostUserTags) {
        found.error("user-tags-count", counted(medium.user_tags.size(), "tag", "tags"), "at most 20");
    }
    for (const UserTag& tag : medium.user_tags) {
        if (!is_username(tag.username)) found.error("username", tag.username, "a username");
        // Required on pictures of the feed, optional on stories, without meaning on other videos.
        const bool is_required = medium.type == MediumType::kImage && content.kind != PostKind::kStory;
        const bool is_looked_at = is_required || (content.kind == PostKind::kStory && has_position(tag));
        if (is_looked_at && !has_good_position(tag)) {
            found.error("user-tag-position", tag.username, "x and y between 0 and 1");
        }
    }
}

void check_product_tags(const PostContent& content, const PostMedium& medium, LoginPath login, Findings& found) {
    if (medium.product_tags.empty()) return;
    if (login != LoginPath::kFacebook) found.error("product-tags-login", "the Instagram login", "the Facebook login");
    if (content.kind == PostKind::kStory) {
        found.error("product-tags-on-story", "product tags", "none on stories");
        return;
    }
    if (medium.product_tags.size() > kMostProductTags) {
        found.error("product-tags-count", counted(medium.product_tags.size(), "tag", "tags"), "at most 5");
    }
    const bool is_video = medium.type == MediumType::kVideo;
    for (const ProductTag& tag : medium.product_tags) {
        if (!is_number(tag.product_id)) found.error("product-id", tag.product_id, "a number");
        if (is_video ? has_position(tag) : !has_good_position(tag)) {
            found.error("product-tag-position", tag.product_id,
                        is_video ? "no position on a video" : "x and y between 0 and 1");
        }
    }
}

void check_alt_text(const PostContent& content, const PostMedium& medium, Findings& found) {
    if (medium.alt_text.empty()) return;
    if (medium.type == MediumType::kVideo || content.kind == PostKind::kStory) {
        found.warning("alt-text-not-shown", "an alt text", "only on pictures of the feed");
        return;
    }
    if (const std::size_t length = count_characters(medium.alt_text); length > kMostAltTextCharacters) {
        found.error("alt-text-length", std::to_string(length) + " characters", "at most 1000 characters");
    }
}

void check_address(const std::string& url, Findings& found) {
    if (url.empty()) return;
    const bool is_web = url.starts_with("http://") || url.starts_with("https://");
    const bool is_plain = std::ranges::all_of(url, [](char c) { return c > ' ' && c < 0x7F; });
    if (!is_web || !is_plain) found.error("medium-address", url, "http:// or https:// in plain ASCII");
}

constexpr std::string_view kWantedOfAddress = "the file itself, from a public address, at once";

void check_fetching(const std::optional<AddressTrouble>& trouble, bool must_go_now, Findings& found) {
    if (!trouble) return;
    if (!trouble->may_pass) {
        found.error("medium-not-fetchable", trouble->said, std::string(kWantedOfAddress));
    } else if (must_go_now) {
        found.error("medium-unreachable", trouble->said, std::string(kWantedOfAddress));
    } else {
        found.warning("medium-unreachable", trouble->said, std::string(kWantedOfAddress));
    }
}

// --- a medium's bytes ---

MediumUse use_of(PostKind kind, MediumType type) {
    const bool is_video = type == MediumType::kVideo;
    if (kind == PostKind::kStory) return is_video ? MediumUse::kStoryVideo : MediumUse::kStoryImage;
    if (kind == PostKind::kReel) return MediumUse::kReel;
    return is_video ? MediumUse::kCarouselVideo : MediumUse::kFeedImage;
}

std::string a_medium(MediumType type) {
    return type == MediumType::kVideo ? "a video" : "a picture";
}

// What it must be by the kind of post; false where it is the other.
bool check_type(const PostContent& content, const PostMedium& medium, const std::optional<MediaFacts>& facts,
                Findings& found) {
    const bool is_reel = content.kind == PostKind::kReel;
    const MediumType needed = is_reel                            ? MediumType::kVideo
                              : content.kind == PostKind::kImage ? MediumType::kImage
                                                                 : medium.type;
    // Bytes that are nothing known are said to be unreadable, not to be of another type.
    const MediumType given = facts && !facts->format.empty() ? facts->type : medium.type;
    if (given == needed) return true;
    found.error("medium-type", a_medium(given), a_medium(needed));
    return false;
}

void check_medium(const PostContent& content, const PostMedium& medium, const std::optional<MediaFacts>& facts,
                  const PreflightContext& context, Findings& found) {
    if (medium.file.is_empty() && medium.url.empty() && !facts) {
        found.error("medium-missing", "nothing", "a file or an address");
    }
    check_address(medium.url, found);
    // The bytes of a video are sent (8.6); a picture is only ever fetched.
    const bool is_shown = medium.type == MediumType::kImage && !medium.file.is_empty();
    if (is_shown && !context.not_public.empty()) {
        found.error("medium-not-public", context.not_public, "an address from which Meta can fetch it");
    }
    check_user_tags(content, medium, found);
    check_product_tags(content, medium, context.login, found);
    check_alt_text(content, medium, found);
    if (!check_type(content, medium, facts, found) || !facts) return;
    const MediumUse use = use_of(content.kind, medium.type);
    if (medium.type == MediumType::kVideo) {
        check_video(*facts, use, found);
    } else {
        check_image(*facts, use, found);
    }
}

// --- reels ---

void check_reel(const PostContent& content, const std::optional<MediaFacts>& facts, const PreflightContext& context,
                Findings& found) {
    const ReelSettings& reel = content.reel;
    const bool has_cover = !reel.cover_file.is_empty() || !reel.cover_url.empty();
    if (content.kind != PostKind::kReel) {
        const bool is_set = has_cover || reel.share_to_feed || !reel.audio_name.empty() || reel.trial != Trial::kNone;
        if (is_set) found.warning("reel-settings-not-used", "settings of a reel", "only on reels");
        return;
    }
    check_address(reel.cover_url, found);
    if (const auto& trouble = context.cover_address; trouble && trouble->may_pass && !context.must_go_now) {
        found.warning("cover-not-fetchable", trouble->said, std::string(kWantedOfAddress));
    } else if (trouble) {
        found.error("cover-not-fetchable", trouble->said, std::string(kWantedOfAddress));
    }
    if (!reel.cover_file.is_empty() && !context.not_public.empty()) {
        found.error("cover-not-public", context.not_public, "an address from which Meta can fetch it");
    }
    if (context.cover) {
        if (context.cover->type == MediumType::kVideo) {
            found.error("cover-format", "a video", "JPEG");
        } else {
            check_image(*context.cover, MediumUse::kCover, found);
        }
    }
    if (has_cover && reel.thumb_offset) found.warning("cover-wins", "a cover and a moment of the video", "one of them");
    if (!has_cover && reel.thumb_offset) {
        const bool is_behind = facts && facts->video && *reel.thumb_offset >= facts->video->duration;
        if (reel.thumb_offset->count() < 0 || is_behind) {
            found.error("thumb-offset", duration_text(*reel.thumb_offset),
                        is_behind ? "before " + duration_text(facts->video->duration) : "0 or later");
        }
    }
    if (!reel.audio_name.empty() && facts && facts->video && !facts->video->has_sound) {
        found.error("audio-name-silent", "a video without sound", "sound, or no name for it");
    }
}

// Meta cuts all to the shape of the first.
void check_carousel_shapes(const std::vector<std::optional<MediaFacts>>& facts, std::vector<Finding>& all) {
    constexpr double kVisible = 0.02;
    if (facts.empty() || !facts[0] || facts[0]->height <= 0) return;
    const double first = static_cast<double>(facts[0]->width) / facts[0]->height;
    for (std::size_t i = 1; i < facts.size(); ++i) {
        if (!facts[i] || facts[i]->width <= 0 || facts[i]->height <= 0) continue;
        const double ratio = static_cast<double>(facts[i]->width) / facts[i]->height;
        if (ratio > first * (1 + kVisible) || ratio < first * (1 - kVisible)) {
            Findings(all, static_cast<int>(i))
                .warning("carousel-ratio", ratio_text(facts[i]->width, facts[i]->height),
                         ratio_text(facts[0]->width, facts[0]->height) + ", as the first");
        }
    }
}

// The post's own first, then medium by medium; errors before warnings.
std::vector<Finding> in_order(const std::vector<Finding>& all, int media) {
    std::vector<Finding> ordered;
    for (int medium = -1; medium < media; ++medium) {
        for (const bool is_error : {true, false}) {
            std::ranges::copy_if(all, std::back_inserter(ordered), [&](const Finding& finding) {
                return finding.medium == medium && finding.is_error == is_error;
            });
        }
    }
    return ordered;
}

} // namespace

std::vector<Finding> check_post(const PostContent& content, const std::vector<std::optional<MediaFacts>>& facts,
                                const PreflightContext& context) {
    std::vector<Finding> all;
    Findings whole(all, -1);
    check_account(content, context, whole);
    check_texts(content, whole);
    check_number_of_media(content, whole);
    const std::optional<MediaFacts> none;
    check_reel(content, facts.empty() ? none : facts[0], context, whole);
    for (std::size_t i = 0; i < content.media.size(); ++i) {
        Findings found(all, static_cast<int>(i));
        if (i < context.addresses.size()) check_fetching(context.addresses[i], context.must_go_now, found);
        check_medium(content, content.media[i], i < facts.size() ? facts[i] : none, context, found);
    }
    if (content.kind == PostKind::kCarousel) check_carousel_shapes(facts, all);
    return in_order(all, static_cast<int>(content.media.size()));
}

std::string missing_for_comments(LoginPath login, const TokenFacts& facts) {
    const std::string wanted =
        login == LoginPath::kFacebook ? "instagram_manage_comments" : "instagram_business_manage_comments";
    const bool is_granted = !facts.are_scopes_known || std::ranges::find(facts.scopes, wanted) != facts.scopes.end();
    return is_granted ? std::string() : wanted;
}

std::vector<std::string> missing_for_products(LoginPath login, const TokenFacts& facts) {
    std::vector<std::string> missing;
    if (login != LoginPath::kFacebook || !facts.are_scopes_known) return missing;
    for (const std::string_view wanted : {"catalog_management", "instagram_shopping_tag_products"}) {
        if (std::ranges::find(facts.scopes, wanted) == facts.scopes.end()) missing.emplace_back(wanted);
    }
    return missing;
}

bool has_errors(const std::vector<Finding>& findings) {
    return std::ranges::any_of(findings, &Finding::is_error);
}

std::optional<Conversion> fix_for(const std::vector<Finding>& findings, int medium, const FixWish& wish) {
    Conversion conversion;
    // A margin below Meta's bound, which no page defines to the byte.
    conversion.most_bytes = 8'000'000;
    conversion.most_width = kMostImageWidth;
    conversion.background = wish.background;
    bool is_needed = false;
    for (const Finding& finding : findings) {
        const bool is_of_it = finding.medium == medium && (medium >= 0 || finding.rule.starts_with("cover-"));
        if (!is_of_it || !finding.is_fixable) continue;
        // Turned it is what is shown, whose shape may be the one that is not allowed.
        if (finding.rule == "image-ratio" || finding.rule == "image-orientation") {
            if (wish.fit == Conversion::Fit::kNone) continue;
            const MediumRules& rules = medium_rules(MediumUse::kFeedImage);
            conversion.fit = wish.fit;
            conversion.least_ratio = rules.least_ratio;
            conversion.most_ratio = rules.most_ratio;
        }
        if (finding.rule == "image-metadata" && !wish.is_metadata_removed) continue;
        is_needed = true;
    }
    return is_needed ? std::optional(conversion) : std::nullopt;
}

} // namespace everlong::core
