#include <api/detail/reveals.hpp>

namespace everlong::api::detail {

bool Reveals::is_due(ports::ApiKeyId key, const std::string& channel, int version, Instant now) const {
    const auto found = noted_at_.find({key.number(), channel, version});
    if (found == noted_at_.end()) return true;
    // A calendar that was turned back keeps nothing quiet.
    return now < found->second || now - found->second >= kEvery;
}

void Reveals::note(ports::ApiKeyId key, const std::string& channel, int version, Instant now) {
    // Full: everybody is written down once more, which is never wrong.
    if (noted_at_.size() >= limit_) noted_at_.clear();
    noted_at_[{key.number(), channel, version}] = now;
}

} // namespace everlong::api::detail
