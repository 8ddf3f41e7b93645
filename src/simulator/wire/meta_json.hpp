#pragma once
// JSON as Meta writes it: compact, members in the order they were put in, '/' as "\/" and everything beyond ASCII as
// \uXXXX (clients.md, 18). Clients search the raw text, so the bytes matter.

#include <boost/json/value.hpp>

#include <string>
#include <string_view>

namespace everlong::simulator {

std::string to_meta_json(const boost::json::value& value);
// `text` as a JSON string, quotes included.
void append_meta_text(std::string& out, std::string_view text);

} // namespace everlong::simulator
