#pragma once

struct AVFormatContext;
struct AVStream;

namespace everlong::media {

// Whether pictures near the film's beginning lean on pictures before their key picture (ITU-T H.264, 7.4.1.2.4; H.265,
// 3.30): told by a key picture behind the first that is no IDR picture, and in HEVC by skipped leading pictures (RASL).
// Reads on from the film's present position, a bounded number of packets.
bool has_open_gop(AVFormatContext* film, const AVStream* picture);

} // namespace everlong::media
