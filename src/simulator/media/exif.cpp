#include <simulator/media/exif.hpp>

#include <cstddef>
#include <cstdint>

namespace everlong::simulator {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kExif = "Exif\0\0"sv;
constexpr std::size_t kEntryBytes = 12;
constexpr std::uint32_t kOrientation = 0x0112;
constexpr std::uint32_t kShort = 3;            // the type of its value
constexpr std::uint32_t kFirstQuarterTurn = 5; // 5 to 8 lie on their side, 1 to 4 do not
constexpr std::uint32_t kLastQuarterTurn = 8;

// TIFF 6.0, section 2: a byte order, then directories of entries.
class Tiff {
public:
    explicit Tiff(std::string_view bytes) : bytes_(bytes), is_little_(bytes.starts_with("II")) {}

    bool is_sound() const { return (is_little_ || bytes_.starts_with("MM")) && number(2, 2) == 42; }
    // Zero behind the end.
    std::uint32_t number(std::size_t at, std::size_t size) const {
        if (at > bytes_.size() || size > bytes_.size() - at) return 0;
        std::uint32_t value = 0;
        for (std::size_t i = 0; i < size; ++i) {
            const std::size_t next = is_little_ ? at + size - 1 - i : at + i;
            value = value << 8 | static_cast<unsigned char>(bytes_[next]);
        }
        return value;
    }

private:
    std::string_view bytes_;
    bool is_little_;
};

} // namespace

bool asks_for_quarter_turn(std::string_view content) {
    if (!content.starts_with(kExif)) return false;
    const Tiff tiff(content.substr(kExif.size()));
    if (!tiff.is_sound()) return false;
    const std::size_t directory = tiff.number(4, 4);
    const std::size_t entries = tiff.number(directory, 2);
    for (std::size_t i = 0; i < entries; ++i) {
        const std::size_t entry = directory + 2 + i * kEntryBytes;
        if (tiff.number(entry, 2) != kOrientation || tiff.number(entry + 2, 2) != kShort) continue;
        const std::uint32_t orientation = tiff.number(entry + 8, 2);
        return orientation >= kFirstQuarterTurn && orientation <= kLastQuarterTurn;
    }
    return false;
}

} // namespace everlong::simulator
