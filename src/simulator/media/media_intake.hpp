#pragma once
// A video's bytes as they come in, from an address or an upload: counted, hashed and scanned in constant memory.

#include <simulator/media/mp4.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace everlong::simulator {

class MediaIntake {
public:
    MediaIntake();
    ~MediaIntake();
    MediaIntake(const MediaIntake&) = delete;
    MediaIntake& operator=(const MediaIntake&) = delete;

    void feed(std::string_view piece);
    std::uint64_t bytes() const { return bytes_; }
    Video video() const { return scanner_.result(); }
    // Lower-case hex SHA-256 of what came; more may follow.
    std::string sha256() const;

private:
    struct Hash;
    std::unique_ptr<Hash> hash_;
    VideoScanner scanner_;
    std::uint64_t bytes_ = 0;
};

} // namespace everlong::simulator
