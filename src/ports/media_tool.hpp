#pragma once
// Looks at pictures and videos and converts them, in a confined process of its own: no decoder runs in the service. What
// kills that process is an answer about the file, not an outage.

#include <async/task.hpp>
#include <core/publishing/conversion.hpp>
#include <core/publishing/media_facts.hpp>

#include <string>

namespace everlong::ports {

using Conversion = core::Conversion;

class MediaTool {
public:
    virtual ~MediaTool() = default;
    // A file that cannot be understood is an answer (MediaFacts::format empty or `problem` set), and so is one that brings
    // its reader down. Errors: kMediaTool (kLocal): the tool itself cannot be started; those of opening `path` (kLocal,
    // os_error.hpp).
    virtual Task<core::MediaFacts> look(std::string path) = 0;
    // Writes a new file at `target` (0600), which must not exist; on disk when it returns, and gone where it fails.
    // kMediaUnreadable (kUsage): the source cannot be decoded, or not made small enough. kMediaTool, kDiskFull, those of
    // opening either file (kLocal).
    virtual Task<void> convert(std::string source, std::string target, Conversion conversion) = 0;
};

} // namespace everlong::ports
