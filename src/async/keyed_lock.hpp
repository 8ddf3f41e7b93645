#pragma once
// Single flight by name: one holder per key at a time, the others wait in order (law 3 within one process). Belongs to
// one executor that runs one thread; needs no mutex.

#include <async/task.hpp>

#include <deque>
#include <map>
#include <memory>
#include <string>

namespace everlong {

class KeyedLock {
public:
    // Holds the key until it is destroyed. The lock outlives its guards.
    class Guard {
    public:
        Guard(KeyedLock& lock, std::string key) : lock_(&lock), key_(std::move(key)) {}
        Guard(Guard&& other) noexcept : lock_(std::exchange(other.lock_, nullptr)), key_(std::move(other.key_)) {}
        Guard(const Guard&) = delete;
        Guard& operator=(const Guard&) = delete;
        Guard& operator=(Guard&&) = delete;
        ~Guard() {
            if (lock_ != nullptr) lock_->release(key_);
        }

    private:
        KeyedLock* lock_;
        std::string key_;
    };

    // A waiter that is cancelled leaves by exception and takes no turn.
    Async<Guard> acquire(std::string key);
    bool is_held(const std::string& key) const { return waiting_.contains(key); }

private:
    class Waiter;

    void release(const std::string& key);

    // A key is present while it is held.
    std::map<std::string, std::deque<std::shared_ptr<Waiter>>> waiting_;
};

} // namespace everlong
