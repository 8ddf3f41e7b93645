#include <core/publishing/media_names.hpp>

#include <algorithm>
#include <array>

namespace everlong::core {
namespace {

struct Row {
    std::string_view format;
    std::string_view type;
    std::string_view ending;
};
constexpr std::array<Row, 7> kRows{{{"jpeg", "image/jpeg", ".jpg"},
                                    {"png", "image/png", ".png"},
                                    {"webp", "image/webp", ".webp"},
                                    {"gif", "image/gif", ".gif"},
                                    {"heif", "image/heic", ".heic"},
                                    {"mp4", "video/mp4", ".mp4"},
                                    {"mov", "video/quicktime", ".mov"}}};

const Row* find_row(std::string_view format) {
    const auto* row = std::ranges::find(kRows, format, &Row::format);
    return row == kRows.end() ? nullptr : row;
}

} // namespace

std::string_view content_type_of(std::string_view format) {
    const Row* row = find_row(format);
    return row == nullptr ? std::string_view("application/octet-stream") : row->type;
}

std::string_view ending_of(std::string_view format) {
    const Row* row = find_row(format);
    return row == nullptr ? std::string_view() : row->ending;
}

} // namespace everlong::core
