#pragma once
// A channel and its token as people see them.

#include <apps/terminal.hpp>

namespace everlong::apps {

Colour colour_of_state(std::string_view state);
// A bar of the token's life left with words; "never expires", "unknown".
std::string life_left(const boost::json::object& token);
// "2026-12-24 18:00 UTC" for an RFC 3339 text; empty for an empty one.
std::string shown_instant(const std::string& rfc3339);

void print_channel(const boost::json::object& channel);
void print_token(Sheet& sheet, const boost::json::object& token);
void print_deliveries(Sheet& sheet, const boost::json::object& answer);
// "2 posts held, 1 failed" of those that a person has to look at; empty where there are none.
std::string posts_in_need(const boost::json::object& channel);
// The command that shows them.
std::string command_for_posts(const boost::json::object& channel);
// 1 where the channel's state asks for action, else 0.
int verdict_on_state(const boost::json::object& channel);
// The same, and 1 where its posts do.
int verdict_on_channel(const boost::json::object& channel);

} // namespace everlong::apps
