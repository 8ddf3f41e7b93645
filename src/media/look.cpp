#include <media/report.hpp>

#include <media/bytes.hpp>
#include <media/picture.hpp>
#include <media/video.hpp>

namespace everlong::media {
namespace {

// Forty times what Meta takes; a larger picture file is nobody's photograph.
constexpr std::uint64_t kLargestPicture = 320U << 20;
constexpr std::size_t kMagicBytes = 16;

} // namespace

Report look(int file) {
    const std::uint64_t size = file_size(file);
    const std::string format = picture_format(read_at(file, 0, kMagicBytes));
    Report report;
    if (size == 0) {
        report.problem = "the file is empty";
    } else if (format.empty()) {
        report = look_at_video(file);
        if (report.format.empty()) {
            report.is_video = false;
            report.problem = "it is neither a picture nor a video of a known format";
        }
    } else if (size > kLargestPicture) {
        report.format = format;
        report.problem = "it is larger than any picture";
    } else {
        const MappedFile mapped(file, kLargestPicture);
        report = look_at_picture(mapped.bytes(), format);
        if (mapped.bytes().empty()) report.problem = "it cannot be read";
    }
    report.bytes = size;
    return report;
}

} // namespace everlong::media
