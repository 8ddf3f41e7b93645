#include <adapters/store_sqlite/detail/lane.hpp>

#include <algorithm>
#include <chrono>
#include <iterator>

namespace everlong::adapters::detail {
namespace {

// Bounds how long the first of a group waits for the last: a thousand writes take some 20 ms before their commit.
constexpr std::size_t kGroupLimit = 1000;
// What the writing lane waits for others to join where several write at once: a commit costs more than the writes in it.
// Meta's answers are to be on the disk 5 ms after they came.
constexpr auto kGatherTime = std::chrono::milliseconds(2);

} // namespace

Lane::Lane(std::unique_ptr<Database> database, Kind kind, std::unique_ptr<Marker> marker)
    : database_(std::move(database)), kind_(kind), marker_(std::move(marker)), thread_([this] { loop(); }) {}

Lane::~Lane() {
    {
        const std::lock_guard lock(mutex_);
        is_ending_ = true;
    }
    wakeup_.notify_one();
    thread_.join();
}

void Lane::watch(std::function<void(const std::string& channel_name)> told) {
    const std::lock_guard lock(mutex_);
    watchers_ =
        std::make_shared<const Watchers>(Watchers{std::move(told), watchers_ != nullptr ? watchers_->posts : nullptr});
}

void Lane::watch_posts(std::function<void(const core::Post&)> told) {
    const std::lock_guard lock(mutex_);
    watchers_ = std::make_shared<const Watchers>(
        Watchers{watchers_ != nullptr ? watchers_->channels : nullptr, std::move(told)});
}

void Lane::push(std::unique_ptr<Job> job) {
    {
        const std::lock_guard lock(mutex_);
        waiting_.push_back(std::move(job));
    }
    wakeup_.notify_one();
}

Lane::Jobs Lane::take() {
    std::unique_lock lock(mutex_);
    wakeup_.wait(lock, [this] { return is_ending_ || !waiting_.empty(); });
    if (is_crowded_) {
        lock.unlock();
        std::this_thread::sleep_for(kGatherTime);
        lock.lock();
    }
    Jobs group;
    if (waiting_.size() <= kGroupLimit) {
        group.swap(waiting_);
        return group;
    }
    const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(kGroupLimit);
    std::move(waiting_.begin(), end, std::back_inserter(group));
    waiting_.erase(waiting_.begin(), end);
    return group;
}

void Lane::loop() {
    for (;;) {
        Jobs group = take();
        if (group.empty()) return;
        if (kind_ == Kind::kWrites) {
            is_crowded_ = group.size() > 1;
            write(group);
        } else {
            read(group);
        }
    }
}

// One snapshot for all of them: it is younger than the call of each.
void Lane::read(Jobs& group) {
    for (const auto& job : group) {
        Result<int> begun = 0;
        if (database_->is_between_transactions()) begun = database_->run("BEGIN");
        if (begun)
            job->run(*database_);
        else
            job->revoke(begun.error());
    }
    if (!database_->is_between_transactions()) {
        if (auto ended = database_->run("ROLLBACK"); !ended) {
            for (const auto& job : group)
                job->revoke(ended.error());
        }
    }
    for (const auto& job : group)
        job->complete(nullptr);
}

void Lane::write(Jobs& group) {
    if (auto done = write_in_transaction(group); !done) {
        if (!database_->is_between_transactions()) (void)database_->run("ROLLBACK");
        for (const auto& job : group)
            job->revoke(done.error());
    }
    std::shared_ptr<const Watchers> watchers;
    {
        const std::lock_guard lock(mutex_);
        watchers = watchers_;
    }
    for (const auto& job : group)
        job->complete(watchers);
    group.clear();
    database_->checkpoint_if_long();
}

Result<void> Lane::write_in_transaction(Jobs& group) {
    if (auto begun = database_->run("BEGIN IMMEDIATE"); !begun) return fail(begun.error());
    if (!run_all(group)) {
        if (auto again = run_each_alone(group); !again) return again;
    }
    return commit(group);
}

// What lasts is told as done only once the mark beside the store has followed.
Result<void> Lane::commit(Jobs& group) {
    const auto lasts = [](const auto& job) { return job->error() == nullptr && job->changes.is_lasting; };
    const bool has_lasting = marker_ != nullptr && std::ranges::any_of(group, lasts);
    if (has_lasting) {
        const bool is_start = std::ranges::any_of(group, [](const auto& job) { return job->changes.is_start; });
        if (auto raised = marker_->raise(*database_, is_start); !raised) return raised;
    }
    if (auto committed = database_->run("COMMIT"); !committed) return fail(committed.error());
    if (!has_lasting) return {};
    if (auto followed = marker_->follow(); !followed) {
        for (const auto& job : group) {
            if (lasts(job)) job->revoke(followed.error());
        }
    }
    return {};
}

// Savepoints make SQLite copy every page that a job changes, and hardly any job fails: the first try does without.
bool Lane::run_all(Jobs& group) {
    return std::ranges::all_of(
        group, [this](const auto& job) { return run_one(*job) && !database_->is_between_transactions(); });
}

bool Lane::run_one(Job& job) {
    const bool is_done = job.run(*database_);
    job.changes = database_->take_changes();
    return is_done;
}

// Everything again from the start, so that a job that fails is undone alone.
Result<void> Lane::run_each_alone(Jobs& group) {
    if (!database_->is_between_transactions()) {
        if (auto undone = database_->run("ROLLBACK"); !undone) return fail(undone.error());
    }
    if (auto begun = database_->run("BEGIN IMMEDIATE"); !begun) return fail(begun.error());
    for (const auto& job : group) {
        if (auto done = run_in_savepoint(*job); !done) return done;
    }
    return {};
}

// An error given here is one of the transaction.
Result<void> Lane::run_in_savepoint(Job& job) {
    if (auto begun = database_->run("SAVEPOINT job"); !begun) return fail(begun.error());
    const bool is_kept = run_one(job);
    if (database_->is_between_transactions()) {
        // SQLite undid the whole transaction, as it does when the disk is full: everybody's error is this one.
        return fail(job.error() != nullptr ? *job.error()
                                           : Error(Code::kIo, Fault::kLocal, "the transaction was undone"));
    }
    if (!is_kept) {
        if (auto undone = database_->run("ROLLBACK TO job"); !undone) return fail(undone.error());
    }
    if (auto released = database_->run("RELEASE job"); !released) return fail(released.error());
    return {};
}

} // namespace everlong::adapters::detail
