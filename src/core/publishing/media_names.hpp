#pragma once
// How the formats of media_facts.hpp are called where media are shown: by HTTP, and at the end of a name.

#include <string_view>

namespace everlong::core {

// "image/jpeg"; "application/octet-stream" for what is no format that is shown.
std::string_view content_type_of(std::string_view format);
// ".jpg"; empty for what is no format that is shown.
std::string_view ending_of(std::string_view format);

} // namespace everlong::core
