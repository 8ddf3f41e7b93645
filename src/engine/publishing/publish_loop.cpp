#include <engine/publishing/publish_loop.hpp>

#include <core/publishing/publish_limits.hpp>
#include <engine/publishing/steps.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>

#include <algorithm>
#include <exception>
#include <iterator>

namespace everlong::engine {
namespace {

// Where outcomes cannot be recorded (disk full, database locked), the same posts stay due: wait before looking again.
constexpr Milliseconds kPauseAfterLocalFault = Seconds(5);
// A look that found everything done already must not spin; real time, also under a virtual clock.
constexpr Milliseconds kPauseBetweenPasses = Milliseconds(5);
// While posts are worked on, the store cannot say when the next of the others is due: it is asked this often.
constexpr Milliseconds kLookWhileBusy = Milliseconds(500);
// With nothing due at all, a look an hour costs nothing and finds what a missed wake() would hide.
constexpr Milliseconds kLookWhileIdle = Hours(1);
// A post that cannot be saved for a reason of its own (its file has gone) must not keep the loop from the others.
constexpr Milliseconds kSetAsideFor = Minutes(5);
// A damaged row is mended by nobody but a person, and only now and then.
constexpr Milliseconds kUnreadableFor = Hours(1);
// What was just changed by somebody else is looked at again after this, and not at once: a write that is refused for another
// reason than a passing one must not be tried in a circle.
constexpr Milliseconds kPauseAfterConflict = Seconds(2);
// Uploads at the same time: they share one line, and each holds a file open for minutes.
constexpr int kUploadsAtOnce = 8;
constexpr Milliseconds kUploadPause = Seconds(5);
// For permalink and first comment, where other posts wait for their call.
constexpr Milliseconds kResultsPause = Seconds(30);
// Steps of one post without a wait between them: a carousel of ten has about thirty.
constexpr int kStepsAtOnce = 100;
// Corrections of the clock below this change nothing that matters.
constexpr Milliseconds kClockStep = Minutes(1);
constexpr int kPage = 500;

// What a clock that was ahead can have put off, or held as overdue.
const std::vector<core::PostState> kUnfinished{
    core::PostState::kScheduled, core::PostState::kChecking,   core::PostState::kContainers, core::PostState::kWaiting,
    core::PostState::kReady,     core::PostState::kPublishing, core::PostState::kUncertain,  core::PostState::kHeld};

bool is_local(const Error& error) {
    return error.fault() == Fault::kLocal || error.fault() == Fault::kCorrupt ||
           (error.code() == Code::kBusy && error.fault() != Fault::kConflict);
}

} // namespace

PublishLoop::PublishLoop(boost::asio::any_io_executor executor, PublishWorld& world, ports::Log& log)
    : executor_(executor), world_(world), log_(log), line_(executor, world.monotonic), wake_(executor),
      idle_(executor) {}

void PublishLoop::stop() {
    is_stopping_ = true;
    queue_.clear();
    wake_.set();
}

void PublishLoop::wake() {
    wake_.set();
}

void PublishLoop::channel_changed(std::string channel_name) {
    changed_channels_.insert(std::move(channel_name));
    wake_.set();
}

void PublishLoop::note(const Error& error, const core::PostId& id) {
    // Somebody was quicker, or took the post away: what is stored counts.
    if (error.code() == Code::kPostUnknown) return;
    if (error.fault() == Fault::kConflict) {
        set_aside_[id] = world_.world.clock.now() + kPauseAfterConflict;
        return;
    }
    if (is_local(error)) {
        has_local_fault_ = true;
    } else {
        set_aside_[id] = world_.world.clock.now() + kSetAsideFor;
    }
    log_.error(id.text() + ": " + error.summary());
}

void PublishLoop::put_apart(const std::vector<ports::UnreadablePost>& posts) {
    const Instant until = world_.world.clock.now() + kUnreadableFor;
    for (const ports::UnreadablePost& post : posts) {
        if (!unreadable_.insert_or_assign(post.known.id, until).second) continue;
        log_.error(post.known.id.text() + ": " + post.problem.summary() +
                   "; it is left as it is and not sent, all others go on");
    }
}

std::vector<core::PostId> PublishLoop::posts_apart(Instant now) const {
    std::vector<core::PostId> ids;
    for (const auto& [id, until] : unreadable_) {
        // A clock that was set back does not lengthen it.
        if (until > now && until <= now + kUnreadableFor) ids.push_back(id);
    }
    return ids;
}

Async<void> PublishLoop::run() {
    while (!is_stopping_) {
        wake_.clear();
        has_local_fault_ = false;
        co_await release_channels();
        const bool is_busy = co_await list_due();
        start_some();
        if (is_stopping_) break;
        if (has_local_fault_) {
            co_await world_.monotonic.sleep_for(kPauseAfterLocalFault);
            continue;
        }
        co_await world_.monotonic.sleep_for(kPauseBetweenPasses);
        co_await sleep(is_busy);
    }
    while (posts_in_work() > 0) {
        idle_.clear();
        co_await idle_.wait();
    }
}

Async<bool> PublishLoop::list_due() {
    const Instant now = world_.world.clock.now();
    if (!last_pass_at_ || now < *last_pass_at_ - kClockStep) {
        if (auto mended = co_await mend_times_ahead(last_pass_at_.has_value()); !mended) {
            note(mended.error(), core::PostId("posts"));
            co_return true;
        }
    }
    last_pass_at_ = now;
    if (free_held_at_ && now >= *free_held_at_ && !is_freeing_) start_freeing();
    std::erase_if(set_aside_, [&](const auto& item) { return item.second <= now || item.second > now + kSetAsideFor; });
    // However many these are, they take nobody's place.
    std::vector<core::PostId> except(in_work_.begin(), in_work_.end());
    for (const auto& [id, until] : set_aside_)
        except.push_back(id);
    std::ranges::copy(posts_apart(now), std::back_inserter(except));
    auto due = co_await world_.posts.list_due_posts(now, core::kPostBatch, std::move(except));
    if (!due) {
        note(due.error(), core::PostId("posts"));
        co_return true;
    }
    put_apart(due->unreadable);
    // They have taken the place of others, which may be due just as well.
    if (!due->unreadable.empty()) wake_.set();
    const bool is_anything_due = !due->posts.empty() || !in_work_.empty() || !set_aside_.empty();
    // Anew each time, so that what has become due since stands before what is due after it.
    queue_.clear();
    for (core::Post& post : due->posts) {
        // Some may have been taken up while the store was asked.
        if (!in_work_.contains(post.id) && !set_aside_.contains(post.id)) queue_.push_back(std::move(post));
    }
    co_return is_anything_due;
}

void PublishLoop::start_some() {
    while (!is_stopping_ && !queue_.empty() && running_ < core::kPostsAtOnce) {
        core::Post post = std::move(queue_.front());
        queue_.pop_front();
        if (!in_work_.insert(post.id).second) continue;
        ++running_;
        std::optional<PublishLine::Place> place;
        if (is_in_line(core::next_step(post, world_.world.clock.now()))) place.emplace(line_, post.schedule.due_at);
        const core::PostId id = post.id;
        boost::asio::co_spawn(executor_, work(std::move(post), std::move(place)),
                              [this, id](std::exception_ptr problem) {
                                  if (problem) {
                                      // A coroutine may only end by exception where memory ran out or a bug broke a rule; the rest go on.
                                      log_.error("E_INTERNAL: " + id.text() + " ended by an exception");
                                      set_aside_[id] = world_.world.clock.now() + kSetAsideFor;
                                  }
                                  --running_;
                                  in_work_.erase(id);
                                  if (posts_in_work() == 0) idle_.set();
                                  start_some();
                                  if (queue_.empty()) wake_.set();
                              });
    }
}

Async<void> PublishLoop::work(core::Post listed, std::optional<PublishLine::Place> place) {
    // It may have changed since it was listed: a person is asked for nothing that has been done already.
    auto post = co_await world_.posts.find_post(listed.id);
    if (!post && post.error().code() == Code::kStoreCorrupt) {
        // Damaged since it was listed, or the file as a whole is: the next list tells which.
        set_aside_[listed.id] = world_.world.clock.now() + kPauseAfterConflict;
        co_return;
    }
    if (!post) {
        note(post.error(), listed.id);
        co_return;
    }
    if (*post) co_await go_on(std::move(**post), place);
}

Async<void> PublishLoop::go_on(core::Post post, std::optional<PublishLine::Place>& place) {
    for (int i = 0; i < kStepsAtOnce && !is_stopping_; ++i) {
        const core::PostStep step = core::next_step(post, world_.world.clock.now());
        if (const auto* wait = std::get_if<core::step::Wait>(&step)) {
            co_await wait_for(post, wait->until);
            co_return;
        }
        if (std::holds_alternative<core::step::Nothing>(step)) co_return;
        if (co_await put_off(post)) co_return;
        const bool is_publish = std::holds_alternative<core::step::Publish>(step);
        // Nobody waits for a post that has other things to do first after all: an upload may take hours.
        if (!is_in_line(step)) place.reset();
        if (!place && is_in_line(step)) place.emplace(line_, post.schedule.due_at);
        const bool is_upload = std::holds_alternative<core::step::SendBytes>(step);
        if (is_upload && uploads_ >= kUploadsAtOnce) {
            co_await wait_for(post, world_.world.clock.now() + kUploadPause);
            co_return;
        }
        if (is_upload) {
            ++uploads_;
            --running_;
            start_some();
        }
        const core::PostId id = post.id;
        const std::int64_t revision = post.revision;
        auto done = co_await do_step(world_, std::move(post), step, place ? &*place : nullptr, is_stopping_);
        if (is_upload) {
            --uploads_;
            ++running_;
        }
        if (is_publish) place.reset();
        if (done && is_publish && world_.budget.waiting() > 0 && done->state == core::PostState::kPublished) {
            // Calls are short: what is fetched afterwards does not stand in the way of what has to go out.
            co_await wait_for(*done, world_.world.clock.now() + kResultsPause);
            co_return;
        }
        if (!done) {
            note(done.error(), id);
            co_return;
        }
        // Nothing was to be done after all.
        if (done->revision == revision) co_return;
        post = std::move(*done);
    }
}

bool PublishLoop::is_in_line(const core::PostStep& step) {
    return std::holds_alternative<core::step::Publish>(step) || std::holds_alternative<core::step::Confirm>(step);
}

Async<bool> PublishLoop::wait_for(core::Post& post, Instant until) {
    // What is stored says so already, as it nearly always does.
    if (post.progress.next_attempt_at && *post.progress.next_attempt_at >= until) co_return true;
    post.progress.next_attempt_at = until;
    const core::PostId id = post.id;
    auto saved = co_await world_.posts.save_post(std::move(post), {}, std::nullopt);
    if (!saved) note(saved.error(), id);
    co_return saved.has_value();
}

Async<bool> PublishLoop::put_off(core::Post& post) {
    const auto pause = world_.budget.pause(post.channel, world_.world.clock.now());
    if (!pause) co_return false;
    const core::PostId id = post.id;
    core::Change change = core::put_off(std::move(post), pause->problem, pause->until, world_.world.clock.now());
    auto saved = co_await world_.posts.save_post(std::move(change.post), std::move(change.entries), std::nullopt);
    if (!saved) note(saved.error(), id);
    co_return true;
}

Async<void> PublishLoop::sleep(bool is_busy) {
    using namespace boost::asio::experimental::awaitable_operators;
    if (is_stopping_ || wake_.is_set()) co_return;
    const Instant now = world_.world.clock.now();
    Instant until = now + kLookWhileIdle;
    if (is_busy || !queue_.empty()) {
        until = now + kLookWhileBusy;
    } else {
        auto due = co_await world_.posts.next_post_due(posts_apart(now));
        if (!due) {
            note(due.error(), core::PostId("posts"));
            co_await world_.monotonic.sleep_for(kPauseAfterLocalFault);
            co_return;
        }
        if (*due) until = std::min(until, **due);
    }
    if (free_held_at_ && !is_freeing_) until = std::min(until, *free_held_at_);
    if (is_stopping_ || wake_.is_set()) co_return;
    if (until > world_.world.clock.now()) co_await (world_.world.clock.sleep_until(until) || wake_.wait());
}

Async<void> PublishLoop::release_channels() {
    while (!changed_channels_.empty()) {
        const std::string name = *changed_channels_.begin();
        changed_channels_.erase(changed_channels_.begin());
        ports::PostQuery query;
        query.channel_name = name;
        query.states = {core::PostState::kScheduled};
        query.due_until = world_.world.clock.now() + core::kVideoLead;
        query.is_newest_first = false;
        query.limit = kPage;
        do {
            auto page = co_await world_.posts.list_posts(query);
            if (!page) {
                note(page.error(), core::PostId("posts"));
                co_return;
            }
            for (core::Post& post : page->posts) {
                const core::PostId id = post.id;
                if (in_work_.contains(id) || !post.progress.problem) continue;
                post.progress.next_attempt_at = world_.world.clock.now();
                auto saved = co_await world_.posts.save_post(std::move(post), {}, std::nullopt);
                if (!saved) note(saved.error(), id);
            }
            query.after = page->next;
        } while (!query.after.empty() && !is_stopping_);
    }
}

Async<Result<void>> PublishLoop::mend_times_ahead(bool is_set_back) {
    ports::PostQuery query;
    query.states = kUnfinished;
    query.is_newest_first = false;
    query.limit = kPage;
    free_held_at_.reset();
    do {
        auto page = co_await world_.posts.list_posts(query);
        if (!page) co_return fail(page.error());
        put_apart(page->unreadable); // long before they are due
        for (core::Post& post : page->posts) {
            if (in_work_.contains(post.id)) continue;
            if (core::may_be_held_wrongly(post, world_.world.clock.now())) free_held_at_ = world_.world.clock.now();
            auto right = core::put_right(post, is_set_back, world_.world.clock.now());
            if (!right) continue;
            auto saved =
                co_await world_.posts.save_post(std::move(right->post), std::move(right->entries), std::nullopt);
            if (!saved && is_local(saved.error())) co_return fail(saved.error());
        }
        query.after = page->next;
    } while (!query.after.empty() && !is_stopping_);
    co_return Result<void>{};
}

void PublishLoop::start_freeing() {
    is_freeing_ = true;
    free_held_at_.reset();
    boost::asio::co_spawn(executor_, free_held(), [this](std::exception_ptr problem) {
        if (problem) {
            log_.error("E_INTERNAL: the look at Meta's clock ended by an exception");
            free_held_at_ = world_.world.clock.now() + core::kClockLookEvery;
        }
        is_freeing_ = false;
        if (posts_in_work() == 0) idle_.set();
        wake_.set();
    });
}

Async<void> PublishLoop::free_held() {
    ports::PostQuery query;
    query.states = {core::PostState::kHeld};
    query.is_newest_first = false;
    query.limit = kPage;
    std::optional<Milliseconds> ahead; // this clock, of Meta's
    std::set<ChannelId> silent;        // that Meta cannot be asked through
    do {
        auto page = co_await world_.posts.list_posts(query);
        if (!page) {
            note(page.error(), core::PostId("posts"));
            free_held_at_ = world_.world.clock.now() + core::kClockLookEvery;
            co_return;
        }
        for (core::Post& post : page->posts) {
            if (is_stopping_) co_return;
            if (!core::may_be_held_wrongly(post, world_.world.clock.now()) || silent.contains(post.channel)) continue;
            if (!ahead) {
                const auto at_meta = co_await ask_metas_time(world_, post.channel, post.schedule.due_at);
                const Instant now = world_.world.clock.now();
                if (!at_meta || !*at_meta || !core::is_clock_right(**at_meta, now)) {
                    free_held_at_ = now + core::kClockLookEvery;
                    if (at_meta) co_return;
                    silent.insert(post.channel);
                    continue;
                }
                ahead = now - **at_meta;
            }
            const Instant now = world_.world.clock.now();
            const core::PostId id = post.id;
            auto freed = core::free_held(std::move(post), now - *ahead, now);
            if (!freed) continue;
            auto saved =
                co_await world_.posts.save_post(std::move(freed->post), std::move(freed->entries), std::nullopt);
            if (saved) continue;
            note(saved.error(), id);
            free_held_at_ = world_.world.clock.now() + core::kClockLookEvery;
        }
        query.after = page->next;
    } while (!query.after.empty());
}

} // namespace everlong::engine
