#pragma once
// The simulator that a service rehearses against: its control calls (contract, section 5), for the Settings page.

#include <async/task.hpp>

#include <string>

namespace everlong::ports {

class SandboxControl {
public:
    virtual ~SandboxControl() = default;

    // "http://127.0.0.1:9190"
    virtual const std::string& address() const = 0;
    // One control call, such as POST /_sandbox/clock; `body` is JSON, or empty. Gives the answer's JSON. kUsage (kUsage): the
    // simulator refuses, in its words. kUnreachable, kTimeout, kUnknownOutcome: it does not answer. kUpstreamShape
    // (kTransient): what answers there is no simulator.
    virtual Task<std::string> ask(std::string method, std::string path, std::string body) = 0;
};

} // namespace everlong::ports
