#pragma once
// Tags as they are written on the command line: [N:]NAME[@X,Y].

#include <base/result.hpp>

#include <cstddef>
#include <optional>
#include <string>

namespace everlong::apps {

struct WrittenTag {
    std::size_t item = 0; // of the post's pictures and videos, from 0
    std::string name;
    // Shares of width and height from the upper left corner; absent: not written.
    std::optional<double> x;
    std::optional<double> y;
};

// "friend", "2:friend", "friend@0.2,0.9", "2:friend@0.2,0.9"; an '@' before the name is left out. `items`: how many the post
// has. kUsage (kUsage) with what is wrong.
Result<WrittenTag> read_tag(const std::string& text, std::size_t items);

} // namespace everlong::apps
