#include "store_suite.hpp"

namespace everlong::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// A hash: 32 bytes, a zero and a byte that is no UTF-8 among them.
std::string hash_of(char sign) {
    std::string hash(32, sign);
    hash[3] = '\0';
    hash[4] = '\xff';
    return hash;
}

ports::NewApiKey new_key(char sign, std::string channel = "") {
    return {hash_of(sign), "for the café's site", {"token:read", "channels:read"}, std::move(channel)};
}

ports::Session session(char sign, int begun_day, int seen_day) {
    return {hash_of(sign), day(begun_day), day(seen_day), day(begun_day + 30)};
}

std::string signs(const std::vector<ports::Session>& sessions) {
    std::string text;
    for (const auto& item : sessions)
        text += item.hash[0];
    return text;
}

TEST_P(StoreContract, AnApiKeyIsKeptWhole) {
    create();
    const auto made = get(access().create_api_key(new_key('a', "shop"), event("api-key-created", day(1))));
    get(access().create_api_key(new_key('b'), event("api-key-created", day(2))));
    backend_->reopen();
    const auto keys = get(access().list_api_keys());
    ASSERT_EQ(2U, keys.size());
    EXPECT_EQ(made.id, keys[0].id);
    EXPECT_EQ(hash_of('a'), keys[0].hash);
    EXPECT_EQ("for the café's site", keys[0].name);
    EXPECT_THAT(keys[0].scopes, ElementsAre("token:read", "channels:read"));
    EXPECT_EQ("shop", keys[0].channel_name);
    EXPECT_EQ(day(1), keys[0].created_at);
    EXPECT_EQ(std::nullopt, keys[0].last_used_at);
    EXPECT_EQ(std::nullopt, keys[0].revoked_at);
    EXPECT_EQ("", keys[1].channel_name);
    EXPECT_EQ("api-key-created", get(store().list_audit("", 1)).at(0).action);
}

TEST_P(StoreContract, AnApiKeyForAChannelThatIsNotThereIsNotMade) {
    EXPECT_EQ(Code::kChannelUnknown,
              error_of(access().create_api_key(new_key('a', "nobody"), event("api-key-created"))).code());
    EXPECT_THAT(get(access().list_api_keys()), IsEmpty());
    EXPECT_THAT(get(store().list_audit("", 1)), IsEmpty());
}

TEST_P(StoreContract, ARevokedApiKeyStaysAsItWas) {
    const auto key = get(access().create_api_key(new_key('a'), event("api-key-created")));
    get(access().note_api_key_use(key.id, day(3)));
    EXPECT_EQ(day(5), get(access().revoke_api_key(key.id, event("api-key-revoked", day(5)))).revoked_at);
    EXPECT_EQ(day(5), get(access().revoke_api_key(key.id, event("again", day(6)))).revoked_at);
    EXPECT_EQ("api-key-revoked", get(store().list_audit("", 1)).at(0).action);
    backend_->reopen();
    const auto kept = get(access().list_api_keys()).at(0);
    EXPECT_EQ(day(3), kept.last_used_at);
    EXPECT_EQ(day(5), kept.revoked_at);
    EXPECT_EQ(Code::kApiKeyUnknown, error_of(access().revoke_api_key(ports::ApiKeyId(99), event("x"))).code());
}

TEST_P(StoreContract, TheApiKeysOfAChannelEndWithIt) {
    const auto shop = create("shop");
    create("cafe");
    get(access().create_api_key(new_key('a', "shop"), event("x")));
    get(access().create_api_key(new_key('b', "cafe"), event("x")));
    get(access().create_api_key(new_key('c'), event("x")));
    get(store().remove_channel(shop.id, event("channel-removed", day(4))));
    create("shop"); // another channel of that name
    const auto keys = get(access().list_api_keys());
    EXPECT_EQ(day(4), keys.at(0).revoked_at);
    EXPECT_EQ("shop", keys.at(0).channel_name);
    EXPECT_EQ(std::nullopt, keys.at(1).revoked_at);
    EXPECT_EQ(std::nullopt, keys.at(2).revoked_at);
}

TEST_P(StoreContract, ThePasswordIsReplacedAndEndsTheSessions) {
    EXPECT_EQ(std::nullopt, get(access().load_password()));
    get(access().save_password("$argon2id$one", "", session('a', 0, 0), event("password-set")));
    EXPECT_EQ("a", signs(get(access().list_sessions())));
    get(access().begin_session(session('b', 0, 0), 9, event("signed-in")));
    get(access().begin_session(session('c', 0, 0), 9, event("signed-in")));
    get(access().save_password("$argon2id$two", hash_of('b'), std::nullopt, event("password-changed")));
    EXPECT_EQ("b", signs(get(access().list_sessions())));
    EXPECT_EQ("password-changed", get(store().list_audit("", 1)).at(0).action);
    get(access().save_password("$argon2id$three", "", std::nullopt, event("password-changed")));
    backend_->reopen();
    EXPECT_EQ("$argon2id$three", get(access().load_password()));
    EXPECT_THAT(get(access().list_sessions()), IsEmpty());
}

TEST_P(StoreContract, ASessionIsKeptWhole) {
    get(access().begin_session(session('a', 1, 1), 9, event("signed-in")));
    get(access().note_session_seen(hash_of('a'), day(3)));
    backend_->reopen();
    const auto sessions = get(access().list_sessions());
    ASSERT_EQ(1U, sessions.size());
    EXPECT_EQ(hash_of('a'), sessions[0].hash);
    EXPECT_EQ(day(1), sessions[0].created_at);
    EXPECT_EQ(day(3), sessions[0].seen_at);
    EXPECT_EQ(day(31), sessions[0].expires_at);
}

TEST_P(StoreContract, OfTooManySessionsThoseEndThatWereSeenLongestAgo) {
    get(access().begin_session(session('a', 1, 9), 3, event("x")));
    get(access().begin_session(session('b', 2, 2), 3, event("x")));
    get(access().begin_session(session('c', 3, 3), 3, event("x")));
    get(access().begin_session(session('d', 4, 4), 3, event("x")));
    EXPECT_EQ("acd", signs(get(access().list_sessions())));
    get(access().begin_session(session('e', 0, 0), 1, event("x"))); // on a clock that was set back
    EXPECT_EQ("e", signs(get(access().list_sessions())));
}

TEST_P(StoreContract, ANewSessionSweepsOutTheExpired) {
    get(access().begin_session(session('a', 0, 0), 9, event("x")));
    get(access().begin_session(session('b', 1, 1), 9, event("x")));
    get(access().begin_session(session('c', 30, 30), 9, event("x")));
    EXPECT_EQ("bc", signs(get(access().list_sessions())));
}

TEST_P(StoreContract, AnEndedSessionIsGoneAndLateNewsOfItIgnored) {
    get(access().begin_session(session('a', 0, 0), 9, event("signed-in")));
    get(access().end_session(hash_of('a'), event("signed-out")));
    get(access().end_session(hash_of('a'), event("again")));
    get(access().note_session_seen(hash_of('a'), day(1)));
    EXPECT_THAT(get(access().list_sessions()), IsEmpty());
    EXPECT_EQ("signed-out", get(store().list_audit("", 1)).at(0).action);
}

} // namespace
} // namespace everlong::test
