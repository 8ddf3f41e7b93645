// kill -9 at random points: what was acknowledged is there afterwards, whole; what was not is there whole or not at all.

#include "store_sqlite_tools.hpp"

#include <cstdlib>
#include <random>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace everlong::test {
namespace {

// What a child tells once the store has acknowledged it: a number of a round and which of its two writes.
struct Acknowledged {
    int round = 0;
    enum class Step : int { kKept, kPromoted } step = Step::kKept;
};

std::string token_of(int round) {
    return "IGAAround-" + std::to_string(round);
}

int round_of(const ports::OpenedToken& opened) {
    return std::stoi(std::string(opened.token.reveal()).substr(std::string("IGAAround-").size()));
}

// Never returns: renews the channel's token over and over until it is killed.
[[noreturn]] void write_for_ever(const std::filesystem::path& file, const ports::Keyring& keyring, int first,
                                 int pipe) {
    try {
        const auto store = must(adapters::open_sqlite_store(file, keyring));
        const ports::ChannelId id(1);
        for (int round = first;; ++round) {
            for (const auto step : {Acknowledged::Step::kKept, Acknowledged::Step::kPromoted}) {
                if (step == Acknowledged::Step::kKept)
                    keep_token(*store, id, token_of(round));
                else
                    promote_token(*store, id, get(store->load_pending(id))->version.version);
                const Acknowledged note{round, step};
                if (::write(pipe, &note, sizeof note) != sizeof note) ::_exit(1);
            }
        }
    } catch (...) {
        ::_exit(2);
    }
}

// Kills a writer after it has acknowledged `wanted` writes and some `spin` more turns of a loop; gives the last
// acknowledged one of each step.
std::pair<int, int> kill_after(const SqliteStore& sqlite, int first, int wanted, int spin) {
    int ends[2];
    if (::pipe(ends) != 0) throw std::runtime_error("pipe failed");
    const pid_t child = ::fork();
    if (child < 0) throw std::runtime_error("cannot fork");
    if (child == 0) {
        ::close(ends[0]);
        write_for_ever(sqlite.file(), sqlite.keyring(), first, ends[1]);
    }
    ::close(ends[1]);
    int kept = 0;
    int promoted = 0;
    Acknowledged note;
    const auto take = [&] {
        if (::read(ends[0], &note, sizeof note) != sizeof note) return false;
        (note.step == Acknowledged::Step::kKept ? kept : promoted) = note.round;
        return true;
    };
    for (int i = 0; i < wanted && take(); ++i) {
    }
    for (volatile int i = 0; i < spin; i = i + 1) {
    }
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status)) << "the writer ended by itself: " << WEXITSTATUS(status);
    while (take()) {
    }
    ::close(ends[0]);
    return {kept, promoted};
}

TEST(SqliteStoreCrash, NothingAcknowledgedIsLostInAHundredKills) {
    constexpr int kKills = 100;
    const char* given = std::getenv("EVERLONG_SEED");
    const unsigned seed = given != nullptr ? static_cast<unsigned>(std::atoi(given)) : std::random_device{}();
    SCOPED_TRACE("EVERLONG_SEED=" + std::to_string(seed));
    std::mt19937 random(seed);

    SqliteStore sqlite;
    const auto id = connect(sqlite.store(), token_of(0));
    int current_round = 0;
    int writes = 0;
    for (int number = 0; number < kKills; ++number) {
        SCOPED_TRACE("kill " + std::to_string(number));
        sqlite.close();
        const int first = current_round + 10; // apart from what an earlier child may have left pending
        const auto [kept, promoted] =
            kill_after(sqlite, first, static_cast<int>(random() % 12), static_cast<int>(random() % 300000));
        writes += (kept != 0 ? kept - first + 1 : 0) + (promoted != 0 ? promoted - first + 1 : 0);
        sqlite.open();

        const int current = round_of(get(sqlite.store().load_current(id)));
        const auto pending = get(sqlite.store().load_pending(id));
        const int newest = pending ? round_of(*pending) : current;
        if (promoted != 0)
            EXPECT_TRUE(current == promoted || current == promoted + 1) << current << " after " << promoted;
        else
            EXPECT_TRUE(current == current_round || current == first) << current;
        if (kept != 0) EXPECT_TRUE(newest == kept || newest == kept + 1) << newest << " after " << kept;
        if (testing::Test::HasFailure()) return;
        current_round = current;
    }
    EXPECT_GT(writes, kKills) << "the writers were killed before they wrote";
    sqlite.close();
    const auto length = adapters::verify_sqlite_audit(sqlite.file());
    EXPECT_TRUE(length.has_value()) << length.error().summary();
}

TEST(SqliteStoreCrash, AStoreIsMadeWholeOrNotAtAll) {
    constexpr int kKills = 30;
    const unsigned seed = std::random_device{}();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    for (int number = 0; number < kKills; ++number) {
        SqliteStore sqlite;
        sqlite.close();
        for (const char* suffix : {"", "-wal", "-shm"})
            std::filesystem::remove(sqlite.file().string() + suffix);
        const pid_t child = ::fork();
        ASSERT_GE(child, 0) << "kill(-1) would reach every process of the machine";
        if (child == 0) ::_exit(sqlite.try_open().has_value() ? 0 : 1);
        for (volatile unsigned i = 0; i < random() % 3000000; i = i + 1) {
        }
        ::kill(child, SIGKILL);
        ::waitpid(child, nullptr, 0);
        const auto store = sqlite.try_open();
        ASSERT_TRUE(store.has_value()) << store.error().summary();
        create_channel(**store);
    }
}

} // namespace
} // namespace everlong::test
