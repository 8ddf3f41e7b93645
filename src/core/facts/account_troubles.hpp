#pragma once
// Why an account that a login has found cannot be used, in words, with the click that mends it. Source: facts/graph-api.md,
// 2.5, 2.8, 3.5, 4.

#include <optional>
#include <string_view>

namespace everlong::core {

enum class AccountTrouble {
    kNone,
    kNotLinked,    // a Page without a linked professional account
    kPersonal,     // a personal account
    kNotTicked,    // the permission was granted for other accounts only
    kNoTask,       // the person may not publish for the Page
    kOtherAccount, // not the account that this channel stands for
};

struct AccountTroubleFacts {
    AccountTrouble trouble;
    std::string_view id; // as stored and in JSON
    std::string_view reason;
    std::string_view what_to_do;
    std::string_view link;
};

const AccountTroubleFacts& facts_about(AccountTrouble trouble);
std::optional<AccountTrouble> parse_account_trouble(std::string_view id);

// What is said of a list that may lack accounts.
std::string_view incomplete_list_reason();

} // namespace everlong::core
