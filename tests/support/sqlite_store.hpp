#pragma once
// A store on SQLite in a fresh directory, with its key, that can be closed and opened again.

#include <adapters/keyring_sodium/keyring.hpp>
#include <adapters/store_sqlite/store.hpp>
#include <support/temp_dir.hpp>

#include <memory>
#include <stdexcept>

namespace everlong::test {

template <class T>
T must(Result<T> result) {
    if (!result) throw std::runtime_error(result.error().summary());
    if constexpr (!std::is_void_v<T>) return *std::move(result);
}

class SqliteStore {
public:
    SqliteStore() : keyring_(must(adapters::load_or_create_keyring(key_file(), false))) { open(); }

    ports::Store& store() { return *store_; }
    ports::AccessStore& access() { return store_->access(); }
    ports::LoginStore& logins() { return store_->logins(); }
    ports::PostStore& posts() { return store_->posts(); }
    const ports::Keyring& keyring() const { return *keyring_; }
    std::filesystem::path directory() const { return dir_.path(); }
    std::filesystem::path file() const { return dir_ / "everlong.db"; }
    std::filesystem::path key_file() const { return dir_ / "master.key"; }

    void close() { store_.reset(); }
    void open() { store_ = must(try_open()); }
    void reopen() {
        close();
        open();
    }
    Result<std::unique_ptr<adapters::SqliteStore>> try_open() { return adapters::open_sqlite_store(file(), *keyring_); }

private:
    TempDir dir_;
    std::unique_ptr<ports::Keyring> keyring_;
    std::unique_ptr<adapters::SqliteStore> store_;
};

} // namespace everlong::test
