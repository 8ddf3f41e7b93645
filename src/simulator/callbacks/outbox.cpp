#include <simulator/callbacks/outbox.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json/object.hpp>
#include <boost/url/parse.hpp>

#include <algorithm>
#include <array>

namespace everlong::simulator {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;

// "Answer 200 quickly" (9.3); in real time.
constexpr Seconds kAnswerTime{20};
constexpr std::size_t kAnswerBytes = 64 * 1024;
constexpr std::size_t kShownBytes = 1000;
// "Retried with decreasing rate for up to 36 h": how long after the first attempt the next ones come.
constexpr std::array<Seconds, 9> kAttemptsAt{Seconds(0), Minutes(1), Minutes(5), Minutes(20), Hours(1),
                                             Hours(3),   Hours(8),   Hours(20),  Hours(36)};
// Older ones are forgotten.
constexpr std::size_t kDeliveriesKept = 10'000;
// A timer counts real time; nothing due is overslept by more than this where the clock is turned unseen.
constexpr Seconds kLongestNap{60};

std::string_view to_text(Delivery::Kind kind) {
    switch (kind) {
    case Delivery::Kind::kWebhook: return "webhook";
    case Delivery::Kind::kHandshake: return "handshake";
    case Delivery::Kind::kDeauthorize: return "deauthorize";
    case Delivery::Kind::kDataDeletion: return "data-deletion";
    }
    return {};
}

bool is_this_machine(std::string_view host) {
    return host == "localhost" || host == "[::1]" || host.starts_with("127.");
}

http::OutgoingRequest to_request(const Delivery& delivery) {
    http::OutgoingRequest request;
    const auto mark = delivery.address.find('?');
    request.url = delivery.address.substr(0, mark);
    if (mark != std::string::npos) {
        for (auto& [name, value] : http::parse_form(std::string_view(delivery.address).substr(mark + 1)))
            request.query.emplace_back(name, value);
    }
    for (const auto& [name, value] : delivery.query)
        request.query.emplace_back(name, value);
    for (const auto& [name, value] : delivery.form)
        request.form.emplace_back(name, value);
    request.method = delivery.kind == Delivery::Kind::kHandshake ? "GET" : "POST";
    request.headers = delivery.headers;
    request.body = delivery.body;
    request.deadline = kAnswerTime;
    request.body_limit_bytes = kAnswerBytes;
    return request;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ')
        text.remove_suffix(1);
    return text;
}

json::object describe(const Delivery::Attempt& attempt) {
    json::object object;
    object["at"] = to_rfc3339(attempt.at);
    object["status"] = attempt.status == 0 ? json::value(nullptr) : json::value(attempt.status);
    object["problem"] = attempt.problem.empty() ? json::value(nullptr) : json::value(attempt.problem);
    return object;
}

} // namespace

std::string complaint_about_callback(std::string_view address, bool may_leave_machine) {
    const auto url = boost::urls::parse_uri(address);
    if (!url || url->encoded_host().empty() || url->has_userinfo()) return "it is no absolute address";
    const bool is_ours = is_this_machine(std::string_view(url->encoded_host()));
    const bool is_https = url->scheme_id() == boost::urls::scheme::https;
    if (!is_https && url->scheme_id() != boost::urls::scheme::http) return "its scheme is neither https nor http";
    if (!is_https && !is_ours) return "it must be https";
    if (!is_ours && !may_leave_machine) return "it leaves this machine; the switch callback_hosts allows that";
    return {};
}

Outbox::Outbox(asio::any_io_executor executor, std::function<Instant()> now)
    : executor_(std::move(executor)), now_(std::move(now)), client_(http::Client::make(executor_)), timer_(executor_) {}

void Outbox::send(Delivery delivery, bool may_leave_machine) {
    if (is_closed_) return;
    delivery.id = next_id_++;
    delivery.created_at = now_();
    delivery.next_attempt_at = delivery.created_at;
    if (std::string complaint = complaint_about_callback(delivery.address, may_leave_machine); !complaint.empty()) {
        delivery.attempts.push_back({delivery.created_at, 0, std::move(complaint)});
        delivery.next_attempt_at.reset();
    }
    deliveries_.push_back(std::move(delivery));
    if (deliveries_.size() > kDeliveriesKept) deliveries_.pop_front();
    start();
}

Async<std::string> Outbox::try_once(Delivery delivery, bool may_leave_machine) {
    const auto self = shared_from_this();
    if (is_closed_) co_return "the simulator is stopping";
    delivery.id = next_id_++;
    delivery.created_at = now_();
    Delivery::Attempt attempt{delivery.created_at, 0, complaint_about_callback(delivery.address, may_leave_machine)};
    if (attempt.problem.empty()) attempt = co_await ask(delivery, delivery.answer);
    std::string problem = attempt.problem;
    delivery.is_delivered = problem.empty();
    delivery.attempts.push_back(std::move(attempt));
    deliveries_.push_back(std::move(delivery));
    co_return problem;
}

void Outbox::kick() {
    timer_.cancel();
}

void Outbox::clear() {
    deliveries_.clear();
    kick();
}

void Outbox::close() {
    is_closed_ = true;
    client_.reset();
    kick();
}

Delivery* Outbox::find(std::uint64_t id) {
    const auto found = std::ranges::find(deliveries_, id, &Delivery::id);
    return found == deliveries_.end() ? nullptr : &*found;
}

void Outbox::start() {
    if (is_pumping_ || is_closed_) return;
    is_pumping_ = true;
    asio::co_spawn(executor_, pump(), asio::detached);
}

Async<void> Outbox::pump() {
    const auto self = shared_from_this();
    while (!is_closed_) {
        std::vector<std::uint64_t> due;
        std::optional<Instant> soonest;
        for (const Delivery& delivery : deliveries_) {
            if (!delivery.next_attempt_at) continue;
            if (*delivery.next_attempt_at <= now_()) due.push_back(delivery.id);
            soonest = std::min(soonest.value_or(*delivery.next_attempt_at), *delivery.next_attempt_at);
        }
        if (!soonest) break;
        for (const std::uint64_t id : due)
            co_await attempt(id);
        if (!due.empty()) continue;
        const auto nap = std::min<Milliseconds>(kLongestNap, std::chrono::ceil<Milliseconds>(*soonest - now_()));
        timer_.expires_after(nap);
        co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
    }
    is_pumping_ = false;
}

Async<void> Outbox::attempt(std::uint64_t id) {
    const Delivery* planned = find(id);
    if (planned == nullptr) co_return;
    std::string answer;
    const Delivery::Attempt attempt = co_await ask(*planned, answer);
    Delivery* delivery = find(id);
    if (delivery == nullptr) co_return; // forgotten meanwhile
    delivery->attempts.push_back(attempt);
    delivery->is_delivered = attempt.problem.empty();
    delivery->answer = std::move(answer);
    delivery->next_attempt_at.reset();
    const std::size_t count = delivery->attempts.size();
    if (!delivery->is_delivered && count < kAttemptsAt.size())
        delivery->next_attempt_at = delivery->created_at + kAttemptsAt[count];
}

Async<Delivery::Attempt> Outbox::ask(Delivery copy, std::string& answer) {
    Delivery::Attempt attempt{now_(), 0, {}};
    if (!client_) co_return Delivery::Attempt{now_(), 0, "the simulator is stopping"};
    const auto response = co_await client_->send(to_request(copy));
    if (!response) {
        attempt.problem = response.error().summary();
        co_return attempt;
    }
    attempt.status = response->status;
    if (attempt.status < 200 || attempt.status > 299) {
        attempt.problem = "HTTP Status Code = " + std::to_string(attempt.status);
    } else if (copy.kind == Delivery::Kind::kHandshake && trimmed(response->body) != copy.challenge) {
        attempt.problem = "the answer is not the challenge";
    }
    if (copy.kind == Delivery::Kind::kDataDeletion) answer = response->body.substr(0, kShownBytes);
    co_return attempt;
}

json::array Outbox::to_json() const {
    json::array list;
    for (const Delivery& delivery : deliveries_) {
        json::array attempts;
        for (const Delivery::Attempt& attempt : delivery.attempts)
            attempts.push_back(describe(attempt));
        json::object object;
        object["id"] = delivery.id;
        object["kind"] = to_text(delivery.kind);
        object["app_id"] = delivery.app_id;
        object["address"] = delivery.address;
        object["created_at"] = to_rfc3339(delivery.created_at);
        object["state"] = delivery.is_delivered ? "delivered" : delivery.next_attempt_at ? "pending" : "failed";
        object["next_attempt_at"] =
            delivery.next_attempt_at ? json::value(to_rfc3339(*delivery.next_attempt_at)) : json::value(nullptr);
        object["body"] = delivery.body;
        object["answer"] = delivery.answer.empty() ? json::value(nullptr) : json::value(delivery.answer);
        object["attempts"] = std::move(attempts);
        list.push_back(std::move(object));
    }
    return list;
}

} // namespace everlong::simulator
