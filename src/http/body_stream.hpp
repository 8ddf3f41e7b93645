#pragma once
// A body without a known end, made while it is sent (server-sent events). It goes out in chunks (HTTP/1.1), each piece at
// once; to HTTP/1.0 plainly, until the connection closes.

#include <async/task.hpp>

#include <string>

namespace everlong::http {

class BodyStream {
public:
    // Destroyed when it has ended, the reader has gone, or the server has closed the connection.
    virtual ~BodyStream() = default;
    // The next piece, as soon as there is one; an empty one is the end. Runs on the server's executor, one call at a time,
    // the next one after the last piece was taken by the reader's socket: what gathers meanwhile is for the stream to bound.
    // Cancelled where the reader goes.
    virtual Async<std::string> next() = 0;
    // The server is stopping: next(), also one under way, gives the end soon.
    virtual void end() = 0;
};

} // namespace everlong::http
