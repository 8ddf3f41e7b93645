#pragma once
// After a publish call has left, any answer but a clean id leaves open whether the post is live (law 5), unless it is one
// of these: the tested list of errors that prove that this call published nothing. It says nothing of earlier calls.

#include <base/result.hpp>

#include <optional>
#include <span>
#include <string_view>

namespace everlong::core {

// What such an error asks for.
enum class Unpublished {
    kNotSent,     // the request never left
    kNotReady,    // the container is not ready
    kGone,        // the container is unknown or expired
    kQuota,       // the account's number of posts is used up
    kRateLimited, // too many calls
    kConnection,  // token, permission or account: a person
    kRefused,     // the request cannot pass as it is
};

// "not-sent", "not-ready", "gone", "quota", "rate-limited", "connection", "refused".
std::string_view to_text(Unpublished meaning);

struct PublishProof {
    int first_code;
    int last_code;
    std::optional<int> subcode; // absent: any that no earlier row names
    // Empty where the row is no proof: it takes its error out of a wider row below it.
    std::optional<Unpublished> meaning;
    std::string_view source;
};

// In order: the first row that fits counts.
std::span<const PublishProof> publish_proofs();

// Nothing where the post may be live. Meta's errors count only as whole answers with a status of 4xx that Meta does not call
// temporary (limits may be called so); of ours, only those that say that nothing was sent.
std::optional<Unpublished> proves_unpublished(const Error& error);

} // namespace everlong::core
