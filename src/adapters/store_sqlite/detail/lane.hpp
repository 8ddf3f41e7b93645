#pragma once
// A thread with a connection of its own, and the work that waits for it. The writing lane takes everything that waits into
// one transaction, leaves out each piece that fails, commits once and only then resumes the callers, each on its own
// executor.

#include <adapters/store_sqlite/detail/database.hpp>
#include <adapters/store_sqlite/detail/marker.hpp>
#include <async/task.hpp>

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <type_traits>
#include <utility>

namespace everlong::adapters::detail {

// Told of each channel, and of each post, that a commit has changed; either may be empty.
struct Watchers {
    std::function<void(const std::string& channel_name)> channels;
    std::function<void(const core::Post&)> posts;
};

class Job {
public:
    virtual ~Job() = default;

    Changes changes; // of the last run
    // Does the work; false where its changes are to be undone. May be called again after its changes were undone.
    virtual bool run(Database& database) = 0;
    // Turns a success into this error; an error that is there stays.
    virtual void revoke(const Error& error) = 0;
    // Null where it has run with success, or not yet.
    virtual const Error* error() const = 0;
    // Tells the watchers (null: there are none) where it ran with success, then resumes the caller; both on the caller's
    // executor. The job is empty afterwards.
    virtual void complete(std::shared_ptr<const Watchers> watchers) = 0;
};

template <class Outcome, class Work, class Handler>
class JobOf final : public Job {
public:
    JobOf(Work work, Handler handler)
        : work_(std::move(work)), guard_(boost::asio::make_work_guard(boost::asio::get_associated_executor(handler))),
          handler_(std::move(handler)) {}

    bool run(Database& database) override {
        try {
            outcome_.emplace(work_(database));
        } catch (const std::exception& exception) {
            outcome_.emplace(fail(Code::kInternal, Fault::kLocal, exception.what()));
        }
        return outcome_->has_value();
    }
    void revoke(const Error& error) override {
        if (!outcome_ || outcome_->has_value()) outcome_.emplace(std::unexpected(error));
    }
    const Error* error() const override { return outcome_ && !outcome_->has_value() ? &outcome_->error() : nullptr; }
    void complete(std::shared_ptr<const Watchers> watchers) override {
        if (!outcome_->has_value() || watchers == nullptr) changes = {};
        // The guard goes along: once the caller runs, its context may be gone before this function returns.
        const auto executor = boost::asio::get_associated_executor(handler_);
        boost::asio::post(executor,
                          [handler = std::move(handler_), outcome = *std::move(outcome_), guard = std::move(guard_),
                           told = std::move(changes), watchers = std::move(watchers)]() mutable {
                              if (watchers != nullptr && watchers->channels)
                                  std::ranges::for_each(told.channels, watchers->channels);
                              if (watchers != nullptr && watchers->posts)
                                  std::ranges::for_each(told.posts, watchers->posts);
                              std::move(handler)(std::move(outcome));
                          });
    }

private:
    using Executor = boost::asio::associated_executor_t<Handler>;

    Work work_;
    boost::asio::executor_work_guard<Executor> guard_; // the caller's context stays while it waits for us
    Handler handler_;
    std::optional<Outcome> outcome_;
};

class Lane {
public:
    enum class Kind { kReads, kWrites };

    // `marker`: for what lasts; null for a lane that reads.
    Lane(std::unique_ptr<Database> database, Kind kind, std::unique_ptr<Marker> marker = nullptr);
    // Finishes what waits.
    ~Lane();
    Lane(const Lane&) = delete;
    Lane& operator=(const Lane&) = delete;

    void watch(std::function<void(const std::string& channel_name)> told);
    void watch_posts(std::function<void(const core::Post&)> told);

    // Runs `work` (Database& -> Result<T>) in a transaction. Not cancellable: what was handed over is finished and its
    // result brought home; a cancelled caller notices at its next co_await.
    template <class Work>
    Async<std::invoke_result_t<Work&, Database&>> run(Work work) {
        namespace asio = boost::asio;
        using Outcome = std::invoke_result_t<Work&, Database&>;
        const bool does_throw = co_await asio::this_coro::throw_if_cancelled();
        co_await asio::this_coro::throw_if_cancelled(false);
        Outcome outcome = co_await asio::async_initiate<const asio::use_awaitable_t<>, void(Outcome)>(
            [this](auto handler, Work given) {
                using Handler = decltype(handler);
                push(std::make_unique<JobOf<Outcome, Work, Handler>>(std::move(given), std::move(handler)));
            },
            asio::use_awaitable, std::move(work));
        co_await asio::this_coro::throw_if_cancelled(does_throw);
        co_return outcome;
    }

private:
    using Jobs = std::deque<std::unique_ptr<Job>>;

    void push(std::unique_ptr<Job> job);
    void loop();
    // Up to kGroupLimit jobs; empty when the lane is to end.
    Jobs take();
    void read(Jobs& group);
    void write(Jobs& group);
    Result<void> write_in_transaction(Jobs& group);
    bool run_all(Jobs& group);
    bool run_one(Job& job);
    Result<void> run_each_alone(Jobs& group);
    Result<void> run_in_savepoint(Job& job);
    Result<void> commit(Jobs& group);

    std::unique_ptr<Database> database_;
    Kind kind_;
    std::unique_ptr<Marker> marker_;
    std::mutex mutex_;
    std::condition_variable wakeup_;
    Jobs waiting_;                             // with mutex_
    std::shared_ptr<const Watchers> watchers_; // with mutex_; replaced, never changed
    bool is_ending_ = false;                   // with mutex_
    bool is_crowded_ = false;                  // the thread's own: the last group held more than one job
    std::thread thread_;
};

} // namespace everlong::adapters::detail
