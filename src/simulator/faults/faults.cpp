// Which fault strikes which call: rules that tests order, and a reproducible mix of everything.
#include <simulator/faults/faults.hpp>

#include <simulator/wire/wishes.hpp>

#include <base/digest.hpp>

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

#include <algorithm>
#include <array>

namespace everlong::simulator {
namespace {

namespace json = boost::json;

constexpr std::size_t kMostRules = 1000;
constexpr std::int64_t kMostStrikes = 1'000'000'000;

// The hostile mix: about one call in six. Delays are short enough that patient clients live.
constexpr std::uint64_t kHostileShare = 6;
constexpr std::array<std::string_view, 14> kHostileMix{
    R"({"kind":"status","status":500})",
    R"({"kind":"status","status":503})",
    R"({"kind":"status","status":400,"code":1,"is_transient":true})",
    R"({"kind":"html","status":502})",
    R"({"kind":"html","status":429})",
    R"({"kind":"rate-limit","code":4,"minutes":1})",
    R"({"kind":"drop-before"})",
    R"({"kind":"drop-after"})",
    R"({"kind":"reset"})",
    R"({"kind":"truncate"})",
    R"({"kind":"garbage"})",
    R"({"kind":"wrong-length"})",
    R"({"kind":"delay","ms":300})",
    R"({"kind":"out-of-order","ms":300})",
};

bool is_same_word(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](char x, char y) {
        const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
        return lower(x) == lower(y);
    });
}

std::string path_of(const Call& call) {
    std::string path;
    for (const std::string& segment : call.segments)
        path += "/" + segment;
    return path.empty() ? "/" : path;
}

// Is it a call for this account: by its token, or by the id of it or of its Page in the path?
bool is_about(const Call& call, World& world, const std::string& username) {
    const Account* account = world.find_account_by_username(username);
    if (account == nullptr) return false;
    for (const std::string& segment : call.segments) {
        if (segment == account->ig_user_id || segment == account->scoped_id || segment == account->page_id) return true;
    }
    const Token* token = call.token.empty() ? nullptr : world.find_token(call.token);
    if (token == nullptr) return false;
    if (!token->ig_user_id.empty()) return token->ig_user_id == account->ig_user_id;
    if (!token->page_id.empty()) return token->page_id == account->page_id;
    return token->person_id == account->person_id;
}

// A number that depends on nothing but the seed and which call it is.
std::uint64_t draw(std::uint64_t seed, std::uint64_t number) {
    const Sha256 digest = sha256(std::to_string(seed) + ":" + std::to_string(number));
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < 8; ++i)
        value = value << 8 | static_cast<unsigned char>(digest.data()[i]);
    return value;
}

} // namespace

std::expected<FaultPlan::Rule, std::string> FaultPlan::parse_rule(const json::value& value) {
    const auto* object = value.if_object();
    if (object == nullptr)
        return std::unexpected("every fault must be an object with \"match\", \"times\" and \"fault\"");
    Wishes wishes(*object, "the rule");
    wishes.allow({"match", "times", "fault"});
    Rule rule;
    if (const auto times = wishes.number("times", 1, kMostStrikes))
        rule.strikes_left = static_cast<std::uint64_t>(*times);
    if (!wishes.complaint().empty()) return std::unexpected(wishes.complaint());

    if (const auto* match = object->if_contains("match")) {
        if (!match->is_object()) return std::unexpected("\"match\" must be an object; {} strikes every call");
        Wishes matching(match->get_object(), "the match");
        matching.allow({"method", "path", "host", "account", "token", "nth", "probability", "seed"});
        rule.method = matching.text("method").value_or("");
        rule.path = matching.text("path").value_or("");
        rule.host = matching.text("host").value_or("");
        rule.account = matching.text("account").value_or("");
        // A token is remembered by its fingerprint, in which form it may be given, too.
        if (const auto token = matching.text("token"))
            rule.token = token->starts_with("sha256:") ? *token : fingerprint_of(*token).text();
        if (const auto nth = matching.number("nth", 1, kMostStrikes)) rule.nth = static_cast<std::uint64_t>(*nth);
        rule.probability = matching.fraction("probability");
        rule.seed = static_cast<std::uint64_t>(matching.number("seed", 0, kMostStrikes).value_or(1));
        if (!matching.complaint().empty()) return std::unexpected(matching.complaint());
    }
    const auto* fault = object->if_contains("fault");
    if (fault == nullptr || !fault->is_object()) return std::unexpected("\"fault\" must be an object with \"kind\"");
    auto parsed = parse_fault(fault->get_object());
    if (!parsed) return std::unexpected(std::move(parsed.error()));
    rule.fault = std::move(*parsed);
    // Of a handshake nothing is known but the host's name.
    const bool asks_too_much =
        !rule.method.empty() || !rule.path.empty() || !rule.account.empty() || !rule.token.empty();
    if (rule.fault.kind == Fault::Kind::kTls && asks_too_much) {
        return std::unexpected(
            "a fault of the kind tls is matched by host, nth and probability only: it strikes before "
            "the request is there");
    }
    return rule;
}

std::expected<void, std::string> FaultPlan::set(const json::value& list) {
    const auto* array = list.if_array();
    if (array == nullptr) return std::unexpected("the faults must be an array; [] ends them all");
    if (array->size() > kMostRules) return std::unexpected("at most 1000 faults at a time");
    std::vector<Rule> rules;
    for (const json::value& value : *array) {
        auto rule = parse_rule(value);
        if (!rule) return std::unexpected(std::move(rule.error()));
        rules.push_back(std::move(*rule));
    }
    rules_ = std::move(rules);
    return {};
}

void FaultPlan::clear() {
    rules_.clear();
    calls_ = 0;
}

void FaultPlan::be_hostile(std::optional<std::uint64_t> seed) {
    hostile_seed_ = seed;
    calls_ = 0;
}

bool FaultPlan::matches(Rule& rule, const Call& call, World& world) {
    if (!rule.method.empty() && !is_same_word(rule.method, call.method)) return false;
    if (!rule.host.empty() && !is_same_word(rule.host, host_name(call.host))) return false;
    if (path_of(call).find(rule.path) == std::string::npos) return false;
    if (!rule.account.empty() && !is_about(call, world, rule.account)) return false;
    if (!rule.token.empty() && (call.token.empty() || fingerprint_of(call.token).text() != rule.token)) return false;
    return strikes_now(rule);
}

bool FaultPlan::strikes_now(Rule& rule) {
    ++rule.met;
    if (rule.nth && rule.met != *rule.nth) return false;
    constexpr double kWhole = 18446744073709551616.0; // 2^64
    return !rule.probability || static_cast<double>(draw(rule.seed, rule.met)) < *rule.probability * kWhole;
}

std::optional<Fault> FaultPlan::take(const Call& call, World& world) {
    for (Rule& rule : rules_) {
        if (rule.fault.kind == Fault::Kind::kTls) continue;
        if (rule.strikes_left == 0U || !matches(rule, call, world)) continue;
        if (rule.strikes_left) --*rule.strikes_left;
        return rule.fault;
    }
    if (!hostile_seed_) return std::nullopt;
    const std::uint64_t drawn = draw(*hostile_seed_, ++calls_);
    if (drawn % kHostileShare != 0) return std::nullopt;
    auto fault = parse_fault(json::parse(kHostileMix[drawn / kHostileShare % kHostileMix.size()]).get_object());
    if (!fault) return std::nullopt;
    fault->name = "hostile: " + fault->name;
    return std::move(*fault);
}

std::optional<Fault> FaultPlan::take_handshake(std::string_view name) {
    for (Rule& rule : rules_) {
        if (rule.fault.kind != Fault::Kind::kTls || rule.strikes_left == 0U) continue;
        if (!rule.host.empty() && !is_same_word(rule.host, name)) continue;
        if (!strikes_now(rule)) continue;
        if (rule.strikes_left) --*rule.strikes_left;
        return rule.fault;
    }
    return std::nullopt;
}

json::object FaultPlan::to_json() const {
    json::array list;
    for (const Rule& rule : rules_) {
        json::object match;
        if (!rule.method.empty()) match["method"] = rule.method;
        if (!rule.path.empty()) match["path"] = rule.path;
        if (!rule.host.empty()) match["host"] = rule.host;
        if (!rule.account.empty()) match["account"] = rule.account;
        if (!rule.token.empty()) match["token"] = rule.token;
        if (rule.nth) match["nth"] = *rule.nth;
        if (rule.probability) match["probability"] = *rule.probability;
        if (rule.probability) match["seed"] = rule.seed;
        json::object item;
        item["match"] = std::move(match);
        item["times_left"] = rule.strikes_left ? json::value(*rule.strikes_left) : json::value(nullptr);
        item["kind"] = rule.fault.name;
        list.push_back(std::move(item));
    }
    json::object object;
    object["faults"] = std::move(list);
    object["hostile"] = hostile_seed_ ? json::value(*hostile_seed_) : json::value(nullptr);
    return object;
}

} // namespace everlong::simulator
