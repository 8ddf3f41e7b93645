#pragma once
// The current tokens that applications keep asking for, as sealed rows in memory: reading one from SQLite costs more than
// all the rest of the answer. Bounded; never holds a row that was changed after it was read.

#include <ports/store.hpp>

#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

namespace everlong::adapters::detail {

// A channel's current version as it is stored, its token still sealed.
struct SealedCurrent {
    ports::ChannelId channel;
    IgUserId ig_user_id;
    ports::TokenVersion version;
    std::string sealed;
};

class CurrentTokens {
public:
    using Row = std::shared_ptr<const SealedCurrent>;

    // A read under way: what was forgotten since it began is not kept.
    class Reading {
    public:
        Reading(CurrentTokens& owner, std::uint64_t since) : owner_(owner), since_(since) {}
        ~Reading() { owner_.end_reading(); }
        Reading(const Reading&) = delete;
        Reading& operator=(const Reading&) = delete;

    private:
        friend class CurrentTokens;
        CurrentTokens& owner_;
        std::uint64_t since_;
    };

    // Some kilobytes each at the most: a few dozen megabytes for a service that is asked for all of them.
    explicit CurrentTokens(std::size_t limit = 10'000) : limit_(limit) {}

    // Null where it has to be read.
    Row find(const std::string& channel_name);
    Reading begin_reading();
    void keep(const Reading& reading, const std::string& channel_name, Row row);
    // The channel's token, its facts, its name or its account have changed.
    void forget(ports::ChannelId id);

private:
    struct Entry {
        std::string channel_name;
        Row row;
    };
    using Entries = std::list<Entry>; // asked for last in front

    void end_reading();
    void drop(Entries::iterator entry);

    std::mutex mutex_; // callers may live on several executors
    std::size_t limit_;
    Entries entries_;
    std::unordered_map<std::string, Entries::iterator> by_name_;
    std::unordered_map<std::int64_t, Entries::iterator> by_id_;
    std::uint64_t clock_ = 0; // counts what was forgotten
    int readings_ = 0;
    std::unordered_map<std::int64_t, std::uint64_t> forgotten_; // when, while somebody reads
};

} // namespace everlong::adapters::detail
