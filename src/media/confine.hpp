#pragma once
// The walls around this program: what a decoder that has been taken over by a file can still reach is its own memory and
// the descriptors that it was given. Each wall stands by itself; where the kernel lacks one, the others still stand.

#include <cstdint>
#include <string>
#include <vector>

namespace everlong::media {

enum class Wall {
    kNoNewPrivileges, // nothing that is executed gains rights
    kLimits,          // CPU time, memory, size of files, number of descriptors, no core
    kLandlock,        // no file can be opened by name, no TCP
    kSeccomp,         // system calls by an allow-list: all others fail with EPERM
};

struct Limits {
    std::uint64_t cpu_s;
    std::uint64_t memory_bytes;
    std::uint64_t file_bytes; // of what is written
};

// A picture of 100 megapixels decodes in 3 s; the heads of a video are read in less than one. An answer has 2 KiB.
inline constexpr Limits kLookLimits{.cpu_s = 15, .memory_bytes = std::uint64_t{2} << 30, .file_bytes = 64U << 10};
// The result is bounded by what Meta takes (8 MB), several times over.
inline constexpr Limits kConvertLimits{.cpu_s = 45, .memory_bytes = std::uint64_t{3} << 30, .file_bytes = 64U << 20};

struct Confinement {
    std::vector<std::string> standing; // "no-new-privileges", "limits", "landlock", "seccomp"
    std::vector<std::string> missing;  // "landlock: Function not implemented"
};

// For the rest of the process' life, without a way back. Call it before a byte of the file is read, after every library
// that loads modules has done so.
Confinement confine(const Limits& limits);

// One wall alone, so that each can be tried by itself. True where it stands.
bool raise_wall(Wall wall, const Limits& limits, std::string& why_not);

} // namespace everlong::media
