#pragma once
// .env files and values out of a seed: the same seed makes the same file everywhere.

#include <cstddef>
#include <random>
#include <string>
#include <string_view>

namespace everlong::core::dotenv_test {

using Random = std::mt19937;

inline std::size_t pick(Random& random, std::size_t count) {
    return std::uniform_int_distribution<std::size_t>(0, count - 1)(random);
}

template <std::size_t N>
std::string_view one_of(Random& random, const std::string_view (&pieces)[N]) {
    return pieces[pick(random, N)];
}

// Lines as people and programs write them, our keys among them, and now and then anything at all.
inline std::string make_line(Random& random) {
    static constexpr std::string_view kIndents[] = {"", "", "", " ", "\t", "export ", "  export  "};
    static constexpr std::string_view kKeys[] = {"A",  "DB_URL",  "PATH",     "TOKEN",   "TOKEN",
                                                 "ID", "TOKEN_2", "MY_TOKEN", "'TOKEN'", "'Q K'"};
    static constexpr std::string_view kSeparators[] = {"=", "=", "=", " =", "= ", " = ", "\t=\t", ": "};
    static constexpr std::string_view kValues[] = {
        "",      "1",         "abc",      "'x y'",      "\"x y\"",  "`x`",       "\"a\nb\"",   "'a\r\nb'",
        "a#b",   "$HOME",     "${X:-y}",  "\"a\\\"b\"", "'it\\'s'", "a=b",       "it's",       "\"open",
        "'open", "x\xC2\xA0", "\xFF\xFE", "C:\\dir\\",  "'C:\\'",   "\"q\"junk", "{\"j\": 1}", "a\\",
    };
    static constexpr std::string_view kTails[] = {"", "", "", " ", "  \t", " # c", "#c", "\t# it's \"c\""};
    static constexpr std::string_view kOthers[] = {"",      " ",  "# TOKEN=old",  "#", "bare",
                                                   "TOKEN", "=x", "\xEF\xBB\xBF", "'", "---"};
    if (pick(random, 5) == 0) return std::string(one_of(random, kOthers));
    std::string line;
    line += one_of(random, kIndents);
    line += one_of(random, kKeys);
    line += one_of(random, kSeparators);
    line += one_of(random, kValues);
    line += one_of(random, kTails);
    return line;
}

inline std::string make_file(Random& random) {
    static constexpr std::string_view kBreaks[] = {"\n", "\n", "\n", "\r\n", "\r"};
    std::string bytes = pick(random, 20) == 0 ? "\xEF\xBB\xBF" : "";
    const std::string_view usual = one_of(random, kBreaks);
    for (std::size_t lines = pick(random, 12); lines > 0; --lines) {
        bytes += make_line(random);
        bytes += pick(random, 10) == 0 ? one_of(random, kBreaks) : usual;
    }
    if (pick(random, 3) == 0) bytes += make_line(random);
    return bytes;
}

inline std::string make_value(Random& random) {
    static constexpr std::string_view kPieces[] = {"EAAB", "17841", "a", "Z9", "_",  "-", ".", "|", "%", "=",       ":",
                                                   "~",    " ",     "#", "'",  "\"", "`", "!", ";", "&", "\xC3\xA9"};
    std::string value = "v";
    for (std::size_t pieces = pick(random, 8); pieces > 0; --pieces)
        value += one_of(random, kPieces);
    return value;
}

} // namespace everlong::core::dotenv_test
