// The checks of the place that a token stands in: file, value, clock of this machine, deliveries.
#include <core/doctor_judge.hpp>

#include <core/facts/doctor_texts.hpp>
#include <core/graph_errors.hpp>
#include <core/limits.hpp>
#include <core/messages.hpp>

#include <algorithm>

namespace everlong::core {
namespace {

std::vector<std::string> ids_of(const std::vector<ValueDamage>& damage) {
    std::vector<std::string> ids;
    for (const ValueDamage one : damage)
        ids.emplace_back(to_text(one));
    return ids;
}

std::string in_words(const std::vector<ValueDamage>& damage) {
    std::vector<std::string> words;
    for (const ValueDamage one : damage)
        words.emplace_back(damage_in_words(to_text(one)));
    return joined(words);
}

std::string title_and_detail(const Error& error) {
    std::string text(message_of(error.code()).title);
    if (!error.detail().empty()) text += ": " + scrub(error.detail(), 300);
    return text + ".";
}

// What is wrong with one delivery; empty: nothing.
std::string trouble_of(const DeliverySeen& delivery) {
    if (delivery.problem) return title_and_detail(*delivery.problem);
    if (!delivery.token) return "It holds no token.";
    if (delivery.is_older)
        return "It holds an earlier version of the token: an old file was put back, or the new one could not be "
               "written.";
    if (!delivery.is_current && !delivery.is_replaceable) {
        return "It holds another token, which is not one of this channel's. Somebody put it there, so it is left "
               "alone.";
    }
    if (!delivery.is_current) return "It holds another token than the current one, and Meta refuses that one.";
    if (!delivery.is_id_right) return "It holds the current token, but another account id.";
    if (!delivery.is_clean) return "It holds the current token, but in quotes or with blanks.";
    return {};
}

} // namespace

Check Judge::env_file() const {
    constexpr auto kId = CheckId::kEnvFile;
    switch (seen_.subject) {
    case DoctorSubject::kToken: return skip(kId, "The token was given by itself; there is no file to look at.");
    case DoctorSubject::kChannel:
        return skip(kId, "A channel keeps its token sealed; the files it is delivered to are looked at below.");
    case DoctorSubject::kEnvText:
    case DoctorSubject::kEnvFile: break;
    }
    if (seen_.place_problem) {
        return found(kId, CheckStatus::kFail, seen_.place_problem->code(), title_and_detail(*seen_.place_problem));
    }
    if (!seen_.place_warnings.empty()) {
        Check check = found(kId, CheckStatus::kWarn, Code::kPermissions,
                            "The file can be read, but: " + scrub(joined(seen_.place_warnings, "; "), 400) + ".");
        check.what_to_do = {"Let only the owner read it: chmod 600 on the file."};
        return check;
    }
    return pass(kId, "The file can be read.");
}

Check Judge::token_present() const {
    constexpr auto kId = CheckId::kTokenPresent;
    if (auto check = blocked(kId, {CheckId::kEnvFile})) return *check;
    if (seen_.subject == DoctorSubject::kChannel && seen_.place_problem) {
        Check check = found(kId, CheckStatus::kFail, Cause::kTokenMissing, Remedy::kReconnect,
                            title_and_detail(*seen_.place_problem));
        return check;
    }
    const bool is_missing =
        seen_.token_lines == 0 || (seen_.token_problem && seen_.token_problem->code() == Code::kTokenMissing);
    if (!is_missing) {
        Check check = pass(kId, "There is a token.");
        if (is_env()) add(check, "line", static_cast<std::int64_t>(seen_.token_line));
        return check;
    }
    const std::string key = scrub(seen_.token_key, 80);
    Check check = found(kId, CheckStatus::kFail, Cause::kTokenMissing, Remedy::kReEnterToken,
                        !is_env()                ? "No token was given."
                        : seen_.token_lines == 0 ? "The file has no line " + key + "=."
                                                 : "Nothing stands behind " + key + "=.");
    check.what_to_do.insert(check.what_to_do.begin(), "Put the whole token behind " + key + "= in the file.");
    return check;
}

Check Judge::token_format() const {
    constexpr auto kId = CheckId::kTokenFormat;
    if (auto check = blocked(kId, {CheckId::kEnvFile, CheckId::kTokenPresent})) return *check;
    if (seen_.subject == DoctorSubject::kChannel) return pass(kId, "The channel's token is kept whole.");
    const auto add_evidence = [this](Check& check) {
        add(check, "damage", ids_of(seen_.token_damage));
        add(check, "length", static_cast<std::int64_t>(seen_.token_length));
    };
    if (seen_.token_problem) {
        Check check = found(kId, CheckStatus::kFail, Cause::kTokenMalformed, Remedy::kReEnterToken,
                            "This is not a whole token: " + scrub(seen_.token_problem->detail(), 200) + ".");
        add_evidence(check);
        return check;
    }
    if (seen_.token_damage.empty()) {
        Check check = pass(kId, "The token stands whole and bare.");
        add(check, "length", static_cast<std::int64_t>(seen_.token_length));
        return check;
    }
    Check check = found(kId, CheckStatus::kFail, Cause::kTokenMalformed, Remedy::kReEnterToken,
                        "The value is not the bare token: " + in_words(seen_.token_damage) +
                            ". Some programs pass that on to Meta, which then cannot read the token.");
    // What has to be put together again is only written where Meta knows the result.
    check.is_fixable = is_env() && (is_plain_damage(seen_.token_damage) || seen_.is_accepted);
    // The mark is none of our value's bytes, and an app's token can only stand in quotes.
    if (std::ranges::find(seen_.token_damage, ValueDamage::kByteOrderMark) != seen_.token_damage.end()) {
        check.is_fixable = false;
        check.what_to_do = {"Save the file as UTF-8 without a byte-order mark, or put a comment into its first line."};
    }
    if (seen_.facts.kind == TokenKind::kApp) check.is_fixable = false;
    add_evidence(check);
    return check;
}

Check Judge::clock() const {
    constexpr auto kId = CheckId::kClock;
    const auto error = clock_error(seen_);
    if (!error) return skip(kId, "Meta did not tell the time, so this machine's clock could not be compared.");
    const Milliseconds distance = *error < Milliseconds(0) ? -*error : *error;
    const auto add_evidence = [&](Check& check) {
        add(check, "seconds_off", static_cast<std::int64_t>(std::chrono::floor<Seconds>(*error).count()));
        add(check, "meta_time", to_rfc3339(*seen_.server_time));
        add(check, "local_time", to_rfc3339(seen_.now));
        return check;
    };
    if (distance < kClockWarn) {
        Check check = pass(kId, "This machine's clock agrees with Meta's.");
        return add_evidence(check);
    }
    Check check =
        found(kId, distance < kClockFail ? CheckStatus::kWarn : CheckStatus::kFail, Code::kClock,
              "This machine's clock is " + humanize(distance) + (*error > Milliseconds(0) ? " ahead of" : " behind") +
                  " Meta's. Expiry and schedules are reckoned wrongly by it; the checks here go by Meta's time.");
    check.what_to_do = {"Set the machine's clock, and let it be kept right (timedatectl set-ntp true)."};
    return add_evidence(check);
}

Check Judge::delivery() const {
    constexpr auto kId = CheckId::kDelivery;
    if (seen_.deliveries.empty()) {
        if (seen_.subject != DoctorSubject::kChannel) {
            return skip(kId, "Everlong does not keep this token, so there is nothing that the file should hold.");
        }
        return skip(kId, "The channel has no delivery: applications read its token in other ways, or not at all.");
    }
    std::vector<std::string> troubles;
    std::vector<std::string> holds;
    bool is_mendable = true;
    for (const DeliverySeen& delivery : seen_.deliveries) {
        if (delivery.token) holds.push_back(delivery.token->text());
        const std::string trouble = trouble_of(delivery);
        if (trouble.empty()) continue;
        troubles.push_back(scrub(delivery.path, 200) + ": " + trouble);
        if (!delivery.is_replaceable) is_mendable = false;
    }
    const auto add_evidence = [&](Check& check) {
        add(check, "deliveries", static_cast<std::int64_t>(seen_.deliveries.size()));
        if (seen_.subject == DoctorSubject::kChannel) add(check, "current", seen_.facts.fingerprint.text());
        add(check, "found", holds);
        return check;
    };
    if (troubles.empty()) {
        Check check = pass(kId, "Every file it is delivered to holds the current token.");
        return add_evidence(check);
    }
    Check check = pass(kId, joined(troubles, " "));
    check.status = CheckStatus::kFail;
    check.cause = "delivery-outdated";
    check.remedy = to_text(Remedy::kReEnterToken);
    const std::string name = scrub(seen_.channel_name, 64);
    check.what_to_do = {"Deliver again: everlong doctor " + name +
                        " --fix, and restart what reads the file only once."};
    if (!is_mendable) {
        check.what_to_do.push_back(
            "If the token in the file is the better one, take it over: everlong channel import " + name +
            " --env-file FILE.");
    }
    check.is_fixable = is_mendable;
    return add_evidence(check);
}

} // namespace everlong::core
