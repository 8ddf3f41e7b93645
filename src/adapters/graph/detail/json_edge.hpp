#pragma once
// JSON from outside, read strictly: bounded in size and depth, no key twice in an object, nothing taken by guess. The
// memory of a document is wiped when it goes, because answers hold tokens.

#include <base/secret.hpp>
#include <base/time.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace everlong::adapters::detail {

// Meta's answers are a few KiB, a full page of a list some 100 KiB.
constexpr std::size_t kAnswerLimitBytes = 1024 * 1024;
constexpr std::size_t kAnswerDepth = 32;
// Tokens are opaque and may grow (facts/graph-api.md, 2.6); those seen are below 300 characters.
constexpr std::size_t kTokenLimitBytes = 4096;

// Nothing for what is not one whole JSON document within the limits.
std::optional<boost::json::value> parse_document(std::string_view text);

// Null where the member is absent or null.
const boost::json::value* find_member(const boost::json::object& object, std::string_view name);
// Null where it is absent or no object.
const boost::json::object* find_object(const boost::json::object& object, std::string_view name);

// A decimal id of 1 to 20 digits, told as text or as a number without loss.
std::optional<std::string> read_id(const boost::json::value* value);
// A whole number, told as a number or as text.
std::optional<std::int64_t> read_integer(const boost::json::value* value);
// true, false, or these words as text.
std::optional<bool> read_bool(const boost::json::value* value);
// Text for people and words of Meta's: without control characters, cut at 500 bytes. Empty for anything else.
std::string read_text(const boost::json::value* value);
// 1 to 4096 printable ASCII characters without blanks.
std::optional<Secret> read_token(const boost::json::value* value);
bool is_token_text(std::string_view text);
// A lifetime from now: positive and not absurd. Nothing otherwise, as for a missing one.
std::optional<Seconds> read_lifetime(const boost::json::value* value);
// Unix seconds between 2004, when Meta began, and 2100.
std::optional<Instant> read_instant(const boost::json::value* value);
// Names of permissions, as an array or with commas between; nothing for anything else.
std::optional<std::vector<std::string>> read_scopes(const boost::json::value* value);

} // namespace everlong::adapters::detail
