#pragma once
// Looks at pictures and videos and converts them, in a confined process of its own: no decoder runs in the service. What
// kills that process is an answer about the file, not an outage.

#include <async/task.hpp>
#include <core/publishing/media_facts.hpp>

#include <optional>
#include <string>

namespace everlong::ports {

// How a picture is to be changed: in this order.
struct Conversion {
    // Cut off evenly, or filled with a colour, until width : height lies within these; absent: left as it is.
    enum class Fit { kNone, kCrop, kPad } fit = Fit::kNone;
    double least_ratio = 0;
    double most_ratio = 0;
    int most_width = 0;                 // scaled down to it; 0: not
    std::string background = "#ffffff"; // for what is padded, and for what was transparent
    // The result is always a JPEG in sRGB without metadata, at most this large: quality goes down until it fits.
    std::uint64_t most_bytes = 0; // 0: no limit
};

class MediaTool {
public:
    virtual ~MediaTool() = default;
    // A file that cannot be read is an answer (MediaFacts::format empty or `problem` set). Errors: kMediaTool (kLocal): the
    // tool itself cannot be started.
    virtual Task<core::MediaFacts> look(std::string path) = 0;
    // Writes a new file at `target`. kMediaUnreadable (kUsage): the source cannot be decoded. kMediaTool (kLocal).
    virtual Task<void> convert(std::string source, std::string target, Conversion conversion) = 0;
};

} // namespace everlong::ports
