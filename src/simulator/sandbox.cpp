#include <simulator/sandbox.hpp>

#include <simulator/world_document.hpp>

namespace everlong::simulator {

std::expected<void, std::string> Sandbox::replace_world(const boost::json::object& document) {
    auto fresh = make_empty_world(options.apps, options.seed + ++resets);
    if (auto loaded = load_world(*fresh, document, now()); !loaded) return loaded;
    for (const Person* person : fresh->people()) {
        if (fresh->find_person(fresh->default_person_id) != nullptr) break;
        if (!person->is_system_user) fresh->default_person_id = person->id;
    }
    const Person* person = fresh->find_person(fresh->default_person_id);
    if (person == nullptr) return std::unexpected("a world needs a person, or an account (which brings one)");
    if (fresh->find_account(fresh->default_ig_user_id) == nullptr) {
        const Account* account = fresh->first_account_of(*person);
        fresh->default_ig_user_id = account == nullptr ? std::string() : account->ig_user_id;
    }
    world = std::move(fresh);
    return {};
}

} // namespace everlong::simulator
