#include "store_suite.hpp"

namespace everlong::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

ports::Problem problem(int day_number) {
    ports::Problem problem;
    problem.code = Code::kTokenRejected;
    problem.fault = Fault::kNeedsConsent;
    problem.detail = "Meta said \"no\"\n\xff end";
    problem.upstream_code = 190;
    problem.upstream_subcode = 460;
    problem.at = day(day_number) + Milliseconds(7);
    return problem;
}

std::vector<std::string> names(const std::vector<ports::Channel>& channels) {
    std::vector<std::string> list;
    for (const auto& channel : channels)
        list.push_back(channel.name);
    return list;
}

TEST_P(StoreContract, AChannelIsKeptWithEverythingItWasCreatedWith) {
    ports::NewChannel given;
    given.name = "shop";
    given.login = core::LoginPath::kFacebook;
    given.app_id = "100000000000001";
    given.account = {IgUserId("17841400000000001"), "shöp", "MEDIA_CREATOR", "2222", "Shop 'n' more"};
    const auto created = get(store().create_channel(given, event("channel-created", day(3))));
    backend_->reopen();
    const auto channel = get(store().load_channel(created.id));
    EXPECT_EQ("shop", channel.name);
    EXPECT_EQ(core::LoginPath::kFacebook, channel.login);
    EXPECT_EQ("100000000000001", channel.app_id);
    EXPECT_EQ("17841400000000001", channel.account.ig_user_id.text());
    EXPECT_EQ("shöp", channel.account.username);
    EXPECT_EQ("MEDIA_CREATOR", channel.account.account_type);
    EXPECT_EQ("2222", channel.account.page_id);
    EXPECT_EQ("Shop 'n' more", channel.account.page_name);
    EXPECT_EQ(day(3), channel.created_at);
    EXPECT_EQ(0, channel.current_version);
    EXPECT_EQ(ports::Lifecycle{}, channel.lifecycle);
    EXPECT_EQ(created.revision, channel.revision);
}

TEST_P(StoreContract, AChannelsNameIsItsAlone) {
    create("shop");
    const Error error = error_of(store().create_channel({"shop", core::LoginPath::kInstagram, "", {}}, event("x")));
    EXPECT_EQ(Code::kChannelExists, error.code());
    EXPECT_EQ(Fault::kConflict, error.fault());
    EXPECT_EQ(1U, get(store().list_audit("", 10)).size()) << "a refused write leaves no trace";
}

TEST_P(StoreContract, ARenamedChannelKeepsAllThatBelongsToIt) {
    const auto channel = connect("IGAAone");
    create("bar");
    const auto delivery = get(store().add_delivery(channel.id, {"/a/.env"}, event("x")));
    const auto key = get(access().create_api_key({std::string(32, 'h'), "k", {"token:read"}, "shop"}, event("key")));
    EXPECT_EQ("IGAAone", get(store().serve_token("shop")).token.reveal());
    const auto before = get(store().load_channel(channel.id));
    const auto renamed = get(store().rename_channel(channel.id, "cafe", event("channel-renamed", day(1), "cafe")));
    EXPECT_EQ("cafe", renamed.name);
    EXPECT_EQ(channel.id, renamed.id);
    EXPECT_GT(renamed.revision, before.revision);
    backend_->reopen();
    EXPECT_FALSE(get(store().find_channel("shop")).has_value());
    EXPECT_EQ(Code::kChannelUnknown, error_of(store().serve_token("shop")).code());
    EXPECT_EQ("IGAAone", get(store().serve_token("cafe")).token.reveal());
    EXPECT_EQ(delivery.id, get(store().list_deliveries(renamed.id)).at(0).id);
    EXPECT_EQ("cafe", get(access().list_api_keys()).at(0).channel_name);
    EXPECT_EQ("channel-renamed", get(store().list_audit("cafe", 1)).at(0).action);
    EXPECT_EQ("channel-renamed", get(store().list_audit("shop", 1)).at(0).action);
    EXPECT_EQ("has another name now", get(store().list_audit("shop", 1)).at(0).detail);
    EXPECT_TRUE(backend_->verify_audit().has_value());
    EXPECT_EQ(renamed.revision, get(store().rename_channel(channel.id, "cafe", event("again"))).revision);
    EXPECT_EQ(Code::kChannelExists, error_of(store().rename_channel(channel.id, "bar", event("x"))).code());
    EXPECT_EQ("cafe", get(store().load_channel(channel.id)).name);
    // The name is free again.
    EXPECT_EQ("shop", create("shop").name);
}

// The token of a channel that was renamed is not served from memory under its old name.
TEST_P(StoreContract, ARenamedChannelIsServedByItsNewNameAtOnce) {
    const auto channel = connect("IGAAone");
    EXPECT_EQ("IGAAone", get(store().serve_token("shop")).token.reveal());
    get(store().rename_channel(channel.id, "cafe", event("channel-renamed", day(1), "cafe")));
    EXPECT_EQ(Code::kChannelUnknown, error_of(store().serve_token("shop")).code());
    EXPECT_EQ("IGAAone", get(store().serve_token("cafe")).token.reveal());
}

TEST_P(StoreContract, TheWatcherIsToldOfEveryCommittedChange) {
    auto told = std::make_shared<std::vector<std::string>>();
    store().watch([told](const std::string& name) { told->push_back(name); });
    const auto channel = create();
    EXPECT_THAT(*told, ElementsAre("shop"));
    told->clear();
    promote(channel, keep(channel, "IGAAone"));
    EXPECT_THAT(*told, ElementsAre("shop", "shop"));
    told->clear();
    const auto delivery = get(store().add_delivery(channel.id, {"/a/.env"}, event("x")));
    get(store().postpone_delivery(delivery.id, day(1), {}));
    EXPECT_THAT(*told, ElementsAre("shop", "shop"));
    told->clear();
    get(store().append_audit(event("token-revealed")));
    error_of(store().save_lifecycle(channel.id, 99, {}, event("x")));
    EXPECT_THAT(*told, testing::IsEmpty()) << "looking and failing change nothing";
    get(store().rename_channel(channel.id, "cafe", event("channel-renamed", day(1), "cafe")));
    EXPECT_THAT(*told, ElementsAre("shop", "cafe"));
    told->clear();
    get(store().remove_channel(channel.id, event("channel-removed", day(1), "cafe")));
    EXPECT_THAT(*told, ElementsAre("cafe"));
}

TEST_P(StoreContract, AnUnknownChannelIsNotFound) {
    EXPECT_FALSE(get(store().find_channel("shop")).has_value());
    const Error error = error_of(store().load_channel(ports::ChannelId(7)));
    EXPECT_EQ(Code::kChannelUnknown, error.code());
    EXPECT_EQ(Fault::kUsage, error.fault());
}

TEST_P(StoreContract, EveryMethodRefusesAnUnknownChannel) {
    const ports::ChannelId id(7);
    ports::Store& s = store();
    const Error errors[] = {
        error_of(s.remove_channel(id, event("x"))),
        error_of(s.rename_channel(id, "cafe", event("x"))),
        error_of(s.save_lifecycle(id, 1, {}, event("x"))),
        error_of(s.keep_pending(id, Secret("t"), {}, "import", std::nullopt, event("x"))),
        error_of(s.promote(id, 1, 1, {}, {}, {}, event("x"))),
        error_of(s.update_facts(id, 1, 1, {}, {}, event("x"))),
        error_of(s.discard_pending(id, 1, event("x"))),
        error_of(s.load_current(id)),
        error_of(s.load_pending(id)),
        error_of(s.load_version(id, 1)),
        error_of(s.list_versions(id)),
        error_of(s.add_delivery(id, {"/tmp/.env"}, event("x"))),
    };
    for (const Error& error : errors)
        EXPECT_EQ(Code::kChannelUnknown, error.code()) << error.summary();
    EXPECT_THAT(get(s.list_deliveries(id)), IsEmpty());
    EXPECT_THAT(get(s.list_audit("", 100)), IsEmpty());
}

TEST_P(StoreContract, ListsChannelsByNameInPages) {
    for (const char* name : {"b", "a-2", "c", "a", "a1"})
        create(name);
    EXPECT_THAT(names(get(store().list_channels("", 100))), ElementsAre("a", "a-2", "a1", "b", "c"));
    EXPECT_THAT(names(get(store().list_channels("", 2))), ElementsAre("a", "a-2"));
    EXPECT_THAT(names(get(store().list_channels("a-2", 2))), ElementsAre("a1", "b"));
    EXPECT_THAT(names(get(store().list_channels("c", 2))), IsEmpty());
    EXPECT_THAT(names(get(store().list_channels("", 0))), IsEmpty());
    EXPECT_THAT(names(get(store().list_channels("", -1))), IsEmpty());
}

TEST_P(StoreContract, ALifecycleIsKeptWhole) {
    const auto channel = create();
    ports::Lifecycle lifecycle;
    lifecycle.last_refresh_at = day(1) + Milliseconds(1);
    lifecycle.next_attempt_at = day(2);
    lifecycle.failed_attempts = 3;
    lifecycle.last_problem = problem(1);
    lifecycle.suspicion = problem(2);
    lifecycle.verdict = problem(3);
    lifecycle.was_extension_refused = true;
    get(store().save_lifecycle(channel.id, channel.revision, lifecycle, event("x")));
    backend_->reopen();
    EXPECT_EQ(lifecycle, get(store().load_channel(channel.id)).lifecycle);

    const auto now = get(store().load_channel(channel.id));
    get(store().save_lifecycle(channel.id, now.revision, {}, event("x")));
    EXPECT_EQ(ports::Lifecycle{}, get(store().load_channel(channel.id)).lifecycle);
}

TEST_P(StoreContract, AWriteOnWhatHasChangedIsRefused) {
    const auto channel = create();
    ports::Lifecycle first;
    first.failed_attempts = 1;
    get(store().save_lifecycle(channel.id, channel.revision, first, event("x")));
    EXPECT_EQ(channel.revision + 1, get(store().load_channel(channel.id)).revision);

    ports::Lifecycle second;
    second.failed_attempts = 2;
    const Error error = error_of(store().save_lifecycle(channel.id, channel.revision, second, event("y")));
    EXPECT_EQ(Code::kBusy, error.code());
    EXPECT_EQ(Fault::kConflict, error.fault());
    EXPECT_EQ(1, get(store().load_channel(channel.id)).lifecycle.failed_attempts);
    EXPECT_EQ(2U, get(store().list_audit("", 10)).size());
}

TEST_P(StoreContract, RemovingAChannelTakesItsTokensAndDeliveriesAndLeavesTheTrail) {
    const auto channel = connect("IGAAtoken");
    const auto other = connect("IGAAother", "other");
    get(store().add_delivery(channel.id, {"/a/.env"}, event("delivery-added")));
    get(store().remove_channel(channel.id, event("channel-removed")));
    EXPECT_FALSE(get(store().find_channel("shop")).has_value());
    EXPECT_EQ(Code::kChannelUnknown, error_of(store().load_version(channel.id, 1)).code());
    EXPECT_THAT(get(store().list_deliveries(channel.id)), IsEmpty());
    EXPECT_EQ("IGAAother", current_token(other));
    const auto trail = get(store().list_audit("shop", 10));
    ASSERT_EQ(5U, trail.size());
    EXPECT_EQ("channel-removed", trail.front().action);
    EXPECT_EQ("channel-created", trail.back().action);

    const auto again = create("shop");
    EXPECT_NE(channel.id, again.id) << "an id is never given twice";
    EXPECT_EQ(Code::kUnconnected, error_of(store().load_current(again.id)).code());
}

TEST_P(StoreContract, ListsWhatIsDueEarliestFirst) {
    const auto due_on = [&](const char* name, std::optional<Instant> at) {
        const auto channel = create(name);
        ports::Lifecycle lifecycle;
        lifecycle.next_attempt_at = at;
        get(store().save_lifecycle(channel.id, channel.revision, lifecycle, event("x", day(0), name)));
    };
    due_on("third", day(5));
    due_on("first", day(1));
    due_on("never", std::nullopt);
    due_on("second", day(3));
    due_on("second-too", day(3));
    EXPECT_THAT(names(get(store().list_due(day(3) - Milliseconds(1), 10))), ElementsAre("first"));
    EXPECT_THAT(names(get(store().list_due(day(3), 10))), ElementsAre("first", "second", "second-too"));
    EXPECT_THAT(names(get(store().list_due(day(9), 2))), ElementsAre("first", "second"));
    EXPECT_THAT(names(get(store().list_due(day(0), 10))), IsEmpty());
    EXPECT_EQ(day(1), get(store().next_due()));
}

TEST_P(StoreContract, NothingIsDueWhereNothingWaits) {
    EXPECT_EQ(std::nullopt, get(store().next_due()));
    create();
    EXPECT_EQ(std::nullopt, get(store().next_due()));
    EXPECT_THAT(get(store().list_due(day(9999), 10)), IsEmpty());
}

TEST_P(StoreContract, TheNextDueMayBeADelivery) {
    const auto channel = connect("IGAAtoken"); // looked at on day 8
    EXPECT_EQ(day(8), get(store().next_due()));
    get(store().add_delivery(channel.id, {"/a/.env"}, event("x", day(2))));
    EXPECT_EQ(day(2), get(store().next_due()));
}

TEST_P(StoreContract, CanBeProvenWritable) {
    get(store().prove_writable());
    get(store().prove_writable());
    EXPECT_THAT(get(store().list_channels("", 10)), IsEmpty());
}

} // namespace
} // namespace everlong::test
