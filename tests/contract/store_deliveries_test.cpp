#include "store_suite.hpp"

namespace everlong::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> paths(const std::vector<ports::Delivery>& deliveries) {
    std::vector<std::string> list;
    for (const auto& delivery : deliveries)
        list.push_back(delivery.target.path);
    return list;
}

TEST_P(StoreContract, ADeliveryIsKeptWhole) {
    const auto channel = connect("IGAAone");
    const ports::DotenvTarget target{"/srv/my app/.env", "IG_TOKEN", "IG_ID", true};
    const auto added = get(store().add_delivery(channel.id, target, event("delivery-added", day(2))));
    backend_->reopen();
    const auto deliveries = get(store().list_deliveries(channel.id));
    ASSERT_EQ(1U, deliveries.size());
    EXPECT_EQ(added.id, deliveries[0].id);
    EXPECT_EQ(channel.id, deliveries[0].channel);
    EXPECT_EQ("/srv/my app/.env", deliveries[0].target.path);
    EXPECT_EQ("IG_TOKEN", deliveries[0].target.token_key);
    EXPECT_EQ("IG_ID", deliveries[0].target.id_key);
    EXPECT_TRUE(deliveries[0].target.is_in_place);
    EXPECT_EQ(0, deliveries[0].delivered_version);
    EXPECT_EQ(std::nullopt, deliveries[0].delivered_at);
    EXPECT_EQ(day(2), deliveries[0].next_attempt_at);
    EXPECT_EQ(0, deliveries[0].failed_attempts);
    EXPECT_EQ(std::nullopt, deliveries[0].last_problem);
}

TEST_P(StoreContract, WithoutATokenNothingIsToBeDelivered) {
    const auto channel = create();
    const auto delivery = get(store().add_delivery(channel.id, {"/a/.env"}, event("x", day(2))));
    EXPECT_EQ(std::nullopt, delivery.next_attempt_at);
    EXPECT_THAT(get(store().list_due_deliveries(day(99), 10)), IsEmpty());
    promote(channel, keep(channel, "IGAAone"), day(3));
    EXPECT_THAT(paths(get(store().list_due_deliveries(day(3), 10))), ElementsAre("/a/.env"));
}

TEST_P(StoreContract, ADeliveryToTheSamePathReplacesTheEarlierOne) {
    const auto channel = connect("IGAAone");
    const auto first = get(store().add_delivery(channel.id, {"/a/.env"}, event("x")));
    get(store().add_delivery(channel.id, {"/b/.env"}, event("x")));
    const auto second = get(store().add_delivery(channel.id, {"/a/.env", "OTHER", "OTHER_ID"}, event("x")));
    EXPECT_NE(first.id, second.id);
    const auto deliveries = get(store().list_deliveries(channel.id));
    EXPECT_THAT(paths(deliveries), ElementsAre("/b/.env", "/a/.env"));
    EXPECT_EQ("OTHER", deliveries[1].target.token_key);
}

TEST_P(StoreContract, TwoChannelsShareAFileButNotItsKeys) {
    const auto one = connect("IGAAone", "one");
    const auto two = connect("IGAAtwo", "two");
    get(store().add_delivery(one.id, {"/a/.env", "ONE", "ONE_ID"}, event("x", day(0), "one")));
    get(store().add_delivery(two.id, {"/a/.env", "TWO", "TWO_ID"}, event("x", day(0), "two")));
    EXPECT_EQ(1U, get(store().list_deliveries(one.id)).size());
    get(store().add_delivery(two.id, {"/a/.env", "THREE", "ONE_ID"}, event("x", day(0), "two")));
    EXPECT_THAT(get(store().list_deliveries(one.id)), IsEmpty());
    EXPECT_EQ(1U, get(store().list_deliveries(two.id)).size());
    EXPECT_EQ("delivery-replaced", get(store().list_audit("one", 1)).at(0).action);
}

TEST_P(StoreContract, AConfirmedDeliveryIsDoneUntilTheNextPromotion) {
    auto channel = connect("IGAAone");
    const auto delivery = get(store().add_delivery(channel.id, {"/a/.env"}, event("x")));
    get(store().confirm_delivery(delivery.id, 1, day(1), event("token-delivered")));
    auto now = get(store().list_deliveries(channel.id)).at(0);
    EXPECT_EQ(1, now.delivered_version);
    EXPECT_EQ(day(1), now.delivered_at);
    EXPECT_EQ(std::nullopt, now.next_attempt_at);
    EXPECT_EQ("token-delivered", get(store().list_audit("", 1)).at(0).action);

    channel = promote(channel, keep(channel, "IGAAtwo"), day(9));
    now = get(store().list_deliveries(channel.id)).at(0);
    EXPECT_EQ(day(9), now.next_attempt_at);
    EXPECT_EQ(1, now.delivered_version);
    EXPECT_THAT(get(store().list_due_deliveries(day(9) - Milliseconds(1), 10)), IsEmpty());
}

TEST_P(StoreContract, ALateConfirmationIsIgnored) {
    const auto channel = connect("IGAAone");
    const auto delivery = get(store().add_delivery(channel.id, {"/a/.env"}, event("x")));
    promote(channel, keep(channel, "IGAAtwo"), day(9));
    get(store().confirm_delivery(delivery.id, 1, day(10), event("late")));
    const auto now = get(store().list_deliveries(channel.id)).at(0);
    EXPECT_EQ(0, now.delivered_version);
    EXPECT_EQ(day(9), now.next_attempt_at);
    EXPECT_NE("late", get(store().list_audit("", 1)).at(0).action);

    promote(channel, 1, day(11)); // back to version 1
    get(store().confirm_delivery(delivery.id, 2, day(12), event("late")));
    EXPECT_EQ(day(11), get(store().list_deliveries(channel.id)).at(0).next_attempt_at);
    get(store().confirm_delivery(delivery.id, 1, day(12), event("in time")));
    EXPECT_EQ(std::nullopt, get(store().list_deliveries(channel.id)).at(0).next_attempt_at);
}

TEST_P(StoreContract, APostponedDeliveryRemembersWhy) {
    const auto channel = connect("IGAAone");
    const auto delivery = get(store().add_delivery(channel.id, {"/a/.env"}, event("x")));
    const ports::Problem problem{Code::kDiskFull, Fault::kLocal, "no space", 0, 0, day(1)};
    get(store().postpone_delivery(delivery.id, day(2), problem));
    get(store().postpone_delivery(delivery.id, day(3), problem));
    auto now = get(store().list_deliveries(channel.id)).at(0);
    EXPECT_EQ(day(3), now.next_attempt_at);
    EXPECT_EQ(2, now.failed_attempts);
    EXPECT_EQ(problem, now.last_problem);

    get(store().confirm_delivery(delivery.id, 1, day(3), event("x")));
    now = get(store().list_deliveries(channel.id)).at(0);
    EXPECT_EQ(0, now.failed_attempts);
    EXPECT_EQ(std::nullopt, now.last_problem);
}

TEST_P(StoreContract, DueDeliveriesComeEarliestFirst) {
    const auto channel = connect("IGAAone");
    const ports::Problem problem{Code::kDiskFull, Fault::kLocal, "no space", 0, 0, day(1)};
    for (const auto& [path, due] : {std::pair("/c/.env", 3), {"/a/.env", 1}, {"/b/.env", 2}}) {
        const auto delivery = get(store().add_delivery(channel.id, {path}, event("x")));
        get(store().postpone_delivery(delivery.id, day(due), problem));
    }
    EXPECT_THAT(paths(get(store().list_due_deliveries(day(9), 10))), ElementsAre("/a/.env", "/b/.env", "/c/.env"));
    EXPECT_THAT(paths(get(store().list_due_deliveries(day(2), 10))), ElementsAre("/a/.env", "/b/.env"));
    EXPECT_THAT(paths(get(store().list_due_deliveries(day(9), 1))), ElementsAre("/a/.env"));
}

TEST_P(StoreContract, ARemovedDeliveryIsGoneAndLateNewsOfItIgnored) {
    const auto channel = connect("IGAAone");
    const auto delivery = get(store().add_delivery(channel.id, {"/a/.env"}, event("x")));
    EXPECT_EQ("/a/.env", get(store().load_delivery(delivery.id)).target.path);
    get(store().remove_delivery(delivery.id, event("delivery-removed")));
    EXPECT_EQ(Code::kDeliveryUnknown, error_of(store().load_delivery(delivery.id)).code());
    EXPECT_THAT(get(store().list_deliveries(channel.id)), IsEmpty());
    EXPECT_EQ(Code::kDeliveryUnknown, error_of(store().remove_delivery(delivery.id, event("x"))).code());
    get(store().confirm_delivery(delivery.id, 1, day(1), event("late")));
    get(store().postpone_delivery(delivery.id, day(1), {}));
    EXPECT_THAT(get(store().list_deliveries(channel.id)), IsEmpty());
    EXPECT_EQ("delivery-removed", get(store().list_audit("", 1)).at(0).action);
}

} // namespace
} // namespace everlong::test
