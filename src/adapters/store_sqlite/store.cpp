#include <adapters/store_sqlite/store.hpp>

#include <adapters/store_sqlite/detail/access.hpp>
#include <adapters/store_sqlite/detail/lane.hpp>
#include <adapters/store_sqlite/detail/logins.hpp>
#include <adapters/store_sqlite/detail/migrate.hpp>
#include <adapters/store_sqlite/detail/operations.hpp>
#include <adapters/store_sqlite/detail/posts.hpp>
#include <adapters/store_sqlite/detail/start.hpp>
#include <base/os_error.hpp>

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace everlong::adapters {
namespace {

using detail::Database;
using detail::Lane;
using detail::OpenMode;
using namespace ports;

class StoreOfFile final : public SqliteStore {
public:
    StoreOfFile(std::unique_ptr<Database> writes, std::unique_ptr<Database> reads,
                std::unique_ptr<detail::Marker> marker, const Keyring& keyring)
        : keyring_(keyring), why_older_(marker->why_older()),
          writes_(std::move(writes), Lane::Kind::kWrites, std::move(marker)),
          reads_(std::move(reads), Lane::Kind::kReads), access_(detail::make_access_store(writes_, reads_)),
          logins_(detail::make_login_store(writes_, reads_, keyring)),
          posts_(detail::make_post_store(writes_, reads_)) {}

    AccessStore& access() override { return *access_; }
    LoginStore& logins() override { return *logins_; }
    PostStore& posts() override { return *posts_; }

    void watch(std::function<void(const std::string& channel_name)> told) override { writes_.watch(std::move(told)); }

    Task<StoreStart> start(Instant now) override {
        auto started = co_await writes_.run(
            [now, why = why_older_](Database& database) { return detail::start_store(database, why, now); });
        if (started) why_older_.clear();
        co_return started;
    }

    Task<void> prove_writable() override {
        auto id = co_await writes_.run([](Database& database) { return detail::insert_probe(database); });
        if (!id) co_return fail(id.error());
        co_return co_await writes_.run(
            [newest = *id](Database& database) { return detail::remove_probes(database, newest); });
    }

    Task<std::vector<Channel>> list_channels(std::string after, int limit) override {
        return reads_.run([after = std::move(after), limit](Database& database) {
            return detail::list_channels(database, after, limit);
        });
    }
    Task<std::optional<Channel>> find_channel(std::string name) override {
        return reads_.run(
            [name = std::move(name)](Database& database) { return detail::find_channel(database, name); });
    }
    Task<Channel> load_channel(ChannelId id) override {
        return reads_.run([id](Database& database) { return detail::load_channel(database, id); });
    }
    Task<Channel> create_channel(NewChannel channel, AuditEvent event) override {
        return writes_.run([channel = std::move(channel), event = std::move(event)](Database& database) {
            return detail::create_channel(database, channel, event);
        });
    }
    Task<Channel> rename_channel(ChannelId id, std::string name, AuditEvent event) override {
        auto renamed = co_await writes_.run([id, name = std::move(name), event = std::move(event)](Database& database) {
            return detail::rename_channel(database, id, name, event);
        });
        current_tokens_.forget(id);
        co_return renamed;
    }
    Task<void> remove_channel(ChannelId id, AuditEvent event) override {
        auto removed = co_await writes_.run(
            [id, event = std::move(event)](Database& database) { return detail::remove_channel(database, id, event); });
        current_tokens_.forget(id);
        co_return removed;
    }
    Task<void> save_lifecycle(ChannelId id, std::int64_t revision, Lifecycle lifecycle, AuditEvent event) override {
        return writes_.run(
            [id, revision, lifecycle = std::move(lifecycle), event = std::move(event)](Database& database) {
                return detail::save_lifecycle(database, id, revision, lifecycle, event);
            });
    }
    Task<std::vector<Channel>> list_due(Instant now, int limit) override {
        return reads_.run([now, limit](Database& database) { return detail::list_due(database, now, limit); });
    }
    Task<std::optional<Instant>> next_due() override {
        return reads_.run([](Database& database) { return detail::next_due(database); });
    }

    Task<IntentId> begin_intent(std::string kind, std::string channel_name, Fingerprint token, Instant now) override {
        return writes_.run(
            [kind = std::move(kind), channel_name = std::move(channel_name), token = std::move(token),
             now](Database& database) { return detail::begin_intent(database, kind, channel_name, token, now); });
    }
    Task<void> finish_intent(IntentId id, std::string outcome, Instant now) override {
        return writes_.run([id, outcome = std::move(outcome), now](Database& database) {
            return detail::finish_intent(database, id, outcome, now);
        });
    }
    Task<std::optional<Intent>> find_intent(std::string kind, Fingerprint token) override {
        return reads_.run([kind = std::move(kind), token = std::move(token)](Database& database) {
            return detail::find_intent(database, kind, token);
        });
    }

    Task<int> keep_pending(ChannelId id, Secret token, core::TokenFacts facts, std::string source,
                           std::optional<IntentId> intent, AuditEvent event) override {
        detail::NewToken given{std::move(token), std::move(facts), std::move(source), intent};
        return writes_.run([this, id, given = std::move(given), event = std::move(event)](Database& database) {
            return detail::keep_pending(database, keyring_, id, given, event);
        });
    }
    Task<Channel> promote(ChannelId id, std::int64_t revision, int version, core::TokenFacts facts,
                          core::Account account, Lifecycle lifecycle, AuditEvent event) override {
        detail::Promotion promotion{version, std::move(facts), std::move(account), std::move(lifecycle)};
        auto promoted = co_await writes_.run(
            [id, revision, promotion = std::move(promotion), event = std::move(event)](Database& database) {
                return detail::promote(database, id, revision, promotion, event);
            });
        current_tokens_.forget(id);
        co_return promoted;
    }
    Task<void> update_facts(ChannelId id, std::int64_t revision, int version, core::TokenFacts facts,
                            Lifecycle lifecycle, AuditEvent event) override {
        auto updated =
            co_await writes_.run([id, revision, version, facts = std::move(facts), lifecycle = std::move(lifecycle),
                                  event = std::move(event)](Database& database) {
                return detail::update_facts(database, id, revision, version, facts, lifecycle, event);
            });
        current_tokens_.forget(id);
        co_return updated;
    }
    Task<void> discard_pending(ChannelId id, int version, AuditEvent event) override {
        return writes_.run([id, version, event = std::move(event)](Database& database) {
            return detail::discard_pending(database, id, version, event);
        });
    }
    Task<OpenedToken> load_current(ChannelId id) override {
        return reads_.run([this, id](Database& database) { return detail::load_current(database, keyring_, id); });
    }
    Task<ServedToken> serve_token(std::string channel_name) override {
        detail::CurrentTokens::Row row = current_tokens_.find(channel_name);
        if (!row) {
            const auto reading = current_tokens_.begin_reading();
            auto found = co_await reads_.run(
                [&channel_name](Database& database) { return detail::find_current(database, channel_name); });
            if (!found) co_return fail(found.error());
            row = std::make_shared<const detail::SealedCurrent>(*std::move(found));
            current_tokens_.keep(reading, channel_name, row);
        }
        auto opened = detail::open_current(keyring_, *row);
        if (!opened) co_return fail(opened.error());
        co_return ServedToken{row->channel, row->ig_user_id, std::move(opened->version), std::move(opened->token)};
    }
    Task<std::optional<OpenedToken>> load_pending(ChannelId id) override {
        return reads_.run([this, id](Database& database) { return detail::load_pending(database, keyring_, id); });
    }
    Task<OpenedToken> load_version(ChannelId id, int version) override {
        return reads_.run(
            [this, id, version](Database& database) { return detail::load_version(database, keyring_, id, version); });
    }
    Task<std::vector<TokenVersion>> list_versions(ChannelId id) override {
        return reads_.run([id](Database& database) { return detail::list_versions(database, id); });
    }

    Task<Delivery> add_delivery(ChannelId id, DotenvTarget target, AuditEvent event) override {
        return writes_.run([id, target = std::move(target), event = std::move(event)](Database& database) {
            return detail::add_delivery(database, id, target, event);
        });
    }
    Task<std::vector<Delivery>> list_deliveries(ChannelId id) override {
        return reads_.run([id](Database& database) { return detail::list_deliveries(database, id); });
    }
    Task<Delivery> load_delivery(DeliveryId id) override {
        return reads_.run([id](Database& database) { return detail::load_delivery(database, id); });
    }
    Task<void> remove_delivery(DeliveryId id, AuditEvent event) override {
        return writes_.run([id, event = std::move(event)](Database& database) {
            return detail::remove_delivery(database, id, event);
        });
    }
    Task<std::vector<Delivery>> list_due_deliveries(Instant now, int limit) override {
        return reads_.run(
            [now, limit](Database& database) { return detail::list_due_deliveries(database, now, limit); });
    }
    Task<void> confirm_delivery(DeliveryId id, int version, Instant now, AuditEvent event) override {
        return writes_.run([id, version, now, event = std::move(event)](Database& database) {
            return detail::confirm_delivery(database, id, version, now, event);
        });
    }
    Task<void> postpone_delivery(DeliveryId id, Instant next_attempt_at, Problem problem) override {
        return writes_.run([id, next_attempt_at, problem = std::move(problem)](Database& database) {
            return detail::postpone_delivery(database, id, next_attempt_at, problem);
        });
    }

    Task<void> append_audit(AuditEvent event) override {
        return writes_.run(
            [event = std::move(event)](Database& database) { return detail::append_audit(database, event); });
    }
    Task<std::vector<AuditEvent>> list_audit(std::string channel_name, int limit) override {
        return reads_.run([channel_name = std::move(channel_name), limit](Database& database) {
            return detail::list_audit(database, channel_name, limit);
        });
    }

private:
    const Keyring& keyring_;
    std::string why_older_; // found at the opening; until start()
    detail::CurrentTokens current_tokens_;
    Lane writes_;
    Lane reads_;
    std::unique_ptr<AccessStore> access_;
    std::unique_ptr<LoginStore> logins_;
    std::unique_ptr<PostStore> posts_;
};

// Makes the file where it is missing (SQLite would take the umask's mode), and narrows the mode of one that was copied
// back. SQLite gives -wal and -shm the mode of the file.
Result<void> prepare_file(const std::filesystem::path& path) {
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) return fail(os_error(errno, "cannot open the store " + path.string()));
    const bool is_private = ::fchmod(file, 0600) == 0;
    const int number = errno;
    ::close(file);
    if (!is_private) return fail(os_error(number, "cannot set the mode of " + path.string()));
    return {};
}

// The newest schema that this program knows.
int newest_version() {
    return static_cast<int>(detail::sqlite_migrations().size());
}

// Everything that can refuse a store refuses it here, on a connection that writes nothing.
Result<void> inspect_file(const std::filesystem::path& path, const Keyring& keyring) {
    struct stat info{};
    if (::stat(path.c_str(), &info) != 0) {
        if (errno == ENOENT) return {};
        return fail(os_error(errno, "cannot look at " + path.string()));
    }
    auto database = Database::open(path, OpenMode::kReadOnly);
    if (!database) return fail(database.error());
    auto version = detail::inspect_store(**database, keyring, newest_version());
    if (!version) return fail(version.error());
    return {};
}

} // namespace

Result<std::unique_ptr<SqliteStore>> open_sqlite_store(const std::filesystem::path& given, const Keyring& keyring) {
    const std::filesystem::path path = std::filesystem::absolute(given);
    if (auto inspected = inspect_file(path, keyring); !inspected) return fail(inspected.error().in("store"));
    if (auto prepared = prepare_file(path); !prepared) return fail(prepared.error().in("store"));
    auto writes = Database::open(path, OpenMode::kWrites);
    if (!writes) return fail(writes.error().in("store"));
    auto migrated = detail::migrate_store(**writes, path, keyring, detail::sqlite_migrations());
    if (!migrated) return fail(migrated.error().in("store"));
    auto marker = detail::Marker::open(**writes, path);
    if (!marker) return fail(marker.error().in("store"));
    auto reads = Database::open(path, OpenMode::kReads);
    if (!reads) return fail(reads.error().in("store"));
    return std::make_unique<StoreOfFile>(*std::move(writes), *std::move(reads), *std::move(marker), keyring);
}

Result<std::int64_t> verify_sqlite_audit(const std::filesystem::path& path) {
    auto database = Database::open(path, OpenMode::kReadOnly);
    if (!database) return fail(database.error());
    return detail::verify_audit(**database);
}

} // namespace everlong::adapters
