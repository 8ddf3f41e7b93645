#include <simulator/media/mp4.hpp>

#include <simulator/media/codec_head.hpp>

#include <algorithm>
#include <array>

namespace everlong::simulator {
namespace {

constexpr std::size_t kShortHead = 8;
constexpr std::size_t kLongHead = 16; // size 1: the true size follows in 64 bits
constexpr int kDeepestBox = 8;        // moov/trak/mdia/minf/stbl/stsd is six

// Boxes that may begin a file: MP4 and newer MOV with ftyp, older MOV without.
constexpr std::array<std::string_view, 7> kFirstBoxes{"ftyp", "moov", "mdat", "wide", "free", "skip", "pnot"};

// Big-endian numbers; outside the bytes there are zeros.
std::uint64_t number_at(std::string_view bytes, std::size_t at, std::size_t size) {
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < size; ++i)
        number = number << 8 | (at + i < bytes.size() ? static_cast<unsigned char>(bytes[at + i]) : 0);
    return number;
}

struct Box {
    std::string_view type;
    std::string_view content;
};

// The next box of `rest`, which loses it. Nothing where none can be read.
std::optional<Box> take_box(std::string_view& rest) {
    if (rest.size() < kShortHead) return std::nullopt;
    std::uint64_t size = number_at(rest, 0, 4);
    std::size_t head = kShortHead;
    if (size == 1) {
        head = kLongHead;
        size = number_at(rest, 8, 8);
    } else if (size == 0) {
        size = rest.size();
    }
    if (size < head || size > rest.size()) return std::nullopt;
    const auto whole = static_cast<std::size_t>(size);
    const Box box{rest.substr(4, 4), rest.substr(head, whole - head)};
    rest.remove_prefix(whole);
    return box;
}

// What is gathered of one trak box.
struct Track {
    std::string_view handler; // "vide", "soun"
    std::string_view sample_entry;
    std::string_view codec;
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    std::uint64_t time_scale = 0;
    std::uint64_t duration = 0;
    std::uint64_t samples = 0;
    std::uint64_t bytes = 0;
};

void read_track_head(std::string_view content, Track& track) {
    const bool is_long = number_at(content, 0, 1) == 1;
    const std::size_t matrix = is_long ? 52 : 40;
    // 16.16 fixed point. A quarter turn stands in the matrix: a and d are zero then.
    track.width = static_cast<std::uint32_t>(number_at(content, matrix + 36, 4) >> 16);
    track.height = static_cast<std::uint32_t>(number_at(content, matrix + 40, 4) >> 16);
    const bool is_turned = number_at(content, matrix, 4) == 0 && number_at(content, matrix + 16, 4) == 0 &&
                           number_at(content, matrix + 4, 4) != 0;
    if (is_turned) std::swap(track.width, track.height);
}

// The same layout in mvhd and mdhd: time scale and duration.
void read_times(std::string_view content, std::uint64_t& time_scale, std::uint64_t& duration) {
    const bool is_long = number_at(content, 0, 1) == 1;
    time_scale = number_at(content, is_long ? 20 : 12, 4);
    duration = is_long ? number_at(content, 24, 8) : number_at(content, 16, 4);
    // All ones: unknown.
    if (duration == 0xFFFFFFFF || duration == ~std::uint64_t{0}) duration = 0;
}

void read_edits(std::string_view content, Video& video) {
    const bool is_long = number_at(content, 0, 1) == 1;
    const std::uint64_t count = number_at(content, 4, 4);
    if (count == 0) return;
    video.has_edit_list = true;
    const std::size_t width = is_long ? 8 : 4;
    const std::uint64_t empty = is_long ? ~std::uint64_t{0} : 0xFFFFFFFF;
    const bool is_empty_edit = number_at(content, 8 + width, width) == empty;
    const bool is_other_speed = number_at(content, 8 + 2 * width, 4) != 0x00010000;
    if (count > 1 || is_empty_edit || is_other_speed) video.has_cutting_edits = true;
}

void read_sample_counts(std::string_view content, Track& track) {
    const std::uint64_t told = number_at(content, 4, 4);
    const std::uint64_t held = content.size() < 8 ? 0 : (content.size() - 8) / 8;
    for (std::uint64_t i = 0; i < std::min(told, held); ++i)
        track.samples += number_at(content, static_cast<std::size_t>(8 + i * 8), 4);
}

void read_sample_sizes(std::string_view content, Track& track) {
    const std::uint64_t each = number_at(content, 4, 4);
    const std::uint64_t told = number_at(content, 8, 4);
    const std::uint64_t held = content.size() < 12 ? 0 : (content.size() - 12) / 4;
    if (each != 0) {
        track.bytes = each * told;
        return;
    }
    for (std::uint64_t i = 0; i < std::min(told, held); ++i)
        track.bytes += number_at(content, static_cast<std::size_t>(12 + i * 4), 4);
}

void read_sample_entry(std::string_view content, Track& track) {
    std::string_view entries = content.substr(std::min<std::size_t>(8, content.size()));
    const auto entry = take_box(entries);
    if (!entry) return;
    track.codec = entry->type;
    track.sample_entry = entry->content;
}

// Boxes that hold boxes, on the way to those that are read.
bool is_folder(std::string_view type) {
    return type == "mdia" || type == "minf" || type == "stbl" || type == "edts";
}

void read_track(std::string_view rest, Track& track, Video& video, int depth) {
    if (depth > kDeepestBox) return;
    while (const auto box = take_box(rest)) {
        if (is_folder(box->type)) {
            read_track(box->content, track, video, depth + 1);
        } else if (box->type == "tkhd") {
            read_track_head(box->content, track);
        } else if (box->type == "mdhd") {
            read_times(box->content, track.time_scale, track.duration);
        } else if (box->type == "hdlr" && track.handler.empty()) {
            // The first one is the media's; QuickTime's minf holds another, of the data.
            track.handler = box->content.size() >= 12 ? box->content.substr(8, 4) : std::string_view();
        } else if (box->type == "elst") {
            read_edits(box->content, video);
        } else if (box->type == "stts") {
            read_sample_counts(box->content, track);
        } else if (box->type == "stsz") {
            read_sample_sizes(box->content, track);
        } else if (box->type == "stsd") {
            read_sample_entry(box->content, track);
        }
    }
}

// The box of that type behind a sample entry's fixed fields; QuickTime wraps it into `wave`. Empty: there is none.
std::string_view find_head(std::string_view entry, std::size_t fixed, std::string_view type) {
    std::string_view rest = entry.substr(std::min(fixed, entry.size()));
    while (const auto box = take_box(rest)) {
        if (box->type == type) return box->content;
        if (box->type == "wave") rest = box->content;
    }
    return {};
}

void read_picture_head(std::string_view entry, VideoTrack& picture) {
    constexpr std::size_t kFixed = 78;
    const std::string_view avcc = find_head(entry, kFixed, "avcC");
    const auto head = avcc.empty() ? read_hvcc(find_head(entry, kFixed, "hvcC")) : read_avcc(avcc);
    if (!head) return;
    picture.is_420 = head->is_420;
    picture.is_progressive = head->is_progressive;
}

// The fixed fields hold 16 bits a rate, and many writers say "2 channels" whatever there are: the codec's head knows.
void read_sound_head(std::string_view entry, const Track& track, AudioTrack& sound) {
    const std::uint64_t version = number_at(entry, 8, 2); // QuickTime's sound descriptions grow with it
    const std::size_t fixed = version == 2 ? 64 : version == 1 ? 44 : 28;
    if (sound.sample_rate == 0) sound.sample_rate = static_cast<std::uint32_t>(track.time_scale);
    const auto head = read_esds(find_head(entry, fixed, "esds"));
    if (!head) return;
    sound.is_aac = head->is_aac;
    if (head->channels != 0) sound.channels = head->channels;
    if (head->sample_rate != 0) sound.sample_rate = head->sample_rate;
}

void keep_track(const Track& track, Video& video) {
    const std::string_view entry = track.sample_entry;
    if (track.handler == "vide" && !video.picture) {
        VideoTrack picture;
        picture.codec = track.codec;
        picture.width = track.width != 0 ? track.width : static_cast<std::uint32_t>(number_at(entry, 24, 2));
        picture.height = track.height != 0 ? track.height : static_cast<std::uint32_t>(number_at(entry, 26, 2));
        if (track.duration > 0) {
            picture.frames_per_second = static_cast<double>(track.samples) * static_cast<double>(track.time_scale) /
                                        static_cast<double>(track.duration);
            picture.bits_per_second = static_cast<double>(track.bytes) * 8 * static_cast<double>(track.time_scale) /
                                      static_cast<double>(track.duration);
        }
        read_picture_head(entry, picture);
        video.picture = std::move(picture);
    }
    if (track.handler == "soun" && !video.sound) {
        AudioTrack sound;
        sound.codec = track.codec;
        sound.channels = static_cast<std::uint32_t>(number_at(entry, 16, 2));
        sound.sample_rate = static_cast<std::uint32_t>(number_at(entry, 24, 4) >> 16);
        read_sound_head(entry, track, sound);
        video.sound = std::move(sound);
    }
}

void read_moov(std::string_view rest, Video& video) {
    bool has_head = false;
    while (const auto box = take_box(rest)) {
        if (box->type == "mvhd") {
            std::uint64_t time_scale = 0;
            std::uint64_t duration = 0;
            read_times(box->content, time_scale, duration);
            if (time_scale > 0) {
                const double seconds = static_cast<double>(duration) / static_cast<double>(time_scale);
                // Beyond a year it is nonsense, and too long in any case.
                video.duration_ms = static_cast<std::uint64_t>(std::min(seconds, 31'536'000.0) * 1000.0);
                has_head = true;
            }
        } else if (box->type == "trak") {
            Track track;
            read_track(box->content, track, video, 0);
            keep_track(track, video);
        }
    }
    video.has_moov = has_head && rest.empty();
}

} // namespace

void VideoScanner::begin_box() {
    const std::string_view type = std::string_view(head_).substr(4, 4);
    std::uint64_t size = number_at(head_, 0, 4);
    if (!has_begun_) {
        has_begun_ = true;
        video_.is_container = std::ranges::find(kFirstBoxes, type) != kFirstBoxes.end();
        if (!video_.is_container) is_lost_ = true;
    }
    is_endless_ = size == 0;
    if (size == 1) size = number_at(head_, 8, 8);
    if (!is_endless_ && size < head_.size()) {
        is_lost_ = true;
        return;
    }
    left_ = is_endless_ ? ~std::uint64_t{0} : size - head_.size();
    is_in_box_ = true;
    is_in_moov_ = type == "moov" && !video_.has_moov && left_ <= kLargestMoov;
    if (type == "moov" && !has_media_data_) video_.is_moov_first = true;
    if (type == "mdat") has_media_data_ = true;
    if (type == "moof") video_.is_fragmented = true;
    // The brand is the first thing behind ftyp's head, and wanted before the box has been passed over.
    if (type == "ftyp" && left_ <= kLargestMoov) is_in_moov_ = true;
}

void VideoScanner::end_moov() {
    if (std::string_view(head_).substr(4, 4) == "ftyp") {
        if (video_.brand.empty()) video_.brand = moov_.substr(0, 4);
    } else {
        read_moov(moov_, video_);
    }
    moov_.clear();
    moov_.shrink_to_fit();
    is_in_moov_ = false;
}

void VideoScanner::feed(std::string_view piece) {
    video_.bytes += piece.size();
    while (!piece.empty() && !is_lost_) {
        if (!is_in_box_) {
            const bool is_long = head_.size() >= 4 && number_at(head_, 0, 4) == 1;
            const std::size_t wanted = is_long ? kLongHead : kShortHead;
            const std::size_t taken = std::min(wanted - head_.size(), piece.size());
            head_.append(piece.substr(0, taken));
            piece.remove_prefix(taken);
            const bool needs_more = head_.size() == kShortHead && number_at(head_, 0, 4) == 1;
            if (head_.size() >= wanted && !needs_more) begin_box();
        } else {
            const auto taken = static_cast<std::size_t>(std::min<std::uint64_t>(left_, piece.size()));
            if (is_in_moov_) moov_.append(piece.substr(0, taken));
            piece.remove_prefix(taken);
            if (!is_endless_) left_ -= taken;
        }
        if (is_in_box_ && left_ == 0) {
            if (is_in_moov_) end_moov();
            is_in_box_ = false;
            head_.clear();
        }
    }
    if (is_lost_) moov_.clear();
}

Video VideoScanner::result() const {
    Video video = video_;
    video.is_whole = has_begun_ && !is_lost_ && (is_in_box_ ? is_endless_ : head_.empty());
    return video;
}

} // namespace everlong::simulator
