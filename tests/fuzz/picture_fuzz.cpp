// Any bytes as a picture: no crash, and a picture that is called whole has a size.

#include <simulator/media/jpeg.hpp>

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace everlong::simulator;
    const Picture picture = inspect_picture({reinterpret_cast<const char*>(data), size});
    const bool has_size = picture.width > 0 && picture.height > 0 && picture.width <= 65535 && picture.height <= 65535;
    if (picture.is_whole && !has_size) std::abort();
    if (to_text(picture.format).empty()) std::abort();
    return 0;
}
