#pragma once
// What a conversion has made of a picture, for people who want to know before it is shown.

#include <core/publishing/conversion.hpp>
#include <core/publishing/media_facts.hpp>

#include <cstddef>
#include <string>

namespace everlong::core {

struct Fixed {
    int medium = -1; // index of the picture; -1: the cover
    MediaFacts from;
    MediaFacts to;
    // In pixels of what there was, before it was scaled: how much of it is not shown, and how much was put around it.
    int cut_width = 0;
    int cut_height = 0;
    int added_width = 0;
    int added_height = 0;
};

Fixed compare(int medium, const MediaFacts& from, const MediaFacts& to, const Conversion& conversion);

// "No. 2: PNG, 1000 x 200, 2.1 MB becomes JPEG, 382 x 200, 31204 bytes: 618 of 1000 pixels of its width are cut off".
// Counts media from 1; a post with one medium (media == 1) is not counted.
std::string describe(const Fixed& fixed, std::size_t media);

} // namespace everlong::core
