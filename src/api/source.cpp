#include <api/detail/source.hpp>

#include <core/dotenv_credentials.hpp>
#include <core/graph_errors.hpp>

namespace everlong::api::detail {
namespace {

Result<Source> source_of(core::DotenvCredentials credentials) {
    if (credentials.token_problem) return fail(*credentials.token_problem);
    Source source;
    source.token = std::move(credentials.token);
    source.ig_user_id = std::move(credentials.ig_user_id);
    for (const core::ValueDamage damage : credentials.token_damage)
        source.repairs.emplace_back(to_text(damage));
    return source;
}

Result<Source> source_from_file(const ports::EnvFile& file, ports::DotenvTarget target) {
    auto credentials = core::read_credentials(file.content, target.token_key, target.id_key);
    if (!credentials) return fail(credentials.error().in(file.path));
    auto source = source_of(std::move(*credentials));
    if (!source) return fail(source.error().in(file.path));
    source->warnings = file.warnings;
    target.path = file.path;
    source->target = std::move(target);
    return source;
}

} // namespace

Result<ports::DotenvTarget> target_of(const json::object& body) {
    ports::DotenvTarget target;
    auto token_key = text_of(body, "token_key");
    auto id_key = text_of(body, "id_key");
    auto in_place = flag_of(body, "in_place");
    if (!token_key) return fail(token_key.error());
    if (!id_key) return fail(id_key.error());
    if (!in_place) return fail(in_place.error());
    if (!token_key->empty()) target.token_key = *token_key;
    if (!id_key->empty()) target.id_key = *id_key;
    target.is_in_place = *in_place;
    // A delivery that can never be written must not be kept.
    for (const std::string& key : {target.token_key, target.id_key}) {
        if (!core::is_name(key)) {
            return fail(Code::kUsage, Fault::kUsage,
                        "'" + core::scrub(key, 80) + "' is no name of an environment variable");
        }
    }
    if (target.token_key == target.id_key) {
        return fail(Code::kUsage, Fault::kUsage, "token and account id cannot stand under the same key");
    }
    return target;
}

Task<Source> read_source(Call& call) {
    auto env_file = text_of(call.body, "env_file");
    auto pasted = take_secret(call.body, "token");
    auto target = target_of(call.body);
    if (!env_file) co_return fail(env_file.error());
    if (!pasted) co_return fail(pasted.error());
    if (!target) co_return fail(target.error());
    if (env_file->empty()) co_return source_of(core::read_pasted_token(*pasted));
    // Its path is one of this machine, and what we can read and write, the owner of a key perhaps cannot.
    if (!call.caller.may(Scope::kAdmin) || !call.caller.channel_name.empty()) {
        co_return fail(Code::kHttpScope, Fault::kRefused,
                       "a file of this machine needs the scope admin, for all channels");
    }
    auto file = co_await call.context.env_files.open(*env_file);
    if (!file) co_return fail(file.error());
    co_return source_from_file(*file, std::move(*target));
}

} // namespace everlong::api::detail
