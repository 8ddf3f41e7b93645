#include <api/api.hpp>

#include <api/detail/admission.hpp>
#include <api/detail/answers.hpp>
#include <api/detail/uploads.hpp>
#include <core/channel_state.hpp>
#include <core/dotenv_text.hpp>
#include <core/graph_errors.hpp>

#include <algorithm>

namespace everlong::api {
namespace detail {

Result<json::object> object_of(std::string_view body) {
    if (body.empty()) return json::object{};
    constexpr std::size_t kDepth = 16; // deeper than anything we take
    json::parse_options options;
    options.max_depth = kDepth;
    boost::system::error_code problem;
    json::value value = json::parse(body, problem, {}, options);
    if (problem && !core::text::is_utf8(body)) {
        return fail(Code::kHttpBody, Fault::kUsage,
                    "the body is not in UTF-8, as JSON always is (RFC 8259, section 8.1)");
    }
    if (problem == json::error::too_deep) {
        return fail(Code::kHttpBody, Fault::kUsage, "the body is JSON nested deeper than any that is taken here");
    }
    if (problem) return fail(Code::kHttpBody, Fault::kUsage, "the body is not JSON");
    if (!value.is_object()) return fail(Code::kHttpBody, Fault::kUsage, "the body is not a JSON object");
    return std::move(value.as_object());
}

namespace {

Result<void> check_scope(const Route& route, const Caller& caller, const std::vector<std::string>& captured) {
    if (route.required != Scope::kOpen && caller.kind == Caller::Kind::kNobody) {
        return fail(Code::kHttpAuth, Fault::kRefused, caller.note);
    }
    if (!caller.may(route.required)) {
        return fail(Code::kHttpScope, Fault::kRefused, "it needs the scope " + std::string(to_text(route.required)));
    }
    if (caller.channel_name.empty() || route.one_channel == OneChannel::kByHandler) return {};
    if (route.one_channel == OneChannel::kNothing) {
        return fail(Code::kHttpScope, Fault::kRefused, "the key is for the channel " + caller.channel_name + " only");
    }
    if (caller.may_see(captured.at(0))) return {};
    // In the words for a name that nobody has: who may not see a channel learns not even that it is there.
    return fail(core::unknown_channel(captured.at(0)));
}

Result<json::object> body_of(const Route& route, const http::Request& request) {
    if (route.body != Body::kJson) return json::object{};
    return object_of(request.body);
}

Async<Answer> dispatch(const ApiContext& context, Access& access, http::Request request) {
    auto admitted = co_await admit(context, access, request);
    if (!admitted) co_return fail(admitted.error());
    if (!admitted->admission) {
        if (!admitted->allowed.empty()) co_return method_not_allowed(admitted->allowed);
        if (auto page = find_page(context.pages, request)) co_return std::move(*page);
        co_return fail(Code::kHttpNotFound, Fault::kUsage, core::scrub(request.raw_path(), 200));
    }
    Admission& admission = *admitted->admission;
    const Route& route = *admission.route;
    auto body = body_of(route, request);
    if (!body) co_return fail(body.error());
    auto query = http::parse_form(request.raw_query());
    Call call{context,
              access,
              std::move(request),
              std::move(admission.caller),
              std::move(admission.captured),
              std::move(query),
              std::move(*body)};
    if (route.body != Body::kJson) call.form = std::move(call.request.body);
    wipe_string(call.request.body);
    co_return co_await route.handler(call);
}

} // namespace

Task<Admitted> admit(const ApiContext& context, Access& access, http::Request& request) {
    if (auto address = access.check_address(request); !address) co_return fail(address.error());
    const std::string path(request.raw_path());
    const std::string_view method = request.is_head_only() ? "GET" : std::string_view(request.method);
    Admitted admitted;
    for (const Route& route : routes()) {
        auto captured = match_path(route.pattern, path);
        if (!captured) continue;
        if (route.method != method) {
            admitted.allowed += (admitted.allowed.empty() ? "" : ", ") + std::string(route.method);
            continue;
        }
        auto caller = co_await access.identify(request, context.world.clock.now());
        if (!caller) co_return fail(caller.error());
        if (auto may = check_scope(route, *caller, *captured); !may) co_return fail(may.error());
        if (auto page = access.check_page(request, *caller); !page) {
            // What anybody may do, a signed-in browser may without proof; but then as anybody.
            if (route.required != Scope::kOpen) co_return fail(page.error());
            *caller = Caller{};
        }
        admitted.admission = Admission{&route, std::move(*caller), std::move(*captured)};
        co_return admitted;
    }
    co_return admitted;
}

http::Response json_response(const json::value& value, int status) {
    http::Response response;
    response.status = status;
    response.headers.set("Content-Type", "application/json");
    response.body = json::serialize(value);
    return response;
}

Result<std::string> text_of(const json::object& body, std::string_view name) {
    const json::value* value = body.if_contains(name);
    if (value == nullptr || value->is_null()) return std::string();
    if (!value->is_string()) return fail(Code::kHttpBody, Fault::kUsage, std::string(name) + " is not a text");
    return std::string(value->as_string());
}

Result<Secret> take_secret(json::object& body, std::string_view name) {
    auto text = text_of(body, name);
    if (!text) return fail(text.error());
    if (json::value* member = body.if_contains(name); member != nullptr && member->is_string()) {
        wipe_memory(member->as_string().data(), member->as_string().size());
    }
    body.erase(name);
    return Secret::take(std::move(*text));
}

Result<bool> flag_of(const json::object& body, std::string_view name) {
    const json::value* value = body.if_contains(name);
    if (value == nullptr || value->is_null()) return false;
    if (!value->is_bool())
        return fail(Code::kHttpBody, Fault::kUsage, std::string(name) + " is neither true nor false");
    return value->as_bool();
}

Result<std::int64_t> number_of(const json::object& body, std::string_view name, std::int64_t absent) {
    const json::value* value = body.if_contains(name);
    if (value == nullptr || value->is_null()) return absent;
    if (!value->is_int64()) return fail(Code::kHttpBody, Fault::kUsage, std::string(name) + " is not a whole number");
    return value->as_int64();
}

Result<void> only_members(const json::object& body, std::initializer_list<std::string_view> names) {
    for (const auto& member : body) {
        const std::string_view name = member.key();
        if (std::ranges::find(names, name) != names.end()) continue;
        return fail(Code::kHttpBody, Fault::kUsage, "'" + core::scrub(name, 80) + "' is nothing that can be set here");
    }
    return {};
}

} // namespace detail

Api::Api(ApiContext context)
    : context_(std::move(context)), access_(std::make_unique<detail::Access>(context_.access)) {}
Api::~Api() = default;

Task<std::optional<Secret>> Api::begin_setup() {
    return access_->begin_setup();
}

http::BodyPlan Api::body_plan() {
    return [this](const http::Request& head) -> std::shared_ptr<http::BodyTaker> {
        const std::string path(head.raw_path());
        const auto route = std::ranges::find_if(detail::routes(), [&](const detail::Route& candidate) {
            return candidate.body == detail::Body::kFile && candidate.method == head.method &&
                   detail::match_path(candidate.pattern, path);
        });
        if (route == detail::routes().end() || context_.publishing == nullptr) return nullptr;
        return std::make_shared<detail::Upload>(context_, *access_, head);
    };
}

Async<http::Response> Api::handle(http::Request request) {
    const bool is_tus = detail::speaks_tus(request);
    auto answer = co_await detail::dispatch(context_, *access_, std::move(request));
    http::Response response = answer ? std::move(*answer) : detail::problem_response(answer.error());
    if (!answer && answer.error().code() == Code::kTooManyTries) {
        response.headers.set("Retry-After", std::to_string(access_->retry_after().count()));
    }
    if (is_tus) response.headers.set("Tus-Resumable", std::string(detail::kTusVersion));
    detail::add_security_headers(response);
    co_return response;
}

} // namespace everlong::api
