// Renaming, deliveries by their number, events, and the simulator's routes where there is none.

#include "access_bench.hpp"

#include <http/body_stream.hpp>

namespace everlong::api {
namespace {

class ChannelChanges : public AccessBench {};

TEST_F(ChannelChanges, ARenamedChannelIsThereUnderItsNewNameOnly) {
    create_channel("cafe");
    const auto answer = local("PATCH", "/v1/channels/cafe", {{"name", "bar"}});
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(body_of(answer).at("name").as_string(), "bar");
    EXPECT_EQ(local("GET", "/v1/channels/bar").status, 200);
    EXPECT_EQ(code_of(local("GET", "/v1/channels/cafe")), "E_CHANNEL_UNKNOWN");
    EXPECT_EQ(local("PATCH", "/v1/channels/bar", {{"name", "bar"}}).status, 200);
}

TEST_F(ChannelChanges, ARenameTakesOnlyANameThatIsFree) {
    create_channel("cafe");
    create_channel("bar");
    EXPECT_EQ(code_of(local("PATCH", "/v1/channels/cafe", {{"name", "bar"}})), "E_CHANNEL_EXISTS");
    EXPECT_EQ(code_of(local("PATCH", "/v1/channels/cafe", {{"name", "B a r"}})), "E_CHANNEL_NAME");
    EXPECT_EQ(code_of(local("PATCH", "/v1/channels/cafe", {{"name", ""}})), "E_CHANNEL_NAME");
    EXPECT_EQ(code_of(local("PATCH", "/v1/channels/cafe")), "E_CHANNEL_NAME");
    EXPECT_EQ(code_of(local("PATCH", "/v1/channels/cafe", {{"name", 1}})), "E_HTTP_BODY");
    EXPECT_EQ(code_of(local("PATCH", "/v1/channels/cafe", {{"name", "x"}, {"state", "healthy"}})), "E_HTTP_BODY");
    EXPECT_EQ(code_of(local("PATCH", "/v1/channels/nobody", {{"name", "x"}})), "E_CHANNEL_UNKNOWN");
    EXPECT_EQ(local("GET", "/v1/channels/cafe").status, 200);
}

TEST_F(ChannelChanges, AKeyForOneChannelFollowsItsRenameAndMayNotRename) {
    create_channel("cafe");
    const std::string key = key_for({"channels:read", "channels:write"}, "cafe");
    EXPECT_EQ(with_key(key, "GET", "/v1/channels/cafe").status, 200);
    EXPECT_EQ(code_of(with_key(key, "PATCH", "/v1/channels/cafe", {{"name", "bar"}})), "E_HTTP_SCOPE");
    EXPECT_EQ(local("PATCH", "/v1/channels/cafe", {{"name", "bar"}}).status, 200);
    EXPECT_EQ(with_key(key, "GET", "/v1/channels/bar").status, 200);
    EXPECT_EQ(code_of(with_key(key, "GET", "/v1/channels/cafe")), "E_CHANNEL_UNKNOWN");
}

TEST_F(ChannelChanges, ADeliveryIsAddedTestedAndRemovedByItsNumber) {
    create_channel("cafe");
    const auto added = local("POST", "/v1/channels/cafe/deliveries", {{"path", "/nowhere/.env"}});
    EXPECT_EQ(added.status, 201) << added.body;
    EXPECT_FALSE(body_of(added).at("delivered").as_bool());
    const std::string target = "/v1/deliveries/" + std::to_string(body_of(added).at("id").as_int64());
    const auto tested = local("POST", target + "/test");
    EXPECT_EQ(tested.status, 200) << tested.body;
    EXPECT_FALSE(body_of(tested).at("delivered").as_bool());
    EXPECT_EQ(body_of(tested).at("found").as_string(), "unreadable");
    EXPECT_EQ(body_of(tested).at("problem").at("code").as_string(), "E_UNCONNECTED");
    const auto removed = local("DELETE", target);
    EXPECT_EQ(removed.body.substr(removed.body.find(",")),
              R"(,"channel":"cafe","path":"/nowhere/.env","removed":true})");
    EXPECT_EQ(code_of(local("DELETE", target)), "E_DELIVERY_UNKNOWN");
    EXPECT_EQ(code_of(local("POST", target + "/test")), "E_DELIVERY_UNKNOWN");
    for (const char* id : {"0", "-1", "1x", "99999999999999999999", "%00"}) {
        EXPECT_EQ(code_of(local("DELETE", "/v1/deliveries/" + std::string(id))), "E_DELIVERY_UNKNOWN") << id;
    }
}

TEST_F(ChannelChanges, AKeyListensToWhatItMaySee) {
    create_channel("cafe");
    const auto answer = with_key(key_for({"channels:read"}, "cafe"), "GET", "/v1/events");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.headers.find("Content-Type"), "text/event-stream");
    EXPECT_EQ(answer.headers.find("Cache-Control"), "no-store");
    ASSERT_TRUE(answer.stream);
    EXPECT_EQ(test::run(io_, answer.stream->next()), "retry: 1000\n: listening\n\n");
    events_.tell_channel("bar");
    events_.tell_channel("cafe");
    EXPECT_EQ(test::run(io_, answer.stream->next()), "event: channel\ndata: {\"name\":\"cafe\"}\n\n");
    local("PATCH", "/v1/channels/cafe", {{"name", "shop"}});
    events_.tell_channel("shop");
    EXPECT_EQ(test::run(io_, answer.stream->next()), "event: channel\ndata: {\"name\":\"shop\"}\n\n");
    EXPECT_EQ(code_of(with_key(key_for({"token:read"}), "GET", "/v1/events")), "E_HTTP_SCOPE");
}

TEST_F(ChannelChanges, TheSimulatorsRoutesAreNotThereWithoutOne) {
    EXPECT_EQ(code_of(local("GET", "/v1/sandbox")), "E_HTTP_NOT_FOUND");
    EXPECT_EQ(code_of(local("POST", "/v1/sandbox/clock", {{"advance_s", 1}})), "E_HTTP_NOT_FOUND");
    EXPECT_EQ(code_of(local("POST", "/v1/sandbox/event", {{"type", "checkpoint"}})), "E_HTTP_NOT_FOUND");
    EXPECT_EQ(code_of(local("POST", "/v1/sandbox/faults", {{"faults", json::array()}})), "E_HTTP_NOT_FOUND");
    EXPECT_EQ(code_of(with_key(key_for({"channels:write"}), "GET", "/v1/sandbox")), "E_HTTP_SCOPE");
}

} // namespace
} // namespace everlong::api
