#include <simulator/sandbox.hpp>

#include <simulator/publishing/publishing_document.hpp>
#include <simulator/wire/wishes.hpp>
#include <simulator/world/world_document.hpp>

#include <array>

namespace everlong::simulator {
namespace {

namespace json = boost::json;

using Complaint = std::unexpected<std::string>;

// What stands beside the inhabitants in a saved document.
constexpr std::array<std::string_view, 6> kSections{"clock",      "switches", "limits",
                                                    "publishing", "ledger",   "subscribed_apps"};

// Null where it is not there.
std::expected<const json::object*, std::string> section(const json::object& document, std::string_view name) {
    const json::value* value = document.if_contains(name);
    if (value == nullptr) return nullptr;
    if (!value->is_object()) return Complaint("\"" + std::string(name) + "\" must be an object");
    return &value->get_object();
}

std::expected<Instant, std::string> read_clock(const json::object& clock) {
    Wishes wishes(clock, "the clock");
    wishes.allow({"now"});
    const auto now = parse_rfc3339(wishes.text("now").value_or(""));
    if (!now) wishes.complain("\"now\" must be an instant such as 2026-01-31T12:00:00Z");
    if (now && *now > kEndOfCalendar) wishes.complain("the clock would pass the year 9900");
    if (!wishes.complaint().empty()) return Complaint(wishes.complaint());
    return *now;
}

using SubscribedApps = decltype(World::subscribed_apps);

json::object save_subscribed(const SubscribedApps& subscribed) {
    json::object document;
    for (const auto& [subject, apps] : subscribed) {
        json::object by_app;
        for (const auto& [app_id, fields] : apps)
            by_app[app_id] = json::array(fields.begin(), fields.end());
        document[subject] = std::move(by_app);
    }
    return document;
}

std::expected<SubscribedApps, std::string> read_subscribed(const json::object& document) {
    SubscribedApps subscribed;
    for (const auto& [subject, apps] : document) {
        if (!apps.is_object()) return Complaint("\"subscribed_apps\" must hold an object for each Page or account");
        Wishes by_app(apps.get_object(), "subscribed_apps");
        for (const auto& member : apps.get_object()) {
            subscribed[std::string(subject)][std::string(member.key())] =
                by_app.texts(member.key()).value_or(std::vector<std::string>());
        }
        if (!by_app.complaint().empty()) return Complaint(by_app.complaint());
    }
    return subscribed;
}

// A world needs somebody who logs in where nobody is named.
std::expected<void, std::string> settle_defaults(World& world) {
    for (const Person* person : world.people()) {
        if (world.find_person(world.default_person_id) != nullptr) break;
        if (!person->is_system_user) world.default_person_id = person->id;
    }
    const Person* person = world.find_person(world.default_person_id);
    if (person == nullptr) return Complaint("a world needs a person, or an account (which brings one)");
    if (world.find_account(world.default_ig_user_id) == nullptr) {
        const Account* account = world.first_account_of(*person);
        world.default_ig_user_id = account == nullptr ? std::string() : account->ig_user_id;
    }
    return {};
}

// Everything that a document may hold, read before any of it takes effect.
struct Fresh {
    std::optional<Instant> now;
    std::optional<Switches> switches;
    std::optional<Quotas> quotas;
    std::optional<Ledger> ledger;
    const json::object* publishing = nullptr;
    SubscribedApps subscribed_apps;
};

std::expected<Fresh, std::string> read_sections(const json::object& document, const Quotas& present) {
    Fresh fresh;
    std::array<const json::object*, kSections.size()> found{};
    for (std::size_t i = 0; i < kSections.size(); ++i) {
        const auto given = section(document, kSections[i]);
        if (!given) return Complaint(given.error());
        found[i] = *given;
    }
    const auto [clock, switches, limits, publishing, ledger, subscribed] = found;
    if (clock != nullptr) {
        const auto now = read_clock(*clock);
        if (!now) return Complaint(now.error());
        fresh.now = *now;
    }
    if (switches != nullptr) {
        fresh.switches.emplace();
        if (auto set = fresh.switches->set(*switches); !set) return Complaint(set.error());
    }
    if (limits != nullptr) {
        Wishes wishes(*limits, "the limits");
        fresh.quotas = present;
        read_quotas(wishes, *fresh.quotas);
        if (!wishes.complaint().empty()) return Complaint(wishes.complaint());
    }
    if (ledger != nullptr) {
        auto read = Ledger::from_json(*ledger);
        if (!read) return Complaint(read.error());
        fresh.ledger = std::move(*read);
    }
    if (subscribed != nullptr) {
        auto read = read_subscribed(*subscribed);
        if (!read) return Complaint(read.error());
        fresh.subscribed_apps = std::move(*read);
    }
    fresh.publishing = publishing;
    return fresh;
}

} // namespace

json::object Sandbox::save() const {
    json::object document = save_world(*world);
    document["clock"] = json::object{{"now", to_rfc3339(now())}};
    document["switches"] = switches.save();
    document["limits"] = to_json(limits.quotas());
    document["subscribed_apps"] = save_subscribed(world->subscribed_apps);
    document["publishing"] = save_publishing(*world->publishing);
    document["ledger"] = ledger.save();
    return document;
}

std::expected<void, std::string> Sandbox::replace_world(const json::object& document) {
    auto sections = read_sections(document, limits.quotas());
    if (!sections) return Complaint(sections.error());
    auto fresh = make_empty_world(options.apps, options.seed + ++resets);
    const Instant then = sections->now.value_or(now());
    if (auto loaded = load_world(*fresh, document, then, kSections); !loaded) return loaded;
    if (auto settled = settle_defaults(*fresh); !settled) return settled;
    if (sections->publishing != nullptr) {
        auto publishing = load_publishing(*sections->publishing, [&](const std::string& ig_user_id) {
            return fresh->find_account(ig_user_id) != nullptr;
        });
        if (!publishing) return Complaint(publishing.error());
        fresh->publishing = std::move(*publishing);
    }
    fresh->subscribed_apps = std::move(sections->subscribed_apps);
    if (sections->now) advanced = *sections->now - options.real_now();
    if (sections->switches) switches = std::move(*sections->switches);
    if (sections->quotas) limits.set_quotas(*sections->quotas);
    if (sections->ledger) ledger = std::move(*sections->ledger);
    world = std::move(fresh);
    return {};
}

} // namespace everlong::simulator
