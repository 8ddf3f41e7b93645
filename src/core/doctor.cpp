#include <core/doctor.hpp>

#include <core/doctor_judge.hpp>
#include <core/facts/cause_texts.hpp>
#include <core/graph_errors.hpp>
#include <core/limits.hpp>
#include <core/messages.hpp>

#include <algorithm>

namespace everlong::core {
namespace {

#define EVERLONG_X(enumerator, text) Cause::enumerator,
constexpr Cause kAllCauses[] = {EVERLONG_CAUSES(EVERLONG_X)};
#undef EVERLONG_X
#define EVERLONG_X(enumerator, text) Remedy::enumerator,
constexpr Remedy kAllRemedies[] = {EVERLONG_REMEDIES(EVERLONG_X)};
#undef EVERLONG_X

void add_link(Check& check, std::string_view link) {
    if (link.empty() || std::ranges::find(check.links, link) != check.links.end()) return;
    check.links.emplace_back(link);
}

// The words that belong to the ids that stand in the check; `otherwise` where the taxonomy lacks the remedy.
void fill_words(Check& check, std::string_view otherwise) {
    for (const Remedy remedy : kAllRemedies) {
        if (to_text(remedy) != check.remedy) continue;
        for (const std::string_view step : text_of(remedy).steps) {
            if (!step.empty()) check.what_to_do.emplace_back(step);
        }
        add_link(check, text_of(remedy).link);
    }
    if (check.what_to_do.empty() && !otherwise.empty()) check.what_to_do.emplace_back(otherwise);
    for (const Cause cause : kAllCauses) {
        if (to_text(cause) == check.cause) add_link(check, text_of(cause).link);
    }
}

Check plain(CheckId id, CheckStatus status, std::string what) {
    Check check;
    check.id = id;
    check.status = status;
    check.what_happened = std::move(what);
    return check;
}

} // namespace

std::string_view to_text(CheckId id) {
    switch (id) {
#define EVERLONG_X(enumerator, text)                                                                                   \
    case CheckId::enumerator: return text;
        EVERLONG_CHECKS(EVERLONG_X)
#undef EVERLONG_X
    }
    return "env-file";
}

std::string_view to_text(CheckStatus status) {
    switch (status) {
    case CheckStatus::kPass: return "pass";
    case CheckStatus::kWarn: return "warn";
    case CheckStatus::kFail: return "fail";
    case CheckStatus::kSkip: return "skip";
    }
    return "skip";
}

Check pass(CheckId id, std::string what) {
    return plain(id, CheckStatus::kPass, std::move(what));
}

Check skip(CheckId id, std::string why, std::optional<CheckId> depends_on) {
    Check check = plain(id, CheckStatus::kSkip, std::move(why));
    check.depends_on = depends_on;
    return check;
}

Check found(CheckId id, CheckStatus status, Cause cause, Remedy remedy, std::string what) {
    Check check = plain(id, status, std::move(what));
    check.cause = to_text(cause);
    check.remedy = to_text(remedy);
    fill_words(check, {});
    return check;
}

Check found(CheckId id, CheckStatus status, Code code, std::string what) {
    Check check = plain(id, status, std::move(what));
    const Message& message = message_of(code);
    check.cause = message.cause;
    check.remedy = message.remedy;
    fill_words(check, message.what_to_do);
    return check;
}

Check found(CheckId id, CheckStatus status, const Error& error, LoginPath login, std::string what) {
    if (is_passing(error) && error.code() != Code::kRateLimited) {
        Check check = found(id, status, Cause::kTransientUpstream, Remedy::kWaitAndRetry, std::move(what));
        add(check, "error", std::string(code_name(error.code())));
        return check;
    }
    const ErrorVerdict* verdict = nullptr;
    std::vector<const GraphErrorRow*> rows;
    if (const Upstream* upstream = error.upstream()) {
        rows = find_graph_errors({login, std::nullopt}, upstream->code, upstream->subcode, upstream->message);
        const auto same =
            std::ranges::find_if(rows, [&](const GraphErrorRow* row) { return row->verdict.code == error.code(); });
        if (same != rows.end()) verdict = &(*same)->verdict;
    }
    Check check = verdict ? found(id, status, verdict->cause, verdict->remedy, std::move(what))
                          : found(id, status, error.code(), std::move(what));
    add(check, "error", std::string(code_name(error.code())));
    if (const Upstream* upstream = error.upstream(); upstream && upstream->code != 0) {
        add(check, "graph_code", std::int64_t{upstream->code});
        if (upstream->subcode != 0) add(check, "graph_subcode", std::int64_t{upstream->subcode});
        if (!upstream->trace_id.empty()) add_private(check, "fbtrace_id", scrub(upstream->trace_id, 64));
    }
    return check;
}

void add(Check& check, std::string name, std::string value) {
    check.evidence.push_back({std::move(name), std::move(value), true});
}
void add(Check& check, std::string name, std::int64_t value) {
    check.evidence.push_back({std::move(name), value, true});
}
void add(Check& check, std::string name, bool value) {
    check.evidence.push_back({std::move(name), value, true});
}
void add(Check& check, std::string name, std::vector<std::string> value) {
    check.evidence.push_back({std::move(name), std::move(value), true});
}
void add_private(Check& check, std::string name, std::string value) {
    check.evidence.push_back({std::move(name), std::move(value), false});
}

bool is_passing(const Error& error) {
    return error.fault() == Fault::kTransient || error.fault() == Fault::kRateLimited ||
           error.fault() == Fault::kUnknownOutcome || error.code() == Code::kTls;
}

std::string joined(const std::vector<std::string>& words, std::string_view between) {
    std::string text;
    for (const std::string& word : words) {
        if (!text.empty()) text += between;
        text += word;
    }
    return text;
}

std::string described(const Account& account) {
    const std::string number = scrub(account.ig_user_id.text(), 64);
    return account.username.empty() ? number : "@" + scrub(account.username, 64) + " (" + number + ")";
}

std::optional<Milliseconds> clock_error(const DoctorObservations& seen) {
    if (!seen.server_time) return std::nullopt;
    return seen.now - *seen.server_time;
}

std::vector<Check> Judge::run() {
    constexpr Check (Judge::* kInOrder[])() const = {
        &Judge::env_file,   &Judge::token_present,  &Judge::token_format,  &Judge::token_valid, &Judge::token_app,
        &Judge::token_kind, &Judge::token_lifetime, &Judge::token_expiry,  &Judge::data_access, &Judge::permissions,
        &Judge::account_id, &Judge::account_kind,   &Judge::publish_quota, &Judge::clock,       &Judge::delivery,
    };
    for (const auto decide : kInOrder)
        checks_.push_back((this->*decide)());
    return std::move(checks_);
}

const Check* Judge::find(CheckId id) const {
    const auto found = std::ranges::find(checks_, id, &Check::id);
    return found == checks_.end() ? nullptr : &*found;
}

bool Judge::has_failed(CheckId id) const {
    const Check* check = find(id);
    return check != nullptr && check->status == CheckStatus::kFail;
}

std::optional<Check> Judge::blocked(CheckId id, std::initializer_list<CheckId> by) const {
    for (const CheckId earlier : by) {
        const Check* check = find(earlier);
        if (check == nullptr) continue;
        const bool is_blocked_itself = check->status == CheckStatus::kSkip && check->depends_on;
        if (check->status != CheckStatus::kFail && !is_blocked_itself) continue;
        const CheckId root = is_blocked_itself ? *check->depends_on : earlier;
        return skip(id, "Cannot be told before '" + std::string(to_text(root)) + "' is put right.", root);
    }
    return std::nullopt;
}

bool Judge::is_env() const {
    return seen_.subject == DoctorSubject::kEnvFile || seen_.subject == DoctorSubject::kEnvText;
}

bool Judge::can_exchange() const {
    // A token that somebody put into a channel's file is neither exchanged nor taken over; nor is one for which a person
    // has to choose the account first.
    const bool is_own_file = seen_.subject == DoctorSubject::kEnvFile && seen_.channel_name.empty();
    const bool has_place = is_own_file || seen_.subject == DoctorSubject::kChannel;
    return has_place && seen_.has_app && !seen_.app_problem && account_to_use(seen_);
}

Instant Judge::best_time() const {
    const auto error = clock_error(seen_);
    const bool is_off = error && (*error > kClockWarn || *error < -kClockWarn);
    return is_off ? *seen_.server_time : seen_.now;
}

std::vector<Check> judge(const DoctorObservations& seen) {
    return Judge(seen).run();
}

bool is_healthy(const std::vector<Check>& checks) {
    return std::ranges::none_of(checks, [](const Check& check) { return check.status == CheckStatus::kFail; });
}

bool is_only_unreachable(const std::vector<Check>& checks) {
    return !is_healthy(checks) && std::ranges::all_of(checks, [](const Check& check) {
        return check.status != CheckStatus::kFail ||
               (check.id == CheckId::kTokenValid && check.remedy == to_text(Remedy::kWaitAndRetry));
    });
}

bool is_plain_damage(const std::vector<ValueDamage>& damage) {
    return std::ranges::all_of(damage, [](ValueDamage one) {
        switch (one) {
        case ValueDamage::kQuotes:
        case ValueDamage::kBlanks:
        case ValueDamage::kPrefixAccessToken:
        case ValueDamage::kPrefixBearer:
        case ValueDamage::kKeyPrefix:
        case ValueDamage::kInvisible: return true;
        default: return false;
        }
    });
}

} // namespace everlong::core
