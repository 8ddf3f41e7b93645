#include <adapters/media_shelf_disk/media_shelf.hpp>

#include <async/worker.hpp>
#include <base/digest_stream.hpp>
#include <base/os_error.hpp>

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace everlong::adapters {
namespace {

using core::FileId;
using ports::ByteSource;

// Longer than any id of ours ("file_" and 20 letters and digits), shorter than any file system's limit.
constexpr std::size_t kMostNameBytes = 64;
// What is hashed between two looks at whoever else wants the disk: some 5 ms.
constexpr std::size_t kHashPiece = std::size_t{1} << 20;
// Never follows a link, never waits for a pipe, never goes to another program.
constexpr int kOpenFlags = O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;

class Descriptor {
public:
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Descriptor& operator=(Descriptor&&) = delete;
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    int get() const { return number_; }
    bool is_open() const { return number_ >= 0; }

private:
    int number_;
};

template <class Call>
auto without_interruption(Call call) {
    for (;;) {
        const auto result = call();
        if (result >= 0 || errno != EINTR) return result;
    }
}

// "file_q3…": letters, digits and "_" only, so that it is one name in one directory, whatever it is.
bool is_name(const std::string& text) {
    constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
    return !text.empty() && text.size() <= kMostNameBytes && text.find_first_not_of(kAllowed) == std::string::npos;
}

std::unexpected<Error> unknown_file(const FileId& id) {
    return fail(Code::kFileUnknown, Fault::kUsage, "no file has the id " + id.text().substr(0, kMostNameBytes));
}

std::unexpected<Error> not_ours(const std::string& name) {
    return fail(Code::kIo, Fault::kLocal, "in the media directory, " + name + " is not a file that was made here");
}

// A plain file of ours with one name. Who plants a link or a pipe there gets nothing written or read.
Result<struct stat> look_at(int file, const std::string& name) {
    struct stat info{};
    if (::fstat(file, &info) != 0) return fail(os_error(errno, "cannot look at " + name));
    if (!S_ISREG(info.st_mode) || info.st_nlink != 1 || info.st_uid != ::geteuid()) return not_ours(name);
    return info;
}

// Closed where there is none.
Result<Descriptor> open_existing(int directory, const std::string& name, int access) {
    Descriptor file(without_interruption([&] { return ::openat(directory, name.c_str(), access | kOpenFlags); }));
    if (file.is_open() || errno == ENOENT) return file;
    if (errno == ELOOP || errno == EISDIR || errno == ENXIO) return not_ours(name);
    return fail(os_error(errno, "cannot open " + name));
}

Result<void> sync(int file, const std::string& name) {
    // With the length, which it is read by.
    if (without_interruption([&] { return ::fdatasync(file); }) == 0) return {};
    return fail(os_error(errno, "cannot sync " + name));
}

Result<void> write_all(int file, const std::string& name, std::uint64_t offset, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = without_interruption(
            [&] { return ::pwrite(file, bytes.data(), bytes.size(), static_cast<off_t>(offset)); });
        if (written < 0) return fail(os_error(errno, "cannot write " + name));
        bytes.remove_prefix(static_cast<std::size_t>(written));
        offset += static_cast<std::uint64_t>(written);
    }
    return sync(file, name);
}

// At most `limit` bytes; fewer only at the end.
Result<std::string> read_some(int file, std::uint64_t offset, std::size_t limit) {
    std::string bytes;
    int number = 0;
    bytes.resize_and_overwrite(limit, [&](char* data, std::size_t size) {
        std::size_t have = 0;
        while (have < size) {
            const ssize_t read = without_interruption(
                [&] { return ::pread(file, data + have, size - have, static_cast<off_t>(offset + have)); });
            if (read < 0) number = errno;
            if (read <= 0) break;
            have += static_cast<std::size_t>(read);
        }
        return have;
    });
    if (number != 0) return fail(os_error(number, "cannot read"));
    return bytes;
}

class FileBytes final : public ByteSource {
public:
    FileBytes(Descriptor file, std::string name, const struct stat& info)
        : file_(std::move(file)), name_(std::move(name)), info_(info) {}

    std::uint64_t size() const override { return static_cast<std::uint64_t>(info_.st_size); }

    Result<std::string> read(std::uint64_t offset, std::size_t limit) override {
        if (offset >= size()) return std::string();
        const std::uint64_t left = size() - offset;
        const std::size_t wanted = left < limit ? static_cast<std::size_t>(left) : limit;
        auto bytes = read_some(file_.get(), offset, wanted);
        if (!bytes) return fail(bytes.error().in(name_));
        // Looked at afterwards: who reads half of one file and half of another sends something that nobody has checked.
        struct stat now{};
        if (::fstat(file_.get(), &now) != 0) return fail(os_error(errno, "cannot look at " + name_));
        if (bytes->size() != wanted || now.st_size != info_.st_size || now.st_mtim.tv_sec != info_.st_mtim.tv_sec ||
            now.st_mtim.tv_nsec != info_.st_mtim.tv_nsec) {
            return fail(Code::kIo, Fault::kLocal, name_ + " has changed while it was read");
        }
        return bytes;
    }

private:
    Descriptor file_;
    std::string name_;
    struct stat info_;
};

class DiskShelf final : public ports::MediaShelf {
public:
    DiskShelf(std::filesystem::path path, Descriptor directory)
        : path_(std::move(path)), directory_(std::move(directory)) {}

    Task<std::uint64_t> append(FileId id, std::uint64_t offset, std::string bytes) override {
        if (!is_name(id.text())) co_return unknown_file(id);
        co_return co_await worker_.run([&] { return append_now(id.text(), offset, bytes); });
    }

    Task<std::uint64_t> length(FileId id) override {
        if (!is_name(id.text())) co_return unknown_file(id);
        co_return co_await worker_.run([&] { return length_now(id.text()); });
    }

    // A piece at a time: uploads go on meanwhile.
    Task<std::string> sha256(FileId id) override {
        auto opened = open(id);
        if (!opened) co_return fail(opened.error());
        Sha256Stream stream;
        for (std::uint64_t offset = 0; offset < (*opened)->size(); offset += kHashPiece) {
            auto hashed = co_await worker_.run([&]() -> Result<void> {
                auto bytes = (*opened)->read(offset, kHashPiece);
                if (!bytes) return fail(bytes.error());
                stream.add(*bytes);
                return {};
            });
            if (!hashed) co_return fail(hashed.error());
        }
        const Sha256 digest = stream.finish();
        co_return to_hex(digest.data(), digest.size());
    }

    Result<std::unique_ptr<ByteSource>> open(const FileId& id) override {
        if (!is_name(id.text())) return unknown_file(id);
        auto file = open_existing(directory_.get(), id.text(), O_RDONLY);
        if (!file) return fail(file.error());
        if (!file->is_open()) return unknown_file(id);
        auto info = look_at(file->get(), id.text());
        if (!info) return fail(info.error());
        return std::make_unique<FileBytes>(*std::move(file), id.text(), *info);
    }

    // A name that cannot be one of ours leads nowhere.
    std::string path(const FileId& id) const override { return path_ / (is_name(id.text()) ? id.text() : "unknown"); }

    Task<void> remove(FileId id) override {
        if (!is_name(id.text())) co_return unknown_file(id);
        co_return co_await worker_.run([&] { return remove_now(id.text()); });
    }

private:
    // The file, made where it is missing and `offset` is its beginning.
    Result<Descriptor> open_for_append(const std::string& name, std::uint64_t offset) {
        auto file = open_existing(directory_.get(), name, O_WRONLY);
        if (!file || file->is_open() || offset != 0) return file;
        Descriptor made(without_interruption(
            [&] { return ::openat(directory_.get(), name.c_str(), O_WRONLY | O_CREAT | O_EXCL | kOpenFlags, 0600); }));
        if (!made.is_open()) return fail(os_error(errno, "cannot make " + name));
        if (::fsync(directory_.get()) != 0) return fail(os_error(errno, "cannot sync the media directory"));
        return made;
    }

    Result<std::uint64_t> append_now(const std::string& name, std::uint64_t offset, std::string_view bytes) {
        auto file = open_for_append(name, offset);
        if (!file) return fail(file.error());
        std::uint64_t length = 0;
        if (file->is_open()) {
            auto info = look_at(file->get(), name);
            if (!info) return fail(info.error());
            length = static_cast<std::uint64_t>(info->st_size);
        }
        if (length != offset) {
            return fail(Code::kFileOffset, Fault::kUsage,
                        "it has " + std::to_string(length) + " bytes, not " + std::to_string(offset));
        }
        auto written = write_all(file->get(), name, offset, bytes);
        if (written) return offset + bytes.size();
        // What was not acknowledged goes: on a full disk it would keep others from what they have room for. Where this
        // fails, too, the length says what is there.
        (void)without_interruption([&] { return ::ftruncate(file->get(), static_cast<off_t>(offset)); });
        return fail(written.error());
    }

    Result<std::uint64_t> length_now(const std::string& name) {
        struct stat info{};
        if (::fstatat(directory_.get(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) {
            if (errno == ENOENT) return 0;
            return fail(os_error(errno, "cannot look at " + name));
        }
        if (!S_ISREG(info.st_mode)) return not_ours(name);
        return static_cast<std::uint64_t>(info.st_size);
    }

    Result<void> remove_now(const std::string& name) {
        if (::unlinkat(directory_.get(), name.c_str(), 0) == 0 || errno == ENOENT) return {};
        if (errno == EISDIR) return not_ours(name);
        return fail(os_error(errno, "cannot remove " + name));
    }

    std::filesystem::path path_;
    Descriptor directory_;
    Worker worker_;
};

Result<void> make_directory(const std::filesystem::path& path) {
    if (::mkdir(path.c_str(), 0700) != 0) {
        if (errno == EEXIST) return {};
        return fail(os_error(errno, "cannot make " + path.string()));
    }
    const Descriptor above(::open(path.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (above.is_open() && ::fsync(above.get()) == 0) return {};
    return fail(os_error(errno, "cannot sync the directory of " + path.string()));
}

} // namespace

Result<std::unique_ptr<ports::MediaShelf>> open_media_shelf(const std::filesystem::path& given) {
    const std::filesystem::path path = std::filesystem::absolute(given);
    if (auto made = make_directory(path); !made) return fail(made.error());
    Descriptor directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!directory.is_open()) return fail(os_error(errno, "cannot open the media directory " + path.string()));
    struct stat info{};
    if (::fstat(directory.get(), &info) != 0) return fail(os_error(errno, "cannot look at " + path.string()));
    if (info.st_uid != ::geteuid())
        return fail(Code::kPermissions, Fault::kLocal, path.string() + " belongs to another user");
    if (::fchmod(directory.get(), 0700) != 0) return fail(os_error(errno, "cannot set the mode of " + path.string()));
    return std::make_unique<DiskShelf>(path, std::move(directory));
}

} // namespace everlong::adapters
