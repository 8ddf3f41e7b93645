#include <core/facts/account_troubles.hpp>

#include <algorithm>
#include <iterator>

namespace everlong::core {
namespace {

constexpr AccountTroubleFacts kTroubles[] = {
    {AccountTrouble::kNone, "none", "", "", ""},
    {AccountTrouble::kNotLinked, "not-linked",
     "no Instagram professional account is linked to this Page; a personal one cannot be",
     "In the Instagram app switch the account to Business or Creator, then link it: Facebook Page, Settings, Linked "
     "accounts, Instagram.",
     "https://www.facebook.com/settings/?tab=linked_instagram"},
    {AccountTrouble::kPersonal, "personal", "it is a personal account, which the API does not serve",
     "In the Instagram app: Settings, Account type and tools, Switch to professional account. Then connect again.",
     "https://help.instagram.com/502981923235522"},
    {AccountTrouble::kNotTicked, "not-ticked", "it was not ticked in the login dialog",
     "Connect again, choose 'Edit access' in the dialog and tick this account and its Page.",
     "https://www.facebook.com/settings/?tab=business_tools"},
    {AccountTrouble::kNoTask, "no-task", "you may not create content for its Page",
     "Have somebody with full control of the Page give you the task 'Content'. Then connect again.",
     "https://www.facebook.com/settings/?tab=profile_access"},
    {AccountTrouble::kOtherAccount, "other-account", "this channel stands for another account",
     "Make another channel for it, or tick the channel's own account in the dialog.", ""},
};

} // namespace

const AccountTroubleFacts& facts_about(AccountTrouble trouble) {
    return *std::ranges::find(kTroubles, trouble, &AccountTroubleFacts::trouble);
}

std::optional<AccountTrouble> parse_account_trouble(std::string_view id) {
    const auto found = std::ranges::find(kTroubles, id, &AccountTroubleFacts::id);
    return found == std::end(kTroubles) ? std::nullopt : std::optional(found->trouble);
}

std::string_view incomplete_list_reason() {
    return "the list may be incomplete: Pages that were not ticked in the dialog are not shown, nor Pages that a "
           "business "
           "portfolio owns, which need the permission business_management";
}

} // namespace everlong::core
