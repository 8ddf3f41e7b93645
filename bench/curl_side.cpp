#include "curl_side.hpp"

#include <core/facts/platform.hpp>

#include <curl/curl.h>

#include <stdexcept>

namespace everlong::bench {
namespace {

// One renewal under way: first the refresh, then /me with what it gave.
struct Renewal {
    CURL* easy = nullptr;
    curl_slist* headers = nullptr;
    std::string* token = nullptr;
    std::string answer;
    bool is_refreshed = false;
};

std::size_t keep(char* data, std::size_t size, std::size_t count, void* answer) {
    static_cast<std::string*>(answer)->append(data, size * count);
    return size * count;
}

std::string token_in(const std::string& answer) {
    const std::string key = "\"access_token\":\"";
    const std::size_t begin = answer.find(key);
    if (begin == std::string::npos) throw std::runtime_error("no token in the answer: " + answer);
    const std::size_t end = answer.find('"', begin + key.size());
    return answer.substr(begin + key.size(), end - begin - key.size());
}

} // namespace

struct CurlSide::Parts {
    std::string refresh_url;
    std::string me_url;
    std::vector<std::string> tokens;
    CURLM* multi = ::curl_multi_init();

    void ask_for_refresh(Renewal& renewal, RefreshOn connection);
    void ask_for_me(Renewal& renewal);
    // True where the renewal is complete.
    bool go_on(Renewal& renewal);
    void begin(Renewal& renewal);
};

void CurlSide::Parts::begin(Renewal& renewal) {
    renewal.answer.clear();
    ::curl_easy_setopt(renewal.easy, CURLOPT_WRITEFUNCTION, keep);
    ::curl_easy_setopt(renewal.easy, CURLOPT_WRITEDATA, &renewal.answer);
    ::curl_easy_setopt(renewal.easy, CURLOPT_NOSIGNAL, 1L);
    ::curl_easy_setopt(renewal.easy, CURLOPT_PRIVATE, &renewal);
    ::curl_multi_add_handle(multi, renewal.easy);
}

void CurlSide::Parts::ask_for_refresh(Renewal& renewal, RefreshOn connection) {
    ::curl_easy_reset(renewal.easy);
    const std::string url = refresh_url + *renewal.token;
    ::curl_easy_setopt(renewal.easy, CURLOPT_URL, url.c_str());
    if (connection == RefreshOn::kNewConnection) ::curl_easy_setopt(renewal.easy, CURLOPT_FRESH_CONNECT, 1L);
    renewal.is_refreshed = false;
    begin(renewal);
}

void CurlSide::Parts::ask_for_me(Renewal& renewal) {
    ::curl_easy_reset(renewal.easy);
    ::curl_easy_setopt(renewal.easy, CURLOPT_URL, me_url.c_str());
    ::curl_slist_free_all(renewal.headers);
    renewal.headers = ::curl_slist_append(nullptr, ("Authorization: Bearer " + *renewal.token).c_str());
    ::curl_easy_setopt(renewal.easy, CURLOPT_HTTPHEADER, renewal.headers);
    begin(renewal);
}

bool CurlSide::Parts::go_on(Renewal& renewal) {
    long status = 0;
    ::curl_easy_getinfo(renewal.easy, CURLINFO_RESPONSE_CODE, &status);
    ::curl_multi_remove_handle(multi, renewal.easy);
    if (status != 200) throw std::runtime_error("the simulator refused: " + renewal.answer);
    if (renewal.is_refreshed) return true;
    *renewal.token = token_in(renewal.answer);
    renewal.is_refreshed = true;
    ask_for_me(renewal);
    return false;
}

CurlSide::CurlSide(const std::string& meta_base, std::vector<MintedToken> tokens) : parts_(std::make_unique<Parts>()) {
    using core::GraphCall;
    using core::LoginPath;
    const auto* refresh = core::find_call(GraphCall::kRefresh, LoginPath::kInstagram);
    const auto* me = core::find_call(GraphCall::kMe, LoginPath::kInstagram);
    const std::string host = meta_base + "/" + std::string(core::host_name(core::MetaHost::kInstagramGraph));
    parts_->refresh_url = host + std::string(refresh->path) + "?grant_type=" + std::string(refresh->grant_type) + "&" +
                          std::string(refresh->token_parameter) + "=";
    parts_->me_url = host + "/" + std::string(core::kDefaultGraphVersion) + std::string(me->path) +
                     "?fields=" + std::string(me->fields);
    for (const MintedToken& minted : tokens)
        parts_->tokens.emplace_back(minted.token.reveal());
}

CurlSide::~CurlSide() {
    ::curl_multi_cleanup(parts_->multi);
}

Cost CurlSide::renew_all(std::size_t at_once, RefreshOn connection) {
    const Meter meter;
    std::vector<Renewal> slots(std::min(at_once, parts_->tokens.size()));
    std::size_t next = 0;
    std::size_t done = 0;
    for (Renewal& renewal : slots) {
        renewal.easy = ::curl_easy_init();
        renewal.token = &parts_->tokens[next++];
        parts_->ask_for_refresh(renewal, connection);
    }
    while (done < parts_->tokens.size()) {
        int running = 0;
        ::curl_multi_perform(parts_->multi, &running);
        int waiting = 0;
        while (const CURLMsg* message = ::curl_multi_info_read(parts_->multi, &waiting)) {
            if (message->msg != CURLMSG_DONE) continue;
            if (message->data.result != CURLE_OK) throw std::runtime_error(::curl_easy_strerror(message->data.result));
            void* given = nullptr;
            ::curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &given);
            auto& renewal = *static_cast<Renewal*>(given);
            if (!parts_->go_on(renewal)) continue;
            ++done;
            if (next == parts_->tokens.size()) continue;
            renewal.token = &parts_->tokens[next++];
            parts_->ask_for_refresh(renewal, connection);
        }
        if (done < parts_->tokens.size()) ::curl_multi_poll(parts_->multi, nullptr, 0, 1000, nullptr);
    }
    for (Renewal& renewal : slots) {
        ::curl_easy_cleanup(renewal.easy);
        ::curl_slist_free_all(renewal.headers);
    }
    return meter.cost_of_each(parts_->tokens.size());
}

} // namespace everlong::bench
