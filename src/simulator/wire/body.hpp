#pragma once
// Parameters out of a request's body, whatever form it has (clients.md, 3).

#include <http/message.hpp>

namespace everlong::simulator {

// Form, JSON object (text as it is, everything else as JSON text), or the simple fields of multipart/form-data. Without
// a content type: JSON if it begins like it, else a form. A body that cannot be read holds no parameters.
http::Parameters parse_body(const http::Request& request);

} // namespace everlong::simulator
