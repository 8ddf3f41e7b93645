// Bytes that changed on the disk, by accident or on purpose: an error, never a wrong token. And no token in clear.

#include "store_sqlite_tools.hpp"

#include <base/digest.hpp>

#include <algorithm>
#include <set>

namespace everlong::test {
namespace {

using testing::HasSubstr;

TEST(SqliteStoreDamage, AFlippedByteNeverGivesAWrongToken) {
    SqliteStore sqlite;
    connect(sqlite.store(), "IGAAthe-right-token");
    sqlite.close();
    const std::string good = read_bytes(sqlite.file());
    std::set<Code> codes;
    const auto look = [&](std::size_t position) {
        std::string bad = good;
        bad[position] = static_cast<char>(bad[position] ^ (1 << (position % 8)));
        std::filesystem::remove(sqlite.directory() / "everlong.db-wal");
        std::filesystem::remove(sqlite.directory() / "everlong.db-shm");
        write_bytes(sqlite.file(), bad);
        auto store = sqlite.try_open();
        if (!store) {
            codes.insert(store.error().code());
            return;
        }
        auto current = attempt((*store)->load_current(ports::ChannelId(1)));
        if (!current)
            codes.insert(current.error().code());
        else
            EXPECT_EQ("IGAAthe-right-token", current->token.reveal()) << "byte " << position;
    };
    // Every byte around the token's row, and a spread of all others.
    const std::size_t row = good.find(fingerprint_of("IGAAthe-right-token").text());
    ASSERT_NE(std::string::npos, row);
    for (std::size_t i = row - 150; i < row + 150; ++i)
        look(i);
    for (std::size_t i = 0; i < good.size(); i += 97)
        look(i);
    EXPECT_TRUE(codes.contains(Code::kTampered));
    EXPECT_TRUE(codes.contains(Code::kStoreCorrupt));
    EXPECT_FALSE(codes.contains(Code::kInternal));
}

// Two channels with two versions each, closed.
class SqliteStoreTampering : public testing::Test {
protected:
    SqliteStoreTampering() {
        for (const char* name : {"one", "two"}) {
            const auto id = connect(sqlite_.store(), std::string("IGAA-old-") + name, name);
            promote_token(sqlite_.store(), id, keep_token(sqlite_.store(), id, std::string("IGAA-new-") + name));
        }
        sqlite_.close();
    }

    Result<ports::OpenedToken> current_after(const std::string& sql) {
        tamper(sqlite_.file(), sql);
        sqlite_.open();
        return attempt(sqlite_.store().load_current(ports::ChannelId(1)));
    }

    SqliteStore sqlite_;
};

TEST_F(SqliteStoreTampering, ACiphertextMovedToAnotherChannelDoesNotOpen) {
    const auto current =
        current_after("UPDATE tokens SET (sealed, fingerprint) = (SELECT sealed, fingerprint FROM tokens "
                      "WHERE channel_id = 2 AND version = 2) WHERE channel_id = 1 AND version = 2");
    ASSERT_FALSE(current.has_value());
    EXPECT_EQ(Code::kTampered, current.error().code());
    EXPECT_EQ(Fault::kCorrupt, current.error().fault());
}

TEST_F(SqliteStoreTampering, ACiphertextMovedToAnotherVersionDoesNotOpen) {
    const auto current =
        current_after("UPDATE tokens SET (sealed, fingerprint) = (SELECT sealed, fingerprint FROM tokens "
                      "WHERE channel_id = 1 AND version = 1) WHERE channel_id = 1 AND version = 2");
    ASSERT_FALSE(current.has_value());
    EXPECT_EQ(Code::kTampered, current.error().code());
}

TEST_F(SqliteStoreTampering, ARowThatChangedItsVersionDoesNotOpen) {
    const auto current = current_after("UPDATE tokens SET version = 7 WHERE channel_id = 1 AND version = 2; "
                                       "UPDATE channels SET current_version = 7 WHERE id = 1");
    ASSERT_FALSE(current.has_value());
    EXPECT_EQ(Code::kTampered, current.error().code());
}

TEST_F(SqliteStoreTampering, AForgedFingerprintIsNoticed) {
    const auto current =
        current_after("UPDATE tokens SET fingerprint = 'sha256:000000000000' WHERE channel_id = 1 AND version = 2");
    ASSERT_FALSE(current.has_value());
    EXPECT_EQ(Code::kTampered, current.error().code());
}

TEST_F(SqliteStoreTampering, AnOldVersionDeclaredCurrentIsCorrupt) {
    const auto current = current_after("UPDATE channels SET current_version = 1 WHERE id = 1");
    ASSERT_FALSE(current.has_value());
    EXPECT_EQ(Code::kStoreCorrupt, current.error().code());
}

TEST_F(SqliteStoreTampering, UnreadableFactsAreCorrupt) {
    for (const char* change :
         {"kind = 'cat'", "lifetime = 'cat'", "scopes = '[1]'", "scopes = 'cat'", "scopes = '{}'"}) {
        SCOPED_TRACE(change);
        const auto current = current_after("UPDATE tokens SET " + std::string(change) + " WHERE channel_id = 1");
        ASSERT_FALSE(current.has_value());
        EXPECT_EQ(Code::kStoreCorrupt, current.error().code());
        sqlite_.close();
        tamper(sqlite_.file(), "UPDATE tokens SET kind = 'user', lifetime = 'long', scopes = '[]'");
    }
}

TEST_F(SqliteStoreTampering, AnUnreadableProblemIsCorrupt) {
    for (const char* json : {"", "{}", "[]", "null",
                             R"({"code":"E_CAT","fault":"local","detail":"","upstream_code":0,)"
                             R"("upstream_subcode":0,"at":0})"}) {
        SCOPED_TRACE(json);
        tamper(sqlite_.file(), "UPDATE channels SET last_problem = '" + std::string(json) + "' WHERE id = 1");
        sqlite_.open();
        const auto channel = attempt(sqlite_.store().load_channel(ports::ChannelId(1)));
        ASSERT_FALSE(channel.has_value());
        EXPECT_EQ(Code::kStoreCorrupt, channel.error().code());
        sqlite_.close();
    }
}

TEST_F(SqliteStoreTampering, TheAuditChainShowsEveryChange) {
    const auto chain_after = [&](const std::string& sql) {
        const std::string good = read_bytes(sqlite_.file());
        tamper(sqlite_.file(), sql);
        const auto length = adapters::verify_sqlite_audit(sqlite_.file());
        write_bytes(sqlite_.file(), good);
        return length ? "whole: " + std::to_string(*length) : length.error().summary();
    };
    EXPECT_EQ("whole: 10", chain_after("SELECT 1"));
    EXPECT_THAT(chain_after("UPDATE audit SET detail = 'nothing' WHERE id = 3"),
                HasSubstr("E_TAMPERED: audit row 3 was changed"));
    EXPECT_THAT(chain_after("UPDATE audit SET at = at + 1 WHERE id = 4"), HasSubstr("audit row 4 was changed"));
    EXPECT_THAT(chain_after("UPDATE audit SET actor = action, action = actor WHERE id = 4"),
                HasSubstr("row 4 was changed"));
    EXPECT_THAT(chain_after("DELETE FROM audit WHERE id = 5"), HasSubstr("audit row 5 is missing"));
    EXPECT_THAT(chain_after("DELETE FROM audit WHERE id = 1"), HasSubstr("audit row 1 is missing"));
    EXPECT_THAT(chain_after("DELETE FROM audit WHERE id = 10"), HasSubstr("audit row 10 is missing"));
    EXPECT_THAT(chain_after("DELETE FROM audit"), HasSubstr("audit row 1 is missing"));
    EXPECT_THAT(chain_after("DELETE FROM audit WHERE id = 5; UPDATE audit SET id = id - 1 WHERE id > 5"),
                HasSubstr("audit row 5 does not follow"));
}

std::string base64(const std::string& bytes, const char* last_two) {
    const std::string alphabet =
        std::string("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789") + last_two;
    std::string text;
    for (std::size_t i = 0; i + 3 <= bytes.size(); i += 3) {
        const unsigned group = static_cast<unsigned char>(bytes[i]) << 16U |
                               static_cast<unsigned char>(bytes[i + 1]) << 8U |
                               static_cast<unsigned char>(bytes[i + 2]);
        for (const unsigned shift : {18U, 12U, 6U, 0U})
            text += alphabet[(group >> shift) & 63U];
    }
    return text;
}

// The ways in which a token might lie in a file: its middle part, as whole groups of base64 at each of three offsets.
std::map<std::string, std::string> encodings(const std::string& token) {
    std::map<std::string, std::string> forms;
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(token.data());
    forms["raw"] = token;
    forms["hex"] = to_hex(bytes, token.size());
    forms["upper hex"] = forms["hex"];
    std::ranges::transform(forms["upper hex"], forms["upper hex"].begin(),
                           [](unsigned char c) { return std::toupper(c); });
    forms["reversed"] = {token.rbegin(), token.rend()};
    for (const char character : token)
        forms["UTF-16"] += {character, '\0'};
    for (std::size_t offset = 0; offset < 3; ++offset) {
        const std::string from = " from " + std::to_string(offset);
        forms["base64" + from] = base64(token.substr(offset), "+/");
        forms["base64url" + from] = base64(token.substr(offset), "-_");
    }
    return forms;
}

TEST(SqliteStoreCanary, NoTokenLiesInAnyFileInClear) {
    const std::string kCanaries[] = {"IGAAcanary~retired~xQ7vZ2mK9", "IGAAcanary~discarded~bT4nW8sJ1",
                                     "IGAAcanary~current~hR6yD3pL5", "IGAAcanary~pending~uF0cG7eM2"};
    SqliteStore sqlite;
    ports::Store& store = sqlite.store();
    const auto id = connect(store, kCanaries[0]);
    keep_token(store, id, kCanaries[1]);
    promote_token(store, id, keep_token(store, id, kCanaries[2]));
    keep_token(store, id, kCanaries[3]);
    get(store.load_current(id));

    const auto scan = [&](const char* when) {
        const auto files = snapshot(sqlite.directory());
        bool is_fingerprint_seen = false;
        for (const auto& [name, bytes] : files) {
            is_fingerprint_seen |= bytes.find(fingerprint_of(kCanaries[2]).text()) != std::string::npos;
            for (const std::string& canary : kCanaries) {
                for (const auto& [form, text] : encodings(canary)) {
                    EXPECT_EQ(std::string::npos, bytes.find(text))
                        << canary << " as " << form << " in " << name << ", " << when;
                }
            }
        }
        EXPECT_TRUE(is_fingerprint_seen) << "the scan does not see what is there";
    };
    scan("open, with its WAL");
    sqlite.close();
    scan("closed");
}

TEST(SqliteStoreCanary, ADiscardedTokensCiphertextIsOverwritten) {
    SqliteStore sqlite;
    const auto id = connect(sqlite.store(), "IGAAone");
    const int version = keep_token(sqlite.store(), id, std::string(600, 'x'));
    sqlite.close();
    const std::string before = read_bytes(sqlite.file());
    sqlite.open();
    get(sqlite.store().discard_pending(id, version, event("token-discarded")));
    sqlite.close();
    const std::string after = read_bytes(sqlite.file());
    // The ciphertext is the longest run of bytes that is no longer anywhere: look for each of its possible windows.
    const std::size_t fingerprint = before.find(fingerprint_of(std::string(600, 'x')).text());
    ASSERT_NE(std::string::npos, fingerprint);
    int found = 0;
    for (std::size_t i = fingerprint - 500; i < fingerprint - 100; i += 16) {
        if (after.find(before.substr(i, 16)) != std::string::npos) ++found;
    }
    EXPECT_EQ(0, found);
}

} // namespace
} // namespace everlong::test
