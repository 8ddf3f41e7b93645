#include <simulator/media/codec_head.hpp>

#include <algorithm>
#include <array>
#include <string>

namespace everlong::simulator {
namespace {

constexpr std::array<std::uint32_t, 13> kSampleRates{96'000, 88'200, 64'000, 48'000, 44'100, 32'000, 24'000,
                                                     22'050, 16'000, 12'000, 11'025, 8'000,  7'350};
constexpr std::uint32_t kRateFollows = 15;
constexpr std::uint32_t kEightChannels = 7; // the one configuration whose number is not its count
// The layout is described elsewhere, as one and two channels never are: three at least.
constexpr std::uint32_t kOwnLayout = 0;
constexpr std::uint32_t kFewestOfOwnLayout = 3;

unsigned byte_at(std::string_view bytes, std::size_t at) {
    return at < bytes.size() ? static_cast<unsigned char>(bytes[at]) : 0;
}

class Bits {
public:
    explicit Bits(std::string_view bytes) : bytes_(bytes) {}

    std::uint32_t take(unsigned count) {
        std::uint32_t value = 0;
        for (unsigned i = 0; i < count; ++i, ++at_)
            value = value << 1 | (byte_at(bytes_, at_ / 8) >> (7 - at_ % 8) & 1);
        return value;
    }
    // Exp-Golomb (ITU-T H.264, 9.1).
    std::uint32_t take_golomb() {
        unsigned zeros = 0;
        while (zeros < 31 && !is_over() && take(1) == 0)
            ++zeros;
        return (1U << zeros) - 1 + take(zeros);
    }
    bool is_over() const { return at_ >= bytes_.size() * 8; }

private:
    std::string_view bytes_;
    std::size_t at_ = 0;
};

// A descriptor's tag and length before its content, which is all that is left of `rest`.
std::optional<unsigned> enter_descriptor(std::string_view& rest) {
    if (rest.size() < 2) return std::nullopt;
    const unsigned tag = byte_at(rest, 0);
    std::size_t at = 1;
    std::size_t length = 0;
    unsigned part = 0x80;
    for (int i = 0; i < 4 && (part & 0x80) != 0; ++i) {
        part = byte_at(rest, at++);
        length = length << 7 | (part & 0x7F);
    }
    rest = rest.substr(std::min(at, rest.size()));
    rest = rest.substr(0, std::min(length, rest.size()));
    return tag;
}

// Without the bytes that keep a start code from appearing (ITU-T H.264, 7.4.1).
std::string unescaped(std::string_view unit) {
    std::string plain;
    for (std::size_t i = 0; i < unit.size(); ++i) {
        const bool is_guard = unit[i] == '\3' && i >= 2 && unit[i - 1] == '\0' && unit[i - 2] == '\0';
        if (!is_guard) plain += unit[i];
    }
    return plain;
}

bool has_chroma_field(std::uint32_t profile) {
    constexpr std::array<std::uint32_t, 13> kProfiles{100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135};
    return std::ranges::find(kProfiles, profile) != kProfiles.end();
}

void skip_scaling_lists(Bits& bits, unsigned count) {
    for (unsigned list = 0; list < count; ++list) {
        if (bits.take(1) == 0) continue;
        const unsigned size = list < 6 ? 16 : 64;
        std::uint32_t last = 8;
        std::uint32_t next = 8;
        for (unsigned i = 0; i < size && next != 0; ++i) {
            const std::uint32_t code = bits.take_golomb();
            const std::uint32_t delta = code % 2 == 1 ? (code + 1) / 2 : 0U - code / 2;
            next = (last + delta) & 0xFF;
            if (next != 0) last = next;
        }
    }
}

void skip_picture_order(Bits& bits) {
    const std::uint32_t type = bits.take_golomb();
    if (type == 0) bits.take_golomb();
    if (type != 1) return;
    bits.take(1);
    bits.take_golomb();
    bits.take_golomb();
    const std::uint32_t count = std::min(bits.take_golomb(), 255U);
    for (std::uint32_t i = 0; i < count && !bits.is_over(); ++i)
        bits.take_golomb();
}

std::optional<PictureHead> read_sequence(std::string_view unit) {
    const std::string plain = unescaped(unit.substr(std::min<std::size_t>(1, unit.size())));
    Bits bits(plain);
    PictureHead head;
    const std::uint32_t profile = bits.take(8);
    bits.take(16); // constraints, level
    bits.take_golomb();
    if (has_chroma_field(profile)) {
        const std::uint32_t chroma = bits.take_golomb();
        head.is_420 = chroma == 1;
        if (chroma == 3) bits.take(1);
        bits.take_golomb(); // depths
        bits.take_golomb();
        bits.take(1);
        if (bits.take(1) == 1) skip_scaling_lists(bits, chroma == 3 ? 12 : 8);
    }
    bits.take_golomb();
    skip_picture_order(bits);
    bits.take_golomb(); // reference frames
    bits.take(1);
    bits.take_golomb(); // width and height in macroblocks
    bits.take_golomb();
    head.is_progressive = bits.take(1) == 1; // frame_mbs_only_flag
    return bits.is_over() ? std::nullopt : std::optional(head);
}

} // namespace

std::optional<SoundHead> read_esds(std::string_view content) {
    constexpr unsigned kStream = 3;
    constexpr unsigned kDecoder = 4;
    constexpr unsigned kConfiguration = 5;
    std::string_view rest = content.substr(std::min<std::size_t>(4, content.size()));
    if (enter_descriptor(rest) != kStream || rest.size() < 3) return std::nullopt;
    const unsigned flags = byte_at(rest, 2);
    if ((flags & 0xE0) != 0) return std::nullopt; // fields that MP4 forbids here
    rest.remove_prefix(3);
    if (enter_descriptor(rest) != kDecoder || rest.size() < 13) return std::nullopt;
    SoundHead head;
    const unsigned type = byte_at(rest, 0);
    head.is_aac = type == 0x40 || (type >= 0x66 && type <= 0x68);
    rest.remove_prefix(13);
    if (!head.is_aac || enter_descriptor(rest) != kConfiguration) return head;
    Bits bits(rest);
    constexpr std::uint32_t kLongType = 31;
    if (bits.take(5) == kLongType) bits.take(6);
    const std::uint32_t rate = bits.take(4);
    if (rate == kRateFollows) head.sample_rate = bits.take(24);
    if (rate < kSampleRates.size()) head.sample_rate = kSampleRates[rate];
    const std::uint32_t channels = bits.take(4);
    head.channels = channels == kEightChannels ? 8 : channels == kOwnLayout ? kFewestOfOwnLayout : channels;
    return head;
}

std::optional<PictureHead> read_avcc(std::string_view content) {
    constexpr std::size_t kFirstLength = 6;
    if (content.size() < 8 || (byte_at(content, 5) & 0x1F) == 0) return std::nullopt;
    const std::size_t length = byte_at(content, kFirstLength) << 8 | byte_at(content, kFirstLength + 1);
    return read_sequence(content.substr(8, length));
}

std::optional<PictureHead> read_hvcc(std::string_view content) {
    if (content.size() < 17) return std::nullopt;
    PictureHead head;
    // general_progressive_source_flag and general_interlaced_source_flag: both may be 0, "unknown".
    const unsigned sources = byte_at(content, 6) >> 6;
    head.is_progressive = sources != 1;
    head.is_420 = (byte_at(content, 16) & 3) == 1;
    return head;
}

} // namespace everlong::simulator
