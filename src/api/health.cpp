// /healthz (the process answers) and /readyz (it can do its work: the store takes writes, the engine runs).

#include <api/detail/call.hpp>

namespace everlong::api::detail {

Async<Answer> get_health(Call&) {
    co_return json_response(json::object{{"status", "alive"}});
}

Async<Answer> get_readiness(Call& call) {
    auto ready = call.context.readiness();
    if (!ready) co_return fail(ready.error());
    auto writable = co_await call.world().store.prove_writable();
    if (!writable) co_return fail(writable.error());
    co_return json_response(json::object{{"status", "ready"}});
}

} // namespace everlong::api::detail
