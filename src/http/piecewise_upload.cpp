#include <http/piecewise_upload.hpp>

#include <algorithm>
#include <utility>

namespace everlong::http {

PiecewiseUpload::PiecewiseUpload(Read read, std::uint64_t offset, std::uint64_t size)
    : read_(std::move(read)), at_(offset), size_(size) {}

OutgoingBody PiecewiseUpload::body() {
    return {size_ - at_, [this](std::span<char> room) { return pull(room); }};
}

std::optional<std::size_t> PiecewiseUpload::pull(std::span<char> room) {
    auto piece = read_(at_, room.size());
    if (piece && (piece->empty() || piece->size() > room.size())) {
        piece = fail(Code::kIo, Fault::kLocal, "the file is shorter than it was when its upload began");
    }
    if (!piece) {
        problem_ = piece.error();
        return std::nullopt;
    }
    std::ranges::copy(*piece, room.begin());
    at_ += piece->size();
    return piece->size();
}

} // namespace everlong::http
