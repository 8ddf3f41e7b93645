#pragma once
// A token as people paste it, and what is left when everything that is not the token is taken away. Each thing taken
// away is named, so that it can be told ("quotes", "prefix-bearer"); text that cannot be a token is refused.

#include <base/result.hpp>
#include <base/secret.hpp>

#include <string_view>
#include <vector>

namespace everlong::core {

// What can be wrong with the way a value stands in a .env file or on standard input.
enum class ValueDamage {
    kQuotes,            // quotes around it
    kBlanks,            // blanks before or behind it, outside or inside its quotes
    kLineBreak,         // a line break inside or at its end
    kPrefixAccessToken, // "access_token=" in front, as in a copied address or JSON answer
    kPrefixBearer,      // "Bearer " in front, as in a copied header
    kKeyPrefix,         // the key once more: "INSTAGRAM_ACCESS_TOKEN=" inside the value
    kInvisible,         // zero-width or non-breaking characters
    kPercentEncoding,   // "%7C" where a token has "|"
    kSurroundings,      // the rest of an address, of JSON or of a shell line: "&expires_in=...", a final ";" or ","
    kHash,              // an unquoted "#" at which some readers cut the value and others do not
    kVariable,          // "$NAME" or "${NAME}", which some readers replace
    kDuplicateKey,      // the key stands several times with different values
    kByteOrderMark,     // a byte-order mark in front of the key hides it from python-dotenv
};

// "quotes", "blanks", "line-break", "prefix-access-token", "prefix-bearer", "key-prefix", "invisible-characters",
// "percent-encoding", "surroundings", "hash", "variable", "duplicate-key", "byte-order-mark".
std::string_view to_text(ValueDamage damage);

struct CleanedToken {
    Secret text;
    std::vector<ValueDamage> repairs; // each at most once, in the order of the enumeration
};

// Takes away what is not the token, without judging the rest. Text over 64 KiB is given back as it is. The line
// break that ends a line of standard input is for the caller to remove, else it is told as kLineBreak.
CleanedToken peel_token(std::string_view pasted);

// As peel_token(), and refuses what cannot be a token of Meta's. The prefix is never judged (facts/graph-api.md, 10.1:
// tokens have no promised form), only what no bearer token can be.
// Errors: kTokenMissing (nothing is left), kTokenMalformed (a blank inside, a placeholder, a variable reference, fewer
// than 20 or more than 4096 characters, characters that no token has); both kUsage. No error repeats the text.
Result<CleanedToken> clean_token(std::string_view pasted);

} // namespace everlong::core
