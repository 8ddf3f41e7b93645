#include <core/error_evidence.hpp>

#include <base/percent.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace everlong::core {
namespace {

// JSON in a JSON string in a log line in a JSON string: more was never seen.
constexpr int kDeepestEscapes = 5;
// A key and its value stand close: `"code" => int(190)`, `code | 400`.
constexpr std::size_t kLongestJoint = 12;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

int hex_value(char c) {
    if (is_digit(c)) return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

// Four hex digits at `at`, or -1.
int code_unit(std::string_view text, std::size_t at) {
    if (at + 4 > text.size()) return -1;
    int value = 0;
    for (std::size_t i = at; i < at + 4; ++i) {
        const int digit = hex_value(text[i]);
        if (digit < 0) return -1;
        value = value * 16 + digit;
    }
    return value;
}

void append_utf8(std::string& out, int unit) {
    if (unit < 0x80) {
        out += static_cast<char>(unit);
    } else if (unit < 0x800) {
        out += static_cast<char>(0xC0 | unit >> 6);
        out += static_cast<char>(0x80 | (unit & 0x3F));
    } else {
        out += static_cast<char>(0xE0 | unit >> 12);
        out += static_cast<char>(0x80 | (unit >> 6 & 0x3F));
        out += static_cast<char>(0x80 | (unit & 0x3F));
    }
}

// One level of backslashes: \" \/ \n \t \\ \uXXXX. Gives whether there was any.
bool undo_backslashes(std::string& text) {
    if (text.find('\\') == std::string::npos) return false;
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\\' || i + 1 == text.size()) {
            out += text[i];
            continue;
        }
        const char next = text[++i];
        const int unit = next == 'u' ? code_unit(text, i + 1) : -1;
        if (unit >= 0) {
            append_utf8(out, unit);
            i += 4;
        } else if (next == 'n' || next == 'r' || next == 't') {
            out += ' ';
        } else if (is_letter(next) && next != 'u') {
            out += '\\'; // a path or a class: Facebook\Exceptions
            out += next;
        } else {
            out += next;
        }
    }
    const bool has_changed = out != text;
    text = std::move(out);
    return has_changed;
}

void undo_percent(std::string& text) {
    // Only what is a query: elsewhere a '+' is a plus and a '%' a percent.
    const bool is_query = text.find("error_description=") != std::string::npos ||
                          text.find("error_message=") != std::string::npos ||
                          text.find("error_reason=") != std::string::npos || text.find("%20") != std::string::npos ||
                          text.find("%22") != std::string::npos;
    if (!is_query) return;
    text = percent_decode_leniently(text, true);
}

void undo_entities(std::string& text) {
    if (text.find('&') == std::string::npos) return;
    static constexpr std::pair<std::string_view, std::string_view> kEntities[] = {
        {"&quot;", "\""}, {"&#34;", "\""}, {"&#x22;", "\""}, {"&#39;", "'"},  {"&#039;", "'"}, {"&#x27;", "'"},
        {"&apos;", "'"},  {"&lt;", "<"},   {"&gt;", ">"},    {"&nbsp;", " "}, {"&#160;", " "}, {"&amp;", "&"},
    };
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size();) {
        const std::string_view rest = std::string_view(text).substr(i);
        const auto* found =
            std::ranges::find_if(kEntities, [&](const auto& entity) { return rest.starts_with(entity.first); });
        if (text[i] == '&' && found != std::end(kEntities)) {
            out += found->second;
            i += found->first.size();
        } else {
            out += text[i++];
        }
    }
    text = std::move(out);
}

// Typographic quotes and odd blanks become plain ones, runs of white space one blank, ASCII letters small.
std::string to_words(std::string_view text) {
    static constexpr std::pair<std::string_view, char> kPlain[] = {
        {"\xE2\x80\x98", '\''}, {"\xE2\x80\x99", '\''}, {"\xE2\x80\x9C", '"'}, {"\xE2\x80\x9D", '"'},
        {"\xE2\x80\x9E", '"'},  {"\xC2\xA0", ' '},      {"\xE2\x80\xAF", ' '}, {"\xE3\x80\x80", ' '},
        {"\xE2\x80\x8B", ' '},  {"\xC2\xB4", '\''},     {"\xEF\xBC\x9A", ':'}, {"\xE2\x80\x93", '-'},
        {"\xE2\x80\x94", '-'},  {"\xEF\xBC\x88", '('},  {"\xEF\xBC\x89", ')'},
    };
    std::string words;
    words.reserve(text.size());
    const auto add = [&](char c) {
        const bool is_blank = c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\0';
        if (!is_blank) {
            words += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        } else if (!words.empty() && words.back() != ' ') {
            words += ' ';
        }
    };
    for (std::size_t i = 0; i < text.size();) {
        if (static_cast<unsigned char>(text[i]) < 0x80) {
            add(text[i++]);
            continue;
        }
        const auto* found =
            std::ranges::find_if(kPlain, [&](const auto& each) { return text.substr(i).starts_with(each.first); });
        if (found != std::end(kPlain)) {
            add(found->second);
            i += found->first.size();
        } else {
            words += text[i++];
        }
    }
    return words;
}

bool is_word_char(char c) {
    return is_letter(c) || is_digit(c) || c == '_';
}

// The number at `at` (an optional sign, at most nine digits), if it ends there as a word does.
std::optional<int> number_at(std::string_view text, std::size_t at) {
    std::size_t end = at;
    if (end < text.size() && text[end] == '-') ++end;
    while (end < text.size() && is_digit(text[end]))
        ++end;
    int value = 0;
    const auto [stop, problem] = std::from_chars(text.data() + at, text.data() + end, value);
    const bool is_whole = problem == std::errc() && stop == text.data() + end && end - at <= 9;
    const bool ends_as_word = end >= text.size() || !(is_letter(text[end]) || text[end] == '_');
    if (!is_whole || !ends_as_word) return std::nullopt;
    return value;
}

// The number that belongs to a key ending before `at`: behind quotes, brackets, ':', '=', '=>', '|', "int(" and blanks.
std::optional<int> value_behind(std::string_view text, std::size_t at) {
    const std::size_t limit = std::min(text.size(), at + kLongestJoint);
    std::size_t i = at;
    bool has_joint = false;
    for (; i < limit; ++i) {
        if (is_digit(text[i])) break;
        if (text[i] == '-' && i + 1 < text.size() && is_digit(text[i + 1])) break;
        if (text.substr(i).starts_with("int(") || text.substr(i).starts_with("is ")) {
            i += text[i + 2] == 't' ? 3 : 2;
            continue;
        }
        if (std::string_view("\"' :=>|()[]#*`{}").find(text[i]) == std::string_view::npos) return std::nullopt;
        has_joint = true;
    }
    return i < limit && has_joint ? number_at(text, i) : std::nullopt;
}

// Every number that stands behind this key, in order.
std::vector<int> values_of(std::string_view text, std::string_view key) {
    std::vector<int> values;
    for (std::size_t at = text.find(key); at != std::string_view::npos; at = text.find(key, at + 1)) {
        if (at > 0 && is_word_char(text[at - 1])) continue;
        if (const auto value = value_behind(text, at + key.size())) values.push_back(*value);
    }
    return values;
}

bool is_http_status(int number) {
    return number >= 400 && number <= 599;
}

// 2207xxx is publishing's (facts, 5.4), 4279xxx its sibling's of Threads; both stand for themselves wherever they are.
bool is_publishing_subcode(int number) {
    return (number >= 2'207'000 && number <= 2'207'999) || (number >= 4'279'000 && number <= 4'279'999);
}

void add_code(ErrorEvidence& evidence, int number) {
    // 400 to 599 are HTTP's; Instagram's flat envelope repeats the status as its code (facts, 3.2). 452, 459, 464 and 506
    // are Meta's own (facts, 5.2), where a key names them so.
    const bool is_metas = number == 452 || number == 459 || number == 464 || number == 506;
    if (is_publishing_subcode(number)) {
        if (evidence.subcode == 0) evidence.subcode = number;
        return;
    }
    if (number == 0 || (is_http_status(number) && !is_metas) || number > 3'000'000) return;
    if (std::ranges::find(evidence.codes, number) == evidence.codes.end()) evidence.codes.push_back(number);
}

void read_subcodes(ErrorEvidence& evidence, std::string_view words) {
    for (const std::string_view key : {"error_subcode", "errorsubcode", "suberrorcode", "subcode", "sub-code",
                                       "sub code", "error subcode", "\xE5\xAD\x90\xE7\xA0\x81"}) {
        for (const int value : values_of(words, key)) {
            if (evidence.subcode == 0) evidence.subcode = value;
        }
    }
    // "meta 100.4279004", "190/463", "Error 2207010"
    for (std::size_t i = 0; i < words.size(); ++i) {
        const bool begins = is_digit(words[i]) && (i == 0 || !(is_word_char(words[i - 1])));
        if (!begins) continue;
        const auto number = number_at(words, i);
        if (number && is_publishing_subcode(*number) && evidence.subcode == 0) evidence.subcode = *number;
        while (i < words.size() && is_digit(words[i]))
            ++i;
    }
}

// "(#100)", "#190:".
void read_hash_codes(ErrorEvidence& evidence, std::string_view words) {
    for (std::size_t at = words.find("(#"); at != std::string_view::npos; at = words.find("(#", at + 2)) {
        if (const auto number = number_at(words, at + 2)) add_code(evidence, *number);
    }
}

// "error 190", "190 error validating", "error: 190", "exception: 190", "oauthexception (190)", "190/463", "100: error".
void read_loose_codes(ErrorEvidence& evidence, std::string_view words) {
    for (const std::string_view key : {"error", "oauthexception", "graphmethodexception", "igapiexception", "exception",
                                       "err", "fehler", "\xE9\x94\x99\xE8\xAF\xAF", "erreur",
                                       "c\xC3\xB3"
                                       "digo"}) {
        for (const int value : values_of(words, key))
            add_code(evidence, value);
    }
    for (const std::string_view tail : {" error validating", ": error validating", " | "}) {
        const auto at = words.find(tail);
        std::size_t begin = at == std::string_view::npos ? 0 : at;
        while (begin > 0 && (is_digit(words[begin - 1]) || words[begin - 1] == '-'))
            --begin;
        if (at != std::string_view::npos && begin < at) {
            if (const auto number = number_at(words, begin)) add_code(evidence, *number);
        }
    }
    for (std::size_t at = words.find('/'); at != std::string_view::npos && at < words.size();
         at = words.find('/', at + 1)) {
        if (at < 3 || at + 1 >= words.size() || !is_digit(words[at + 1])) continue;
        std::size_t begin = at;
        while (begin > 0 && is_digit(words[begin - 1]))
            --begin;
        const bool is_alone = begin < at && (begin == 0 || words[begin - 1] == ' ' || words[begin - 1] == '(');
        const auto code = is_alone ? number_at(words.substr(0, at), begin) : std::nullopt;
        const auto subcode = number_at(words, at + 1);
        if (!code || !subcode || (*code != 190 && *code != 100 && *code != 102 && *code != 10 && *code != 200))
            continue;
        add_code(evidence, *code);
        if (evidence.subcode == 0) evidence.subcode = *subcode;
    }
}

// Rows of a table of the reference: "400 | -1 | 2207032 | ..."
void read_table_row(ErrorEvidence& evidence, std::string_view words) {
    const auto first = words.find(" | ");
    if (first == std::string_view::npos || first > 4) return;
    const auto status = number_at(words, 0);
    const auto code = number_at(words, first + 3);
    if (!status || !is_http_status(*status) || !code) return;
    evidence.http_status = *status;
    add_code(evidence, *code);
}

void read_status(ErrorEvidence& evidence, std::string_view words) {
    for (const std::string_view key :
         {"status code", "statuscode", "status_code", "http_status", "http status", "status", "http/1.1", "http/1.0",
          "http/2", "http", "http error", "server error", "client error", "response code", "resulted in a"}) {
        for (const int value : values_of(words, key)) {
            if (evidence.http_status == 0 && is_http_status(value)) evidence.http_status = value;
        }
    }
    static constexpr std::pair<std::string_view, int> kPhrases[] = {
        {"502 bad gateway", 502},
        {"bad gateway", 502},
        {"503 service", 503},
        {"service unavailable", 503},
        {"500 internal server error", 500},
        {"internal server error", 500},
        {"gateway timeout", 504},
        {"gateway time-out", 504},
        {"too many requests", 429},
    };
    for (const auto& [phrase, status] : kPhrases) {
        if (evidence.http_status == 0 && words.find(phrase) != std::string_view::npos) evidence.http_status = status;
    }
}

void read_context(ErrorEvidence& evidence, std::string_view words) {
    static constexpr std::pair<std::string_view, LoginPath> kLogins[] = {
        {"graph.instagram.com", LoginPath::kInstagram}, {"api.instagram.com", LoginPath::kInstagram},
        {"igapiexception", LoginPath::kInstagram},      {"instagram_business_", LoginPath::kInstagram},
        {"graph.facebook.com", LoginPath::kFacebook},   {"ig_refresh_token", LoginPath::kInstagram},
        {"ig_exchange_token", LoginPath::kInstagram},   {"fb_exchange_token", LoginPath::kFacebook},
    };
    static constexpr std::pair<std::string_view, GraphCall> kCallWords[] = {
        {"debug_token", GraphCall::kInspect},          {"ig_refresh_token", GraphCall::kRefresh},
        {"refresh_access_token", GraphCall::kRefresh}, {"ig_exchange_token", GraphCall::kExchange},
        {"fb_exchange_token", GraphCall::kExchange},   {"exchange token", GraphCall::kExchange},
        {"me/accounts", GraphCall::kListPages},        {"me/permissions", GraphCall::kListPermissions},
    };
    for (const auto& [word, login] : kLogins) {
        if (!evidence.login && words.find(word) != std::string_view::npos) evidence.login = login;
    }
    for (const auto& [word, call] : kCallWords) {
        if (!evidence.call && words.find(word) != std::string_view::npos) evidence.call = call;
    }
}

} // namespace

ErrorEvidence gather_evidence(std::string_view text) {
    std::string plain(text);
    undo_percent(plain);
    undo_entities(plain);
    for (int i = 0; i < kDeepestEscapes && undo_backslashes(plain); ++i) {
    }
    ErrorEvidence evidence;
    evidence.words = to_words(plain);
    const std::string_view words = evidence.words;
    read_status(evidence, words);
    read_table_row(evidence, words);
    read_subcodes(evidence, words);
    read_hash_codes(evidence, words);
    for (const std::string_view key : {"error_code", "errorcode", "error code", "code"}) {
        for (const int value : values_of(words, key))
            add_code(evidence, value);
    }
    read_loose_codes(evidence, words);
    read_context(evidence, words);
    evidence.is_transient = words.find("\"is_transient\":true") != std::string_view::npos ||
                            words.find("\"is_transient\": true") != std::string_view::npos;
    evidence.is_html =
        words.find("<html") != std::string_view::npos || words.find("<!doctype html") != std::string_view::npos;
    return evidence;
}

} // namespace everlong::core
