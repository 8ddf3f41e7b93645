#pragma once
// SHA-256 of what comes piece by piece, and may be too long for memory.

#include <base/digest.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace everlong {

class Sha256Stream {
public:
    Sha256Stream();
    void add(std::string_view data);
    // Once; nothing is added afterwards.
    Sha256 finish();

private:
    // The library's state, whose type stays in the .cpp file.
    alignas(std::uint64_t) std::array<std::byte, 104> state_;
};

} // namespace everlong
