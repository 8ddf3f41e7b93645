#include <api/detail/post_outlook.hpp>

#include <core/facts/media_rules.hpp>

#include <boost/asio/experimental/awaitable_operators.hpp>

#include <algorithm>

namespace everlong::api::detail {
namespace {

// Meta's window where it does not tell it (7.3).
constexpr Seconds kUsualWindow = Hours(24);
// More than any quota that Meta gives (7.3: 25 to 100).
constexpr int kMostOfAWindow = 200;

struct Question {
    std::string url;
    core::MediumType type = core::MediumType::kImage;
    std::optional<core::AddressTrouble>* answer = nullptr;
};

Async<void> ask(const ApiContext& context, const Question& question) {
    auto probed = co_await context.publishing->host.probe(question.url, question.type);
    if (probed) co_return;
    const Error& error = probed.error();
    const bool may_pass = error.fault() == Fault::kTransient;
    const bool is_of_address = error.code() == Code::kMediaAddress;
    // A program that ends, a disk that is full: nothing is known of the address then.
    if (!is_of_address && !may_pass) co_return;
    question.answer->emplace(core::AddressTrouble{error.detail(), may_pass});
}

Async<void> ask_from(const ApiContext& context, const std::vector<Question>& questions, std::size_t first) {
    using namespace boost::asio::experimental::awaitable_operators;
    if (first == questions.size()) co_return;
    co_await (ask(context, questions[first]) && ask_from(context, questions, first + 1));
}

// When there is room again, at the latest: Meta tells no times, but of our own posts they are known. Others that count
// may leave the window earlier.
Async<Instant> quota_free_by(const ApiContext& context, const std::string& channel, const ports::PublishingLimit& limit,
                             Seconds window) {
    const Instant now = context.world.clock.now();
    ports::PostQuery query;
    query.channel_name = channel;
    query.states = {core::PostState::kPublished};
    query.due_from = now - window;
    query.limit = kMostOfAWindow;
    auto page = co_await context.publishing->posts.list_posts(std::move(query));
    std::vector<Instant> times;
    if (page) {
        for (const core::Post& post : page->posts) {
            const auto& at = post.result.published_at;
            if (at && *at > now - window) times.push_back(*at);
        }
    }
    std::ranges::sort(times);
    const auto must_leave = static_cast<std::size_t>(limit.used - *limit.total); // and one more
    co_return (must_leave < times.size() ? times[must_leave] : now) + window;
}

} // namespace

Async<void> ask_quota(const ApiContext& context, const ports::Channel& channel, const core::Post& post,
                      core::PreflightContext& known) {
    if (!known.channel_trouble.empty()) co_return;
    const Instant now = context.world.clock.now();
    if (post.schedule.due_at >= now + kUsualWindow) co_return; // all that counts today has left the window by then
    auto current = co_await context.world.store.load_current(channel.id);
    if (!current) co_return;
    auto limit =
        co_await context.world.graph.publishing_limit(channel.login, current->token, channel.account.ig_user_id);
    if (!limit || limit->total.value_or(0) <= 0) co_return; // what is not known is not judged
    known.quota_used = limit->used;
    known.quota_total = limit->total;
    if (limit->used < *limit->total) co_return;
    const Seconds window = limit->window.value_or(kUsualWindow);
    known.quota_free_by = to_rfc3339(co_await quota_free_by(context, channel.name, *limit, window));
}

Async<void> ask_hosts(const ApiContext& context, const core::PostContent& content, core::PreflightContext& known) {
    // A post with more is refused for their number.
    const std::size_t count = std::min(content.media.size(), core::kMostCarousel);
    known.addresses.resize(count);
    std::vector<Question> questions;
    for (std::size_t i = 0; i < count; ++i) {
        const core::PostMedium& medium = content.media[i];
        if (!medium.url.empty()) questions.push_back({medium.url, medium.type, &known.addresses[i]});
    }
    const bool has_cover = content.kind == core::PostKind::kReel && !content.reel.cover_url.empty();
    if (has_cover) questions.push_back({content.reel.cover_url, core::MediumType::kImage, &known.cover_address});
    co_await ask_from(context, questions, 0);
}

} // namespace everlong::api::detail
