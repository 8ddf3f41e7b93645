// The report that may be shared: built from ids, our own sentences and shareable evidence only, so that neither a token
// nor a name can get into it by any way that a text from outside could take.
#include <core/doctor.hpp>

#include <core/facts/doctor_texts.hpp>
#include <core/graph_errors.hpp>

namespace everlong::core {
namespace {

std::string shown(const Evidence& evidence) {
    struct Show {
        std::string operator()(const std::string& text) const { return scrub(text, 120); }
        std::string operator()(std::int64_t number) const { return std::to_string(number); }
        std::string operator()(bool flag) const { return flag ? "yes" : "no"; }
        std::string operator()(const std::vector<std::string>& list) const {
            std::string text;
            for (const std::string& item : list)
                text += (text.empty() ? "" : ", ") + scrub(item, 120);
            return text.empty() ? "none" : text;
        }
    };
    return std::visit(Show{}, evidence.value);
}

std::string_view subject_in_words(DoctorSubject subject) {
    switch (subject) {
    case DoctorSubject::kEnvFile: return "a .env file";
    case DoctorSubject::kEnvText: return "a pasted .env";
    case DoctorSubject::kToken: return "a token by itself";
    case DoctorSubject::kChannel: return "a channel";
    }
    return "a token";
}

} // namespace

std::string make_report(const std::vector<Check>& checks, const DoctorObservations& seen) {
    std::string text = "Everlong doctor, report of " + to_rfc3339(seen.now) + "\n";
    text += "Looked at: " + std::string(subject_in_words(seen.subject)) + ", " + std::string(to_text(seen.login)) +
            " login" + (seen.is_login_known ? "" : " (guessed)") + "\n";
    text += "Result: " + std::string(is_healthy(checks) ? "healthy" : "not healthy") + "\n";
    text += "Tokens, secrets, names and paths are left out; a token shows as its fingerprint.\n\n";
    for (const Check& check : checks) {
        text += std::string(to_text(check.status)) + "  " + std::string(to_text(check.id)) + ": " +
                std::string(text_of(check.id).looks_at) + "\n";
        if (!check.cause.empty()) text += "      cause " + check.cause + ", remedy " + check.remedy + "\n";
        if (check.depends_on) text += "      not judged before " + std::string(to_text(*check.depends_on)) + "\n";
        if (check.is_fixed) text += "      mended by --fix\n";
        for (const Evidence& evidence : check.evidence) {
            if (evidence.is_shareable) text += "      " + evidence.name + ": " + shown(evidence) + "\n";
        }
    }
    return text;
}

} // namespace everlong::core
