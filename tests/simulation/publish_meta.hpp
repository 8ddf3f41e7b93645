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
    enum class Kind { kQuota, kMake, kAsk, kPublish, kList, kMedium, kComment, kOther } kind = Kind::kOther;
    std::string account;
    std::string object;     // container or media id that is asked for
    std::string caption;    // of the post that it is about, as far as the call or its container tells
    bool is_parent = false; // of a carousel
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
};

class PublishMeta final : public http::Client {
public:
    struct Container {
        std::string account;
        std::string caption;
        std::vector<std::string> children;
        bool is_part = false;
        Instant made_at{};
        Instant ready_at{};
        std::string status = "IN_PROGRESS";
        std::string media_id; // of the first publishing
    };
    struct Medium {
        std::string account;
        std::string caption;
        std::string type;
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

    // --- the ledger ---
    std::map<std::string, Medium> media;
    // How many posts of that caption are live.
    int live(const std::string& caption) const;
    int comments(const std::string& caption) const;
    int calls() const { return calls_; }
    // Captions in the order in which their publish calls came, with the time.
    const std::vector<std::pair<std::string, Instant>>& publish_calls() const { return publish_calls_; }

private:
    using Parameters = std::map<std::string, std::string>;

    http::Response answer(const MetaCall& call, const Parameters& parameters);
    http::Response make(const MetaCall& call, const Parameters& parameters);
    http::Response ask(const MetaCall& call);
    http::Response publish(const MetaCall& call);
    http::Response list(const MetaCall& call);
    http::Response medium(const MetaCall& call);
    http::Response comment(const MetaCall& call);
    int used(const std::string& account) const;
    MetaCall read(const http::OutgoingRequest& outgoing, const Parameters& parameters) const;
    std::string next_id(std::int64_t& counter) { return std::to_string(counter++); }

    std::function<Instant()> now_;
    std::map<std::string, Container> containers_;
    std::map<std::string, std::vector<std::string>> by_account_; // media ids, oldest first
    std::map<std::string, int> live_;
    std::vector<std::pair<std::string, Instant>> publish_calls_;
    std::int64_t next_container_ = 17'889'000'000'000'001;
    std::int64_t next_medium_ = 17'920'000'000'000'001;
    std::int64_t next_comment_ = 18'000'000'000'000'001;
    int calls_ = 0;
};

http::Response meta_error(int status, int code, int subcode, bool is_transient = false);

} // namespace everlong::test
