#pragma once
// Takes a request's body piece by piece as it comes in, in place of Request::body, for bodies too large to hold.

#include <async/task.hpp>

#include <cstdint>
#include <string_view>

namespace everlong::http {

class BodyTaker {
public:
    // Without its request having reached the handler, it knows that the peer left half-way.
    virtual ~BodyTaker() = default;
    // Beyond: 413.
    virtual std::uint64_t limit_bytes() const = 0;
    // False: the connection is closed at once, without an answer.
    virtual bool take(std::string_view piece) = 0;
    // Awaited before each piece is read, the first one included, and before a peer that asks is told to go on: nothing more
    // comes in meanwhile, and no time-out runs. Not after the last piece; that is the handler's. False: no more is wanted;
    // the handler gets the request as it is, and the connection ends behind its answer.
    virtual Async<bool> settle() { co_return true; }
};

} // namespace everlong::http
