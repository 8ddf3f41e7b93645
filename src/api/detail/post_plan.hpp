#pragma once
// From what a caller says to a post that could be stored: channel, files and addresses found, every rule of Meta's judged.

#include <api/detail/call.hpp>
#include <core/publishing/fixed.hpp>
#include <core/publishing/post_wishes.hpp>

#include <optional>
#include <string>
#include <vector>

namespace everlong::api::detail {

struct PostPlan {
    core::Post post; // with its findings
    bool is_draft = false;
    std::vector<core::FileId> converted; // files that were made for it, in place of ones that Meta would refuse
    std::optional<Error> late;           // its time has passed: kTimeSyntax (kUsage)
    std::vector<core::Fixed> fixes;      // what was done to each of them, in the same order
    bool has_errors() const;             // Meta would refuse it
};

// What is looked at besides the store. Asking others takes a second, or, of hosts that do not answer, half a minute.
struct PlanWish {
    bool is_check = false;   // whether the post would go out is what is asked; nothing is stored
    bool asks_meta = false;  // for the quota
    bool asks_hosts = false; // of addresses, whether Meta will get the media
};

// `base`: the post that is changed; null: a new one. Errors: kHttpBody, kUsage, kChannelUnknown, kFileUnknown, kTimeSyntax,
// kZoneUnknown (kUsage), kMediaAddress (kRefused), kHttpScope (kRefused); those of the store.
Task<PostPlan> plan_post(const ApiContext& context, const Caller& caller, const json::object& body,
                         const core::Post* base, PlanWish wish = {});

// Of a plan that nothing came of: the files that were made for it go.
Async<void> drop_converted(const ApiContext& context, const Caller& caller, const PostPlan& plan);

// The refusal of a post that Meta would refuse: kPostRefused (kUsage), which names the first finding.
Error refusal_of(const PostPlan& plan);

// No new post is made for a time that has passed (PostPlan::late), or of what Meta would refuse (refusal_of); one that was
// made before may be asked for again, with its `key` (empty: none), whatever has changed since.
Task<void> refuse_unmade(const ApiContext& context, const PostPlan& plan, std::string key);

// Stores a new post. `key`: Idempotency-Key, empty: none; the post that it has made before is given back in place of a second
// one, and what was made for the plan goes.
Task<ports::AddedPost> store_post(const ApiContext& context, const Caller& caller, PostPlan plan, std::string key);

// A post that this caller may see. kPostUnknown (kUsage); kStoreCorrupt (kCorrupt) where its row is damaged.
Task<core::Post> find_post_for(const ApiContext& context, const Caller& caller, const std::string& id);
// A damaged post that this caller may see; nothing where it is not damaged, or not there. kPostUnknown (kUsage).
Task<std::optional<ports::UnreadablePost>> find_unreadable_for(const ApiContext& context, const Caller& caller,
                                                               const std::string& id);

// The post that `key` has made before on the channel that a body names. Errors of that channel as in plan_post.
Task<std::optional<core::Post>> find_post_of_key(const ApiContext& context, const Caller& caller,
                                                 const json::object& body, std::string key);

// A key for Idempotency-Key: 1 to 255 visible signs. kHttpRequest (kUsage).
Result<std::string> idempotency_key_of(const http::Request& request);

} // namespace everlong::api::detail
