#pragma once
// The truth that tests compare with: every call with its time and outcome, every token issued. No secrets in it.

#include <simulator/world/world.hpp>

#include <boost/json/object.hpp>

#include <array>
#include <deque>
#include <expected>
#include <optional>
#include <string>
#include <vector>

namespace everlong::simulator {

struct CallRecord {
    std::uint64_t number = 0;
    Instant at{}; // when it arrived
    std::string method;
    std::string host;
    std::string path;                // without host, version, query and anything that looks like a token
    std::string version;             // as asked; empty: none
    int status = 0;                  // 0: no answer reached the caller
    std::string token_fingerprint;   // of the token shown (or given in for exchange); empty: none
    std::optional<bool> token_alive; // at arrival, nothing without a token
    std::string input_fingerprint;   // debug_token's input_token
    int error_code = 0;
    int error_subcode = 0;
    std::string fault; // the fault that struck it; empty: none
};

struct IssueRecord {
    std::string fingerprint;
    Kind kind = Kind::kUser;
    Login login = Login::kFacebook;
    Instant issued_at{};
    std::optional<Instant> expires_at;
    std::string via; // the endpoint or control call that gave it
};

class Ledger {
public:
    void add_call(const CallRecord& record);
    // Also for a token whose string stayed and whose life was extended.
    void add_issue(const Token& token, std::string via);

    // `after`: only calls with a greater number.
    boost::json::object to_json(std::uint64_t after) const;
    // The newest of either, as to_json() shows them, and what from_json() reads back; the error says what was wrong.
    boost::json::object save() const;
    static std::expected<Ledger, std::string> from_json(const boost::json::object& document);

private:
    // A simulated year of ten thousand channels stays below; older records fall out.
    static constexpr std::size_t kRecordLimit = 200'000;
    // A saved world keeps so many: enough to look back, and below what the sandbox takes as a body.
    static constexpr std::size_t kSavedRecords = 20'000;

    // Calls are written page by page, all texts of a page in one: records of their own would each leave half a dozen
    // small blocks of memory behind among those that every call takes and gives back.
    static constexpr std::size_t kTexts = 7;
    struct Line {
        std::uint64_t number = 0;
        Instant at{};
        int status = 0;
        int error_code = 0;
        int error_subcode = 0;
        std::optional<bool> token_alive;
        std::array<std::uint32_t, kTexts> ends{}; // in the page's texts; each begins where the one before it ends
    };
    struct Page {
        std::vector<Line> lines;
        std::string texts;
    };
    static constexpr std::size_t kLinesOnPage = 1000;
    void write_line(const CallRecord& record, std::uint64_t number);
    static CallRecord read_line(const Page& page, std::size_t index);

    std::uint64_t next_number_ = 1;
    std::deque<Page> pages_;
    std::deque<IssueRecord> issues_;
};

// An instant in RFC 3339, or null.
boost::json::value to_json(const std::optional<Instant>& instant);

} // namespace everlong::simulator
