#include <adapters/data_dir/detail/file_system.hpp>

#include <gtest/gtest.h>

namespace {

using everlong::adapters::detail::mount_type_of;
using everlong::adapters::detail::network_file_system;

TEST(FileSystem, ThoseOfTheNetworkAreNamed) {
    struct Row {
        const char* name;
        std::uint64_t magic;
        const char* type;
        const char* expected; // "": of this machine
    };
    constexpr Row kRows[] = {
        {"ext4", 0xEF53, "ext4", ""},
        {"xfs", 0x58465342, "xfs", ""},
        {"btrfs", 0x9123683E, "btrfs", ""},
        {"tmpfs", 0x01021994, "tmpfs", ""},
        {"overlay", 0x794C7630, "overlay", ""},
        {"zfs", 0x2FC12FC1, "zfs", ""},
        {"nfs", 0x6969, "nfs4", "nfs"},
        {"smb", 0x517B, "smbfs", "smb"},
        {"cifs", 0xFF534D42, "cifs", "cifs"},
        {"smb3", 0xFE534D42, "smb3", "smb2"},
        {"9p", 0x01021997, "9p", "9p"},
        {"ceph", 0x00C36400, "ceph", "ceph"},
        {"sshfs", 0x65735546, "fuse.sshfs", "fuse.sshfs"},
        {"s3fs", 0x65735546, "fuse.s3fs", "fuse.s3fs"},
        {"rclone", 0x65735546, "fuse.rclone", "fuse.rclone"},
        {"ntfs-3g", 0x65735546, "fuseblk", ""},
        {"virtiofs", 0x65735546, "virtiofs", ""},
        {"unlisted FUSE", 0x65735546, "", ""},
    };
    for (const Row& row : kRows) {
        SCOPED_TRACE(row.name);
        EXPECT_EQ(row.expected, network_file_system(row.magic, row.type).value_or(""));
    }
}

TEST(FileSystem, TheMountIsFoundByItsDevice) {
    constexpr const char* kMounts =
        "21 28 0:20 / /proc rw,relatime shared:5 - proc proc rw\n"
        "28 1 254:1 / / rw,relatime shared:1 master:2 - ext4 /dev/vda1 rw,errors=remount-ro\n"
        "99 28 0:55 / /mnt/with\\040blank rw - fuse.sshfs me@host:/ rw,user_id=0";
    EXPECT_EQ("ext4", mount_type_of(kMounts, 254, 1));
    EXPECT_EQ("fuse.sshfs", mount_type_of(kMounts, 0, 55));
    EXPECT_EQ("", mount_type_of(kMounts, 0, 56));
    EXPECT_EQ("", mount_type_of(kMounts, 28, 1));
    EXPECT_EQ("", mount_type_of("", 254, 1));
    EXPECT_EQ("", mount_type_of("nonsense\n\n28 1 254:1", 254, 1));
}

} // namespace
