#include <adapters/store_sqlite/detail/database.hpp>

#include <base/os_error.hpp>

#include <cerrno>
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include <utility>

namespace everlong::adapters::detail {
namespace {

// The data directory's lock keeps other processes out; only a person with the sqlite3 shell can hold us up.
constexpr int kBusyTimeoutMs = 1000;
// Pages of 4 KiB in the WAL before it is written back, SQLite's own default.
constexpr int kCheckpointPages = 1000;
// What is kept of the WAL file after that.
constexpr const char* kLimitWal = "PRAGMA journal_size_limit = 8388608";

bool is_read_only_mount(const std::filesystem::path& path) {
    struct statvfs system{};
    return ::statvfs(path.parent_path().c_str(), &system) == 0 && (system.f_flag & ST_RDONLY) != 0;
}

// SQLITE_CANTOPEN and SQLITE_IOERR say what failed in errno.
Code code_of_system(int number, const std::filesystem::path& path) {
    if (is_read_only_mount(path)) return Code::kReadOnly;
    return os_error(number, "").code();
}

// A name for SQLite's URI form (sqlite.org/uri.html): "%", "?" and "#" would end the path.
std::string uri_of(const std::filesystem::path& path, std::string_view query) {
    std::string uri = "file:";
    for (const char character : path.string()) {
        if (character == '%')
            uri += "%25";
        else if (character == '?')
            uri += "%3f";
        else if (character == '#')
            uri += "%23";
        else
            uri += character;
    }
    return uri + std::string(query);
}

} // namespace

bool Row::is_null(int column) const {
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

std::int64_t Row::number(int column) const {
    return sqlite3_column_int64(statement_, column);
}

std::string Row::text(int column) const {
    const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
    if (bytes == nullptr) return {};
    return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

std::string Row::blob(int column) const {
    const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
    if (bytes == nullptr) return {};
    return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

std::optional<Instant> Row::maybe_instant(int column) const {
    if (is_null(column)) return std::nullopt;
    return instant(column);
}

std::optional<std::string> Row::maybe_text(int column) const {
    if (is_null(column)) return std::nullopt;
    return text(column);
}

Database::Loan::~Loan() {
    if (statement_ == nullptr) return;
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
}

Result<std::unique_ptr<Database>> Database::open(const std::filesystem::path& path, OpenMode mode) {
    // Nobody asks SQLite how much memory it has; counting takes a lock for every allocation.
    [[maybe_unused]] static const int no_counting = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    sqlite3* handle = nullptr;
    int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    flags |= mode == OpenMode::kReadOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
    std::string name = path.string();
    // Even a reader makes a -wal and a -shm file. Where there is no -wal nobody has the store open: it holds still.
    if (mode == OpenMode::kReadOnly && !std::filesystem::exists(name + "-wal")) {
        name = uri_of(path, "?immutable=1");
        flags |= SQLITE_OPEN_URI;
    }
    const int code = sqlite3_open_v2(name.c_str(), &handle, flags, nullptr);
    if (handle == nullptr) return fail(Code::kInternal, Fault::kLocal, "no memory for SQLite");
    std::unique_ptr<Database> database(new Database(handle, path));
    if (code != SQLITE_OK) return fail(database->error(code, "cannot open"));
    if (auto configured = database->configure(mode); !configured) return fail(configured.error());
    return database;
}

Database::~Database() {
    for (const auto& [sql, statement] : statements_)
        sqlite3_finalize(statement);
    sqlite3_close_v2(handle_);
}

Result<void> Database::configure(OpenMode mode) {
    sqlite3_busy_timeout(handle_, kBusyTimeoutMs);
    sqlite3_db_config(handle_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    std::string settings = "PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY;";
    if (mode == OpenMode::kReadOnly) {
        sqlite3_db_config(handle_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
        return script(settings);
    }
    if (mode == OpenMode::kReads) return script(settings + "PRAGMA query_only = ON;");

    settings += "PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; PRAGMA synchronous = FULL;";
    if (auto done = script(settings + kLimitWal); !done) return done;
    auto journal =
        find<std::string>("PRAGMA journal_mode = WAL", [](Row row) { return Result<std::string>(row.text(0)); });
    if (!journal) return fail(journal.error());
    if (*journal != "wal")
        return fail(Code::kIo, Fault::kLocal, path_.string() + ": this disk cannot hold a WAL journal");

    // In place of SQLite's own checkpoint, which would run before the commit's callers are resumed.
    sqlite3_wal_hook(
        handle_,
        [](void* self, sqlite3*, const char*, int pages) {
            static_cast<Database*>(self)->wal_pages_ = pages;
            return SQLITE_OK;
        },
        this);
    return {};
}

Result<void> Database::script(const std::string& sql) {
    const int code = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) return fail(error(code, "cannot work on"));
    return {};
}

Result<std::optional<std::int64_t>> Database::find_number(std::string_view sql) {
    return find<std::int64_t>(sql, [](Row row) { return Result<std::int64_t>(row.number(0)); });
}

Result<Database::Loan> Database::prepare(std::string_view sql, std::size_t parameters) {
    auto found = statements_.find(sql);
    if (found == statements_.end()) {
        sqlite3_stmt* statement = nullptr;
        const int code = sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()),
                                            SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
        if ((code & 0xFF) == SQLITE_ERROR) {
            // Our statements do not change: a table or column that they name is missing.
            return fail(Code::kStoreCorrupt, Fault::kCorrupt, path_.string() + ": " + sqlite3_errmsg(handle_));
        }
        if (code != SQLITE_OK) return fail(error(code, "cannot read"));
        found = statements_.emplace(std::string(sql), statement).first;
    }
    if (static_cast<std::size_t>(sqlite3_bind_parameter_count(found->second)) != parameters) {
        return fail(Code::kInternal, Fault::kLocal, "a statement got another number of values than it has places");
    }
    return Loan(found->second);
}

Result<bool> Database::step(const Loan& statement) {
    const int code = sqlite3_step(statement.get());
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    return fail(error(code, sqlite3_stmt_readonly(statement.get()) != 0 ? "cannot read" : "cannot write"));
}

int Database::changes() const {
    return sqlite3_changes(handle_);
}

std::int64_t Database::last_id() const {
    return sqlite3_last_insert_rowid(handle_);
}

bool Database::is_between_transactions() const {
    return sqlite3_get_autocommit(handle_) != 0;
}

void Database::checkpoint_if_long() {
    if (wal_pages_ < kCheckpointPages) return;
    wal_pages_ = 0;
    sqlite3_wal_checkpoint_v2(handle_, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
}

Result<void> Database::copy_to(const std::filesystem::path& path) {
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file < 0) return fail(os_error(errno, "cannot create " + path.string()));
    sqlite3* target = nullptr;
    int code = sqlite3_open_v2(path.c_str(), &target, SQLITE_OPEN_READWRITE | SQLITE_OPEN_EXRESCODE, nullptr);
    if (code == SQLITE_OK) {
        if (sqlite3_backup* const copy = sqlite3_backup_init(target, "main", handle_, "main")) {
            sqlite3_backup_step(copy, -1);
            code = sqlite3_backup_finish(copy);
        } else {
            code = sqlite3_extended_errcode(target);
        }
    }
    sqlite3_close_v2(target);
    const bool is_synced = ::fsync(file) == 0;
    const int number = errno;
    ::close(file);
    if (code != SQLITE_OK) return fail(error(code, "cannot make a backup of"));
    if (!is_synced) return fail(os_error(number, "cannot sync " + path.string()));
    return {};
}

Error Database::error(int code, std::string_view what) const {
    const std::string detail = std::string(what) + " " + path_.string() + ": " + sqlite3_errstr(code) + " (SQLite " +
                               std::to_string(code) + ")";
    switch (code & 0xFF) {
    case SQLITE_FULL: return Error(Code::kDiskFull, Fault::kLocal, detail);
    case SQLITE_READONLY: return Error(Code::kReadOnly, Fault::kLocal, detail);
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN: return Error(code_of_system(sqlite3_system_errno(handle_), path_), Fault::kLocal, detail);
    case SQLITE_PERM:
    case SQLITE_AUTH: return Error(Code::kPermissions, Fault::kLocal, detail);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT: return Error(Code::kStoreCorrupt, Fault::kCorrupt, detail);
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return Error(Code::kBusy, Fault::kTransient, detail);
    default: return Error(Code::kInternal, Fault::kLocal, detail + ": " + sqlite3_errmsg(handle_));
    }
}

void Database::bind(sqlite3_stmt* statement, int index, std::int64_t value) {
    sqlite3_bind_int64(statement, index, value);
}

// The bytes outlive the step: they belong to the caller of run(), list() or find().
void Database::bind(sqlite3_stmt* statement, int index, std::string_view value) {
    sqlite3_bind_text64(statement, index, value.empty() ? "" : value.data(), value.size(), SQLITE_STATIC, SQLITE_UTF8);
}

void Database::bind(sqlite3_stmt* statement, int index, Blob value) {
    sqlite3_bind_blob64(statement, index, value.bytes.empty() ? "" : value.bytes.data(), value.bytes.size(),
                        SQLITE_STATIC);
}

void Database::bind_null(sqlite3_stmt* statement, int index) {
    sqlite3_bind_null(statement, index);
}

} // namespace everlong::adapters::detail
