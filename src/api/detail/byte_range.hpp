#pragma once
// The header Range (RFC 9110, 14.2) for something of a known length. Pure.

#include <http/message.hpp>

#include <cstdint>
#include <string_view>

namespace everlong::api::detail {

struct ByteRange {
    std::uint64_t first = 0;
    std::uint64_t last = 0; // inclusive
};

struct RangeAnswer {
    int status = 200; // 206: `range` is a part of it; 416: no byte of it is wanted
    ByteRange range;
};

// `size` is at least 1. What is no single range of bytes, or is about another version of the thing (If-Range), gives the
// whole, as the standard allows.
RangeAnswer read_range(const http::Headers& headers, std::string_view etag, std::uint64_t size);

} // namespace everlong::api::detail
