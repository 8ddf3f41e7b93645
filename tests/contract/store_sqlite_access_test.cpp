// What the schema itself does for API keys, whoever writes the channels.

#include "store_sqlite_tools.hpp"

namespace everlong::test {
namespace {

TEST(SqliteAccess, AKeyFollowsItsChannelToTheNewName) {
    SqliteStore sqlite;
    create_channel(sqlite.store(), "shop");
    const auto make = [&](char sign, const std::string& channel) {
        return get(sqlite.access().create_api_key({std::string(32, sign), "a", {"admin"}, channel}, event("x")));
    };
    const auto revoked = make('a', "shop");
    get(sqlite.access().revoke_api_key(revoked.id, event("api-key-revoked")));
    make('b', "shop");
    make('c', "");
    sqlite.close();
    tamper(sqlite.file(), "UPDATE channels SET name = 'cafe' WHERE name = 'shop'");
    sqlite.open();
    const auto keys = get(sqlite.access().list_api_keys());
    EXPECT_EQ("shop", keys.at(0).channel_name);
    EXPECT_EQ("cafe", keys.at(1).channel_name);
    EXPECT_EQ("", keys.at(2).channel_name);
}

} // namespace
} // namespace everlong::test
