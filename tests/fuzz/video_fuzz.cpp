// Any bytes as a video, in pieces of any size: no crash, and how they were cut makes no difference. Robots rules too.

#include <simulator/media/mp4.hpp>
#include <simulator/media/robots.hpp>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace everlong::simulator;

std::string describe(std::string_view bytes, std::size_t piece) {
    VideoScanner scanner;
    for (std::size_t at = 0; at < bytes.size(); at += piece)
        scanner.feed(bytes.substr(at, piece));
    const Video video = scanner.result();
    std::string text = video.brand;
    for (const bool flag : {video.is_container, video.is_whole, video.has_moov, video.is_moov_first,
                            video.is_fragmented, video.has_edit_list, video.has_cutting_edits})
        text += flag ? '1' : '0';
    text += " " + std::to_string(video.duration_ms) + " " + std::to_string(video.bytes);
    if (video.picture) {
        text += " " + video.picture->codec + " " + std::to_string(video.picture->width) + " " +
                std::to_string(video.picture->height) + " " + std::to_string(video.picture->frames_per_second);
    }
    if (video.sound) {
        text += " " + video.sound->codec + " " + std::to_string(video.sound->channels) + " " +
                std::to_string(video.sound->sample_rate);
    }
    return text;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 1) return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    const std::size_t piece = 1 + data[0] % 64;
    if (describe(bytes, piece) != describe(bytes, bytes.size() + 1)) std::abort();
    const auto cut = bytes.find('\0');
    if (cut != std::string_view::npos) is_allowed_by_robots(bytes.substr(0, cut), bytes.substr(cut));
    return 0;
}
