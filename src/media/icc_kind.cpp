#include <media/icc_kind.hpp>

#include <media/bytes.hpp>

#include <algorithm>
#include <array>
#include <cctype>

namespace everlong::media {
namespace {

constexpr std::size_t kHead = 128;
constexpr std::size_t kEntry = 12;       // signature, offset, size
constexpr std::uint64_t kMostTags = 100; // profiles have about twenty

struct Name {
    std::string_view part; // of the profile's description, in small letters
    std::string_view kind;
};
// "c2" is the small sRGB profile that Facebook and others write into pictures.
constexpr std::array kNames{
    Name{"srgb", "srgb"},
    Name{"iec61966", "srgb"},
    Name{"iec 61966", "srgb"},
    Name{"c2", "srgb"},
    Name{"p3", "p3"},
    Name{"adobe rgb", "adobe-rgb"},
    Name{"adobergb", "adobe-rgb"},
    Name{"a98", "adobe-rgb"},
    Name{"prophoto", "prophoto"},
    Name{"romm", "prophoto"},
    Name{"2020", "rec2020"},
};

// Its letters, whether ASCII (version 2) or UTF-16 (version 4): what is not a letter of ASCII falls out.
std::string description(std::string_view profile) {
    const std::uint64_t count = std::min(big_endian_at(profile, kHead, 4), kMostTags);
    for (std::uint64_t i = 0; i < count; ++i) {
        const std::size_t entry = kHead + 4 + static_cast<std::size_t>(i) * kEntry;
        if (entry + kEntry > profile.size()) break;
        if (profile.substr(entry, 4) != "desc") continue;
        const std::uint64_t offset = big_endian_at(profile, entry + 4, 4);
        if (offset >= profile.size()) break;
        std::string text;
        for (const char letter :
             profile.substr(static_cast<std::size_t>(offset), big_endian_at(profile, entry + 8, 4))) {
            const auto code = static_cast<unsigned char>(letter);
            if (code >= ' ' && code < 0x7F) text += static_cast<char>(std::tolower(code));
        }
        return text;
    }
    return {};
}

} // namespace

std::string icc_kind(std::string_view profile) {
    if (profile.size() < kHead) return {};
    const std::string_view colours = profile.substr(16, 4);
    if (colours == "CMYK") return "cmyk";
    if (colours == "GRAY") return "grey";
    const std::string name = description(profile);
    for (const auto& [part, kind] : kNames) {
        if (name.find(part) != std::string::npos) return std::string(kind);
    }
    return "rgb";
}

} // namespace everlong::media
