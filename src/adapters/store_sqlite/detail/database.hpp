#pragma once
// A connection to SQLite whose errors are values: cached prepared statements, bound parameters only, rows read by a
// function. One thread at a time.

#include <base/result.hpp>
#include <base/time.hpp>
#include <core/publishing/post.hpp>

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace everlong::adapters::detail {

// Bytes, where text would be wrong.
struct Blob {
    std::string_view bytes;
};

// What the work under way has changed and others are told of once it is durable.
struct Changes {
    std::vector<std::string> channels; // for Store::watch()
    std::vector<core::Post> posts;     // for PostStore::watch_posts()
    // The world sees it, and it cannot be undone: the store's mark rises (marker.hpp).
    bool is_lasting = false;
    bool is_start = false; // Store::start() of an older copy
};

// The row that a statement stands on. Columns count from 0.
class Row {
public:
    explicit Row(sqlite3_stmt* statement) : statement_(statement) {}
    bool is_null(int column) const;
    std::int64_t number(int column) const;
    std::string text(int column) const;
    std::string blob(int column) const;
    bool flag(int column) const { return number(column) != 0; }
    Instant instant(int column) const { return instant_from_unix_ms(number(column)); }
    std::optional<Instant> maybe_instant(int column) const;
    std::optional<std::string> maybe_text(int column) const;

private:
    sqlite3_stmt* statement_;
};

enum class OpenMode {
    kReadOnly, // writes nothing, not even when it closes
    kReads,    // beside a writer, refuses to write
    kWrites,
};

class Database {
public:
    static Result<std::unique_ptr<Database>> open(const std::filesystem::path& path, OpenMode mode);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    // Statements without parameters, one or many.
    Result<void> script(const std::string& sql);

    // A statement that gives no rows; gives how many rows it changed.
    template <class... Values>
    Result<int> run(std::string_view sql, const Values&... values) {
        auto statement = prepare(sql, sizeof...(Values));
        if (!statement) return fail(statement.error());
        bind_all(*statement, values...);
        auto stepped = step(*statement);
        if (!stepped) return fail(stepped.error());
        return changes();
    }

    // Every row as `read` (Row -> Result<T>) gives it.
    template <class T, class Read, class... Values>
    Result<std::vector<T>> list(std::string_view sql, Read read, const Values&... values) {
        auto statement = prepare(sql, sizeof...(Values));
        if (!statement) return fail(statement.error());
        bind_all(*statement, values...);
        std::vector<T> rows;
        for (;;) {
            auto has_row = step(*statement);
            if (!has_row) return fail(has_row.error());
            if (!*has_row) return rows;
            auto value = read(Row(statement->get()));
            if (!value) return fail(value.error());
            rows.push_back(*std::move(value));
        }
    }

    // Row after row to `see` (Row -> bool), until it gives false.
    template <class See, class... Values>
    Result<void> walk(std::string_view sql, See see, const Values&... values) {
        auto statement = prepare(sql, sizeof...(Values));
        if (!statement) return fail(statement.error());
        bind_all(*statement, values...);
        for (;;) {
            auto has_row = step(*statement);
            if (!has_row) return fail(has_row.error());
            if (!*has_row || !see(Row(statement->get()))) return {};
        }
    }

    // The first row, if there is one.
    template <class T, class Read, class... Values>
    Result<std::optional<T>> find(std::string_view sql, Read read, const Values&... values) {
        auto statement = prepare(sql, sizeof...(Values));
        if (!statement) return fail(statement.error());
        bind_all(*statement, values...);
        auto has_row = step(*statement);
        if (!has_row) return fail(has_row.error());
        if (!*has_row) return std::optional<T>();
        auto value = read(Row(statement->get()));
        if (!value) return fail(value.error());
        return std::optional<T>(*std::move(value));
    }

    Result<std::optional<std::int64_t>> find_number(std::string_view sql);

    void note_change(std::string channel_name) { changes_.channels.push_back(std::move(channel_name)); }
    void note_post(core::Post post) { changes_.posts.push_back(std::move(post)); }
    void note_lasting() { changes_.is_lasting = true; }
    void note_start() { changes_.is_start = true; }
    Changes take_changes() { return std::exchange(changes_, {}); }

    std::int64_t last_id() const;
    // False between BEGIN and its end; SQLite ends a transaction by itself on some errors of the disk.
    bool is_between_transactions() const;
    // Writes what is in the WAL to the file where its length has passed the limit. A failure is left for the next time:
    // what is in the WAL is durable.
    void checkpoint_if_long();
    // A consistent copy (sqlite3_backup) in a new file with mode 0600, synced.
    Result<void> copy_to(const std::filesystem::path& path);

private:
    // A cached statement on loan: reset and unbound when it is given back.
    class Loan {
    public:
        explicit Loan(sqlite3_stmt* statement) : statement_(statement) {}
        Loan(Loan&& other) noexcept : statement_(std::exchange(other.statement_, nullptr)) {}
        Loan& operator=(Loan&&) = delete;
        ~Loan();
        sqlite3_stmt* get() const { return statement_; }

    private:
        sqlite3_stmt* statement_;
    };

    Database(sqlite3* handle, std::filesystem::path path) : handle_(handle), path_(std::move(path)) {}

    Result<void> configure(OpenMode mode);
    Result<Loan> prepare(std::string_view sql, std::size_t parameters);
    Result<bool> step(const Loan& statement);
    int changes() const;
    Error error(int code, std::string_view what) const;

    static void bind(sqlite3_stmt* statement, int index, std::int64_t value);
    static void bind(sqlite3_stmt* statement, int index, int value) { bind(statement, index, std::int64_t{value}); }
    static void bind(sqlite3_stmt* statement, int index, bool value) { bind(statement, index, std::int64_t{value}); }
    static void bind(sqlite3_stmt* statement, int index, Instant value) { bind(statement, index, to_unix_ms(value)); }
    static void bind(sqlite3_stmt* statement, int index, std::string_view value);
    static void bind(sqlite3_stmt* statement, int index, const std::string& value) {
        bind(statement, index, std::string_view(value));
    }
    static void bind(sqlite3_stmt* statement, int index, Blob value);
    static void bind_null(sqlite3_stmt* statement, int index);
    template <class T>
    static void bind(sqlite3_stmt* statement, int index, const std::optional<T>& value) {
        if (value)
            bind(statement, index, *value);
        else
            bind_null(statement, index);
    }
    template <class... Values>
    static void bind_all(const Loan& statement, const Values&... values) {
        int index = 0;
        (bind(statement.get(), ++index, values), ...);
    }

    sqlite3* handle_;
    std::filesystem::path path_;
    std::map<std::string, sqlite3_stmt*, std::less<>> statements_;
    Changes changes_;
    int wal_pages_ = 0;
};

} // namespace everlong::adapters::detail
