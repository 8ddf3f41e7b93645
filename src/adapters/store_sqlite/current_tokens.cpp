#include <adapters/store_sqlite/detail/current_tokens.hpp>

#include <iterator>

namespace everlong::adapters::detail {

CurrentTokens::Row CurrentTokens::find(const std::string& channel_name) {
    const std::lock_guard lock(mutex_);
    const auto found = by_name_.find(channel_name);
    if (found == by_name_.end()) return nullptr;
    entries_.splice(entries_.begin(), entries_, found->second);
    return found->second->row;
}

CurrentTokens::Reading CurrentTokens::begin_reading() {
    const std::lock_guard lock(mutex_);
    ++readings_;
    return Reading(*this, clock_);
}

void CurrentTokens::end_reading() {
    const std::lock_guard lock(mutex_);
    if (--readings_ == 0) forgotten_.clear();
}

void CurrentTokens::keep(const Reading& reading, const std::string& channel_name, Row row) {
    const std::lock_guard lock(mutex_);
    const std::int64_t id = row->channel.number();
    if (const auto when = forgotten_.find(id); when != forgotten_.end() && when->second > reading.since_) return;
    if (const auto old = by_name_.find(channel_name); old != by_name_.end()) drop(old->second);
    if (const auto old = by_id_.find(id); old != by_id_.end()) drop(old->second);
    entries_.push_front({channel_name, std::move(row)});
    by_name_[channel_name] = entries_.begin();
    by_id_[id] = entries_.begin();
    if (entries_.size() > limit_) drop(std::prev(entries_.end()));
}

void CurrentTokens::forget(ports::ChannelId id) {
    const std::lock_guard lock(mutex_);
    ++clock_;
    if (readings_ > 0) forgotten_[id.number()] = clock_;
    if (const auto found = by_id_.find(id.number()); found != by_id_.end()) drop(found->second);
}

void CurrentTokens::drop(Entries::iterator entry) {
    by_name_.erase(entry->channel_name);
    by_id_.erase(entry->row->channel.number());
    entries_.erase(entry);
}

} // namespace everlong::adapters::detail
