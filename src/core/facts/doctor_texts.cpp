#include <core/facts/doctor_texts.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace everlong::core {
namespace {

constexpr CheckText kChecks[] = {
    {CheckId::kEnvFile, "the .env can be read, and by its owner only"},
    {CheckId::kTokenPresent, "there is a token"},
    {CheckId::kTokenFormat, "the token stands whole and bare: no quotes, blanks, line breaks or pasted prefixes"},
    {CheckId::kTokenValid, "Meta takes the token"},
    {CheckId::kTokenApp, "the token belongs to the configured app, and its id and secret are right"},
    {CheckId::kTokenKind, "it is a user, system-user or Instagram user token"},
    {CheckId::kTokenLifetime, "it is long-lived"},
    {CheckId::kTokenExpiry, "its end is far enough away"},
    {CheckId::kDataAccess, "the person's 90 days of data access are not over"},
    {CheckId::kPermissions, "all permissions that are needed are granted"},
    {CheckId::kAccountId, "INSTAGRAM_USER_ID is the number of an account that this token reaches"},
    {CheckId::kAccountKind, "the account is a professional one (Business or Creator)"},
    {CheckId::kPublishQuota, "posts are left in Meta's quota"},
    {CheckId::kClock, "this machine's clock agrees with Meta's"},
    {CheckId::kDelivery, "what the application's .env holds is the current token"},
};

constexpr std::pair<std::string_view, std::string_view> kDamage[] = {
    {"quotes", "quotes around the value"},
    {"blanks", "blanks before or behind it"},
    {"line-break", "a line break inside"},
    {"prefix-access-token", "a pasted access_token="},
    {"prefix-bearer", "a pasted Bearer"},
    {"key-prefix", "the key's name inside the value"},
    {"invisible-characters", "invisible characters"},
    {"percent-encoding", "%7C in place of |"},
    {"surroundings", "the rest of an address or JSON around it"},
    {"hash", "a # that some readers cut at"},
    {"variable", "a $ that some readers replace"},
    {"duplicate-key", "the same key more than once"},
    {"byte-order-mark", "a byte-order mark before the key"},
    {"account-id-filled-in", "no account id (now filled in)"},
};

} // namespace

const CheckText& text_of(CheckId id) {
    const auto found = std::ranges::find(kChecks, id, &CheckText::id);
    return found == std::end(kChecks) ? kChecks[0] : *found;
}

std::string_view damage_in_words(std::string_view damage_id) {
    const auto found = std::ranges::find(kDamage, damage_id, &std::pair<std::string_view, std::string_view>::first);
    return found == std::end(kDamage) ? damage_id : found->second;
}

} // namespace everlong::core
