#pragma once
// Meta's answers, read into the port's types. Pure: bytes in, a value or an error out, so that every shape can be tried.
// A success is 200 and a JSON object of the documented form without an `error` member; all else is an Error that never
// repeats the body.

#include <core/graph_errors.hpp>
#include <ports/graph_api.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace everlong::adapters::detail {

// What was asked, and so what an answer may mean.
struct Asked {
    core::GraphContext context;
    // A call whose effect must not come twice: what leaves its outcome open is kUnknownOutcome and not kTransient.
    bool is_issuing = false;
    // Values that went out with the request and must not come back in a message. Views of live Secrets.
    std::vector<std::string_view> secrets;
};

struct Answer {
    int status = 0;
    std::string_view body;
    std::optional<Seconds> wait{}; // until a limit gives way, as the answer's head tells it
};

// One page of a list: Pages of Facebook, or portfolios (id and name only).
struct ListPart {
    std::vector<ports::Page> entries;
    bool has_next = false;
    std::string after; // the cursor of the next page, empty where there is none to follow
};

Result<ports::Grant> read_grant(const Asked& asked, Answer answer);
// Any of the three shapes of facts/graph-api.md, 3.2.
Result<ports::CodeGrant> read_code_grant(const Asked& asked, Answer answer);
// `app_id`: ours. kTokenForeign where a valid token belongs to another.
Result<ports::Inspection> read_inspection(const Asked& asked, Answer answer, std::string_view app_id);
Result<ports::Me> read_me(const Asked& asked, Answer answer);
Result<ListPart> read_list_part(const Asked& asked, Answer answer);
Result<std::vector<ports::Permission>> read_permissions(const Asked& asked, Answer answer);
Result<ports::PublishingLimit> read_publishing_limit(const Asked& asked, Answer answer);
Result<core::Account> read_account(const Asked& asked, Answer answer, const IgUserId& id);

} // namespace everlong::adapters::detail
