#pragma once
// What may stand in a header field that we send. Anything else could end the field early and begin another.

#include <string_view>

namespace everlong::http {

// A method or a field's name (RFC 9110, 5.6.2).
bool is_token(std::string_view text);
// No control character but the tab (RFC 9110, 5.5).
bool is_field_value(std::string_view text);

} // namespace everlong::http
