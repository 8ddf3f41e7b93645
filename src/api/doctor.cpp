// The doctor's checks as JSON (contract, section 4), and the report that may be shared.

#include <api/detail/call.hpp>
#include <api/detail/source.hpp>

#include <core/dotenv_credentials.hpp>
#include <core/graph_errors.hpp>
#include <engine/doctor/doctor.hpp>

namespace everlong::api::detail {
namespace {

json::value text_or_null(const std::string& text) {
    return text.empty() ? json::value(nullptr) : json::value(text);
}

json::value evidence_value(const core::Evidence& evidence) {
    struct Write {
        json::value operator()(const std::string& text) const { return json::value(text); }
        json::value operator()(std::int64_t number) const { return json::value(number); }
        json::value operator()(bool flag) const { return json::value(flag); }
        json::value operator()(const std::vector<std::string>& list) const { return json::value(to_json(list)); }
    };
    return std::visit(Write{}, evidence.value);
}

json::object check_to_json(const core::Check& check) {
    json::object evidence;
    for (const core::Evidence& item : check.evidence)
        evidence[item.name] = evidence_value(item);
    std::string message = check.what_happened;
    for (const std::string& step : check.what_to_do)
        message += " " + step;
    return {{"id", to_text(check.id)},
            {"status", to_text(check.status)},
            {"cause", text_or_null(check.cause)},
            {"remedy", text_or_null(check.remedy)},
            {"message", message},
            {"what_happened", check.what_happened},
            {"what_to_do", to_json(check.what_to_do)},
            {"links", to_json(check.links)},
            {"evidence", std::move(evidence)},
            {"depends_on", check.depends_on ? json::value(to_text(*check.depends_on)) : json::value(nullptr)},
            {"fixable", check.is_fixable},
            {"fixed", check.is_fixed}};
}

json::value account_to_json(const core::DoctorObservations& seen) {
    const auto account = seen.wanted_id.empty() || !seen.account ? core::account_to_use(seen) : seen.account;
    json::object object = to_json(account.value_or(core::Account{}));
    json::array reachable;
    for (const core::Account& one : seen.accounts)
        reachable.push_back(to_json(one));
    object["reachable"] = std::move(reachable);
    object["complete"] = seen.are_accounts_complete;
    return object;
}

json::value token_json(const core::DoctorObservations& seen, int version) {
    if (seen.facts.fingerprint.is_empty()) return nullptr;
    json::object object = token_to_json(seen.login, seen.facts, version, seen.now);
    object["login"] = seen.is_login_known ? json::value(core::to_text(seen.login)) : json::value(nullptr);
    object["app_id"] = text_or_null(core::scrub(seen.token_app_id, 64));
    object["valid"] = seen.is_accepted && !seen.death;
    // Nothing was told: no date is better than one of 1970.
    if (seen.facts.issued_at == Instant{}) object["issued_at"] = nullptr;
    return object;
}

json::object result_to_json(const engine::DoctorResult& result, bool has_fix) {
    json::array checks;
    for (const core::Check& check : result.checks)
        checks.push_back(check_to_json(check));
    json::object body{
        {"healthy", core::is_healthy(result.checks)},        {"checks", std::move(checks)},
        {"account", account_to_json(result.seen)},           {"token", token_json(result.seen, 0)},
        {"channel", text_or_null(result.seen.channel_name)}, {"judged", !core::is_only_unreachable(result.checks)}};
    if (has_fix) {
        body["fix"] = json::object{
            {"done", to_json(result.done)},
            {"problem", result.fix_problem ? json::value(problem_to_json(*result.fix_problem)) : json::value(nullptr)},
            {"kept_as", text_or_null(result.kept_as)}};
    }
    body["report"] = core::make_report(result.checks, result.seen);
    return body;
}

// A member of the body that holds a secret; it is wiped there.
Result<std::optional<Secret>> take_secret(json::object& body, std::string_view name) {
    if (!body.contains(name)) return std::optional<Secret>();
    auto text = text_of(body, name);
    if (!text) return fail(text.error());
    if (json::value* member = body.if_contains(name); member != nullptr && member->is_string()) {
        wipe_memory(member->as_string().data(), member->as_string().size());
    }
    body.erase(name);
    return std::optional(Secret::take(std::move(*text)));
}

Result<engine::DoctorRequest> request_of(Call& call) {
    engine::DoctorRequest request;
    auto channel = text_of(call.body, "channel");
    auto env_file = text_of(call.body, "env_file");
    auto env_text = take_secret(call.body, "env_text");
    auto token = take_secret(call.body, "token");
    auto ig_user_id = text_of(call.body, "ig_user_id");
    auto target = target_of(call.body);
    auto has_fix = flag_of(call.body, "fix");
    if (!channel) return fail(channel.error());
    if (!env_file) return fail(env_file.error());
    if (!env_text) return fail(env_text.error());
    if (!token) return fail(token.error());
    if (!ig_user_id) return fail(ig_user_id.error());
    if (!target) return fail(target.error());
    if (!has_fix) return fail(has_fix.error());
    if (!env_file->empty() && !env_file->starts_with('/')) {
        return fail(Code::kHttpBody, Fault::kUsage, "env_file is not an absolute path");
    }
    request.channel_name = std::move(*channel);
    request.env_file = std::move(*env_file);
    request.env_text = std::move(*env_text);
    request.token = std::move(*token);
    request.ig_user_id = std::move(*ig_user_id);
    request.target = std::move(*target);
    request.has_fix = *has_fix;
    request.actor = call.actor();
    return request;
}

// Files of this machine and whatever changes something are for admin. A key for one channel sees that one only.
Result<void> check_right(const Call& call, const engine::DoctorRequest& request) {
    if ((!request.env_file.empty() || request.has_fix) && !call.caller.may(Scope::kAdmin)) {
        return fail(Code::kHttpScope, Fault::kRefused, "the scope admin is needed to look at files and to mend");
    }
    if (!request.env_file.empty() && !call.caller.channel_name.empty()) {
        return fail(Code::kHttpScope, Fault::kRefused,
                    "the key is for the channel " + call.caller.channel_name + " only, and a file may be another's");
    }
    if (!request.channel_name.empty() && !call.caller.may_see(request.channel_name)) {
        // In the words for a name that nobody has.
        return fail(Code::kChannelUnknown, Fault::kUsage,
                    "no channel is called " + core::scrub(request.channel_name, 80));
    }
    return {};
}

} // namespace

Async<Answer> run_doctor(Call& call) {
    auto request = request_of(call);
    if (!request) co_return fail(request.error());
    if (auto allowed = check_right(call, *request); !allowed) co_return fail(allowed.error());
    const bool has_fix = request->has_fix;
    auto result = co_await engine::examine(call.world(), call.context.env_files, std::move(*request));
    if (!result) co_return fail(result.error());
    if (has_fix) call.context.on_change();
    json::object body = result_to_json(*result, has_fix);
    // Whoever pasted the text gets it back mended; nobody else ever sees it.
    if (result->env_text) body["env_text"] = result->env_text->reveal();
    co_return json_response(body);
}

} // namespace everlong::api::detail
