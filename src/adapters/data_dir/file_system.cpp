#include <adapters/data_dir/detail/file_system.hpp>

#include <array>
#include <utility>

namespace everlong::adapters::detail {
namespace {

// f_type values: statfs(2) and linux/magic.h.
constexpr std::array<std::pair<std::uint64_t, std::string_view>, 9> kNetworkMagics{{{0x6969, "nfs"},
                                                                                    {0x517B, "smb"},
                                                                                    {0xFF534D42, "cifs"},
                                                                                    {0xFE534D42, "smb2"},
                                                                                    {0x01021997, "9p"},
                                                                                    {0x00C36400, "ceph"},
                                                                                    {0x0BD00BD0, "lustre"},
                                                                                    {0x5346414F, "afs"},
                                                                                    {0x73757245, "coda"}}};

// FUSE file systems that reach over a network. Local ones (ntfs-3g, mergerfs, gocryptfs, virtiofs) pass.
constexpr std::array<std::string_view, 14> kNetworkTypes{
    "fuse.sshfs",     "fuse.rclone",    "fuse.s3fs",     "fuse.gcsfuse",  "fuse.glusterfs",
    "fuse.davfs",     "fuse.curlftpfs", "fuse.smbnetfs", "fuse.goofys",   "fuse.mount-s3",
    "fuse.blobfuse2", "fuse.seaweedfs", "fuse.juicefs",  "fuse.ceph-fuse"};

std::string_view take_word(std::string_view& line) {
    const std::size_t blank = line.find(' ');
    const std::string_view word = line.substr(0, blank);
    line.remove_prefix(blank == std::string_view::npos ? line.size() : blank + 1);
    return word;
}

} // namespace

std::optional<std::string> network_file_system(std::uint64_t magic, std::string_view mount_type) {
    for (const auto& [number, name] : kNetworkMagics) {
        if (magic == number) return std::string(name);
    }
    for (const std::string_view type : kNetworkTypes) {
        if (mount_type == type) return std::string(type);
    }
    return std::nullopt;
}

std::string mount_type_of(std::string_view mountinfo, unsigned device_major, unsigned device_minor) {
    const std::string wanted = std::to_string(device_major) + ":" + std::to_string(device_minor);
    while (!mountinfo.empty()) {
        const std::size_t end = mountinfo.find('\n');
        std::string_view line = mountinfo.substr(0, end);
        mountinfo.remove_prefix(end == std::string_view::npos ? mountinfo.size() : end + 1);
        take_word(line); // the mount's number
        take_word(line); // its parent's
        if (take_word(line) != wanted) continue;
        const std::size_t separator = line.find(" - ");
        if (separator == std::string_view::npos) continue;
        line.remove_prefix(separator + 3);
        return std::string(take_word(line));
    }
    return {};
}

} // namespace everlong::adapters::detail
