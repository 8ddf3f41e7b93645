// /v1/files: pictures and videos are brought here, whole with one request or piece by piece by the tus protocol
// (https://tus.io/protocols/resumable-upload, 1.0.0: core, creation, creation-with-upload, termination).

#include <api/detail/answers.hpp>
#include <api/detail/post_json.hpp>
#include <api/detail/uploads.hpp>
#include <core/publishing/preflight.hpp>

namespace everlong::api::detail {
namespace {

constexpr int kPreconditionFailed = 412;
constexpr int kUnsupportedType = 415;

http::Response refuse(int status, std::string detail) {
    json::object problem = problem_to_json(Error(Code::kUsage, Fault::kUsage, std::move(detail)));
    problem["status"] = status;
    http::Response response = json_response(problem, status);
    response.headers.set("Content-Type", "application/problem+json");
    return response;
}

// What the protocol answers with statuses of its own. Nothing: go on.
std::optional<http::Response> check_protocol(const Call& call, bool is_piece) {
    const auto version = call.request.headers.find("Tus-Resumable");
    if (version && *version != kTusVersion) {
        http::Response response = refuse(kPreconditionFailed, "the tus protocol is spoken here in its version 1.0.0");
        response.headers.set("Tus-Version", std::string(kTusVersion));
        return response;
    }
    if (is_piece && !version) return refuse(kPreconditionFailed, "the header Tus-Resumable is missing");
    const std::string_view type = call.request.headers.find("Content-Type").value_or("");
    if (is_piece && type != "application/offset+octet-stream") {
        return refuse(kUnsupportedType, "the Content-Type of a piece is application/offset+octet-stream");
    }
    return std::nullopt;
}

struct Fix {
    core::PostContent content; // one medium of this kind
    bool is_cover = false;
    core::FixWish wish;
};

Result<Fix> read_fix(const json::object& body) {
    auto kind = text_of(body, "kind");
    auto fit = text_of(body, "fit");
    if (!kind) return fail(kind.error());
    if (!fit) return fail(fit.error());
    Fix fix;
    fix.is_cover = *kind == "cover";
    const auto known = core::parse_post_kind(kind->empty() ? "image" : fix.is_cover ? "reel" : *kind);
    if (!known) return fail(Code::kHttpBody, Fault::kUsage, "kind is none of: image, carousel, reel, story, cover");
    fix.content.kind = *known;
    if (*fit == "crop" || fit->empty()) {
        fix.wish.fit = core::Conversion::Fit::kCrop;
    } else if (*fit == "pad") {
        fix.wish.fit = core::Conversion::Fit::kPad;
    } else if (*fit == "none") {
        fix.wish.fit = core::Conversion::Fit::kNone;
    } else {
        return fail(Code::kHttpBody, Fault::kUsage, "fit is none of: crop, pad, none");
    }
    return fix;
}

// Absent where nothing can or needs to be done, as for what was not looked at yet.
std::optional<core::Conversion> conversion_for(const ports::MediaFile& file, const Fix& fix) {
    if (!file.facts) return std::nullopt;
    core::PostContent content = fix.content;
    core::PreflightContext context;
    std::vector<std::optional<core::MediaFacts>> facts;
    if (fix.is_cover) {
        content.reel.cover_file = file.id;
        context.cover = file.facts;
    } else {
        core::PostMedium& medium = content.media.emplace_back();
        medium.type = file.facts->type;
        medium.file = file.id;
        facts.push_back(file.facts);
    }
    return core::fix_for(core::check_post(content, facts, context), fix.is_cover ? -1 : 0, fix.wish);
}

void add_progress(http::Response& response, const ports::MediaFile& file) {
    response.headers.set("Upload-Offset", std::to_string(file.received));
    response.headers.set("Upload-Length", std::to_string(file.size));
}

// The file after the body of this request.
Task<ports::MediaFile> receive(Call& call) {
    if (const auto upload = std::dynamic_pointer_cast<Upload>(call.request.taker)) co_return co_await upload->finish();
    // Without a body, or from inside the process.
    engine::Files& files = call.context.publishing->files;
    auto plan = co_await plan_upload(call.context, call.caller, call.request, call.captured, call.form.size());
    if (!plan) co_return fail(plan.error());
    if (plan->file.id.is_empty()) {
        auto begun = co_await files.begin(plan->file.name, plan->file.size, call.actor());
        if (!begun) co_return fail(begun.error());
        plan->file = std::move(*begun);
    }
    if (!call.form.empty()) {
        auto length = co_await files.append(plan->file, plan->offset, std::move(call.form));
        if (!length) co_return fail(length.error());
    }
    co_return co_await files.find(plan->file.id);
}

} // namespace

Async<Answer> tell_tus(Call&) {
    http::Response response;
    response.status = 204;
    response.headers.set("Tus-Resumable", std::string(kTusVersion));
    response.headers.set("Tus-Version", std::string(kTusVersion));
    response.headers.set("Tus-Extension", "creation,creation-with-upload,termination");
    response.headers.set("Tus-Max-Size", std::to_string(engine::kMostFileBytes));
    co_return response;
}

Async<Answer> create_file(Call& call) {
    if (call.context.publishing == nullptr) co_return no_publishing();
    if (auto refused = check_protocol(call, false)) co_return std::move(*refused);
    auto file = co_await receive(call);
    if (!file) co_return fail(file.error());
    http::Response response = json_response(file_to_json(*file), 201);
    response.headers.set("Location", "/v1/files/" + file->id.text());
    add_progress(response, *file);
    co_return response;
}

Async<Answer> get_file(Call& call) {
    if (call.context.publishing == nullptr) co_return no_publishing();
    if (auto refused = check_protocol(call, false)) co_return std::move(*refused);
    auto file = co_await find_file_for(call.context, call.caller, core::FileId(call.captured.front()));
    if (!file) co_return fail(file.error());
    http::Response response = json_response(file_to_json(*file));
    add_progress(response, *file);
    co_return response;
}

Async<Answer> continue_file(Call& call) {
    if (call.context.publishing == nullptr) co_return no_publishing();
    if (auto refused = check_protocol(call, true)) co_return std::move(*refused);
    auto file = co_await receive(call);
    if (!file) co_return fail(file.error());
    http::Response response;
    response.status = 204;
    add_progress(response, *file);
    co_return response;
}

// For clients behind something that lets through GET and POST only.
Async<Answer> override_file_method(Call& call) {
    const std::string_view method = call.request.headers.find("X-HTTP-Method-Override").value_or("");
    if (method == "PATCH") co_return co_await continue_file(call);
    if (method == "HEAD") co_return co_await get_file(call);
    if (method == "DELETE") co_return co_await remove_file(call);
    co_return method_not_allowed("GET, PATCH, DELETE");
}

// {"kind":"image","fit":"crop"}: by the rules of that kind of post, "cover" for a reel's.
Async<Answer> fix_file(Call& call) {
    if (call.context.publishing == nullptr) co_return no_publishing();
    if (auto only = only_members(call.body, {"kind", "fit"}); !only) co_return fail(only.error());
    auto wish = read_fix(call.body);
    if (!wish) co_return fail(wish.error());
    auto file = co_await find_file_for(call.context, call.caller, core::FileId(call.captured.front()));
    if (!file) co_return fail(file.error());
    const auto conversion = conversion_for(*file, *wish);
    if (!conversion) co_return json_response(file_to_json(*file));
    engine::Files& files = call.context.publishing->files;
    auto fixed = co_await files.convert(file->id, *conversion, call.actor());
    if (!fixed) co_return fail(fixed.error());
    http::Response response = json_response(file_to_json(*fixed), 201);
    response.headers.set("Location", "/v1/files/" + fixed->id.text());
    co_return response;
}

Async<Answer> remove_file(Call& call) {
    if (call.context.publishing == nullptr) co_return no_publishing();
    if (auto refused = check_protocol(call, false)) co_return std::move(*refused);
    auto file = co_await find_file_for(call.context, call.caller, core::FileId(call.captured.front()));
    if (!file) co_return fail(file.error());
    auto removed = co_await call.context.publishing->files.remove(file->id, call.actor());
    if (!removed) co_return fail(removed.error());
    http::Response response;
    response.status = 204;
    co_return response;
}

} // namespace everlong::api::detail
