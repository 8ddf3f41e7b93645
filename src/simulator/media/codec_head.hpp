#pragma once
// What a sample description says of its codec beyond four letters: the AudioSpecificConfig of AAC (ISO/IEC 14496-1, 7.2.6;
// 14496-3, 1.6.2.1), the sequence head of H.264 (14496-15, 5.3.3; ITU-T H.264, 7.3.2.1.1) and of HEVC (14496-15, 8.3.3).
// Any bytes may be given; what cannot be read is left unknown.

#include <cstdint>
#include <optional>
#include <string_view>

namespace everlong::simulator {

struct SoundHead {
    bool is_aac = true;            // "mp4a" stands for MP3 and others, too
    std::uint32_t channels = 0;    // 0: not told
    std::uint32_t sample_rate = 0; // 0: not told
};

struct PictureHead {
    bool is_420 = true;
    bool is_progressive = true;
};

// Contents of the boxes esds, avcC and hvcC.
std::optional<SoundHead> read_esds(std::string_view content);
std::optional<PictureHead> read_avcc(std::string_view content);
std::optional<PictureHead> read_hvcc(std::string_view content);

} // namespace everlong::simulator
