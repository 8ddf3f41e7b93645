#pragma once
// Pictures and videos for tests, written byte by byte: valid heads, no true pixels.

#include <cstdint>
#include <string>
#include <string_view>

namespace everlong::test {

inline std::string big_endian(std::uint64_t number, int bytes) {
    std::string text;
    for (int i = bytes - 1; i >= 0; --i)
        text += static_cast<char>(number >> (8 * i) & 0xFF);
    return text;
}

struct JpegSample {
    unsigned width = 1080;
    unsigned height = 1080;
    bool is_progressive = false;
    bool has_end = true;
    std::string extra_segment; // marker, length and content
    std::size_t padding = 0;   // bytes of entropy-coded data
};

inline std::string make_jpeg(const JpegSample& wish = {}) {
    using namespace std::string_view_literals;
    std::string bytes("\xFF\xD8\xFF\xE0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"sv);
    bytes += wish.extra_segment;
    bytes += wish.is_progressive ? "\xFF\xC2"sv : "\xFF\xC0"sv;
    bytes += "\x00\x11\x08"sv;
    bytes += big_endian(wish.height, 2) + big_endian(wish.width, 2);
    bytes += "\x03\x01\x22\x00\x02\x11\x01\x03\x11\x01"sv;
    bytes += "\xFF\xDA\x00\x0C\x03\x01\x00\x02\x11\x03\x11\x00\x3F\x00"sv;
    bytes.append(wish.padding + 16, 'x');
    if (wish.has_end) bytes += "\xFF\xD9"sv;
    return bytes;
}

inline std::string make_jpeg(unsigned width, unsigned height) {
    JpegSample wish;
    wish.width = width;
    wish.height = height;
    return make_jpeg(wish);
}

inline std::string make_box(std::string_view type, std::string_view content) {
    return big_endian(content.size() + 8, 4) + std::string(type) + std::string(content);
}

struct VideoSample {
    unsigned width = 1080;
    unsigned height = 1920;
    std::uint64_t duration_ms = 10'000;
    unsigned frames_per_second = 30;
    std::string video_codec = "avc1";
    std::string audio_codec = "mp4a"; // empty: no audio track
    unsigned channels = 2;
    unsigned sample_rate = 48'000;
    bool is_moov_first = true;
    bool is_turned = false;
    int edits = 0;
    std::size_t media_bytes = 4096;
    std::string brand = "isom";
};

namespace detail {

inline std::string zeros(std::size_t count) {
    return std::string(count, '\0');
}

inline std::string track_head(const VideoSample& wish) {
    const std::string one = big_endian(0x00010000, 4);
    const std::string matrix =
        wish.is_turned ? zeros(4) + one + zeros(4) + big_endian(0xFFFF0000, 4) + zeros(16) + big_endian(0x40000000, 4)
                       : one + zeros(12) + one + zeros(12) + big_endian(0x40000000, 4);
    return make_box("tkhd", zeros(20) + big_endian(wish.duration_ms, 4) + zeros(16) + matrix +
                                big_endian(wish.width, 2) + zeros(2) + big_endian(wish.height, 2) + zeros(2));
}

inline std::string media_head(std::uint64_t duration_ms) {
    return make_box("mdhd", zeros(12) + big_endian(1000, 4) + big_endian(duration_ms, 4) + zeros(4));
}

inline std::string handler(std::string_view type) {
    return make_box("hdlr", zeros(8) + std::string(type) + zeros(13));
}

inline std::string sample_table(std::string_view entry, std::uint64_t samples, std::uint64_t each_ms) {
    const std::string times = zeros(4) + big_endian(1, 4) + big_endian(samples, 4) + big_endian(each_ms, 4);
    const std::string description = zeros(4) + big_endian(1, 4) + std::string(entry);
    return make_box("minf", make_box("stbl", make_box("stsd", description) + make_box("stts", times)));
}

inline std::string edits(int count) {
    if (count == 0) return {};
    std::string list = zeros(4) + big_endian(static_cast<std::uint64_t>(count), 4);
    for (int i = 0; i < count; ++i)
        list += big_endian(5000, 4) + zeros(4) + big_endian(0x00010000, 4);
    return make_box("edts", make_box("elst", list));
}

inline std::string video_track(const VideoSample& wish) {
    const std::string entry =
        make_box(wish.video_codec, zeros(24) + big_endian(wish.width, 2) + big_endian(wish.height, 2) + zeros(50));
    const std::uint64_t frames = wish.duration_ms * wish.frames_per_second / 1000;
    return make_box(
        "trak", track_head(wish) + edits(wish.edits) +
                    make_box("mdia", media_head(wish.duration_ms) + handler("vide") + sample_table(entry, frames, 33)));
}

inline std::string audio_track(const VideoSample& wish) {
    if (wish.audio_codec.empty()) return {};
    const std::string entry = make_box(wish.audio_codec, zeros(16) + big_endian(wish.channels, 2) + big_endian(16, 2) +
                                                             zeros(4) + big_endian(wish.sample_rate, 2) + zeros(2));
    return make_box("trak", make_box("mdia", media_head(wish.duration_ms) + handler("soun") +
                                                 sample_table(entry, wish.duration_ms / 21, 21)));
}

} // namespace detail

inline std::string make_video(const VideoSample& wish = {}) {
    const std::string head = make_box("ftyp", wish.brand + std::string(4, '\0') + "isommp42");
    const std::string moov =
        make_box("moov", make_box("mvhd", detail::zeros(12) + big_endian(1000, 4) + big_endian(wish.duration_ms, 4) +
                                              detail::zeros(80)) +
                             detail::video_track(wish) + detail::audio_track(wish));
    const std::string media = make_box("mdat", std::string(wish.media_bytes, 'v'));
    return wish.is_moov_first ? head + moov + media : head + media + moov;
}

} // namespace everlong::test
