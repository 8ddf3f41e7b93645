// Any bytes as a picture or video, looked at in this process: no crash of our own code or the libraries', and figures that
// make sense.

#include <media/picture.hpp>
#include <media/report.hpp>

#include <cstdint>
#include <cstdlib>
#include <sys/mman.h>
#include <unistd.h>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace everlong::media;
    static const bool is_started = start_pictures("media_look_fuzz");
    if (!is_started) std::abort();
    const int file = ::memfd_create("medium", MFD_CLOEXEC);
    if (file < 0 || ::write(file, data, size) != static_cast<ssize_t>(size)) std::abort();
    const Report report = look(file);
    ::close(file);
    if (report.bytes != size || report.width < 0 || report.height < 0) std::abort();
    if (report.format.empty() && report.problem.empty()) std::abort();
    if (report.video && (report.video->duration_ms < 0 || report.video->frame_rate < 0)) std::abort();
    return 0;
}
