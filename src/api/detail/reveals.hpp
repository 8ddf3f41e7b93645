#pragma once
// Which application has been seen reading which token lately. It may ask before each call of its own, and a line of the
// audit trail for each, durable before the answer, would cost a hundred times the answer and hide what matters: so there
// is one for the first read of a version and then one an hour for as long as it goes on.

#include <base/time.hpp>
#include <ports/access_store.hpp>

#include <cstddef>
#include <map>
#include <string>
#include <tuple>

namespace everlong::api::detail {

class Reveals {
public:
    static constexpr Milliseconds kEvery = Hours(1);

    explicit Reveals(std::size_t limit = 10'000) : limit_(limit) {}

    // Has this read to be written down before it is answered?
    bool is_due(ports::ApiKeyId key, const std::string& channel, int version, Instant now) const;
    // It was written down.
    void note(ports::ApiKeyId key, const std::string& channel, int version, Instant now);

private:
    using Reader = std::tuple<std::int64_t, std::string, int>;

    std::size_t limit_;
    std::map<Reader, Instant> noted_at_;
};

} // namespace everlong::api::detail
