#pragma once
// What the tests of the SQLite adapter do to a store behind its back, and quick ways to fill one.

#include "store_suite.hpp"

#include <map>

namespace everlong::test {

// Runs SQL on the closed store's file.
void tamper(const std::filesystem::path& file, const std::string& sql);

// On one context for all tests, so that it outlives every store (open_sqlite_store).
template <class T>
Result<T> attempt(Task<T> task) {
    static boost::asio::io_context io(1);
    return run(io, std::move(task));
}

template <class T>
T get(Task<T> task) {
    return must(attempt(std::move(task)));
}

inline ports::Channel create_channel(ports::Store& store, const std::string& name = "shop") {
    return get(store.create_channel({name, core::LoginPath::kInstagram, "200000000000002", {}},
                                    event("channel-created", day(0), name)));
}

inline int keep_token(ports::Store& store, ports::ChannelId id, const std::string& token) {
    return get(store.keep_pending(id, Secret(token), long_lived(), "refresh", std::nullopt, event("token-refreshed")));
}

inline void promote_token(ports::Store& store, ports::ChannelId id, int version) {
    const auto channel = get(store.load_channel(id));
    get(store.promote(id, channel.revision, version, {}, shop_account(), {}, event("token-promoted")));
}

inline ports::ChannelId connect(ports::Store& store, const std::string& token, const std::string& name = "shop") {
    const auto channel = create_channel(store, name);
    promote_token(store, channel.id, keep_token(store, channel.id, token));
    return channel.id;
}

// Every file below `directory` with its bytes.
inline std::map<std::string, std::string> snapshot(const std::filesystem::path& directory) {
    std::map<std::string, std::string> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
        if (entry.is_regular_file()) files[entry.path().filename().string()] = read_bytes(entry.path());
    }
    return files;
}

} // namespace everlong::test
