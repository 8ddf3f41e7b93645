#pragma once
// .env files, byte by byte. There is no standard, so this reads as python-dotenv does (the reader of the FastAPI world)
// and says where the others (dotenv for Node, Node's own --env-file, bash, systemd) would read something else. Writing
// changes the bytes of the wanted values and nothing else; a file in which readers disagree about where our keys stand
// is refused with the number of the line. No I/O here.

#include <base/result.hpp>
#include <base/secret.hpp>
#include <core/dotenv_token.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace everlong::core {

// Far above any real .env, far below what hurts: environments themselves are limited to some 2 MiB (execve(2)).
inline constexpr std::size_t kDotenvLimitBytes = std::size_t{1} << 20;

enum class DotenvQuote { kNone, kSingle, kDouble, kBacktick };

// One KEY=value of the file, as offsets into its bytes.
struct DotenvEntry {
    std::uint32_t line = 0; // of the key, from 1
    std::uint32_t key_begin = 0, key_end = 0;
    std::uint32_t raw_begin = 0, raw_end = 0;   // between the separator and the comment or the line's end
    std::uint32_t text_begin = 0, text_end = 0; // without quotes and outer blanks, escapes as written
    DotenvQuote quote = DotenvQuote::kNone;
    bool has_export = false;
    bool has_comment = false;
    bool is_colon = false;  // "KEY: value", which only dotenv for Node reads
    bool is_broken = false; // a quote that is not closed, or text behind a closing quote
};

// What the file says of one key.
struct DotenvReading {
    std::size_t occurrences = 0; // 0: the key is absent and the rest has no meaning
    std::size_t line = 0;        // of the occurrence that counts
    // As python-dotenv gives it, variables not replaced. With several occurrences the last one: so do python-dotenv,
    // dotenv for Node, Node, bash and systemd; phpdotenv takes the first.
    Secret value;
    // The bytes between "=" and the comment or line's end. Where the next line looks like the torn-off rest of an
    // unquoted value, that line too, so that clean_token(raw) can join what an editor broke.
    Secret raw;
    bool is_clean = false;           // unquoted and without blanks around it
    std::vector<ValueDamage> damage; // each at most once, in the order of the enumeration
};

struct DotenvAssignment {
    std::string_view key;   // a name that environments can hold: letters, digits, '_'
    std::string_view value; // never empty
};

class Dotenv;

// Looks at `bytes` as long as the result lives. Foreign lines that no reader understands are passed over.
// Errors: kEnvTooLarge (over kDotenvLimitBytes), kEnvSyntax (a NUL byte, UTF-16 included); both kUsage.
Result<Dotenv> parse_dotenv(std::string_view bytes);
Result<Secret> set_values(std::string_view bytes, std::span<const DotenvAssignment> assignments);

class Dotenv {
public:
    const std::vector<DotenvEntry>& entries() const { return node_.entries; }
    std::string_view key_of(const DotenvEntry& entry) const;
    // The line break behind an unquoted value and the line below, where that looks like the value's torn-off rest.
    std::string_view rest_of(const DotenvEntry& entry) const { return continuation_of(entry); }

    // Errors: kEnvSyntax (kUsage, with the line): the key's own line has an unclosed quote, text behind its closing
    // quote or is not UTF-8; the key stands where readers disagree whether it is inside another value; or it stands once
    // more, without "=", behind its value, at which python-dotenv forgets the value.
    Result<DotenvReading> read(std::string_view key) const;

private:
    friend class DotenvParser;
    friend Result<Dotenv> parse_dotenv(std::string_view bytes);
    friend Result<Secret> set_values(std::string_view bytes, std::span<const DotenvAssignment> assignments);

    struct Stretch {
        std::uint32_t begin = 0, end = 0, line = 0;
    };
    struct View {
        std::vector<DotenvEntry> entries;
        std::vector<Stretch> bare_keys;  // keys without "="
        std::vector<Stretch> odd_places; // where this view and others may part: quotes over lines, and the like
    };

    explicit Dotenv(std::string_view bytes) : bytes_(bytes) {}
    Result<void> check(std::string_view key) const;
    Result<void> check_places(std::string_view key) const;
    Secret value_of(const DotenvEntry& entry) const;
    std::string_view continuation_of(const DotenvEntry& entry) const;
    std::vector<ValueDamage> damage_of(const DotenvEntry& entry, std::string_view value) const;

    std::string_view bytes_;
    // As dotenv for Node and Node itself read: the broader view, which entries() shows. And as python-dotenv does. Where
    // the two see one of our keys in different places, nobody can say what a write would do.
    View node_;
    View python_;
};

// The file with these values in it, all other bytes as they were. Every occurrence of a key is set, since readers
// differ about which counts; an absent key gets a line of its own at the end, in the file's own line ending, with
// `export` where one of the other keys has it. A value stands bare; in quotes only where some reader could not read it
// back otherwise. A comment behind it is kept.
// Errors: those of parse_dotenv() and read(); kValueUnsafe (kUsage) for a value that is empty or that readers would
// disagree about even in quotes (line breaks, control characters, '$', '\\', both kinds of quotes), a key that is no
// name, or the same key twice; kEnvTooLarge where the result would be too large.
Result<Secret> set_values(std::string_view bytes, std::span<const DotenvAssignment> assignments);

// Could a .env file hold this key? Letters, digits and '_', not a digit first.
bool is_name(std::string_view key);

} // namespace everlong::core
