#pragma once
// Where the service says what it does. Messages hold no secrets; the adapter redacts what looks like one all the same.

#include <string_view>

namespace everlong::ports {

class Log {
public:
    virtual ~Log() = default;
    virtual void info(std::string_view text) = 0;
    virtual void warn(std::string_view text) = 0;
    virtual void error(std::string_view text) = 0;
};

} // namespace everlong::ports
