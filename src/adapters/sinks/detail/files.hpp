#pragma once
// The system calls behind a file delivery, each announced to a hook first: a test makes the n-th one fail, cuts a write
// short, lets a rival in or kills the process there. Calls that a signal interrupted are made again.

#include <base/result.hpp>
#include <base/secret.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <utility>

namespace everlong::adapters::detail {

enum class FileCall {
    kOpen,
    kRead,
    kWrite,
    kAllocate,
    kTruncate,
    kSync,
    kStat,
    kChmod,
    kChown,
    kXattr,
    kRename,
    kUnlink,
    kLock
};

class FileHooks {
public:
    virtual ~FileHooks() = default;
    // The errno with which the call is to fail; 0 lets it happen.
    virtual int before(FileCall) { return 0; }
    // How many of these bytes a single read or write may move, at least 1.
    virtual std::size_t most_bytes(std::size_t wanted) { return wanted; }
    // Between two looks at a lock that somebody else holds.
    virtual void pause();
};

class Fd {
public:
    Fd() = default;
    explicit Fd(int number) : number_(number) {}
    Fd(Fd&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Fd& operator=(Fd&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    Fd(const Fd&) = delete;
    Fd& operator=(const Fd&) = delete;
    ~Fd();

    int get() const { return number_; }
    bool is_open() const { return number_ >= 0; }

private:
    int number_ = -1;
};

// What tells one state of one file from another.
struct FileIdentity {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::int64_t size = 0;
    std::int64_t modified_s = 0;
    std::int64_t modified_ns = 0;
    bool operator==(const FileIdentity&) const = default;
    bool is_same_file(const FileIdentity& other) const { return device == other.device && inode == other.inode; }
};
FileIdentity identity_of(const struct stat& info);

// Functions that give int: 0 or the descriptor, or -errno.
class Files {
public:
    explicit Files(FileHooks& hooks) : hooks_(hooks) {}

    // Adds O_CLOEXEC, O_NOCTTY, O_NOFOLLOW and O_NONBLOCK: a planted FIFO or device must not hold us up.
    int open_at(int directory, const std::string& name, int flags, unsigned mode, Fd& opened);
    // Follows no symlink anywhere in the path, where the kernel can tell (openat2, Linux 5.6).
    int open_directory(const std::string& path, Fd& opened);
    int stat_fd(const Fd& file, struct stat& info);
    int stat_at(const Fd& directory, const std::string& name, struct stat& info);
    int write_all(const Fd& file, std::string_view bytes);
    int write_all_at(const Fd& file, std::string_view bytes);
    // Reads from the start, at most limit + 1 bytes, so that a file over the limit shows.
    int read_all(const Fd& file, std::size_t limit, Secret& bytes);
    // Makes sure that `size` bytes have their place on the disk, where the file system can promise it.
    int allocate(const Fd& file, std::size_t size);
    int truncate(const Fd& file, std::size_t size);
    int sync(const Fd& file);
    int change_mode(const Fd& file, unsigned mode);
    int change_owner(const Fd& file, unsigned user, unsigned group);
    // Access lists, labels and other extended attributes; those that only the system may set are passed over.
    int copy_attributes(const Fd& from, const Fd& to);
    // renameat2(2) with these flags.
    int rename(const Fd& directory, const std::string& from, const std::string& to, unsigned flags);
    int unlink(const Fd& directory, const std::string& name);
    // One try; -EWOULDBLOCK where somebody else holds it.
    int try_lock(const Fd& file);
    // Waits for a bounded number of pauses, then -EWOULDBLOCK.
    int lock(const Fd& file);

private:
    FileHooks& hooks_;
};

// True where a file is the root of a mount, as a bind-mounted single file is. False where the kernel cannot tell
// (before Linux 5.8): rename then says EBUSY.
bool is_mount_root(const Fd& file);

// As os_error(), naming the file; a file-size limit (EFBIG) counts as a full disk.
Error file_error(int negative_errno, const std::string& what, const std::string& path);

} // namespace everlong::adapters::detail
