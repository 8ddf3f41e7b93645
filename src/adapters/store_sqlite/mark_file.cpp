#include <adapters/store_sqlite/detail/mark_file.hpp>

#include <base/digest.hpp>
#include <base/os_error.hpp>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <fcntl.h>
#include <sstream>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

namespace everlong::adapters::detail {
namespace {

constexpr std::string_view kName = "everlong-store-mark";
// A page of the disk each, so that a torn write harms one only.
constexpr std::size_t kHalf = 4096;
constexpr int kHalves = 2;
// While it is made.
constexpr std::string_view kNewSuffix = ".new";

std::string digest_of(std::string_view text) {
    const Sha256 digest = sha256(text);
    return to_hex(digest.data(), digest.size());
}

// One line, filled up with blanks: name, store, epoch, and a digest of these.
std::string to_half(const core::StoreMark& mark) {
    std::string text = std::string(kName) + " " + mark.store + " " + std::to_string(mark.epoch);
    text += " " + digest_of(text);
    text.resize(kHalf - 1, ' ');
    return text + "\n";
}

std::optional<core::StoreMark> parse_half(const std::string& half) {
    std::istringstream words(half);
    std::string name;
    std::string epoch;
    std::string digest;
    core::StoreMark mark;
    if (!(words >> name >> mark.store >> epoch >> digest) || name != kName) return std::nullopt;
    if (digest_of(name + " " + mark.store + " " + epoch) != digest) return std::nullopt;
    const auto read = std::from_chars(epoch.data(), epoch.data() + epoch.size(), mark.epoch);
    if (read.ec != std::errc() || read.ptr != epoch.data() + epoch.size()) return std::nullopt;
    return mark;
}

// Nothing is written half and called done.
Result<void> write_all(int file, std::string_view text, off_t at, const std::string& path) {
    while (!text.empty()) {
        const ssize_t size = ::pwrite(file, text.data(), text.size(), at);
        if (size < 0 && errno == EINTR) continue;
        if (size <= 0) return fail(os_error(size < 0 ? errno : EIO, "cannot write " + path));
        text.remove_prefix(static_cast<std::size_t>(size));
        at += size;
    }
    return {};
}

Result<void> sync_directory(const std::filesystem::path& path) {
    const int directory = ::open(path.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool is_synced = directory >= 0 && ::fsync(directory) == 0;
    const int number = errno;
    if (directory >= 0) ::close(directory);
    if (!is_synced) return fail(os_error(number, "cannot sync the directory of " + path.string()));
    return {};
}

} // namespace

MarkFile::~MarkFile() {
    if (file_ >= 0) ::close(file_);
}

Result<void> MarkFile::open_file() {
    if (file_ >= 0) return {};
    file_ = ::open(path_.c_str(), O_RDWR | O_NOFOLLOW | O_CLOEXEC);
    if (file_ < 0 && errno != ENOENT) return fail(os_error(errno, "cannot open " + path_.string()));
    return {};
}

Result<core::BesideMark> MarkFile::read() {
    core::BesideMark beside;
    if (auto opened = open_file(); !opened) return fail(opened.error());
    if (file_ < 0) return beside;
    beside.is_there = true;
    for (int i = 0; i < kHalves; ++i) {
        std::string half(kHalf, '\0');
        const ssize_t size = ::pread(file_, half.data(), half.size(), static_cast<off_t>(kHalf) * i);
        if (size < 0) return fail(os_error(errno, "cannot read " + path_.string()));
        half.resize(static_cast<std::size_t>(size));
        const auto mark = parse_half(half);
        if (mark && (!beside.mark || mark->epoch > beside.mark->epoch)) beside.mark = mark;
    }
    return beside;
}

Result<bool> MarkFile::is_whole() const {
    struct stat info{};
    if (::fstat(file_, &info) != 0) return fail(os_error(errno, "cannot look at " + path_.string()));
    return info.st_size == static_cast<off_t>(kHalf) * kHalves;
}

Result<void> MarkFile::write(const core::StoreMark& mark) {
    if (auto opened = open_file(); !opened) return opened;
    if (file_ < 0) return make_file(mark);
    auto whole = is_whole();
    if (!whole) return fail(whole.error());
    if (!*whole) return make_file(mark);
    const auto half = static_cast<off_t>(mark.epoch % kHalves);
    if (auto written = write_all(file_, to_half(mark), static_cast<off_t>(kHalf) * half, path_.string()); !written) {
        return written;
    }
    if (::fdatasync(file_) != 0) return fail(os_error(errno, "cannot sync " + path_.string()));
    return {};
}

// Both halves at once, so that their place on the disk is taken.
Result<void> MarkFile::fill(int file, const core::StoreMark& mark, const std::filesystem::path& path) const {
    const std::string half = to_half(mark);
    if (auto written = write_all(file, half + half, 0, path.string()); !written) return written;
    if (::fsync(file) != 0) return fail(os_error(errno, "cannot sync " + path.string()));
    if (::rename(path.c_str(), path_.c_str()) != 0) return fail(os_error(errno, "cannot make " + path_.string()));
    return sync_directory(path_);
}

Result<void> MarkFile::make_file(const core::StoreMark& mark) {
    const std::filesystem::path path = path_.string() + std::string(kNewSuffix);
    // What a making that broke off has left is nobody's: the store's lock keeps others out.
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) return fail(os_error(errno, "cannot remove " + path.string()));
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file < 0) return fail(os_error(errno, "cannot make " + path.string()));
    if (auto filled = fill(file, mark, path); !filled) {
        ::close(file);
        ::unlink(path.c_str());
        return filled;
    }
    if (file_ >= 0) ::close(file_);
    file_ = file;
    return {};
}

} // namespace everlong::adapters::detail
