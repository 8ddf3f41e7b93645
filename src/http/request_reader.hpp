#pragma once
// Bytes in, requests out, without any I/O. Strict where leniency lets two readers of the same bytes disagree (request
// smuggling): bare line ends, folded lines, doubled or contradictory lengths are refused, not guessed at.

#include <http/server.hpp>

#include <cstddef>
#include <memory>
#include <span>

namespace everlong::http {

class RequestReader {
public:
    enum class Step {
        kNeedsHead, // the head of a request is not complete, perhaps not begun
        kNeedsBody, // the head is complete, the body is not
        kComplete,  // take() gives the request
        kRefused,   // refusal() says why; nothing more can be read from this connection
        kUnwanted,  // the body's taker wants the connection closed
    };

    RequestReader(const ServerLimits& limits, bool is_local, BodyPlan body_plan = {});
    ~RequestReader();

    // Room for the next read. Valid until the next call of a non-const method.
    std::span<char> prepare();
    // That many bytes of the room were filled.
    void commit(std::size_t bytes);
    // Goes as far as the bytes reach.
    Step advance();

    // Has a byte of the request's head arrived?
    bool has_begun() const;
    // True once for a request with `Expect: 100-continue` whose body has not begun to arrive. After kNeedsBody.
    bool take_expectation();
    // From kNeedsBody or kComplete on, until take().
    bool keeps_alive() const;
    // Who takes the body that is coming in; null: nobody does. After kNeedsBody.
    BodyTaker* taker() const;
    bool is_http_1_0() const;

    // After kComplete. The reader begins anew, with the bytes that followed. After kNeedsBody it gives the request as far as
    // it has come, and the reader is of no more use.
    Request take();
    // After kRefused: the status to answer with (400, 413, 414, 417, 431, 505).
    int refusal() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace everlong::http
