#pragma once
// TLS in front of the server's plain connections: takes the handshake, then passes bytes to and from a socket pair whose
// other end a Connection serves as it serves any. Slower than TLS inside the connection, and none of its business. Inside
// src/http only.

#include <http/tls_plan.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/generic/stream_protocol.hpp>

#include <functional>
#include <memory>

namespace everlong::http {

class TlsFront {
public:
    using Socket = boost::asio::generic::stream_protocol::socket;
    using Admit = std::function<void(Socket)>;

    // Error: kTls (kLocal) for a certificate or key that is none. `admit` gets the plain end of each connection. `plan`
    // may be empty: everybody is served well.
    static Result<std::shared_ptr<TlsFront>> make(boost::asio::any_io_executor executor,
                                                  const TlsIdentities& identities, TlsPlan plan, Admit admit);
    virtual ~TlsFront() = default;

    // Serves what was accepted until either side closes it. A peer that does not finish its handshake is dropped.
    virtual void serve(Socket socket) = 0;
};

} // namespace everlong::http
