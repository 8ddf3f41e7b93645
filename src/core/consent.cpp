#include <core/consent.hpp>

#include <algorithm>

namespace everlong::core {
namespace {

bool contains(const std::vector<std::string>& names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

void add(std::vector<std::string>& names, const std::string& name) {
    if (!contains(names, name)) names.push_back(name);
}

} // namespace

ConsentQuestion what_to_ask(LoginPath login, const KnownGrants& known, const std::vector<std::string>& extra) {
    std::vector<std::string> wanted = required_scopes(login);
    for (const std::string& name : extra)
        add(wanted, name);
    ConsentQuestion question;
    if (login == LoginPath::kInstagram) {
        if (known.granted) {
            for (const std::string& name : *known.granted)
                if (name.starts_with("instagram_business_")) add(wanted, name);
        }
        question.scopes = std::move(wanted);
        return question;
    }
    std::vector<std::string> missing;
    if (known.granted) {
        std::ranges::copy_if(wanted, std::back_inserter(missing),
                             [&](const std::string& name) { return !contains(*known.granted, name); });
    }
    if (known.is_data_access_over) {
        question.again = AskAgain::kDataAccess;
        question.scopes = std::move(wanted);
    } else if (!missing.empty()) {
        question.again = AskAgain::kDeclined;
        question.scopes = std::move(missing);
    } else {
        question.scopes = std::move(wanted);
    }
    return question;
}

std::vector<std::string> declined(LoginPath login, const std::vector<std::string>& asked,
                                  const std::vector<std::string>& granted) {
    std::vector<std::string> names;
    for (const std::string& name : required_scopes(login))
        if (!contains(granted, name)) add(names, name);
    for (const std::string& name : asked)
        if (!contains(granted, name)) add(names, name);
    return names;
}

const PermissionFacts* vital_loss(LoginPath login, const std::vector<std::string>& declined) {
    for (const std::string& name : declined) {
        const PermissionFacts* facts = find_permission(login, name);
        if (facts != nullptr && facts->is_vital) return facts;
    }
    return nullptr;
}

bool is_permission_name(std::string_view name) {
    return !name.empty() && name.size() <= 64 && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    });
}

} // namespace everlong::core
