#pragma once
// An upload from something that is read piece by piece and may fail on the way (a file that somebody cuts short): what
// went wrong is kept, as a body that cannot go on looks like any cut line from outside.

#include <base/result.hpp>
#include <http/client.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>

namespace everlong::http {

class PiecewiseUpload {
public:
    // At most `limit` bytes from `offset`; empty only at the end.
    using Read = std::function<Result<std::string>(std::uint64_t offset, std::size_t limit)>;

    // The bytes from `offset` to `size`, the end. Whatever `read` refers to must outlive the request.
    PiecewiseUpload(Read read, std::uint64_t offset, std::uint64_t size);
    PiecewiseUpload(const PiecewiseUpload&) = delete;
    PiecewiseUpload& operator=(const PiecewiseUpload&) = delete;

    // For one request, which this must outlive.
    OutgoingBody body();
    // What ended the upload early: read's error, or kIo (kLocal) where it gave nothing before the end, or more than was
    // asked for. The request's own error then says nothing better.
    const std::optional<Error>& problem() const { return problem_; }

private:
    std::optional<std::size_t> pull(std::span<char> room);

    Read read_;
    std::uint64_t at_;
    std::uint64_t size_;
    std::optional<Error> problem_;
};

} // namespace everlong::http
