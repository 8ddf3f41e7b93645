#include <simulator/control/control.hpp>

#include <simulator/callbacks/webhooks.hpp>
#include <simulator/control/feed_page.hpp>
#include <simulator/publishing/publishing.hpp>
#include <simulator/wire/meta_json.hpp>
#include <simulator/wire/wishes.hpp>
#include <simulator/world/world_document.hpp>

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace everlong::simulator {
namespace {

namespace json = boost::json;

// Contract: "advance only forward; any size up to 100 years".
constexpr std::int64_t kLongestAdvanceS = 36'525LL * 86'400;
constexpr std::size_t kMostAddresses = 100;
constexpr std::int64_t kHighestSeed = 1'000'000'000'000;

struct Ask {
    const http::Request& request;
    json::value body; // null where there is none
};

std::expected<json::object, ControlError> object_of(const Ask& ask, std::string_view example) {
    if (const auto* object = ask.body.if_object()) return *object;
    return std::unexpected(ControlError("the body must be a JSON object such as " + std::string(example)));
}

json::object clock_answer(Sandbox& sandbox) {
    json::object answer;
    answer["now"] = to_rfc3339(sandbox.now());
    return answer;
}

ControlAnswer get_clock(Sandbox& sandbox, const Ask&) {
    return clock_answer(sandbox);
}

ControlAnswer post_clock(Sandbox& sandbox, const Ask& ask) {
    auto object = object_of(ask, R"({"advance_s":86400})");
    if (!object) return std::unexpected(std::move(object.error()));
    Wishes wishes(*object, "the clock");
    wishes.allow({"advance_s"});
    if (!wishes.has("advance_s")) wishes.complain("\"advance_s\" is missing");
    const auto advance_s = wishes.number("advance_s", 0, kLongestAdvanceS);
    if (!wishes.complaint().empty()) return std::unexpected(wishes.complaint() + "; the clock goes forward only");
    if (!advance_s) return std::unexpected(ControlError("\"advance_s\" must be a number"));
    if (sandbox.now() + Seconds(*advance_s) > kEndOfCalendar) {
        return std::unexpected(ControlError("the clock would pass the year 9900; POST /_sandbox/reset brings it back"));
    }
    sandbox.advanced += Seconds(*advance_s);
    return clock_answer(sandbox);
}

// The number that the only parameter of a query gives; `otherwise` without one.
std::expected<std::uint64_t, ControlError> number_of(const Ask& ask, std::string_view wanted, std::uint64_t otherwise) {
    std::uint64_t number = otherwise;
    for (const auto& [name, value] : http::parse_form(ask.request.raw_query())) {
        if (name != wanted) {
            return std::unexpected(
                ControlError("this call takes no \"" + name + "\", only \"" + std::string(wanted) + "\""));
        }
        const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
        if (error != std::errc() || end != value.data() + value.size()) {
            return std::unexpected(ControlError("\"" + std::string(wanted) + "\" must be a number"));
        }
    }
    return number;
}

// ?limit=N: at most so many of each kind, for those who only look.
ControlAnswer get_state(Sandbox& sandbox, const Ask& ask) {
    const auto limit = number_of(ask, "limit", std::numeric_limits<std::uint64_t>::max());
    if (!limit) return std::unexpected(limit.error());
    return describe_state(sandbox, *limit);
}

ControlAnswer post_reset(Sandbox& sandbox, const Ask&) {
    sandbox.reset();
    return clock_answer(sandbox);
}

ControlAnswer post_token(Sandbox& sandbox, const Ask& ask) {
    auto object = object_of(ask, R"({"login":"instagram"})");
    if (!object) return std::unexpected(std::move(object.error()));
    return mint_token(sandbox, *object);
}

ControlAnswer post_event(Sandbox& sandbox, const Ask& ask) {
    auto object = object_of(ask, R"({"type":"password-changed"})");
    if (!object) return std::unexpected(std::move(object.error()));
    return cause_event(sandbox, *object);
}

ControlAnswer get_faults(Sandbox& sandbox, const Ask&) {
    return sandbox.faults.to_json();
}

ControlAnswer post_faults(Sandbox& sandbox, const Ask& ask) {
    auto done = sandbox.faults.set(ask.body);
    if (!done) return std::unexpected(ControlError(std::move(done.error())));
    return sandbox.faults.to_json();
}

ControlAnswer post_hostile(Sandbox& sandbox, const Ask& ask) {
    auto object = object_of(ask, R"({"seed":7})");
    if (!object) return std::unexpected(std::move(object.error()));
    Wishes wishes(*object, "the mix");
    wishes.allow({"seed"});
    const auto seed = wishes.number("seed", 0, kHighestSeed);
    if (!object->contains("seed")) wishes.complain("\"seed\" is missing; null ends the mix");
    if (!wishes.complaint().empty()) return std::unexpected(wishes.complaint());
    sandbox.faults.be_hostile(seed ? std::optional(static_cast<std::uint64_t>(*seed)) : std::nullopt);
    return sandbox.faults.to_json();
}

ControlAnswer get_limits(Sandbox& sandbox, const Ask&) {
    return to_json(sandbox.limits.quotas());
}

ControlAnswer post_limits(Sandbox& sandbox, const Ask& ask) {
    auto object = object_of(ask, R"({"app_calls_per_hour":200})");
    if (!object) return std::unexpected(std::move(object.error()));
    Wishes wishes(*object, "the limits");
    Quotas quotas = sandbox.limits.quotas();
    read_quotas(wishes, quotas);
    if (!wishes.complaint().empty()) return std::unexpected(wishes.complaint());
    sandbox.limits.set_quotas(quotas);
    return to_json(sandbox.limits.quotas());
}

ControlAnswer get_world(Sandbox& sandbox, const Ask&) {
    return sandbox.save();
}

json::object count_world(World& world) {
    return {{"people", world.people().size()},         {"pages", world.pages().size()},
            {"businesses", world.businesses().size()}, {"accounts", world.accounts().size()},
            {"tokens", world.tokens().size()},         {"apps", world.apps().size()}};
}

ControlAnswer put_world(Sandbox& sandbox, const Ask& ask) {
    auto object = object_of(ask, R"({"accounts":[{"username":"cafe"}]})");
    if (!object) return std::unexpected(std::move(object.error()));
    if (auto done = sandbox.replace_world(*object); !done)
        return std::unexpected(ControlError(std::move(done.error())));
    return count_world(*sandbox.world);
}

// Laid over what exists: new entries are added, known ones changed.
ControlAnswer post_world(Sandbox& sandbox, const Ask& ask) {
    auto object = object_of(ask, R"({"accounts":[{"username":"cafe","account_type":"MEDIA_CREATOR"}]})");
    if (!object) return std::unexpected(std::move(object.error()));
    if (auto done = load_world(*sandbox.world, *object, sandbox.now()); !done)
        return std::unexpected(ControlError(std::move(done.error())));
    return count_world(*sandbox.world);
}

ControlAnswer get_switches(Sandbox& sandbox, const Ask&) {
    return sandbox.switches.to_json();
}

ControlAnswer post_switches(Sandbox& sandbox, const Ask& ask) {
    auto object = object_of(ask, R"({"refresh_string":"same"})");
    if (!object) return std::unexpected(std::move(object.error()));
    auto done = sandbox.switches.set(*object);
    if (!done) return std::unexpected(ControlError(std::move(done.error())));
    return sandbox.switches.to_json();
}

bool is_address(const std::string& text) {
    return (text.starts_with("http://") && text.size() > 7) || (text.starts_with("https://") && text.size() > 8);
}

// What the dashboard of an app takes besides: where its webhooks go. The handshake follows.
std::optional<SubscriptionWish> read_webhook(const json::object& object, const std::string& app_id, Wishes& wishes) {
    const auto* value = object.if_contains("webhook");
    if (value == nullptr || value->is_null()) return std::nullopt;
    if (!value->is_object()) {
        wishes.complain(R"("webhook" must be an object such as {"callback_url","verify_token","fields":["comments"]})");
        return std::nullopt;
    }
    Wishes hook(value->get_object(), "the webhook");
    hook.allow({"object", "callback_url", "verify_token", "fields"});
    SubscriptionWish wish;
    wish.app_id = app_id;
    wish.subscription.object = hook.text("object").value_or("instagram");
    wish.subscription.callback_url = hook.text("callback_url").value_or("");
    wish.verify_token = hook.text("verify_token").value_or("");
    const auto known = webhook_fields(wish.subscription.object);
    if (known.empty()) hook.complain("\"object\" must be one of instagram, page, user, permissions");
    wish.subscription.fields = hook.texts("fields").value_or(std::vector<std::string>(known.begin(), known.end()));
    for (const std::string& field : wish.subscription.fields) {
        if (std::ranges::find(known, field) == known.end()) hook.complain("there is no field \"" + field + "\"");
    }
    if (!is_address(wish.subscription.callback_url)) hook.complain("\"callback_url\" must be an absolute address");
    if (!hook.complaint().empty()) wishes.complain(hook.complaint());
    return wish;
}

// An event as Meta sends it, to every app that subscribed to it (contract, section 5).
ControlAnswer post_webhook(Sandbox& sandbox, const Ask& ask) {
    auto object = object_of(ask, R"({"object":"instagram","field":"comments","value":{"text":"hello"}})");
    if (!object) return std::unexpected(std::move(object.error()));
    Wishes wishes(*object, "the webhook");
    wishes.allow({"object", "field", "value", "account", "app_id"});
    const std::string about = wishes.text("object").value_or("instagram");
    const auto field = wishes.text("field");
    if (!field) wishes.complain("\"field\" is missing");
    const auto username = wishes.text("account");
    const auto app_id = wishes.text("app_id");
    World& world = *sandbox.world;
    const Account* account =
        username ? world.find_account_by_username(*username) : world.find_account(world.default_ig_user_id);
    if (account == nullptr) wishes.complain("there is no account \"" + username.value_or("") + "\"");
    if (!sandbox.outbox) wishes.complain("this simulator sends nothing");
    if (!wishes.complaint().empty()) return std::unexpected(wishes.complaint());
    const auto* value = object->if_contains("value");
    const std::string subject = about == "instagram" ? account->ig_user_id
                                : about == "page"    ? account->page_id
                                                     : account->person_id;
    auto sent = send_webhook(sandbox, about, *field, value == nullptr ? json::object() : *value, subject, app_id);
    if (!sent) return std::unexpected(ControlError(std::move(sent.error())));
    return std::move(*sent);
}

ControlAnswer post_app(Sandbox& sandbox, const Ask& ask) {
    auto object = object_of(ask, R"({"redirect_uris":["https://example.com/callback"]})");
    if (!object) return std::unexpected(std::move(object.error()));
    Wishes wishes(*object, "the app");
    wishes.allow({"app_id", "redirect_uris", "deauthorize_callback_url", "data_deletion_callback_url", "webhook"});
    const std::string id = wishes.text("app_id").value_or(sandbox.world->first_app_id);
    App* app = sandbox.world->find_app(id);
    if (app == nullptr) wishes.complain("there is no app with the id \"" + id + "\"");
    const auto redirect_uris = wishes.texts("redirect_uris");
    const auto deauthorize = wishes.text("deauthorize_callback_url");
    const auto deletion = wishes.text("data_deletion_callback_url");
    if (redirect_uris && redirect_uris->size() > kMostAddresses) wishes.complain("at most 100 redirect_uris");
    if (redirect_uris && !std::ranges::all_of(*redirect_uris, is_address)) {
        wishes.complain("\"redirect_uris\" must hold absolute http or https addresses");
    }
    // Empty text takes a callback away.
    if (deauthorize && !deauthorize->empty() && !is_address(*deauthorize)) {
        wishes.complain("\"deauthorize_callback_url\" must be an absolute http or https address");
    }
    if (deletion && !deletion->empty() && !is_address(*deletion)) {
        wishes.complain("\"data_deletion_callback_url\" must be an absolute http or https address");
    }
    const auto webhook = app == nullptr ? std::nullopt : read_webhook(*object, app->id, wishes);
    if (!wishes.complaint().empty()) return std::unexpected(wishes.complaint());
    if (webhook) sandbox.world->awaited_subscription = *webhook;
    if (redirect_uris) app->redirect_uris = *redirect_uris;
    if (deauthorize) app->deauthorize_callback_url = *deauthorize;
    if (deletion) app->data_deletion_callback_url = *deletion;
    return describe_app(*app);
}

// ?after=N leaves out calls up to that number, for those who ask often.
ControlAnswer get_ledger(Sandbox& sandbox, const Ask& ask) {
    const auto after = number_of(ask, "after", 0);
    if (!after) return std::unexpected(after.error());
    json::object ledger = sandbox.ledger.to_json(*after);
    ledger["deliveries"] = sandbox.outbox ? sandbox.outbox->to_json() : json::array();
    const Publishing& publishing = *sandbox.world->publishing;
    ledger["containers"] = publishing.containers_to_json(
        [&](const Container& container) { return status_of(container, sandbox.switches, sandbox.now()); });
    ledger["media"] = publishing.media_to_json([&](const std::string& ig_user_id) {
        const Account* account = sandbox.world->find_account(ig_user_id);
        return account == nullptr ? std::string() : account->username;
    });
    ledger["fetches"] = publishing.fetches_to_json();
    return ledger;
}

struct Row {
    std::string_view method;
    std::string_view path;
    ControlAnswer (*answer)(Sandbox&, const Ask&);
};

constexpr std::array kRows{
    Row{"GET", "/_sandbox/state", get_state},       Row{"POST", "/_sandbox/reset", post_reset},
    Row{"GET", "/_sandbox/clock", get_clock},       Row{"POST", "/_sandbox/clock", post_clock},
    Row{"POST", "/_sandbox/token", post_token},     Row{"POST", "/_sandbox/event", post_event},
    Row{"GET", "/_sandbox/faults", get_faults},     Row{"POST", "/_sandbox/faults", post_faults},
    Row{"GET", "/_sandbox/switches", get_switches}, Row{"POST", "/_sandbox/switches", post_switches},
    Row{"POST", "/_sandbox/app", post_app},         Row{"GET", "/_sandbox/ledger", get_ledger},
    Row{"GET", "/_sandbox/world", get_world},       Row{"PUT", "/_sandbox/world", put_world},
    Row{"POST", "/_sandbox/world", post_world},     Row{"GET", "/_sandbox/limits", get_limits},
    Row{"POST", "/_sandbox/limits", post_limits},   Row{"POST", "/_sandbox/webhook", post_webhook},
    Row{"POST", "/_sandbox/hostile", post_hostile},
};

std::string known_calls() {
    std::string text;
    for (const Row& row : kRows)
        text += (text.empty() ? "" : ", ") + std::string(row.method) + " " + std::string(row.path);
    return text;
}

ControlAnswer answer(Sandbox& sandbox, const http::Request& request) {
    std::string_view path = request.raw_path();
    if (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
    const std::string_view method = request.method == "HEAD" ? std::string_view("GET") : request.method;
    bool is_known_path = false;
    for (const Row& row : kRows) {
        if (row.path != path) continue;
        is_known_path = true;
        if (row.method != method) continue;
        Ask ask{request, nullptr};
        if ((method == "POST" || method == "PUT") && !request.body.empty()) {
            boost::system::error_code error;
            ask.body = json::parse(request.body, error);
            if (error) return std::unexpected(ControlError("the body is not JSON: " + error.message()));
        }
        return row.answer(sandbox, ask);
    }
    if (is_known_path)
        return std::unexpected(ControlError(std::string(path) + " does not take " + request.method, 405));
    return std::unexpected(ControlError("there is no such control call; there are " + known_calls(), 404));
}

// The one answer that is no JSON: clients read it as it is.
http::Response authority_answer(const Sandbox& sandbox) {
    http::Response response;
    response.headers.add("Content-Type", "application/x-pem-file");
    response.headers.add("Date", to_http_date(sandbox.now()));
    response.body = sandbox.authority;
    return response;
}

} // namespace

http::Response control_refusal(const Sandbox& sandbox, const std::string& text) {
    http::Response response;
    response.status = 400;
    response.body = to_meta_json(json::object{{"error", text}});
    response.headers.add("Content-Type", "application/json; charset=utf-8");
    response.headers.add("Date", to_http_date(sandbox.now()));
    return response;
}

bool is_control_call(const http::Request& request) {
    const std::string_view path = request.raw_path();
    return path == "/_sandbox" || path.starts_with("/_sandbox/");
}

http::Response handle_control(Sandbox& sandbox, const http::Request& request) {
    if (auto page = find_page(sandbox, request)) return std::move(*page);
    if (request.raw_path() == "/_sandbox/ca.pem" && !sandbox.authority.empty()) return authority_answer(sandbox);
    if (auto page = answer_feed(sandbox, request)) return std::move(*page);
    auto answered = answer(sandbox, request);
    http::Response response;
    json::object body;
    if (answered) {
        body = std::move(*answered);
    } else {
        response.status = answered.error().status;
        body["error"] = answered.error().text;
    }
    // Paths that were asked for and answers of applications need not be UTF-8; what is told of them is.
    response.body = to_meta_json(body);
    response.headers.add("Content-Type", "application/json; charset=utf-8");
    response.headers.add("Date", to_http_date(sandbox.now()));
    response.headers.add("Cache-Control", "no-store");
    return response;
}

} // namespace everlong::simulator
