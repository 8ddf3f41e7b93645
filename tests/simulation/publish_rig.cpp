#include <simulation/publish_rig.hpp>

#include <engine/zones/follow_zones.hpp>
#include <support/raw_sql.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdlib>
#include <stdexcept>

namespace everlong::test {
namespace {

std::filesystem::path fresh_directory() {
    std::error_code problem;
    const std::filesystem::path memory = "/dev/shm";
    const auto parent =
        std::filesystem::is_directory(memory, problem) ? memory : std::filesystem::temp_directory_path();
    std::string name = (parent / "everlong-publishing-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary directory");
    return name;
}

template <class T>
T must(Result<T> result) {
    if (!result) throw std::runtime_error(result.error().summary());
    if constexpr (!std::is_void_v<T>) return *std::move(result);
}

} // namespace

int ci_or_long(int ci, int large) {
    return std::getenv("EVERLONG_LONG_TESTS") != nullptr ? large : ci;
}

std::optional<std::uint64_t> wanted_seed() {
    const char* text = std::getenv("EVERLONG_SEED");
    if (text == nullptr) return std::nullopt;
    return std::strtoull(text, nullptr, 10);
}

// --- clocks ---

Async<void> SteppedClock::sleep_until(Instant due) {
    if (due <= now_) co_return;
    boost::asio::steady_timer timer(io_, boost::asio::steady_timer::time_point::max());
    const auto place = sleepers_.emplace(due, &timer);
    co_await timer.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    sleepers_.erase(place);
}

void SteppedClock::set(Instant now) {
    const bool is_back = now < now_;
    now_ = now;
    for (const auto& [due, timer] : sleepers_) {
        if (is_back || due <= now_) timer->cancel();
    }
}

MonotonicInstant SteppedMonotonic::now() const {
    return is_paced_ ? MonotonicInstant(clock_.now().time_since_epoch()) : own_now_;
}

Async<void> SteppedMonotonic::sleep_for(Milliseconds span) {
    if (is_paced_) {
        ++sleepers_;
        co_await clock_.sleep_until(clock_.now() + span);
        --sleepers_;
    } else {
        own_now_ += span;
        co_await boost::asio::post(io_, boost::asio::use_awaitable);
    }
}

// --- ports ---

class PublishRig::SilentLog final : public ports::Log {
public:
    explicit SilentLog(std::vector<std::string>& errors) : errors_(errors) {}
    void info(std::string_view) override {}
    void warn(std::string_view) override {}
    void error(std::string_view text) override {
        if (std::getenv("EVERLONG_TEST_LOG") != nullptr) std::printf("%s\n", std::string(text).c_str());
        errors_.emplace_back(text);
    }

private:
    std::vector<std::string>& errors_;
};

// Every medium of these tests has an address of its own.
class PublishRig::NoHost final : public ports::MediaHost {
public:
    Result<void> has_address() const override { return fail(Code::kMediaAddress, Fault::kRefused); }
    Task<std::string> show(ports::MediaFile, Instant) override { co_return fail(Code::kMediaAddress, Fault::kRefused); }
    Task<void> probe(std::string, core::MediumType) override { co_return Result<void>{}; }
};

class PublishRig::MemoryShelf final : public ports::MediaShelf {
public:
    Task<std::uint64_t> append(core::FileId, std::uint64_t, std::string) override { co_return unknown(); }
    Task<std::uint64_t> length(core::FileId) override { co_return unknown(); }
    Task<std::string> sha256(core::FileId) override { co_return unknown(); }
    Result<std::unique_ptr<ports::ByteSource>> open(const core::FileId& id) override {
        const auto found = files.find(id);
        if (found == files.end()) return unknown();
        return std::make_unique<Bytes>(found->second);
    }
    std::string path(const core::FileId&) const override { return {}; }
    Task<void> remove(core::FileId) override { co_return Result<void>{}; }

    std::map<core::FileId, std::string> files;

private:
    class Bytes final : public ports::ByteSource {
    public:
        explicit Bytes(const std::string& bytes) : bytes_(bytes) {}
        std::uint64_t size() const override { return bytes_.size(); }
        Result<std::string> read(std::uint64_t offset, std::size_t limit) override {
            return offset >= bytes_.size() ? std::string() : bytes_.substr(offset, limit);
        }

    private:
        const std::string& bytes_;
    };
    static std::unexpected<Error> unknown() { return fail(Code::kFileUnknown, Fault::kUsage); }
};

// The store, with a machine that may stop before or after each write.
class StoppingPosts final : public ports::PostStore {
public:
    StoppingPosts(PublishRig& rig, ports::PostStore& inner) : rig_(rig), inner_(inner) {}

    void watch_posts(std::function<void(const core::Post&)> told) override { inner_.watch_posts(std::move(told)); }
    Task<ports::AddedPost> add_post(core::Post post, std::string key, std::vector<core::TimelineEntry> entries,
                                    ports::AuditEvent event) override {
        return inner_.add_post(std::move(post), std::move(key), std::move(entries), std::move(event));
    }
    Task<std::optional<core::Post>> find_post(core::PostId id) override { return inner_.find_post(std::move(id)); }
    Task<std::optional<ports::UnreadablePost>> find_unreadable_post(core::PostId id) override {
        return inner_.find_unreadable_post(std::move(id));
    }
    Task<ports::UnreadablePost> close_unreadable_post(ports::UnreadablePost post, core::TimelineEntry end,
                                                      ports::AuditEvent event) override {
        return inner_.close_unreadable_post(std::move(post), std::move(end), std::move(event));
    }
    Task<std::optional<core::Post>> find_post_of_key(ChannelId channel, std::string key) override {
        return inner_.find_post_of_key(channel, std::move(key));
    }
    Task<ports::PostPage> list_posts(ports::PostQuery query) override { return inner_.list_posts(std::move(query)); }
    Task<core::Post> save_post(core::Post post, std::vector<core::TimelineEntry> entries,
                               std::optional<ports::AuditEvent> event) override {
        rig_.point();
        if (const auto refused = rig_.refuse_save ? rig_.refuse_save(post) : std::nullopt) co_return fail(*refused);
        auto saved = co_await inner_.save_post(std::move(post), std::move(entries), std::move(event));
        rig_.point();
        co_return saved;
    }
    Task<BegunPublish> begin_publish(core::Post post, std::string step, core::TimelineEntry entry) override {
        rig_.point();
        if (rig_.before_begin) co_await std::exchange(rig_.before_begin, nullptr)();
        auto begun = co_await inner_.begin_publish(std::move(post), std::move(step), std::move(entry));
        rig_.point();
        co_return begun;
    }
    Task<ports::ReadPosts> list_due_posts(Instant now, int limit, std::vector<core::PostId> except) override {
        ++rig_.due_lists;
        auto due = co_await inner_.list_due_posts(now, limit, std::move(except));
        if (rig_.after_listing && due && !due->posts.empty()) co_await std::exchange(rig_.after_listing, nullptr)();
        co_return due;
    }
    Task<std::optional<Instant>> next_post_due(std::vector<core::PostId> except) override {
        return inner_.next_post_due(std::move(except));
    }
    Task<std::vector<core::TimelineEntry>> list_timeline(core::PostId id) override {
        return inner_.list_timeline(std::move(id));
    }
    Task<std::vector<std::string>> list_bound_media(ChannelId channel, std::vector<std::string> ids) override {
        return inner_.list_bound_media(channel, std::move(ids));
    }
    Task<int> count_pending_posts(ChannelId channel, std::optional<Instant> until) override {
        return inner_.count_pending_posts(channel, until);
    }
    Task<ports::PostsInNeed> count_posts_in_need(ChannelId channel, Instant failed_since) override {
        return inner_.count_posts_in_need(channel, failed_since);
    }
    Task<ports::ReadPosts> list_zoned_posts(core::PostId after, int limit) override {
        return inner_.list_zoned_posts(std::move(after), limit);
    }
    Task<ports::MediaFile> add_file(ports::MediaFile file, ports::AuditEvent event) override {
        return inner_.add_file(std::move(file), std::move(event));
    }
    Task<std::optional<ports::MediaFile>> find_file(core::FileId id) override {
        return inner_.find_file(std::move(id));
    }
    Task<std::optional<ports::MediaFile>> find_file_by_public_name(std::string name) override {
        return inner_.find_file_by_public_name(std::move(name));
    }
    Task<ports::MediaFile> save_file(ports::MediaFile file) override { return inner_.save_file(std::move(file)); }
    Task<void> remove_file(core::FileId id, ports::AuditEvent event) override {
        return inner_.remove_file(std::move(id), std::move(event));
    }
    Task<std::vector<ports::MediaFile>> list_unused_files(Instant before, int limit) override {
        return inner_.list_unused_files(before, limit);
    }

private:
    PublishRig& rig_;
    ports::PostStore& inner_;
};

// --- the rig ---

PublishRig::PublishRig(PublishRigOptions options) : options_(options), directory_(fresh_directory()) {
    clock_ = std::make_unique<SteppedClock>(io, options_.start);
    meta_now_ = [this] { return clock_->now() + meta_ahead; };
    monotonic_ = std::make_unique<SteppedMonotonic>(io, *clock_, options_.is_paced);
    meta = std::make_unique<PublishMeta>(meta_now_);
    meta->before = [this] { point(); };
    meta->after = [this] { point(); };
    if (options_.is_paced) {
        meta->latency = [this]() -> Async<void> {
            ++calls_under_way_;
            co_await clock_->sleep_until(clock_->now() + options_.latency);
            --calls_under_way_;
        };
    }
    keyring_ = must(adapters::load_or_create_keyring(directory_ / "master.key", false));
    log_ = std::make_unique<SilentLog>(errors);
    host_ = std::make_unique<NoHost>();
    shelf_ = std::make_unique<MemoryShelf>();
    adapters::GraphOptions graph_options;
    graph_options.meta_base = "http://meta";
    graph_ = adapters::make_graph_client(*meta, std::move(graph_options));
    open();
    make_channels();
}

PublishRig::~PublishRig() {
    if (loop_) stop();
    close();
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
}

void PublishRig::open() {
    store_ = must(adapters::open_sqlite_store(directory_ / "everlong.db", *keyring_));
    posts_ = std::make_unique<StoppingPosts>(*this, store_->posts());
    world_.reset(new engine::World{*clock_, *graph_, *store_, sink_});
    budget_ = std::make_unique<engine::CallBudget>(io.get_executor(), *monotonic_, options_.calls_per_second);
    publish_world_.reset(new engine::PublishWorld{*world_, *posts_, *graph_, *shelf_, *host_, *monotonic_, *budget_,
                                                  [this] { ++channel_wakes_; }});
}

void PublishRig::close() {
    loop_.reset();
    publish_world_.reset();
    budget_.reset();
    world_.reset();
    posts_.reset();
    store_.reset();
}

std::string PublishRig::account_of(int channel) const {
    return std::to_string(17'841'400'000'000'001 + (options_.is_one_account ? 0 : channel));
}

void PublishRig::make_channels() {
    for (int i = 0; i < options_.channels; ++i) {
        const std::string name = channel_name(i);
        const std::string token =
            "IGAAtestToken" + std::to_string(options_.is_one_account ? 0 : i) + std::string(40, 'x');
        meta->accounts[account_of(i)].token = token;
        core::Account account;
        account.ig_user_id = IgUserId(account_of(i));
        const auto event = [&](std::string what) {
            return ports::AuditEvent{options_.start, "test", std::move(what), name, {}};
        };
        const auto channel = must(run(
            io, store_->create_channel({name, core::LoginPath::kInstagram, "", account}, event("channel-imported"))));
        core::TokenFacts facts;
        facts.kind = core::TokenKind::kInstagramUser;
        facts.lifetime = core::Lifetime::kLong;
        facts.issued_at = options_.start;
        facts.expires_at = core::Expiry::at(options_.start + Days(3650));
        const int version = must(run(
            io, store_->keep_pending(channel.id, Secret(token), facts, "import", std::nullopt, event("token-kept"))));
        const auto now = must(run(io, store_->load_channel(channel.id)));
        core::Lifecycle lifecycle;
        lifecycle.next_attempt_at = options_.start + Days(1);
        must(run(io, store_->promote(channel.id, now.revision, version, facts, account, lifecycle,
                                     event("token-verified"))));
        channels_.push_back(channel.id);
    }
}

void PublishRig::point() {
    // A machine that has stopped does nothing more.
    if (has_stopped_) throw MachineStops();
    if (points_left_ < 0) return;
    if (points_left_-- > 0) return;
    has_stopped_ = true;
    throw MachineStops();
}

void PublishRig::start() {
    loop_ = std::make_unique<engine::PublishLoop>(io.get_executor(), *publish_world_, *log_);
    is_loop_done_ = false;
    boost::asio::co_spawn(io, loop_->run(), [this](std::exception_ptr) { is_loop_done_ = true; });
    settle();
}

void PublishRig::stop() {
    loop_->stop();
    io.restart();
    while (!is_loop_done_) {
        if (io.poll() > 0) continue;
        // Calls under way end before the loop does.
        if (calls_under_way_ + monotonic_->sleepers() > 0) {
            clock_->set(clock_->next_due());
        } else {
            io.run_one();
        }
    }
    loop_.reset();
}

void PublishRig::restart_after_stop_of_machine() {
    points_left_ = -1;
    stop();
    close();
    has_stopped_ = false;
    open();
    start();
}

core::Post PublishRig::make_post(std::string caption, Instant due_at, int channel, int parts) {
    core::Post post;
    post.channel = channels_[static_cast<std::size_t>(channel)];
    post.content.kind = parts > 1 ? core::PostKind::kCarousel : core::PostKind::kImage;
    post.content.media.resize(static_cast<std::size_t>(parts));
    for (auto& medium : post.content.media)
        medium.url = "https://example.org/cat.jpg";
    post.content.caption = std::move(caption);
    post.schedule.due_at = due_at;
    return post;
}

core::FileId PublishRig::add_file(std::string bytes) {
    ports::MediaFile file;
    file.name = "film.mp4";
    file.size = file.received = bytes.size();
    const auto added =
        must(run(io, store_->posts().add_file(std::move(file), {now(), "test", "file-added", channel_name(0), {}})));
    shelf_->files.emplace(added.id, std::move(bytes));
    return added.id;
}

int PublishRig::follow_zones(const ports::TimeZones& zones) {
    const int moved = must(run(io, engine::follow_zones(*world_, store_->posts(), zones)));
    if (loop_ && moved > 0) loop_->wake();
    return moved;
}

core::Post PublishRig::add(core::Post post) {
    core::Change change = core::start_post(std::move(post), false, now());
    auto added = must(run(io, store_->posts().add_post(std::move(change.post), "", std::move(change.entries),
                                                       {now(), "test", "post-created", channel_name(0), {}})));
    if (loop_) loop_->wake();
    return added.post;
}

core::Post PublishRig::load(const core::PostId& id) {
    return *must(run(io, store_->posts().find_post(id)));
}

std::vector<core::TimelineEntry> PublishRig::timeline(const core::PostId& id) {
    return must(run(io, store_->posts().list_timeline(id)));
}

std::vector<core::Post> PublishRig::all(std::vector<core::PostState> states) {
    std::vector<core::Post> posts;
    ports::PostQuery query;
    query.states = std::move(states);
    query.is_newest_first = false;
    query.limit = 500;
    do {
        auto page = must(run(io, store_->posts().list_posts(query)));
        for (core::Post& post : page.posts)
            posts.push_back(std::move(post));
        query.after = page.next;
    } while (!query.after.empty());
    return posts;
}

std::string PublishRig::raw_sql(const std::string& sql) {
    return run_raw_sql(directory_ / "everlong.db", sql);
}

void PublishRig::damage(const core::PostId& id, const std::string& column) {
    raw_sql("UPDATE posts SET " + column + " = '{' WHERE id = '" + id.text() + "'");
}

void PublishRig::wish(const core::PostId& id, const std::function<Result<core::Change>(core::Post)>& transition) {
    core::Change change = must(transition(load(id)));
    must(run(io, store_->posts().save_post(std::move(change.post), std::move(change.entries),
                                           ports::AuditEvent{now(), "test", "post-changed", channel_name(0), {}})));
    if (loop_) loop_->wake();
}

Async<void> PublishRig::wish_now(core::PostId id, std::function<Result<core::Change>(core::Post)> transition) {
    core::Change change = must(transition(*must(co_await store_->posts().find_post(id))));
    must(co_await store_->posts().save_post(std::move(change.post), std::move(change.entries), std::nullopt));
}

ports::Channel PublishRig::channel(int number) {
    return must(run(io, store_->load_channel(channels_[static_cast<std::size_t>(number)])));
}

void PublishRig::settle() {
    io.restart();
    while (!is_loop_done_) {
        if (io.poll() > 0) continue;
        const auto waiting = static_cast<std::size_t>(budget_->waiting() + loop_->posts_in_line()) + calls_under_way_;
        const bool are_posts_waiting = static_cast<std::size_t>(loop_->posts_in_work()) == waiting;
        // The loop sleeps as well: on the clock, or in one of its pauses.
        const std::size_t others =
            (budget_->waiting() > 0 ? 1U : 0U) + static_cast<std::size_t>(loop_->posts_in_line());
        const bool is_loop_asleep =
            clock_->sleepers() == calls_under_way_ + monotonic_->sleepers() + 1 || monotonic_->sleepers() > others;
        if (are_posts_waiting && is_loop_asleep) return;
        if (io.run_one() == 0) throw std::logic_error("the loop neither works nor sleeps");
    }
}

void PublishRig::pass(Milliseconds span, const std::function<bool()>& until) {
    const Instant end = now() + span;
    settle();
    while (now() < end && !is_loop_done_ && !has_stopped_ && !(until && until())) {
        Instant next = end;
        if (clock_->sleepers() > 0) next = std::min(end, clock_->next_due());
        clock_->set(std::max(next, now()));
        settle();
    }
}

} // namespace everlong::test
