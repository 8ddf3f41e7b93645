#include <adapters/keyring_sodium/keyring.hpp>

#include <adapters/keyring_sodium/detail/key_text.hpp>
#include <base/digest.hpp>
#include <base/os_error.hpp>

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sodium.h>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

namespace everlong::adapters {
namespace {

using detail::LockedBytes;

constexpr std::size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTagBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
static_assert(detail::kKeyBytes == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);

// More than any key file; what is longer is something else.
constexpr std::size_t kReadLimitBytes = 4096;

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_of(std::string& text) {
    return reinterpret_cast<unsigned char*>(text.data());
}

class SodiumKeyring final : public ports::Keyring {
public:
    explicit SodiumKeyring(LockedBytes key) : key_(std::move(key)) {
        constexpr std::string_view kName = "everlong key id";
        std::array<std::uint8_t, crypto_generichash_BYTES> digest;
        crypto_generichash(digest.data(), digest.size(), bytes_of(kName), kName.size(), key_.get(), detail::kKeyBytes);
        key_id_ = to_hex(digest.data(), 4);
        sodium_mprotect_readonly(key_.get());
    }

    int key_term() const override { return 1; }
    std::string key_id() const override { return key_id_; }

    std::string seal(std::string_view place, const Secret& value) const override {
        const std::string bound = bind(place);
        const std::string_view plain = value.reveal();
        std::string sealed(kNonceBytes + plain.size() + kTagBytes, '\0');
        randombytes_buf(sealed.data(), kNonceBytes);
        crypto_aead_xchacha20poly1305_ietf_encrypt(bytes_of(sealed) + kNonceBytes, nullptr, bytes_of(plain),
                                                   plain.size(), bytes_of(bound), bound.size(), nullptr,
                                                   bytes_of(sealed), key_.get());
        return sealed;
    }

    Result<Secret> open(std::string_view place, std::string_view sealed) const override {
        if (sealed.size() < kNonceBytes + kTagBytes) {
            return fail(Code::kTampered, Fault::kCorrupt, std::string(place) + ": shorter than any sealed value");
        }
        const std::string bound = bind(place);
        std::string plain(sealed.size() - kNonceBytes - kTagBytes, '\0');
        const int refused = crypto_aead_xchacha20poly1305_ietf_decrypt(
            bytes_of(plain), nullptr, nullptr, bytes_of(sealed) + kNonceBytes, sealed.size() - kNonceBytes,
            bytes_of(bound), bound.size(), bytes_of(sealed), key_.get());
        if (refused != 0) {
            return fail(Code::kTampered, Fault::kCorrupt, std::string(place) + ": does not open with key " + key_id_);
        }
        return Secret::take(std::move(plain));
    }

private:
    // Associated data. The term's decimal stands after the last line feed, so no two pairs read alike.
    std::string bind(std::string_view place) const { return std::string(place) + "\n" + std::to_string(key_term()); }

    LockedBytes key_;
    std::string key_id_;
};

class Descriptor {
public:
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int get() const { return number_; }
    bool is_open() const { return number_ >= 0; }

private:
    int number_;
};

Result<void> check_guarded(int descriptor, const std::filesystem::path& path) {
    struct stat info{};
    if (::fstat(descriptor, &info) != 0) return fail(os_error(errno, "cannot look at " + path.string()));
    if (!S_ISREG(info.st_mode)) {
        return fail(Code::kKeyFormat, Fault::kLocal, path.string() + ": not a regular file");
    }
    if (info.st_uid != ::geteuid()) {
        return fail(Code::kPermissions, Fault::kLocal,
                    path.string() + " belongs to user " + std::to_string(info.st_uid) + ", and we are user " +
                        std::to_string(::geteuid()) + "; run as that user, or: chown " + std::to_string(::geteuid()) +
                        " " + shell_quoted(path.string()));
    }
    const unsigned mode = info.st_mode & 07777U;
    if (mode != 0600) {
        std::array<char, 8> octal{};
        std::snprintf(octal.data(), octal.size(), "%04o", mode);
        return fail(Code::kPermissions, Fault::kLocal,
                    path.string() + " has mode " + octal.data() + "; mend it with: chmod 600 " +
                        shell_quoted(path.string()));
    }
    return {};
}

Result<std::unique_ptr<ports::Keyring>> load(const Descriptor& file, const std::filesystem::path& path) {
    if (auto guarded = check_guarded(file.get(), path); !guarded) return std::unexpected(guarded.error());
    const LockedBytes buffer = detail::make_locked(kReadLimitBytes);
    if (!buffer) return fail(Code::kInternal, Fault::kLocal, "no locked memory for the key");
    std::size_t size = 0;
    while (size < kReadLimitBytes) {
        const ssize_t got = ::read(file.get(), buffer.get() + size, kReadLimitBytes - size);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail(os_error(errno, "cannot read " + path.string()));
        if (got == 0) break;
        size += static_cast<std::size_t>(got);
    }
    auto key = detail::parse_key_text({reinterpret_cast<const char*>(buffer.get()), size});
    if (!key && key.error().code() == Code::kKeyFormat) {
        return fail(Code::kKeyFormat, Fault::kLocal, path.string() + ": " + key.error().detail());
    }
    if (!key) return std::unexpected(key.error());
    return std::make_unique<SodiumKeyring>(*std::move(key));
}

Result<void> write_whole(int descriptor, const detail::KeyLine& line, const std::string& name) {
    // The umask may have taken more than it should.
    if (::fchmod(descriptor, 0600) != 0) return fail(os_error(errno, "cannot set the mode of " + name));
    std::size_t done = 0;
    while (done < line.size()) {
        const ssize_t put = ::write(descriptor, line.data() + done, line.size() - done);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return fail(os_error(errno, "cannot write " + name));
        done += static_cast<std::size_t>(put);
    }
    if (::fsync(descriptor) != 0) return fail(os_error(errno, "cannot sync " + name));
    return {};
}

Result<void> sync_directory(const std::filesystem::path& path) {
    const Descriptor directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!directory.is_open() || ::fsync(directory.get()) != 0) {
        return fail(os_error(errno, "cannot sync the directory " + path.string()));
    }
    return {};
}

// Writes a new key beside `path` and links it there, so that a crash leaves a whole key or none. Somebody who was
// faster is no error: theirs stands.
Result<void> create_key_file(const std::filesystem::path& path) {
    const LockedBytes key = detail::make_locked(detail::kKeyBytes);
    if (!key) return fail(Code::kInternal, Fault::kLocal, "no locked memory for the key");
    randombytes_buf(key.get(), detail::kKeyBytes);

    std::array<unsigned char, 8> tag;
    randombytes_buf(tag.data(), tag.size());
    const std::string name = path.string() + ".new-" + to_hex(tag.data(), tag.size());
    const Descriptor file(::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file.is_open()) return fail(os_error(errno, "cannot create " + name));

    detail::KeyLine line;
    detail::write_key_line(key.get(), line);
    auto written = write_whole(file.get(), line, name);
    wipe_memory(line.data(), line.size());
    if (written && ::link(name.c_str(), path.c_str()) != 0 && errno != EEXIST) {
        written = fail(os_error(errno, "cannot create " + path.string()));
    }
    ::unlink(name.c_str());
    if (!written) return written;
    const std::filesystem::path directory = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
    return sync_directory(directory);
}

int open_for_reading(const std::filesystem::path& path) {
    // Not blocking: a FIFO in the key's place must not hang the start.
    return ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
}

} // namespace

Result<std::unique_ptr<ports::Keyring>> load_or_create_keyring(const std::filesystem::path& path, bool has_data) {
    if (sodium_init() < 0) return fail(Code::kInternal, Fault::kLocal, "libsodium cannot start");
    if (const Descriptor file(open_for_reading(path)); file.is_open()) return load(file, path);
    if (errno != ENOENT) return fail(os_error(errno, "cannot open the key file " + path.string()));
    if (has_data) {
        return fail(Code::kKeyMissing, Fault::kLocal,
                    path.string() +
                        " is not there, but data that were sealed with it are; bring it back from a backup");
    }
    if (auto created = create_key_file(path); !created) return std::unexpected(created.error());
    const Descriptor file(open_for_reading(path));
    if (!file.is_open()) return fail(os_error(errno, "cannot open the key file " + path.string()));
    return load(file, path);
}

} // namespace everlong::adapters
