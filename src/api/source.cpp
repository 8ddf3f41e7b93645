#include <api/detail/source.hpp>

#include <core/dotenv.hpp>
#include <core/graph_errors.hpp>

#include <algorithm>

namespace everlong::api::detail {
namespace {

Result<Source> source_from_text(Secret pasted) {
    auto cleaned = core::clean_token(pasted.reveal());
    if (!cleaned) return fail(cleaned.error());
    Source source;
    source.token = std::move(cleaned->text);
    for (const core::ValueDamage damage : cleaned->repairs)
        source.repairs.emplace_back(to_text(damage));
    return source;
}

void add_repairs(Source& source, const core::DotenvReading& reading) {
    for (const core::ValueDamage damage : reading.damage) {
        const std::string text(to_text(damage));
        if (std::ranges::find(source.repairs, text) == source.repairs.end()) source.repairs.push_back(text);
    }
}

// An id may be quoted and padded like a token; what is left must be judged by whoever knows the account.
std::string clean_id(const core::DotenvReading& reading) {
    std::string text;
    for (const char c : core::peel_token(reading.value.reveal()).text.reveal())
        text += c;
    return text;
}

Result<Source> source_from_file(const ports::EnvFile& file, ports::DotenvTarget target) {
    auto dotenv = core::parse_dotenv(file.content.reveal());
    if (!dotenv) return fail(dotenv.error().in(file.path));
    auto token = dotenv->read(target.token_key);
    if (!token) return fail(token.error().in(file.path));
    if (token->occurrences == 0) {
        return fail(Code::kTokenMissing, Fault::kUsage, target.token_key + " is not in " + file.path);
    }
    auto source = source_from_text(token->raw.clone());
    if (!source) return fail(source.error().in(file.path));
    add_repairs(*source, *token);
    auto id = dotenv->read(target.id_key);
    if (!id) return fail(id.error().in(file.path));
    if (id->occurrences > 0) source->ig_user_id = clean_id(*id);
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
    if (env_file->empty()) co_return source_from_text(std::move(*pasted));
    // Its path is one of this machine, and what we can read and write, the owner of a key perhaps cannot.
    if (!call.caller.may(Scope::kAdmin)) {
        co_return fail(Code::kHttpScope, Fault::kRefused, "a file of this machine needs the scope admin");
    }
    auto file = co_await call.context.env_files.open(*env_file);
    if (!file) co_return fail(file.error());
    co_return source_from_file(*file, std::move(*target));
}

} // namespace everlong::api::detail
