#pragma once
// Where the bytes of files are: brought piece by piece, kept until no post needs them. Names are ours (ids), never a
// caller's. Errors of every method: kDiskFull, kReadOnly, kIo (kLocal); kFileUnknown (kUsage).

#include <async/task.hpp>
#include <core/publishing/post.hpp>
#include <ports/publish_api.hpp>

#include <memory>
#include <string>

namespace everlong::ports {

class MediaShelf {
public:
    virtual ~MediaShelf() = default;
    // Adds `bytes` at `offset`, which must be its present length (kUsage otherwise: kFileOffset), and gives the new one. On
    // disk when it returns. A file that was not there begins empty.
    virtual Task<std::uint64_t> append(core::FileId id, std::uint64_t offset, std::string bytes) = 0;
    // Of what is there; 0 where nothing is.
    virtual Task<std::uint64_t> length(core::FileId id) = 0;
    virtual Task<std::string> sha256(core::FileId id) = 0;
    virtual Result<std::unique_ptr<ByteSource>> open(const core::FileId& id) = 0;
    // For the tool that looks at it or converts it.
    virtual std::string path(const core::FileId& id) const = 0;
    virtual Task<void> remove(core::FileId id) = 0;
};

} // namespace everlong::ports
