#pragma once
// Which file systems a database must not lie on.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace everlong::adapters::detail {

// The name of a network file system, or nothing for one of this machine. `magic`: f_type of statfs(2). `mount_type`: the
// type as /proc/self/mountinfo has it ("ext4", "fuse.sshfs"), which alone tells FUSE file systems apart; may be empty.
std::optional<std::string> network_file_system(std::uint64_t magic, std::string_view mount_type);

// The type of the mount with this device number in a text of the form of /proc/self/mountinfo (proc(5)); empty where it
// is not listed.
std::string mount_type_of(std::string_view mountinfo, unsigned device_major, unsigned device_minor);

} // namespace everlong::adapters::detail
