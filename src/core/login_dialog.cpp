#include <core/login_dialog.hpp>

#include <base/base64.hpp>
#include <base/digest.hpp>
#include <core/facts/platform.hpp>

#include <algorithm>

namespace everlong::core {
namespace {

constexpr std::size_t kRedirectBytes = 1000; // longer than any that a dashboard takes

std::string_view host_of(std::string_view rest) {
    rest = rest.substr(0, rest.find_first_of("/?"));
    if (rest.starts_with('[')) return rest.substr(0, rest.find(']') + 1);
    return rest.substr(0, rest.find(':'));
}

bool is_this_machine(std::string_view host) {
    return host == "localhost" || host == "127.0.0.1" || host == "[::1]";
}

std::string joined(const std::vector<std::string>& parts) {
    std::string text;
    for (const std::string& part : parts)
        text += (text.empty() ? "" : ",") + part;
    return text;
}

std::unexpected<Error> unfit(std::string_view why) {
    return fail(Code::kRedirectUri, Fault::kUsage, "the redirect address " + std::string(why));
}

} // namespace

std::string code_challenge(const Secret& verifier) {
    const Sha256 digest = sha256(verifier.reveal());
    return to_base64url(std::string_view(reinterpret_cast<const char*>(digest.data()), digest.size()));
}

Secret dialog_address(const DialogQuestion& question) {
    const DialogFacts& facts = dialog_facts(question.login);
    const std::string host(host_name(facts.host));
    std::string address = question.meta_base.empty() ? "https://" + host : question.meta_base + "/" + host;
    if (facts.is_versioned) address += "/" + question.graph_version;
    QueryParameters query{{"client_id", question.app_id},
                          {"redirect_uri", question.redirect_uri},
                          {"response_type", "code"},
                          {"scope", joined(question.scopes)},
                          {"state", std::string(question.state.reveal())}};
    if (question.login == LoginPath::kFacebook && question.again != AskAgain::kNothing) {
        query.emplace_back("auth_type", question.again == AskAgain::kDeclined ? "rerequest" : "reauthorize");
    }
    if (facts.takes_challenge && !question.verifier.is_empty()) {
        query.emplace_back("code_challenge", code_challenge(question.verifier));
        query.emplace_back("code_challenge_method", "S256");
    }
    query.insert(query.end(), question.extra.begin(), question.extra.end());
    address += std::string(facts.path) + "?" + format_query(query);
    return Secret::take(std::move(address));
}

std::string own_address(const OwnAddresses& own, std::string_view path) {
    if (!own.public_url.empty()) return own.public_url + std::string(path);
    return "http://localhost:" + std::to_string(own.port) + std::string(path);
}

std::string own_redirect_uri(const OwnAddresses& own, LoginPath login) {
    const std::string path = "/oauth/" + std::string(to_text(login)) + "/callback";
    const bool needs_https = own.public_url.empty() && !own.is_rehearsal && dialog_facts(login).wants_https;
    if (needs_https) return "https://localhost:" + std::to_string(own.port) + path;
    return own_address(own, path);
}

bool is_reachable_redirect(const OwnAddresses& own, std::string_view redirect_uri) {
    if (!own.public_url.empty() && redirect_uri.starts_with(own.public_url + "/")) return true;
    constexpr std::string_view kHttp = "http://";
    if (!redirect_uri.starts_with(kHttp)) return false;
    const std::string_view rest = redirect_uri.substr(kHttp.size());
    const std::string_view host = host_of(rest);
    const std::string_view behind = rest.substr(host.size());
    return is_this_machine(host) && behind.starts_with(":" + std::to_string(own.port) + "/");
}

Result<void> check_redirect_uri(LoginPath login, std::string_view uri, bool is_rehearsal) {
    const bool is_plain =
        std::ranges::all_of(uri, [](char c) { return c > ' ' && c < '\x7f' && c != '"' && c != '<' && c != '>'; });
    if (uri.size() > kRedirectBytes || !is_plain || uri.contains('\\')) return unfit("holds characters that none has");
    if (uri.contains('#')) return unfit("has a fragment behind '#', which Meta never sends back");
    const bool is_https = uri.starts_with("https://");
    if (!is_https && !uri.starts_with("http://")) return unfit("does not begin with https://");
    const std::string_view rest = uri.substr(is_https ? 8 : 7);
    const std::string_view host = host_of(rest);
    if (host.empty() || rest.substr(0, rest.find('/')).contains('@')) return unfit("names no host, or a user");
    if (is_https || is_rehearsal) return {};
    if (!is_this_machine(host)) return unfit("is http, which Meta refuses; it has to be https");
    if (dialog_facts(login).wants_https) return unfit("is http, which the Instagram login refuses everywhere");
    return {};
}

} // namespace everlong::core
