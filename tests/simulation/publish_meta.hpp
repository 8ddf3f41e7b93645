#pragma once
// Meta's publishing calls at the level of HTTP, small and quick, with a ledger of what truly happened: the Graph client that
// ships reads its answers. Replies can be spoiled before or after their effect. It knows nothing of the core.

#include <http/client.hpp>

#include <base/time.hpp>

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace everlong::test {

// A call as the ledger and the faults see it.
struct MetaCall {
    enum class Kind { kQuota, kMake, kUpload, kAsk, kPublish, kList, kMedium, kComment, kOther } kind = Kind::kOther;
    std::string account;
    std::string object; // container or media id that is asked for
    // Of the post that it is about, as far as the call or its container tells. A post without one is known by the name of its
    // picture ("https://example.org/NAME.jpg"), or by what its video's bytes begin with ("NAME|").
    std::string caption;
    bool is_parent = false;  // of a carousel
    bool is_stories = false; // a list
};

// What is done to a reply.
struct ReplyFault {
    std::string name;
    bool has_effect = false; // the call is carried out all the same
    // Transport: the error that the client gives in place of an answer.
    std::optional<Error> error;
    int status = 0;
    std::string content_type = "application/json";
    std::string body;
    std::string usage; // X-Business-Use-Case-Usage
};

class PublishMeta final : public http::Client {
public:
    struct Container {
        std::string account;
        std::string caption;       // the ledger's name for the post
        std::string shown_caption; // that lists show
        std::string kind;          // media_type; empty for pictures
        bool is_upload = false;
        std::string bytes;       // that have arrived
        std::uint64_t size = 0;  // of the whole, as the first piece tells it
        bool is_damaged = false; // a piece did not begin where the last one ended
        std::vector<std::string> children;
        bool is_part = false;
        Instant made_at{};
        Instant ready_at{};
        std::string status = "IN_PROGRESS";
        std::string media_id; // of the first publishing
    };
    struct Medium {
        std::string account;
        std::string caption; // the ledger's name
        std::string shown_caption;
        std::string type;
        std::string product;
        int children = 0;
        Instant at{};
        Instant listed_at{}; // from when lists show it
        int comments = 0;
    };
    struct Account {
        std::string token;
        bool is_alive = true;
        int quota_total = 1'000'000;
    };

    explicit PublishMeta(std::function<Instant()> now) : now_(std::move(now)) {}

    Task<http::Response> send(http::OutgoingRequest outgoing) override;

    std::map<std::string, Account> accounts;
    // Asked for each call before it is answered; nothing: answered well.
    std::function<std::optional<ReplyFault>(const MetaCall&)> fault = [](const MetaCall&) {
        return std::optional<ReplyFault>();
    };
    // Called before a call is answered, and after it had its effect: may throw, as a machine may stop there.
    std::function<void()> before = [] {};
    std::function<void()> after = [] {};
    // Each call takes so long.
    std::function<Async<void>()> latency = []() -> Async<void> { co_return; };
    // A second publish call for a container makes a second post (design: faults, E2); else it is refused.
    bool does_second_publish_double = false;
    Milliseconds processing{Seconds(4)};
    Milliseconds list_lag{0};
    // Container and quota lag as the list does: nothing that can be read tells of a publishing before.
    bool does_everything_lag = false;

    // --- the ledger ---
    std::map<std::string, Medium> media;
    // How many posts of that caption are live.
    int live(const std::string& caption) const;
    // When the first of them went live, by Meta's clock; nothing where none did.
    std::optional<Instant> live_since(const std::string& caption) const;
    int comments(const std::string& caption) const;
    int broken_uploads() const { return broken_uploads_; }   // that ended before their end
    int damaged_uploads() const { return damaged_uploads_; } // that were published, and not as they were sent
    int calls() const { return calls_; }
    // Captions in the order in which their publish calls came, with the time.
    const std::vector<std::pair<std::string, Instant>>& publish_calls() const { return publish_calls_; }

private:
    using Parameters = std::map<std::string, std::string>;

    http::Response answer(const MetaCall& call, const Parameters& parameters);
    http::Response make(const MetaCall& call, const Parameters& parameters);
    http::Response ask(const MetaCall& call);
    // The bytes that come, or half of them where the line breaks.
    http::Response upload(const MetaCall& call, const http::OutgoingRequest& outgoing, bool does_break);
    http::Response publish(const MetaCall& call);
    http::Response list(const MetaCall& call);
    http::Response medium(const MetaCall& call);
    http::Response comment(const MetaCall& call);
    // As it is counted, or as it is told.
    int used(const std::string& account, bool is_told) const;
    MetaCall read(const http::OutgoingRequest& outgoing, const Parameters& parameters) const;
    std::string next_id(std::int64_t& counter) { return std::to_string(counter++); }

    std::function<Instant()> now_;
    std::map<std::string, Container> containers_;
    std::map<std::string, std::vector<std::string>> by_account_; // media ids, oldest first
    std::map<std::string, int> live_;
    std::map<std::string, Instant> live_since_;
    std::vector<std::pair<std::string, Instant>> publish_calls_;
    std::int64_t next_container_ = 17'889'000'000'000'001;
    std::int64_t next_medium_ = 17'920'000'000'000'001;
    std::int64_t next_comment_ = 18'000'000'000'000'001;
    int calls_ = 0;
    int broken_uploads_ = 0;
    int damaged_uploads_ = 0;
};

http::Response meta_error(int status, int code, int subcode, bool is_transient = false);

} // namespace everlong::test
