#include <async/keyed_lock.hpp>

#include <async/event.hpp>

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

namespace everlong {

class KeyedLock::Waiter {
public:
    explicit Waiter(boost::asio::any_io_executor executor) : turn_(std::move(executor)) {}
    Event turn_;
};

Async<KeyedLock::Guard> KeyedLock::acquire(std::string key) {
    if (!waiting_.contains(key)) {
        waiting_[key];
        co_return Guard(*this, std::move(key));
    }
    auto waiter = std::make_shared<Waiter>(co_await boost::asio::this_coro::executor);
    waiting_[key].push_back(waiter);
    co_await waiter->turn_.wait();
    if (!waiter->turn_.is_set()) {
        // Cancelled while waiting: it is not ours, and our place must not be handed the key.
        std::erase(waiting_[key], waiter);
        throw boost::system::system_error(boost::asio::error::operation_aborted);
    }
    co_return Guard(*this, std::move(key));
}

void KeyedLock::release(const std::string& key) {
    const auto found = waiting_.find(key);
    if (found == waiting_.end()) return;
    if (found->second.empty()) {
        waiting_.erase(found);
        return;
    }
    const auto next = found->second.front();
    found->second.pop_front();
    next->turn_.set();
}

} // namespace everlong
