#pragma once
// Posts as people see them in a terminal.

#include <apps/command.hpp>

namespace everlong::apps {

void print_post(const json::object& post);
void print_posts(const json::object& list);
void print_findings(const json::object& answer);
// What --fix makes of each picture.
void print_fixes(const json::object& answer);
// 1 where a person is needed, or the post will not go out.
int verdict_on_post(const json::object& post);

} // namespace everlong::apps
