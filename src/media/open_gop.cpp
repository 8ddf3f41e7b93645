#include <media/open_gop.hpp>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
}

#include <memory>
#include <string_view>

namespace everlong::media {
namespace {

// Ten seconds at 60 frames a second, and a bound where these are large.
constexpr int kMostPackets = 1200;
constexpr std::int64_t kMostBytes = 48 * 1024 * 1024;

constexpr unsigned kH264Idr = 5;
constexpr unsigned kHevcFirstRasl = 8;
constexpr unsigned kHevcLastRasl = 9;

struct FreePacket {
    void operator()(AVPacket* packet) const { av_packet_free(&packet); }
};

struct Units {
    bool has_idr = false;
    bool has_rasl = false;
};

// NAL units behind four-byte lengths, as in MP4. (One- and two-byte lengths exist and are not met.)
Units read_units(const AVPacket& packet, bool is_hevc) {
    Units units;
    std::size_t at = 0;
    const auto size = static_cast<std::size_t>(packet.size);
    while (size - at > 4) {
        std::size_t length = 0;
        for (std::size_t i = 0; i < 4; ++i)
            length = length << 8 | packet.data[at + i];
        at += 4;
        if (length == 0 || length > size - at) break;
        const unsigned head = packet.data[at];
        if (is_hevc) {
            const unsigned type = head >> 1 & 0x3F;
            if (type == kHevcFirstRasl || type == kHevcLastRasl) units.has_rasl = true;
        } else if ((head & 0x1F) == kH264Idr) {
            units.has_idr = true;
        }
        at += length;
    }
    return units;
}

} // namespace

bool has_open_gop(AVFormatContext* film, const AVStream* picture) {
    const bool is_hevc = picture->codecpar->codec_id == AV_CODEC_ID_HEVC;
    const bool has_lengths = picture->codecpar->extradata_size > 0 && picture->codecpar->extradata[0] == 1;
    if ((!is_hevc && picture->codecpar->codec_id != AV_CODEC_ID_H264) || !has_lengths) return false;
    const std::unique_ptr<AVPacket, FreePacket> packet(av_packet_alloc());
    std::int64_t bytes = 0;
    bool is_first = true;
    for (int i = 0; packet && i < kMostPackets && bytes < kMostBytes; ++i) {
        if (av_read_frame(film, packet.get()) < 0) return false;
        bytes += packet->size;
        if (packet->stream_index == picture->index) {
            const Units units = read_units(*packet, is_hevc);
            const bool is_key = (packet->flags & AV_PKT_FLAG_KEY) != 0;
            if (units.has_rasl || (!is_hevc && is_key && !is_first && !units.has_idr)) return true;
            is_first = false;
        }
        av_packet_unref(packet.get());
    }
    return false;
}

} // namespace everlong::media
