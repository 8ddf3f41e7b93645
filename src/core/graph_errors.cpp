#include <core/graph_errors.hpp>

#include <algorithm>

namespace everlong::core {
namespace {

constexpr std::string_view kRemovedMark = "[removed]";
// Tokens seen are 60 characters and more, login codes 100 and more; names, ids and words of Meta's messages stay below.
constexpr std::size_t kSecretLength = 40;
// App secrets and proofs are 32 and 64 hex digits.
constexpr std::size_t kHexSecretLength = 32;
// A cut token still begins as tokens do.
constexpr std::size_t kPrefixedSecretLength = 16;

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::size_t find_without_case(std::string_view text, std::string_view wanted, std::size_t from) {
    const auto found = std::search(text.begin() + static_cast<std::ptrdiff_t>(from), text.end(), wanted.begin(),
                                   wanted.end(), [](char a, char b) { return lower(a) == lower(b); });
    return found == text.end() && !wanted.empty() ? std::string_view::npos
                                                  : static_cast<std::size_t>(found - text.begin());
}

// `pattern`: pieces between '*' in this order.
bool holds(std::string_view text, std::string_view pattern) {
    std::size_t from = 0;
    while (true) {
        const auto star = pattern.find('*');
        const std::string_view piece = pattern.substr(0, star);
        const auto found = find_without_case(text, piece, from);
        if (found == std::string_view::npos) return false;
        if (star == std::string_view::npos) return true;
        from = found + piece.size();
        pattern.remove_prefix(star + 1);
    }
}

bool fits(const ErrorPattern& pattern, const GraphContext& context, int code, int subcode, std::string_view message) {
    if (pattern.call && pattern.call != context.call) return false;
    if (pattern.login && pattern.login != context.login) return false;
    if (code != ErrorPattern::kAny) {
        if (pattern.first_code != ErrorPattern::kAny && (code < pattern.first_code || code > pattern.last_code)) {
            return false;
        }
        if (pattern.subcode != ErrorPattern::kAny && pattern.subcode != subcode) return false;
    } else if (pattern.message.empty()) {
        // Words alone never fit a row that has none; a subcode may stand for itself.
        const bool goes_by_subcode = pattern.first_code == ErrorPattern::kAny && pattern.subcode != ErrorPattern::kAny;
        if (!goes_by_subcode || pattern.subcode != subcode) return false;
    }
    return pattern.message.empty() || holds(message, pattern.message);
}

std::string numbers_of(const Upstream& upstream) {
    std::string text = " (";
    if (upstream.code != 0) {
        text += "code " + std::to_string(upstream.code);
        if (upstream.subcode != 0) text += ", subcode " + std::to_string(upstream.subcode);
    } else {
        text += "HTTP " + std::to_string(upstream.http_status);
    }
    return text + ")";
}

std::string in_metas_words(const Upstream& upstream) {
    return upstream.message.empty() ? "Meta refused without a reason" : "Meta says: " + scrub(upstream.message, 200);
}

bool is_word_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '|' || c == '%';
}

bool is_hex(std::string_view word) {
    return std::ranges::all_of(word,
                               [](char c) { return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'f'); });
}

bool looks_secret(std::string_view word) {
    if (word.size() >= kSecretLength) return true;
    if (word.size() >= kHexSecretLength && is_hex(word)) return true;
    const bool begins_as_tokens_do = word.starts_with("EAA") || word.starts_with("IGAA") || word.starts_with("IGQ");
    return begins_as_tokens_do && word.size() >= kPrefixedSecretLength;
}

} // namespace

std::vector<const GraphErrorRow*> find_graph_errors(const GraphContext& context, int code, int subcode,
                                                    std::string_view message) {
    std::vector<const GraphErrorRow*> found;
    for (const GraphErrorRow& row : graph_error_rows()) {
        if (fits(row.pattern, context, code, subcode, message)) found.push_back(&row);
    }
    return found;
}

bool holds_words(const ErrorPattern& pattern, std::string_view text) {
    return holds(text, pattern.message);
}

Error classify(const GraphContext& context, const Upstream& upstream) {
    const auto rows = find_graph_errors(context, upstream.code, upstream.subcode, upstream.message);
    if (!rows.empty()) {
        const ErrorVerdict& verdict = rows.front()->verdict;
        const bool is_passing = verdict.fault == Fault::kTransient || verdict.fault == Fault::kRateLimited;
        if (is_passing || !upstream.is_transient) {
            std::string detail = std::string(rows.front()->sentence) + numbers_of(upstream);
            if (verdict.code == Code::kGraph && verdict.cause == Cause::kInvalidParameter)
                detail += ": " + in_metas_words(upstream);
            return Error(verdict.code, verdict.fault, std::move(detail), upstream);
        }
    }
    const std::string detail = in_metas_words(upstream) + numbers_of(upstream);
    if (upstream.http_status == 429) return Error(Code::kRateLimited, Fault::kRateLimited, detail, upstream);
    if (upstream.is_transient || upstream.http_status >= 500) {
        return Error(Code::kUpstream, Fault::kTransient, detail, upstream);
    }
    return Error(Code::kGraph, Fault::kRefused, detail, upstream);
}

bool is_verdict(Code code) {
    switch (code) {
    case Code::kTokenExpired:
    case Code::kTokenRejected:
    case Code::kTokenMalformed:
    case Code::kPasswordChanged:
    case Code::kUserLoggedOut:
    case Code::kAppRemoved:
    case Code::kCheckpoint: return true;
    default: return false;
    }
}

bool is_dead_token(const Error& error) {
    return error.upstream() != nullptr && is_verdict(error.code());
}

std::string scrub(std::string_view text, std::size_t limit_bytes) {
    std::string clean;
    while (!text.empty() && clean.size() < limit_bytes) {
        const auto end = std::ranges::find_if_not(text, is_word_char);
        const auto length = static_cast<std::size_t>(end - text.begin());
        if (length == 0) {
            const auto c = static_cast<unsigned char>(text.front());
            clean += c < 0x20 || c == 0x7f ? ' ' : text.front();
            text.remove_prefix(1);
            continue;
        }
        const std::string_view word = text.substr(0, length);
        clean += looks_secret(word) ? kRemovedMark : word;
        text.remove_prefix(length);
    }
    if (clean.size() > limit_bytes) clean.resize(limit_bytes);
    // No half character at a cut: bytes that continue one are dropped together with the byte that began it.
    if (!text.empty() || clean.size() == limit_bytes) {
        std::size_t tail = clean.size();
        while (tail > 0 && (static_cast<unsigned char>(clean[tail - 1]) & 0xC0) == 0x80) {
            --tail;
        }
        if (tail > 0 && static_cast<unsigned char>(clean[tail - 1]) >= 0xC0) clean.resize(tail - 1);
    }
    return clean;
}

} // namespace everlong::core
