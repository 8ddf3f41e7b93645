#include <core/explain.hpp>

#include <core/error_evidence.hpp>
#include <core/facts/cause_texts.hpp>

#include <algorithm>

namespace everlong::core {
namespace {

using Rows = std::vector<const GraphErrorRow*>;

constexpr std::size_t kMostOthers = 6;

// Says no more than the code.
bool is_general(const GraphErrorRow& row) {
    return row.pattern.message.empty() && row.pattern.subcode == ErrorPattern::kAny && !row.pattern.call;
}

void add_all(Rows& rows, const Rows& more) {
    for (const GraphErrorRow* row : more) {
        const bool is_known = std::ranges::any_of(
            rows, [&](const GraphErrorRow* each) { return each->verdict.cause == row->verdict.cause; });
        if (!is_known) rows.push_back(row);
    }
}

// Single words mean little in a text that has nothing to do with Meta: a certificate expires, too.
bool is_about_meta(std::string_view words) {
    static constexpr std::string_view kSigns[] = {"facebook", "instagram", "oauth",        "graph",
                                                  "meta ",    "fbtrace",   "media",        "container",
                                                  "threads",  "carousel",  "access token", "access_token"};
    return std::ranges::any_of(kSigns,
                               [&](std::string_view sign) { return words.find(sign) != std::string_view::npos; });
}

Rows find_hints(std::string_view words) {
    Rows rows;
    if (!is_about_meta(words)) return rows;
    for (const GraphErrorRow& row : hint_rows()) {
        if (holds_words(row.pattern, words)) add_all(rows, {&row});
    }
    return rows;
}

// A publishing subcode stands for itself; the rows that go by it alone come first.
Rows rows_of_subcode(int subcode) {
    Rows rows;
    for (const bool is_alone : {true, false}) {
        for (const GraphErrorRow& row : graph_error_rows()) {
            const bool fits = subcode != 0 && row.pattern.subcode == subcode;
            if (fits && (row.pattern.first_code == ErrorPattern::kAny) == is_alone) add_all(rows, {&row});
        }
    }
    return rows;
}

// The older guides name this text, alone and without a code, for a token that was pasted badly (contract, section 4).
Rows rows_of_guide(std::string_view words, const Rows& by_words) {
    while (!words.empty() && (words.back() == '.' || words.back() == ' '))
        words.remove_suffix(1);
    Rows rows;
    if (words != "invalid oauth access token") return rows;
    std::ranges::copy_if(by_words, std::back_inserter(rows),
                         [](const GraphErrorRow* row) { return row->verdict.cause == Cause::kTokenMalformed; });
    rows.resize(std::min<std::size_t>(rows.size(), 1));
    return rows;
}

// Every row that fits, likeliest first, each cause once.
Rows find_rows(const ErrorEvidence& evidence, const GraphContext& context, int& code) {
    const Rows by_words = find_graph_errors(context, ErrorPattern::kAny, 0, evidence.words);
    Rows special;
    Rows general;
    for (const int candidate : evidence.codes) {
        for (const GraphErrorRow* row : find_graph_errors(context, candidate, evidence.subcode, evidence.words)) {
            const bool is_of_code = row->pattern.first_code != ErrorPattern::kAny;
            if (is_of_code) (is_general(*row) ? general : special).push_back(row);
        }
        if (code == 0 || (special.empty() && general.empty())) code = candidate;
    }
    Rows rows;
    if (evidence.codes.empty()) add_all(rows, rows_of_guide(evidence.words, by_words));
    add_all(rows, special);
    if (special.empty() && general.empty()) add_all(rows, rows_of_subcode(evidence.subcode));
    // A phrase says more than a code alone.
    add_all(rows, by_words);
    add_all(rows, general);
    return rows;
}

constexpr ErrorVerdict kPassing{Cause::kTransientUpstream, Remedy::kWaitAndRetry, Retry::kLater, Code::kUpstream,
                                Fault::kTransient};
constexpr ErrorVerdict kTooMany{Cause::kRateLimitedApp, Remedy::kWaitAndRetry, Retry::kLater, Code::kRateLimited,
                                Fault::kRateLimited};

// What the HTTP status alone, or the form of the answer, tells.
const ErrorVerdict* verdict_of_status(const ErrorEvidence& evidence) {
    if (evidence.http_status == 429) return &kTooMany;
    if (evidence.http_status >= 500 || evidence.is_transient || evidence.is_html) return &kPassing;
    return nullptr;
}

void tell(Explanation& explanation, const ErrorVerdict& verdict, std::string_view sentence) {
    explanation.kind = PastedKind::kError;
    explanation.cause = verdict.cause;
    explanation.remedy = verdict.remedy;
    explanation.retry = verdict.retry;
    const CauseText& cause = text_of(verdict.cause);
    const RemedyText& remedy = text_of(verdict.remedy);
    explanation.title = cause.title;
    if (!sentence.empty()) explanation.what_happened = "Meta's answer says: " + std::string(sentence) + ". ";
    explanation.what_happened += cause.explanation;
    for (const std::string_view step : remedy.steps) {
        if (!step.empty()) explanation.what_to_do.emplace_back(step);
    }
    for (const std::string_view link : {remedy.link, cause.link}) {
        const bool is_new = !link.empty() && std::ranges::find(explanation.links, link) == explanation.links.end();
        if (is_new) explanation.links.emplace_back(link);
    }
}

bool is_key_char(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

// KEY=value, a comment or nothing.
bool is_env_line(std::string_view line, bool& has_key) {
    while (!line.empty() && (line.front() == ' ' || line.front() == '\t'))
        line.remove_prefix(1);
    if (line.starts_with("export ")) line.remove_prefix(7);
    if (line.empty() || line.front() == '#' || line.front() == '\r') return true;
    const auto end = std::ranges::find_if_not(line, is_key_char);
    std::string_view rest(end, line.end());
    while (!rest.empty() && rest.front() == ' ')
        rest.remove_prefix(1);
    const bool is_assignment =
        end != line.begin() && rest.starts_with('=') && line.front() >= 'A' && line.front() <= 'Z';
    has_key = has_key || is_assignment;
    return is_assignment;
}

bool is_env_file(std::string_view text) {
    bool has_key = false;
    std::size_t lines = 0;
    std::size_t others = 0;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        ++lines;
        if (!is_env_line(line, has_key)) ++others;
    }
    // A value that was wrapped leaves a line that is none.
    return has_key && others * 3 <= lines;
}

bool is_token_char(char c) {
    return is_key_char(c) || std::string_view("-|.~%").find(c) != std::string_view::npos;
}

// One long word, whatever was pasted around it. Only its form is looked at: a token is not read here.
bool is_token(std::string_view text) {
    for (const std::string_view prefix : {"\"", "'", "Bearer ", "access_token="}) {
        if (text.starts_with(prefix)) text.remove_prefix(prefix.size());
    }
    while (!text.empty() && std::string_view("\"';,").find(text.back()) != std::string_view::npos)
        text.remove_suffix(1);
    constexpr std::size_t kShortest = 20;
    constexpr std::size_t kLongestWord = 60; // longer than words, names and ids
    if (text.size() < kShortest || !std::ranges::all_of(text, is_token_char)) return false;
    const bool begins_as_one = text.starts_with("EAA") || text.starts_with("IGAA") || text.starts_with("IGQ");
    return begins_as_one || text.find('|') != std::string_view::npos || text.size() > kLongestWord;
}

bool is_callback_address(std::string_view text) {
    const bool is_address = text.starts_with("http://") || text.starts_with("https://");
    const bool has_answer =
        text.find("code=") != std::string_view::npos || text.find("error=") != std::string_view::npos;
    const bool is_one_word = text.find_first_of(" \n\t") == std::string_view::npos;
    return is_address && has_answer && is_one_word;
}

std::string_view without_blanks_around(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

PastedKind kind_of(std::string_view text) {
    text = without_blanks_around(text);
    if (is_callback_address(text)) return PastedKind::kCallbackAddress;
    if (is_token(text)) return PastedKind::kToken;
    if (is_env_file(text)) return PastedKind::kEnvFile;
    return PastedKind::kUnknown;
}

void tell_of_no_error(Explanation& explanation) {
    const CauseText& unknown = text_of(Cause::kUnknown);
    explanation.title = unknown.title;
    explanation.what_happened = unknown.explanation;
    explanation.links.emplace_back(unknown.link);
    switch (explanation.kind) {
    case PastedKind::kToken:
        explanation.title = "This is a token, not an error";
        explanation.what_happened =
            "It was only looked at here and is not kept. Never show a token to others: it opens the account.";
        explanation.what_to_do = {"Have it checked: everlong doctor --token-stdin, or Check on this page.",
                                  "Have it kept alive: everlong channel import NAME --token-stdin."};
        break;
    case PastedKind::kEnvFile:
        explanation.title = "This is a .env file, not an error";
        explanation.what_happened = "It was only looked at here and is not kept.";
        explanation.what_to_do = {"Have it checked and mended: everlong doctor --env-file FILE --fix.",
                                  "Have its token kept alive: everlong channel import NAME --env-file FILE."};
        break;
    case PastedKind::kCallbackAddress:
        explanation.title = "This is the address that a login came back to";
        explanation.what_happened = "It holds a login code, which is good for one exchange within minutes.";
        explanation.what_to_do = {"Give it to the login that is waiting for it: everlong channel connect NAME --login "
                                  "facebook|instagram --paste."};
        break;
    default:
        explanation.what_to_do = {
            "Paste more of it: the lines around the error, or the whole answer of Meta's with its code.",
            "Have token and settings checked: everlong doctor --env-file .env."};
    }
}

// Both ends: an error stands at the start or the end of a log.
std::string cut_to_size(std::string_view text, bool& is_cut) {
    is_cut = text.size() > kExplainedBytes;
    if (!is_cut) return std::string(text);
    constexpr std::size_t kHalf = kExplainedBytes / 2;
    return std::string(text.substr(0, kHalf)) + "\n" + std::string(text.substr(text.size() - kHalf));
}

} // namespace

std::string_view to_text(PastedKind kind) {
    switch (kind) {
    case PastedKind::kError: return "error";
    case PastedKind::kToken: return "token";
    case PastedKind::kEnvFile: return "env-file";
    case PastedKind::kCallbackAddress: return "callback-address";
    case PastedKind::kUnknown: return "unknown";
    }
    return "unknown";
}

Explanation explain(std::string_view text, const ExplainContext& known) {
    Explanation explanation;
    const std::string read = cut_to_size(text, explanation.is_cut);
    const PastedKind kind = kind_of(read);
    explanation.kind = kind;
    if (kind == PastedKind::kToken || kind == PastedKind::kEnvFile) {
        tell_of_no_error(explanation);
        return explanation;
    }
    const ErrorEvidence evidence = gather_evidence(read);
    GraphContext context;
    context.login = evidence.login.value_or(known.login.value_or(LoginPath::kFacebook));
    context.call = evidence.call ? evidence.call : known.call;
    Rows rows = find_rows(evidence, context, explanation.code);
    explanation.subcode = evidence.subcode;
    const ErrorVerdict* by_status = verdict_of_status(evidence);
    if (rows.empty() && by_status == nullptr) rows = find_hints(evidence.words);
    if (rows.empty() && by_status == nullptr) {
        explanation.code = 0;
        explanation.subcode = 0;
        tell_of_no_error(explanation);
        return explanation;
    }
    tell(explanation, rows.empty() ? *by_status : rows.front()->verdict, rows.empty() ? "" : rows.front()->sentence);
    if (kind == PastedKind::kCallbackAddress) explanation.kind = kind;
    for (std::size_t i = 1; i < rows.size() && explanation.also.size() < kMostOthers; ++i) {
        const ErrorVerdict& other = rows[i]->verdict;
        explanation.also.push_back({other.cause, other.remedy, std::string(text_of(other.cause).how_to_tell)});
    }
    return explanation;
}

} // namespace everlong::core
