#pragma once
// What libavformat does not tell of an MP4 or MOV: the order of its parts, its edit lists, whether it is whole. The boxes
// of ISO/IEC 14496-12 and of QuickTime's format, walked from head to head; the data itself is not read.

#include <string>

namespace everlong::media {

struct Mp4Boxes {
    bool is_container = false;
    bool is_quicktime = false; // brand "qt  ", or an old file without a brand
    bool is_whole = false;     // every box is there to its end
    bool has_index = false;    // moov
    bool is_index_first = false;
    bool is_fragmented = false;
    bool has_edit_list = false;
    bool has_cutting_edits = false;
};

Mp4Boxes walk_boxes(int file);

} // namespace everlong::media
