// GET /v1/events: server-sent events (api/event_hub.hpp).

#include <api/detail/call.hpp>
#include <api/event_hub.hpp>

namespace everlong::api::detail {

Async<Answer> stream_events(Call& call) {
    auto stream = call.context.events.listen(call.caller.channel_name, call.caller.may(Scope::kPostsRead));
    if (!stream) co_return fail(stream.error());
    http::Response response;
    response.headers.set("Content-Type", "text/event-stream");
    // nginx gathers what it passes on unless it is told not to.
    response.headers.set("X-Accel-Buffering", "no");
    response.stream = std::move(*stream);
    co_return response;
}

} // namespace everlong::api::detail
