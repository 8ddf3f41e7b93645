#include <media/video.hpp>

#include <media/bytes.hpp>
#include <media/mp4_boxes.hpp>
#include <media/open_gop.hpp>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/display.h>
#include <libavutil/pixdesc.h>
}

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <memory>
#include <unistd.h>

namespace everlong::media {
namespace {

constexpr const char* kDemuxers = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,flv";
// Only these are opened, and only to learn the form of their frames; others are named by their ids.
constexpr const char* kDecoders = "h264,hevc,aac";
constexpr int kBufferBytes = 64 * 1024;
// What may be read to find out what the streams are.
constexpr const char* kProbeBytes = "8000000";
constexpr const char* kProbeTime = "3000000"; // microseconds of film

// The file behind the descriptor as libavformat reads it.
struct Reader {
    int file;
    std::int64_t at;
    std::int64_t size;
};

int read_some(void* opaque, std::uint8_t* buffer, int size) {
    auto& reader = *static_cast<Reader*>(opaque);
    for (;;) {
        const ssize_t got = ::pread(reader.file, buffer, static_cast<std::size_t>(size), reader.at);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return AVERROR(EIO);
        if (got == 0) return AVERROR_EOF;
        reader.at += got;
        return static_cast<int>(got);
    }
}

std::int64_t seek(void* opaque, std::int64_t offset, int whence) {
    auto& reader = *static_cast<Reader*>(opaque);
    switch (whence & ~AVSEEK_FORCE) {
    case AVSEEK_SIZE: return reader.size;
    case SEEK_SET: break;
    case SEEK_CUR: offset += reader.at; break;
    case SEEK_END: offset += reader.size; break;
    default: return AVERROR(EINVAL);
    }
    if (offset < 0) return AVERROR(EINVAL);
    reader.at = offset;
    return offset;
}

struct Film {
    explicit Film(int file) : reader{file, 0, static_cast<std::int64_t>(file_size(file))} {
        auto* buffer = static_cast<unsigned char*>(av_malloc(kBufferBytes));
        io = buffer == nullptr ? nullptr
                               : avio_alloc_context(buffer, kBufferBytes, 0, &reader, &read_some, nullptr, &seek);
    }
    ~Film() {
        avformat_close_input(&context);
        if (io != nullptr) av_freep(&io->buffer);
        avio_context_free(&io);
    }
    Film(const Film&) = delete;
    Film& operator=(const Film&) = delete;

    bool open() {
        context = io == nullptr ? nullptr : avformat_alloc_context();
        if (context == nullptr) return false;
        context->pb = io;
        context->flags |= AVFMT_FLAG_CUSTOM_IO;
        AVDictionary* options = nullptr;
        av_dict_set(&options, "format_whitelist", kDemuxers, 0);
        av_dict_set(&options, "codec_whitelist", kDecoders, 0);
        av_dict_set(&options, "protocol_whitelist", "", 0);
        av_dict_set(&options, "probesize", kProbeBytes, 0);
        av_dict_set(&options, "analyzeduration", kProbeTime, 0);
        const int opened = avformat_open_input(&context, "", nullptr, &options);
        av_dict_free(&options);
        return opened == 0 && avformat_find_stream_info(context, nullptr) >= 0;
    }

    AVStream* best(AVMediaType type) const {
        const int index = av_find_best_stream(context, type, -1, -1, nullptr, 0);
        return index < 0 ? nullptr : context->streams[index];
    }

    Reader reader;
    AVIOContext* io = nullptr;
    AVFormatContext* context = nullptr;
};

// Keys by which cameras and telephones say where and with what a film was made.
bool tells_of_its_origin(const AVDictionary* tags) {
    constexpr std::array<const char*, 6> kKeys{"location",
                                               "location-eng",
                                               "com.apple.quicktime.location.ISO6709",
                                               "com.apple.quicktime.make",
                                               "com.android.manufacturer",
                                               "make"};
    return std::ranges::any_of(kKeys, [&](const char* key) { return av_dict_get(tags, key, nullptr, 0) != nullptr; });
}

// As it is shown: pixels that are not square, and a quarter turn.
void read_size(const AVStream& stream, Report& report) {
    const AVCodecParameters& codec = *stream.codecpar;
    report.width = codec.width;
    report.height = codec.height;
    const AVRational shape =
        stream.sample_aspect_ratio.num > 0 ? stream.sample_aspect_ratio : codec.sample_aspect_ratio;
    if (shape.num > 0 && shape.den > 0) {
        const double width = static_cast<double>(codec.width) * shape.num / shape.den;
        report.width = static_cast<int>(std::clamp(std::lround(width), 1L, 1'000'000L));
    }
    const auto* matrix =
        reinterpret_cast<const std::int32_t*>(av_stream_get_side_data(&stream, AV_PKT_DATA_DISPLAYMATRIX, nullptr));
    if (matrix == nullptr) return;
    const double turn = std::abs(av_display_rotation_get(matrix));
    if (turn > 45 && turn < 135) std::swap(report.width, report.height);
}

std::string codec_name(const AVCodecParameters& codec) {
    return codec.codec_id == AV_CODEC_ID_NONE ? std::string() : avcodec_get_name(codec.codec_id);
}

void read_picture(const AVFormatContext& context, const AVStream& stream, VideoReport& video) {
    const AVCodecParameters& codec = *stream.codecpar;
    video.codec = codec_name(codec);
    if (const char* name = av_get_pix_fmt_name(static_cast<AVPixelFormat>(codec.format))) video.pixel_format = name;
    const AVRational rate = stream.avg_frame_rate.num > 0 ? stream.avg_frame_rate : stream.r_frame_rate;
    if (rate.num > 0 && rate.den > 0) video.frame_rate = av_q2d(rate);
    video.bit_rate = std::max<std::int64_t>(codec.bit_rate, 0);
    video.is_interlaced = codec.field_order > AV_FIELD_PROGRESSIVE;
    if (context.duration > 0) video.duration_ms = context.duration / (AV_TIME_BASE / 1000);
}

void read_sound(const AVStream& stream, VideoReport& video) {
    video.has_sound = true;
    video.audio_codec = codec_name(*stream.codecpar);
    video.sample_rate_hz = stream.codecpar->sample_rate;
    video.channels = stream.codecpar->ch_layout.nb_channels;
    video.audio_bit_rate = std::max<std::int64_t>(stream.codecpar->bit_rate, 0);
}

} // namespace

Report look_at_video(int file) {
    av_log_set_level(AV_LOG_QUIET);
    Report report;
    report.is_video = true;
    const Mp4Boxes boxes = walk_boxes(file);
    if (boxes.is_container) {
        report.format = boxes.is_quicktime ? "mov" : "mp4";
        if (!boxes.is_whole) report.problem = "the file breaks off before its end";
        if (!boxes.has_index) report.problem = "it has no index (moov): the recording was not finished";
    }
    VideoReport video;
    video.is_index_first = boxes.is_index_first;
    video.is_fragmented = boxes.is_fragmented;
    video.has_edit_list = boxes.has_edit_list;
    video.has_cutting_edits = boxes.has_cutting_edits;
    Film film(file);
    if (!film.open()) {
        if (boxes.is_container && report.problem.empty()) report.problem = "its index cannot be read";
        if (boxes.is_container) report.video = std::move(video);
        return report;
    }
    if (report.format.empty()) {
        report.format = film.context->iformat->name;
        report.format.resize(std::min(report.format.find(','), report.format.size()));
    }
    report.has_metadata = tells_of_its_origin(film.context->metadata);
    AVStream* picture = film.best(AVMEDIA_TYPE_VIDEO);
    if (picture == nullptr) {
        if (report.problem.empty()) report.problem = "it holds no moving picture";
        report.video = std::move(video);
        return report;
    }
    read_size(*picture, report);
    read_picture(*film.context, *picture, video);
    if (const AVStream* sound = film.best(AVMEDIA_TYPE_AUDIO)) read_sound(*sound, video);
    video.has_open_gop = has_open_gop(film.context, picture);
    report.video = std::move(video);
    return report;
}

} // namespace everlong::media
