#pragma once
// Everything that Meta would refuse of a post, found before anything is sent: the texts, the tags, and each picture and
// video by the facts of its bytes. The rules are data (core/facts/media_rules.hpp), the sentences for people stand in
// finding_words.hpp.

#include <core/publishing/conversion.hpp>
#include <core/publishing/media_facts.hpp>
#include <core/publishing/post.hpp>
#include <core/token.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace everlong::core {

// Rules of a wall clock's time, which who knows the zones judges: clocks skip it, or show it twice.
inline constexpr std::string_view kTimeGap = "time-gap";
inline constexpr std::string_view kTimeTwice = "time-twice";

// What is wrong with an address that was asked as Meta's fetcher will ask it.
struct AddressTrouble {
    std::string said;      // half a sentence, which names the host
    bool may_pass = false; // a host that is down, or in trouble of its own, may be well again at the post's time
};

// What is known of the account and of the post besides its content; what is not known is not judged.
struct PreflightContext {
    LoginPath login = LoginPath::kFacebook;
    std::optional<bool> is_professional;           // the account: Business or Creator
    std::vector<std::string> missing_permissions;  // of those that publishing needs
    std::string missing_for_comments;              // the permission to comment, where the token is known to lack it
    std::vector<std::string> missing_for_products; // those to tag products, where it is known to lack them
    // The account's publishing limit as it was read (7.3).
    std::optional<int> quota_used;
    std::optional<int> quota_total;
    std::string quota_free_by;       // an instant at which there is room again at the latest; empty: not known
    std::optional<MediaFacts> cover; // of ReelSettings::cover_file
    // Addresses of somebody else's: one a medium, and the cover's. Absent: nothing is wrong, or nobody has asked.
    std::vector<std::optional<AddressTrouble>> addresses;
    std::optional<AddressTrouble> cover_address;
    // Why nothing of ours can be shown to Meta, in half a sentence; empty: it can be, or it is not known.
    std::string not_public;
    // Why nothing goes out by the channel for the time being: "dead: ..."; empty: it does.
    std::string channel_trouble;
    // Is it asked whether the post goes out at once? Then what may pass by a later time is an error as well.
    bool must_go_now = false;
};

// `facts`: one a medium in their order; absent where nobody could look (an address of somebody else's). Errors first
// within each medium; the post's own findings before those of its media.
std::vector<Finding> check_post(const PostContent& content, const std::vector<std::optional<MediaFacts>>& facts,
                                const PreflightContext& context);

bool has_errors(const std::vector<Finding>& findings);

// The permission without which a first comment cannot be written; empty where the token has it, or its permissions are not
// known.
std::string missing_for_comments(LoginPath login, const TokenFacts& facts);
// The same for tags of products (2.5), which only the Facebook login takes.
std::vector<std::string> missing_for_products(LoginPath login, const TokenFacts& facts);

// What a person chooses for pictures that have to change.
struct FixWish {
    Conversion::Fit fit = Conversion::Fit::kCrop; // for a ratio that is not allowed; kNone: it stays
    std::string background = "#ffffff";
    bool is_metadata_removed = true;
};

// The conversion that does away with the fixable findings of one medium (-1: the cover); absent where it has none.
std::optional<Conversion> fix_for(const std::vector<Finding>& findings, int medium, const FixWish& wish);

} // namespace everlong::core
