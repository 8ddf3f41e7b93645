#pragma once
// What all of Meta's answers have in common: the success that is a JSON object, the errors in their forms (facts, 5.1),
// and what is left to say of anything else. For the readers in this folder.

#include <adapters/graph/detail/answers.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace everlong::adapters::detail {

// kUpstreamShape: an answer that is not what Meta documents. `what` quotes nothing of it.
std::unexpected<Error> misshapen(const Asked& asked, Answer answer, std::string_view what);
// The document of a success: 200, a whole JSON object, no error in it.
Result<boost::json::value> open_success(const Asked& asked, Answer answer);
// Meta's own error envelope (5.1), the flat one of api.instagram.com (3.2), or debug_token's (4), which says `subcode`.
std::optional<Upstream> read_envelope(const Asked& asked, Answer answer, const boost::json::object& body);
// Text of Meta's that may hold what was sent: the very values go first, as they are and encoded, then whatever looks like a
// secret. Empty for anything but text.
std::string clean(const Asked& asked, const boost::json::value* value);
// `data`, where it is an array of objects.
const boost::json::array* find_rows(const boost::json::object& body);
// Some pages show an object as `data:[{...}]` where live answers are flat (3.5). Null for several rows or none.
const boost::json::object* unwrap(const boost::json::object& body);
// A whole number of up to nine digits; 0 for anything else.
int read_small(const boost::json::value* value);
// Paging (10.2): is there another page, and its cursor, which is empty where there is none to follow.
struct NextPage {
    bool has_next = false;
    std::string after;
};
NextPage read_next(const boost::json::object& body);

} // namespace everlong::adapters::detail
