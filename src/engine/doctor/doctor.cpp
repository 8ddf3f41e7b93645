#include <engine/doctor/doctor.hpp>

#include <engine/doctor/mend.hpp>
#include <engine/doctor/observe.hpp>

#include <algorithm>

namespace everlong::engine {
namespace {

Result<void> check_request(const DoctorRequest& request) {
    const int given = (request.channel_name.empty() ? 0 : 1) + (request.env_file.empty() ? 0 : 1) +
                      (request.env_text ? 1 : 0) + (request.token ? 1 : 0);
    if (given == 1) return {};
    return fail(Code::kUsage, Fault::kUsage, "name exactly one of channel, env_file, env_text and token");
}

// One run at a time over the same thing: two that mend would exchange the same token twice.
std::string key_of(const DoctorRequest& request) {
    if (!request.channel_name.empty()) return "doctor " + request.channel_name;
    return request.env_file.empty() ? "doctor of pasted text" : "doctor of " + request.env_file;
}

bool is_ill(const core::Check& check) {
    return check.status == core::CheckStatus::kFail || check.status == core::CheckStatus::kWarn;
}

void mark_fixed(std::vector<core::Check>& now, const std::vector<core::Check>& before) {
    for (core::Check& check : now) {
        const auto old = std::ranges::find(before, check.id, &core::Check::id);
        if (old == before.end() || !old->is_fixable || !is_ill(*old)) continue;
        check.is_fixable = true;
        check.is_fixed = check.status == core::CheckStatus::kPass;
    }
}

// What only came to light when something was asked of Meta in earnest.
void add_findings(core::DoctorObservations& seen, const std::optional<Error>& problem) {
    if (problem && problem->code() == Code::kAppConfig && !seen.app_problem) seen.app_problem = problem;
}

} // namespace

Task<DoctorResult> examine(World& world, ports::EnvFiles& env_files, DoctorRequest request) {
    if (auto checked = check_request(request); !checked) co_return fail(checked.error());
    const auto guard = co_await world.locks.acquire(key_of(request));
    auto observed = co_await observe(world, env_files, request);
    if (!observed) co_return fail(observed.error());
    DoctorResult result;
    result.checks = core::judge(observed->seen);
    if (!request.has_fix) {
        result.seen = std::move(observed->seen);
        co_return result;
    }
    auto mended = co_await mend(world, env_files, request, *observed);
    if (!mended) co_return fail(mended.error());
    if (mended->env_text) request.env_text = mended->env_text->clone();
    const std::vector<core::Check> before = std::move(result.checks);
    observed = co_await observe(world, env_files, request);
    if (!observed) co_return fail(observed.error());
    add_findings(observed->seen, mended->problem);
    result.checks = core::judge(observed->seen);
    mark_fixed(result.checks, before);
    result.seen = std::move(observed->seen);
    result.done = std::move(mended->done);
    result.fix_problem = std::move(mended->problem);
    result.kept_as = std::move(mended->kept_as);
    result.env_text = std::move(mended->env_text);
    co_return result;
}

} // namespace everlong::engine
