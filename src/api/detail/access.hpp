#pragma once
// Who may come in: what stands before every handler, and what the handlers of keys, sessions and the password share.

#include <api/api.hpp>
#include <api/detail/address_rules.hpp>
#include <api/detail/caller.hpp>
#include <api/detail/key_cache.hpp>

namespace everlong::api::detail {

class Access {
public:
    explicit Access(const AccessParts& parts);

    // Before all else. Errors: kHttpHost (kUsage), kHttpOrigin (kRefused).
    Result<void> check_address(const http::Request& request) const;
    // Who sends this. An API key is taken out of the request, so that no handler can show it. kNobody is no error, and
    // says in Caller::note what was wrong with a key. Errors: those of the store.
    Task<Caller> identify(http::Request& request, Instant now);

    ports::AccessStore& store() { return parts_.store; }
    ports::Random& random() { return parts_.random; }
    KeyCache& keys() { return keys_; }

private:
    AccessParts parts_;
    AddressRules rules_;
    KeyCache keys_;
};

} // namespace everlong::api::detail
