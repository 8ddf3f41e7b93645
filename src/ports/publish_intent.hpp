#pragma once
// Proof that a call which must not be repeated blindly has been written down before it leaves (law 2, design rule C2).

#include <core/publishing/post.hpp>

#include <string>

namespace everlong::ports {

class PostStore;

class PublishIntent {
public:
    const core::PostId& post() const { return post_; }
    const std::string& step() const { return step_; } // "publish-1", "comment", ...

private:
    friend class PostStore; // which makes it once the row is durable
    PublishIntent(core::PostId post, std::string step) : post_(std::move(post)), step_(std::move(step)) {}
    core::PostId post_;
    std::string step_;
};

} // namespace everlong::ports
