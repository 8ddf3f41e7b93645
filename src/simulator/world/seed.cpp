#include <simulator/world/seed.hpp>

#include <algorithm>
#include <cstdio>

namespace everlong::simulator {
namespace {

// More than two pages of a list, whose pages hold at most 100 (graph-api.md, 10.2).
constexpr int kManyPages = 230;

Account& add_account(World& world, const Person& person, std::string username, std::string name,
                     std::string account_type = "BUSINESS") {
    Account account;
    account.username = std::move(username);
    account.name = std::move(name);
    account.account_type = std::move(account_type);
    account.person_id = person.id;
    return world.add_account(std::move(account));
}

// `account`: null for a Page without a link.
Page& add_page(World& world, std::string name, Account* account) {
    Page page;
    page.name = std::move(name);
    page.category = "Local business";
    page.category_id = "2500";
    Page& added = world.add_page(std::move(page));
    if (account != nullptr) world.link(added, *account);
    return added;
}

void give_role(Person& person, const Page& page) {
    person.roles.push_back({page.id, all_tasks()});
}

Person& add_person(World& world, std::string name) {
    Person person;
    person.name = std::move(name);
    return world.add_person(std::move(person));
}

Business& add_business(World& world, std::string name, Person& member) {
    Business business;
    business.name = std::move(name);
    Business& added = world.add_business(std::move(business));
    member.business_ids.push_back(added.id);
    return added;
}

void seed_default_person(World& world) {
    Person& dana = add_person(world, "Dana Demo");
    Account& cafe = add_account(world, dana, "demo_cafe", "Demo Caf\xC3\xA9");
    give_role(dana, add_page(world, "Demo Cafe", &cafe));
    world.default_person_id = dana.id;
    world.default_ig_user_id = cafe.ig_user_id;
}

void seed_people_with_trouble(World& world) {
    Person& nora = add_person(world, "Nora Nopage");
    add_account(world, nora, "demo_nopage", "No Page");

    Person& paul = add_person(world, "Paul Personal");
    add_account(world, paul, "demo_personal", "Personal", "PERSONAL");
    give_role(paul, add_page(world, "Paul's Page", nullptr));

    Person& tina = add_person(world, "Tina Twopages");
    Account& bakery = add_account(world, tina, "demo_bakery", "Demo Bakery");
    give_role(tina, add_page(world, "Demo Bakery", &bakery));
    Account& bistro = add_account(world, tina, "demo_bistro", "Demo Bistro", "MEDIA_CREATOR");
    give_role(tina, add_page(world, "Demo Bistro", &bistro));
}

void seed_portfolios(World& world) {
    // Reached through /{business}/owned_pages only.
    Person& petra = add_person(world, "Petra Portfolio");
    Account& portfolio = add_account(world, petra, "demo_portfolio", "Demo Portfolio");
    Business& holding = add_business(world, "Demo Holding", petra);
    Page& owned = add_page(world, "Demo Portfolio", &portfolio);
    owned.business_id = holding.id;
    holding.owned_pages.push_back(owned.id);

    // Reached through /{business}/client_pages only.
    Person& alan = add_person(world, "Alan Agency");
    Account& client = add_account(world, alan, "demo_client", "Demo Client");
    Business& agency = add_business(world, "Demo Agency", alan);
    agency.client_pages.push_back(add_page(world, "Demo Client", &client).id);

    // A role on a Page that a portfolio owns: missing from /me/accounts without business_management.
    Person& emil = add_person(world, "Emil Employee");
    Account& branch = add_account(world, emil, "demo_branch", "Demo Branch");
    Page& branch_page = add_page(world, "Demo Branch", &branch);
    branch_page.business_id = holding.id;
    holding.owned_pages.push_back(branch_page.id);
    give_role(emil, branch_page);
}

void seed_many_pages(World& world) {
    Person& mona = add_person(world, "Mona Manypages");
    for (int i = 1; i <= kManyPages; ++i) {
        char name[32];
        std::snprintf(name, sizeof name, "Demo Shop %03d", i);
        const bool is_linked = i == 1 || i == kManyPages / 2 || i == kManyPages;
        Account* account = nullptr;
        if (is_linked) {
            char username[32];
            std::snprintf(username, sizeof username, "demo_shop_%03d", i);
            account = &add_account(world, mona, username, name);
        }
        give_role(mona, add_page(world, name, account));
    }
}

// Of the portfolio with the Page that only it owns.
void seed_system_user(World& world) {
    for (Business* business : world.businesses()) {
        if (business->name != "Demo Holding") continue;
        Person person;
        person.name = "Demo Holding Robot";
        person.is_system_user = true;
        person.business_ids.push_back(business->id);
        for (const std::string& page_id : business->owned_pages)
            person.roles.push_back({page_id, all_tasks()});
        world.add_person(std::move(person));
    }
}

} // namespace

std::vector<std::string> all_tasks() {
    return {"ADVERTISE", "ANALYZE", "CREATE_CONTENT", "MESSAGING", "MODERATE", "MANAGE"};
}

std::unique_ptr<World> make_empty_world(const AppCredentials& apps, std::uint64_t seed) {
    auto world = std::make_unique<World>(seed);
    App facebook;
    facebook.id = apps.facebook_id;
    facebook.secret = apps.facebook_secret;
    facebook.name = "Everlong Sandbox";
    App instagram;
    instagram.id = apps.instagram_id;
    instagram.secret = apps.instagram_secret;
    instagram.name = "Everlong Sandbox-IG";
    instagram.login = Login::kInstagram;
    world->first_app_id = facebook.id;
    world->instagram_app_id = instagram.id;
    world->add_app(std::move(facebook));
    world->add_app(std::move(instagram));
    return world;
}

std::unique_ptr<World> make_seeded_world(const AppCredentials& apps, std::uint64_t seed, Inhabitants inhabitants) {
    auto world = make_empty_world(apps, seed);
    seed_default_person(*world);
    if (inhabitants == Inhabitants::kDefaultPerson) return world;
    seed_people_with_trouble(*world);
    seed_portfolios(*world);
    seed_many_pages(*world);
    seed_system_user(*world);
    return world;
}

Account& add_person_with_account(World& world, std::string username, bool has_page) {
    Person& person = add_person(world, username);
    Account& account = add_account(world, person, username, username);
    if (has_page) add_page_for(world, account);
    return account;
}

Page& add_page_for(World& world, Account& account) {
    Page& page = add_page(world, account.name, &account);
    give_role(*world.find_person(account.person_id), page);
    return page;
}

Person& system_user_for(World& world, const Account& account) {
    const std::string name = "System user of " + account.username;
    for (Person* person : world.people()) {
        if (person->is_system_user && person->name == name) return *person;
    }
    Person person;
    person.name = name;
    person.is_system_user = true;
    if (!account.page_id.empty()) person.roles.push_back({account.page_id, all_tasks()});
    return world.add_person(std::move(person));
}

} // namespace everlong::simulator
