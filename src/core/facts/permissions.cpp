#include <core/facts/permissions.hpp>

#include <algorithm>

namespace everlong::core {
namespace {

constexpr LoginPath kFacebook = LoginPath::kFacebook;
constexpr LoginPath kInstagram = LoginPath::kInstagram;

constexpr PermissionFacts kPermissions[] = {
    {"instagram_basic", kFacebook, true, "see the Instagram account and its posts",
     "the account cannot even be read, so nothing works", true},
    {"pages_show_list", kFacebook, true, "find the Page that the Instagram account is linked to",
     "the Page, and with it the Instagram account, is not found", true},
    {"pages_read_engagement", kFacebook, true, "read which Instagram account a Page is linked to",
     "the link between Page and Instagram account cannot be read"},
    {"instagram_content_publish", kFacebook, true, "publish posts, reels and stories",
     "nothing can be published; scheduled posts would fail"},
    {"business_management", kFacebook, false, "find Pages that a business portfolio owns",
     "accounts whose Page belongs to a business portfolio are not listed"},
    {"instagram_manage_comments", kFacebook, false, "read and answer comments",
     "a first comment cannot be written below a post"},
    {"instagram_manage_insights", kFacebook, false, "read the figures of posts", "the figures of posts cannot be read"},
    {"instagram_business_basic", kInstagram, true, "see the Instagram account and its posts",
     "the account cannot be read and the token cannot be renewed, so nothing works", true},
    {"instagram_business_content_publish", kInstagram, true, "publish posts, reels and stories",
     "nothing can be published; scheduled posts would fail"},
    {"instagram_business_manage_comments", kInstagram, false, "read and answer comments",
     "a first comment cannot be written below a post"},
    {"instagram_business_manage_insights", kInstagram, false, "read the figures of posts",
     "the figures of posts cannot be read"},
};

} // namespace

std::span<const PermissionFacts> permission_facts() {
    return kPermissions;
}

const PermissionFacts* find_permission(LoginPath login, std::string_view name) {
    const auto found = std::ranges::find_if(
        kPermissions, [&](const PermissionFacts& facts) { return facts.login == login && facts.name == name; });
    return found == std::end(kPermissions) ? nullptr : &*found;
}

} // namespace everlong::core
