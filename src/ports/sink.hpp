#pragma once
// Where an application reads a channel's token. A file sink is whole old or whole new, foreign lines byte-identical,
// mode and owner kept (law 9); a delivery counts only once it was read back.

#include <async/task.hpp>
#include <base/secret.hpp>
#include <base/strong.hpp>

#include <optional>
#include <string>
#include <vector>

namespace everlong::ports {

// A .env file and the names of the two keys in it.
struct DotenvTarget {
    std::string path; // absolute, symlinks resolved when it was adopted
    std::string token_key = "INSTAGRAM_ACCESS_TOKEN";
    std::string id_key = "INSTAGRAM_USER_ID";
    bool is_in_place = false; // for single-file bind mounts: rewrite the file itself
};

// What the file says now, as an application's dotenv reader would read it.
struct SinkReading {
    std::optional<Fingerprint> token; // of the value read; absent where the key is absent or empty
    std::string ig_user_id;
    bool is_clean = false; // both values stand unquoted, without blanks around them
};

class DotenvSink {
public:
    virtual ~DotenvSink() = default;

    // Sets both keys, keeps everything else byte for byte, proves it by reading back. Writes nothing where the file
    // already says so. An absent file is made (mode 0600), an absent key appended.
    // Errors: kDiskFull, kReadOnly, kIo, kPermissions (kLocal); kEnvSyntax, kEnvTooLarge, kEnvUnreadable (kUsage),
    // kSinkUnsafe (kLocal: symlink, hard link, not a regular file), kSinkBind (kLocal: a single-file bind mount),
    // kSinkConflict (kConflict: a rival writer won three times), kSinkMismatch (kLocal: reads back differently),
    // kValueUnsafe (kUsage: the value cannot stand in a .env file).
    virtual Task<void> write(const DotenvTarget& target, const Secret& token, const IgUserId& id) = 0;
    // As write(), but the account id's key is left as it is.
    virtual Task<void> write_token(const DotenvTarget& target, const Secret& token) = 0;
    virtual Task<SinkReading> read(const DotenvTarget& target) = 0;
};

// A .env file as it was found, before anything is changed.
struct EnvFile {
    std::string path;                  // absolute, symlinks resolved once
    Secret content;                    // at most 1 MiB
    std::vector<std::string> warnings; // for people: "mode 0644 lets others read the token", ...
};

class EnvFiles {
public:
    virtual ~EnvFiles() = default;
    // Errors: kEnvUnreadable, kEnvTooLarge (kUsage), kSinkUnsafe, kPermissions, kIo (kLocal).
    virtual Task<EnvFile> open(std::string path) = 0;
};

} // namespace everlong::ports
