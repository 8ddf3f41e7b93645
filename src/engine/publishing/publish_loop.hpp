#pragma once
// The unattended loop of publishing: takes posts whose time has come, the earliest due first, works on many at a time and on
// each one alone, and goes from step to step until a post has to wait; waiting is the store's (next_attempt_at), never a
// step's. All its knowledge is in the store, so that it goes on after a restart where it was.

#include <async/event.hpp>
#include <core/publishing/post_machine.hpp>
#include <engine/publishing/publish_world.hpp>
#include <ports/log.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace everlong::engine {

class PublishLoop {
public:
    // Everything must outlive run().
    PublishLoop(boost::asio::any_io_executor executor, PublishWorld& world, ports::Log& log);

    // Until stop(); returns when the steps under way have ended.
    Async<void> run();
    void stop();
    // Something may have become due: a person changed a post.
    void wake();
    // A channel was connected, or has a new token: what waits for that is looked at at once.
    void channel_changed(std::string channel_name);
    // When the last look at what was due ended without a fault of this machine.
    bool is_working() const { return !has_local_fault_; }
    int posts_in_work() const { return static_cast<int>(in_work_.size()) + (is_freeing_ ? 1 : 0); }
    // Of those, how many have only to wait for the calls before theirs.
    int posts_in_line() const { return line_.waiting(); }

private:
    // Fills the queue with what is due and nobody works on. Whether more may come before the next wake.
    Async<bool> list_due();
    void start_some();
    Async<void> work(core::Post listed, std::optional<PublishLine::Place> place);
    Async<void> go_on(core::Post post, std::optional<PublishLine::Place>& place);
    // Where Meta has asked for a pause: put off until its end.
    Async<bool> put_off(core::Post& post);
    Async<bool> wait_for(core::Post& post, Instant until);
    Async<void> sleep(bool is_busy);
    Async<void> release_channels();
    // `is_set_back`: since the last pass; else what a clock before our time may have left is looked for.
    Async<Result<void>> mend_times_ahead(bool is_set_back);
    // Of the posts that are held as overdue and by this clock are not, those that by Meta's are not either go on. Beside the
    // loop, as it takes a call.
    void start_freeing();
    Async<void> free_held();
    void note(const Error& error, const core::PostId& id);
    // Leaves them alone for long, and tells of each once.
    void put_apart(const std::vector<ports::UnreadablePost>& posts);
    std::vector<core::PostId> posts_apart(Instant now) const;
    // Is the post about to be published, at most with a last confirmation before?
    static bool is_in_line(const core::PostStep& step);

    boost::asio::any_io_executor executor_;
    PublishWorld& world_;
    ports::Log& log_;
    PublishLine line_;
    Event wake_;
    Event idle_;
    std::deque<core::Post> queue_;
    std::set<core::PostId> in_work_;
    // Posts that could not be saved for a reason of their own, until when they are left alone.
    std::map<core::PostId, Instant> set_aside_;
    // Posts whose rows are damaged, until when nobody looks whether somebody has mended them.
    std::map<core::PostId, Instant> unreadable_;
    std::set<std::string> changed_channels_;
    int running_ = 0; // uploads, which take long, are not counted
    int uploads_ = 0;
    std::optional<Instant> last_pass_at_;
    // When Meta's clock is asked about such posts; nothing where there are none, or it is being asked.
    std::optional<Instant> free_held_at_;
    bool is_freeing_ = false;
    bool is_stopping_ = false;
    bool has_local_fault_ = false;
};

} // namespace everlong::engine
