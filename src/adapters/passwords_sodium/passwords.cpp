#include <adapters/passwords_sodium/passwords.hpp>

#include <cerrno>
#include <sodium.h>

namespace everlong::adapters {
namespace {

constexpr unsigned long long kOperations = crypto_pwhash_OPSLIMIT_INTERACTIVE;
constexpr std::size_t kMemoryBytes = crypto_pwhash_MEMLIMIT_INTERACTIVE;

// Verified in place of a hash that is not there. What is its password nobody knows, and nothing opens with it: the
// answer is not used. Made with the limits above, so that it costs the same.
constexpr const char* kDummy =
    "$argon2id$v=19$m=65536,t=2,p=1$BjRecZ1UscP2j23w9lCxQQ$pVBpKeVGPucJ7Ef/tMJFrWFKA1wBw2ckq22uJFpDKJ0";

std::unexpected<Error> no_memory() {
    return fail(Code::kInternal, Fault::kLocal, "there is no memory to hash a password (64 MiB)");
}

Result<std::string> hash_now(const Secret& password) {
    char text[crypto_pwhash_STRBYTES];
    const std::string_view bytes = password.reveal();
    if (crypto_pwhash_str(text, bytes.data(), bytes.size(), kOperations, kMemoryBytes) != 0) return no_memory();
    return std::string(text);
}

// A hash in another form (by hand, or by a newer program) fails at once without a hint of time: it is no secret.
Result<bool> verify_now(const Secret& password, const std::string& hash) {
    const bool is_readable = !hash.empty() && hash.size() < crypto_pwhash_STRBYTES &&
                             crypto_pwhash_str_needs_rehash(hash.c_str(), kOperations, kMemoryBytes) >= 0;
    const std::string_view bytes = password.reveal();
    errno = 0;
    const int answer = crypto_pwhash_str_verify(is_readable ? hash.c_str() : kDummy, bytes.data(), bytes.size());
    if (answer != 0 && errno == ENOMEM) return no_memory();
    return is_readable && answer == 0;
}

class SodiumPasswords final : public ports::Passwords {
public:
    explicit SodiumPasswords(Worker& worker) : worker_(worker) {}

    Task<std::string> hash(Secret password) override {
        co_return co_await worker_.run([&password] { return hash_now(password); });
    }
    Task<bool> verify(Secret password, std::string hash) override {
        co_return co_await worker_.run([&password, &hash] { return verify_now(password, hash); });
    }

private:
    Worker& worker_;
};

} // namespace

Result<std::unique_ptr<ports::Passwords>> make_sodium_passwords(Worker& worker) {
    if (sodium_init() < 0) return fail(Code::kInternal, Fault::kLocal, "libsodium does not start");
    return std::make_unique<SodiumPasswords>(worker);
}

} // namespace everlong::adapters
