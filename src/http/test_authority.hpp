#pragma once
// A certificate authority that lives as long as the process that made it, so that clients which insist on https can be
// pointed at something of ours. For simulators and tests: its keys are kept nowhere, and nobody else trusts it.

#include <base/result.hpp>

#include <string>
#include <vector>

namespace everlong::http {

// PEM texts of a certificate and its key.
struct TlsIdentity {
    std::string certificate;
    std::string key;
};

struct TestAuthority {
    std::string certificate; // of the authority, PEM: what a client has to trust
    TlsIdentity server;      // signed by it
    // What a careful client must refuse.
    TlsIdentity expired;     // signed by it, and good until yesterday
    TlsIdentity wrong_host;  // signed by it, for another name
    TlsIdentity self_signed; // for the right names, signed by nobody
};

// `names`: host names and IP addresses that the server certificate is good for. Error: kTls (kLocal).
Result<TestAuthority> make_test_authority(const std::vector<std::string>& names);

} // namespace everlong::http
