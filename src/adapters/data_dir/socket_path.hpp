#pragma once
// A name for the socket in the data directory that fits into a socket address, however deep the directory lies
// (sun_path holds 107 bytes, unix(7)): the directory is held open and reached through /proc/self/fd.

#include <filesystem>
#include <string>

namespace everlong::adapters {

class SocketPath {
public:
    // `directory` may be absent or unreadable: then text() is a path that leads nowhere.
    explicit SocketPath(const std::filesystem::path& directory);
    ~SocketPath();
    SocketPath(const SocketPath&) = delete;
    SocketPath& operator=(const SocketPath&) = delete;

    // Valid in this process, as long as this object lives.
    const std::string& text() const { return text_; }

private:
    int directory_ = -1;
    std::string text_;
};

} // namespace everlong::adapters
