#pragma once
// How a TLS listener of the simulator serves: well, or as a test ordered it.

#include <http/test_authority.hpp>

#include <functional>
#include <string>
#include <string_view>

namespace everlong::http {

enum class TlsService {
    kGood,
    kExpired,    // a certificate that has ended
    kWrongHost,  // one for another name
    kSelfSigned, // one that nobody vouches for
    kCut,        // the connection ends after the client's hello
};

// Asked once a handshake, with the name that the client asked for (lower case; empty where it named none, as clients do
// that connect to an address). Runs on the server's executor.
using TlsPlan = std::function<TlsService(std::string_view name)>;

struct TlsIdentities {
    TlsIdentity good;
    // May be empty where no plan asks for them; good is served then.
    TlsIdentity expired;
    TlsIdentity wrong_host;
    TlsIdentity self_signed;
};

} // namespace everlong::http
