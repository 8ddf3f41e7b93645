#pragma once
// rupload.facebook.com: a video's bytes in one or more calls (graph-api.md, 8.6; clients.md, 11, 33). They are judged as
// they come and never kept, so that a video of a gigabyte takes no memory.

#include <http/message.hpp>
#include <simulator/calls/context.hpp>
#include <simulator/sandbox.hpp>

#include <memory>

namespace everlong::simulator {

// Takes the body of one upload call. What was taken stays, also where the peer leaves half-way.
std::shared_ptr<http::BodyTaker> make_upload_taker(Sandbox& sandbox, const http::Request& head);

// Is this the head of an upload?
bool is_upload_call(const Call& call);

// The answer to an upload call, whose body is in the request or was taken.
http::Response answer_upload(Sandbox& sandbox, Context& context, const http::Request& request);

} // namespace everlong::simulator
