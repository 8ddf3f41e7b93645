#include <core/dotenv_token.hpp>

#include <core/dotenv_text.hpp>

#include <algorithm>
#include <array>
#include <bitset>
#include <optional>
#include <set>
#include <string>

namespace everlong::core {
namespace {

// The shortest token known is far longer; shorter text is a stub or another field (an app id, a code's piece).
constexpr std::size_t kShortestToken = 20;
// Meta promises no length, real ones have up to some 300 characters; a header line of 8 KiB must still hold it.
constexpr std::size_t kLongestToken = 4096;
// Longer text is a wrong file, not a damaged token; peeling it would take time and help nobody.
constexpr std::size_t kLongestPaste = 65536;

// What a line break inside had torn apart, as a prefix, is whole only when the break is gone, and is peeled then. Nobody's paste
// needs it more than twice; a text that was built to need more is refused.
constexpr int kMostPeelings = 8;

constexpr std::string_view kWordCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
constexpr std::string_view kTokenCharacters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-|.%=:~+/";

char to_lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool starts_with_ignoring_case(std::string_view text, std::string_view prefix) {
    return text.size() >= prefix.size() &&
           std::ranges::equal(text.substr(0, prefix.size()), prefix, {}, to_lower, to_lower);
}

// Quotes that people paste, the typographic ones of documents included.
constexpr std::array<std::string_view, 9> kQuotes{
    "\"", "'", "`", "\xE2\x80\x9C", "\xE2\x80\x9D", "\xE2\x80\x9E", "\xE2\x80\x98", "\xE2\x80\x99", "\xE2\x80\x9A"};

// Works on a view that only shrinks at its ends; what is inside is changed at the last, in a buffer of its own.
class Peeler {
public:
    explicit Peeler(std::string_view text) : rest_(text) {}

    CleanedToken peel() {
        while (trim_ends() || strip_quotes() || strip_prefix() || strip_surroundings()) {
        }
        CleanedToken cleaned;
        cleaned.text = rewrite_inside();
        for (std::size_t i = 0; i < found_.size(); ++i) {
            if (found_[i]) cleaned.repairs.push_back(static_cast<ValueDamage>(i));
        }
        return cleaned;
    }

private:
    void note(ValueDamage damage) { found_[static_cast<std::size_t>(damage)] = true; }

    bool drop_front(std::size_t size, ValueDamage damage) {
        rest_.remove_prefix(size);
        note(damage);
        return true;
    }
    bool drop_back(std::size_t size, ValueDamage damage) {
        rest_.remove_suffix(size);
        note(damage);
        return true;
    }

    // A non-breaking blank is told as invisible: people see a common one and cannot find what is wrong.
    static ValueDamage kind_of_blank(char first) {
        return static_cast<unsigned char>(first) < 0x80 ? ValueDamage::kBlanks : ValueDamage::kInvisible;
    }

    bool trim_ends() {
        if (rest_.empty()) return false;
        if (const std::size_t size = text::blank_at(rest_, 0)) return drop_front(size, kind_of_blank(rest_.front()));
        if (const std::size_t size = text::invisible_at(rest_, 0)) return drop_front(size, ValueDamage::kInvisible);
        if (text::is_break(rest_.front())) return drop_front(1, ValueDamage::kLineBreak);
        if (text::is_break(rest_.back())) return drop_back(1, ValueDamage::kLineBreak);
        if (rest_.ends_with("\\n") || rest_.ends_with("\\r")) return drop_back(2, ValueDamage::kLineBreak);
        for (std::size_t size = 1; size <= std::min<std::size_t>(3, rest_.size()); ++size) {
            const std::size_t at = rest_.size() - size;
            if (text::blank_at(rest_, at) == size) return drop_back(size, kind_of_blank(rest_[at]));
            if (text::invisible_at(rest_, at) == size) return drop_back(size, ValueDamage::kInvisible);
        }
        return false;
    }

    bool strip_quotes() {
        for (const std::string_view quote : kQuotes) {
            if (rest_.starts_with(quote)) {
                // Behind a JSON key the closing quote ends the token, whatever follows.
                const std::size_t close = is_json_ ? rest_.find(quote, quote.size()) : std::string_view::npos;
                if (close != std::string_view::npos && close + quote.size() < rest_.size()) {
                    drop_back(rest_.size() - close - quote.size(), ValueDamage::kSurroundings);
                }
                return drop_front(quote.size(), ValueDamage::kQuotes);
            }
            if (rest_.ends_with(quote)) return drop_back(quote.size(), ValueDamage::kQuotes);
        }
        return false;
    }

    bool strip_prefix() {
        if (starts_with_ignoring_case(rest_, "authorization:")) return drop_front(14, ValueDamage::kPrefixBearer);
        for (const std::string_view scheme : {"bearer", "oauth"}) {
            if (!starts_with_ignoring_case(rest_, scheme)) continue;
            const std::size_t after = text::skip_blanks(rest_, scheme.size());
            if (after != scheme.size()) return drop_front(after, ValueDamage::kPrefixBearer);
        }
        if (starts_with_ignoring_case(rest_, "export ")) return drop_front(7, ValueDamage::kKeyPrefix);
        if (rest_.starts_with("{") && rest_.find("access_token") != std::string_view::npos) {
            return drop_front(1, ValueDamage::kSurroundings);
        }
        return strip_address() || strip_name();
    }

    // "https://host/#access_token=...", "?access_token=...", "#state=s&access_token=...".
    bool strip_address() {
        const bool is_address = starts_with_ignoring_case(rest_, "https://") ||
                                starts_with_ignoring_case(rest_, "http://") || rest_.starts_with('?') ||
                                rest_.starts_with('#') || rest_.starts_with('&');
        if (!is_address) return false;
        for (std::size_t at = rest_.find("access_token="); at != std::string_view::npos;
             at = rest_.find("access_token=", at + 1)) {
            if (at > 0 && std::string_view("?#&").contains(rest_[at - 1])) {
                return drop_front(at, ValueDamage::kPrefixAccessToken);
            }
        }
        return false;
    }

    // "access_token=", "access_token: ", "\"access_token\":" (its first quote is gone by now), "IG_ACCESS_TOKEN=".
    bool strip_name() {
        const std::size_t name_size = std::min(rest_.find_first_not_of(kWordCharacters), rest_.size());
        const std::string_view name = rest_.substr(0, name_size);
        std::size_t at = name_size;
        const bool is_quoted = at < rest_.size() && (rest_[at] == '"' || rest_[at] == '\'');
        at = text::skip_blanks(rest_, at + (is_quoted ? 1 : 0));
        if (at >= rest_.size() || (rest_[at] != '=' && rest_[at] != ':')) return false;
        ++at;
        if (name == "access_token" || name == "accessToken") {
            has_parameters_ = true;
            is_json_ = is_quoted;
            return drop_front(at, ValueDamage::kPrefixAccessToken);
        }
        const bool is_key = name.ends_with("TOKEN") && std::ranges::none_of(name, [](char c) { return c >= 'a'; });
        return is_key && drop_front(at, ValueDamage::kKeyPrefix);
    }

    bool strip_surroundings() {
        if (has_parameters_) {
            const std::size_t amp = rest_.find('&');
            if (amp != std::string_view::npos) return drop_back(rest_.size() - amp, ValueDamage::kSurroundings);
        }
        if (rest_.ends_with(',') || rest_.ends_with(';') || (is_json_ && rest_.ends_with('}'))) {
            return drop_back(1, ValueDamage::kSurroundings);
        }
        return false;
    }

    Secret rewrite_inside() {
        std::string buffer;
        buffer.reserve(rest_.size());
        for (std::size_t at = 0; at < rest_.size();) {
            const std::size_t break_at = text::skip_blanks(rest_, at);
            if (break_at < rest_.size() && text::is_break(rest_[break_at])) {
                note(ValueDamage::kLineBreak);
                at = break_at;
                while (at < rest_.size() && (text::is_break(rest_[at]) || text::blank_at(rest_, at) != 0)) {
                    at += text::is_break(rest_[at]) ? 1 : text::blank_at(rest_, at);
                }
                continue;
            }
            if (const std::size_t size = text::invisible_at(rest_, at)) {
                note(ValueDamage::kInvisible);
                at += size;
                continue;
            }
            if (rest_.substr(at, 3) == "%7C" || rest_.substr(at, 3) == "%7c") {
                note(ValueDamage::kPercentEncoding);
                buffer += '|';
                at += 3;
                continue;
            }
            // Past a run of blanks that ends in no line break, all of the run at once: linear in long runs.
            const std::size_t size = std::max<std::size_t>(break_at - at, 1);
            buffer.append(rest_.substr(at, size));
            at += size;
        }
        return Secret::take(std::move(buffer));
    }

    std::string_view rest_;
    std::bitset<16> found_;
    bool has_parameters_ = false;
    bool is_json_ = false;
};

bool is_placeholder_word(std::string_view word) {
    static const std::set<std::string_view> kWords{"your",
                                                   "my",
                                                   "the",
                                                   "a",
                                                   "an",
                                                   "access",
                                                   "token",
                                                   "instagram",
                                                   "facebook",
                                                   "meta",
                                                   "ig",
                                                   "fb",
                                                   "graph",
                                                   "api",
                                                   "user",
                                                   "page",
                                                   "long",
                                                   "lived",
                                                   "short",
                                                   "live",
                                                   "here",
                                                   "insert",
                                                   "paste",
                                                   "put",
                                                   "enter",
                                                   "change",
                                                   "changeme",
                                                   "me",
                                                   "replace",
                                                   "with",
                                                   "value",
                                                   "secret",
                                                   "todo",
                                                   "tbd",
                                                   "none",
                                                   "null",
                                                   "example",
                                                   "sample",
                                                   "dummy",
                                                   "test",
                                                   "fake",
                                                   "place",
                                                   "holder",
                                                   "placeholder",
                                                   "this",
                                                   "in",
                                                   "from",
                                                   "valid",
                                                   "real",
                                                   "generated",
                                                   "eaa",
                                                   "igaa",
                                                   "key",
                                                   "xxx",
                                                   "goes",
                                                   "actual",
                                                   "yourtoken",
                                                   "accesstoken",
                                                   "youraccesstoken"};
    return kWords.contains(word);
}

// True where every word of the text is one of those that examples are made of ("your-long-lived-access-token-here").
// A real token has digits or capitals in places where no such word has.
bool is_made_of_placeholder_words(std::string_view token) {
    std::string word;
    bool has_word = false;
    for (std::size_t i = 0; i <= token.size(); ++i) {
        const char c = i < token.size() ? to_lower(token[i]) : '_';
        if (c >= 'a' && c <= 'z') {
            word += c;
            continue;
        }
        if (!std::string_view("_-. :=<>[]{}()").contains(c)) return false;
        if (word.empty()) continue;
        if (!is_placeholder_word(word)) return false;
        has_word = true;
        word.clear();
    }
    return has_word;
}

// "EAAxxxxxxxxxxxxxxxxxxxx", "********************", "EAAB...": a run of one letter, or an ellipsis.
bool is_filler(std::string_view token) {
    constexpr std::size_t kLongestRun = 8;
    if (token.contains("...") || token.contains("\xE2\x80\xA6")) return true;
    std::size_t run = 0;
    for (std::size_t i = 1; i < token.size(); ++i) {
        run = to_lower(token[i]) == to_lower(token[i - 1]) ? run + 1 : 0;
        const char c = to_lower(token[i]);
        if (run + 1 >= kLongestRun && (c == 'x' || c == '*' || c == '.' || c == '-' || c == '_')) return true;
    }
    return std::set<char>(token.begin(), token.end()).size() <= 2;
}

bool is_variable(std::string_view token) {
    return token.contains("${") || token.contains("$(") || token.contains("{{") || token.starts_with('$') ||
           (token.size() > 2 && token.starts_with('%') && token.ends_with('%'));
}

// What is wrong with the text as a token, in words without the text itself.
std::optional<std::string> fault_of(std::string_view token) {
    if (is_variable(token)) return "a reference to a variable stands where the token should";
    if ((token.starts_with('<') && token.ends_with('>')) || (token.starts_with('[') && token.ends_with(']')) ||
        is_made_of_placeholder_words(token) || is_filler(token)) {
        return "a placeholder stands where the token should";
    }
    for (std::size_t at = 0; at < token.size(); ++at) {
        if (kTokenCharacters.contains(token[at])) continue;
        const std::string place = " at position " + std::to_string(at + 1) + " of the cleaned value";
        if (text::blank_at(token, at) != 0) return "a blank stands inside the token," + place;
        if (static_cast<unsigned char>(token[at]) >= 0x80) return "a character that is not ASCII stands" + place;
        return "a character that no token has stands" + place;
    }
    if (token.size() < kShortestToken) {
        return "it has " + std::to_string(token.size()) + " characters; a token has 20 or more";
    }
    if (token.size() > kLongestToken) {
        return "it has " + std::to_string(token.size()) + " characters; a token has at most 4096";
    }
    return std::nullopt;
}

struct Peeled {
    CleanedToken cleaned;
    bool is_whole = false; // nothing is left to peel
};

Peeled peel_wholly(std::string_view pasted) {
    if (pasted.size() > kLongestPaste) return {{Secret(pasted), {}}, true};
    Peeled peeled{Peeler(pasted).peel(), false};
    auto& [token, repairs] = peeled.cleaned;
    peeled.is_whole = repairs.empty();
    for (int i = 1; i < kMostPeelings && !peeled.is_whole; ++i) {
        CleanedToken again = Peeler(token.reveal()).peel();
        peeled.is_whole = again.repairs.empty();
        token = std::move(again.text);
        repairs.insert(repairs.end(), again.repairs.begin(), again.repairs.end());
    }
    std::ranges::sort(repairs);
    repairs.erase(std::ranges::unique(repairs).begin(), repairs.end());
    return peeled;
}

} // namespace

std::string_view to_text(ValueDamage damage) {
    switch (damage) {
    case ValueDamage::kQuotes: return "quotes";
    case ValueDamage::kBlanks: return "blanks";
    case ValueDamage::kLineBreak: return "line-break";
    case ValueDamage::kPrefixAccessToken: return "prefix-access-token";
    case ValueDamage::kPrefixBearer: return "prefix-bearer";
    case ValueDamage::kKeyPrefix: return "key-prefix";
    case ValueDamage::kInvisible: return "invisible-characters";
    case ValueDamage::kPercentEncoding: return "percent-encoding";
    case ValueDamage::kSurroundings: return "surroundings";
    case ValueDamage::kHash: return "hash";
    case ValueDamage::kVariable: return "variable";
    case ValueDamage::kDuplicateKey: return "duplicate-key";
    case ValueDamage::kByteOrderMark: return "byte-order-mark";
    }
    return "unknown";
}

CleanedToken peel_token(std::string_view pasted) {
    return peel_wholly(pasted).cleaned;
}

Result<CleanedToken> clean_token(std::string_view pasted) {
    auto [cleaned, is_whole] = peel_wholly(pasted);
    if (cleaned.text.is_empty()) return fail(Code::kTokenMissing, Fault::kUsage, "the value is empty");
    if (auto fault = fault_of(cleaned.text.reveal())) return fail(Code::kTokenMalformed, Fault::kUsage, *fault);
    if (!is_whole) return fail(Code::kTokenMalformed, Fault::kUsage, "it is wrapped in too many things around a token");
    return std::move(cleaned);
}

} // namespace everlong::core
