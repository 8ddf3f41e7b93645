// Any bytes as any of Meta's answers: no crash, and a success holds only what the reader promises. The first byte picks
// the question, the second the status.

#include <adapters/graph/detail/answers.hpp>
#include <adapters/graph/detail/json_edge.hpp>
#include <adapters/graph/detail/publish_answers.hpp>
#include <adapters/graph/detail/usage.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>

namespace {

using namespace everlong;
using adapters::detail::Answer;
using adapters::detail::Asked;
using core::GraphCall;
using core::LoginPath;

constexpr std::array kStatuses{200, 200, 200, 400, 401, 403, 404, 429, 500, 503, 302, 204};

void demand(bool holds) {
    if (!holds) std::abort();
}

bool is_id(const std::string& text) {
    return !text.empty() && text.size() <= 20 && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool is_showable(const std::string& text) {
    return text.size() <= 500 && std::ranges::none_of(text, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

Asked asked(LoginPath login, GraphCall call) {
    Asked made;
    made.context = {login, call};
    made.is_issuing = core::find_call(call, login) != nullptr && core::find_call(call, login)->is_issuing;
    return made;
}

bool is_address(const std::string& text) {
    return text.size() <= 2048 && std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f; });
}

template <class T>
bool is_success(const Result<T>& result, int status) {
    if (result) {
        demand(status == 200);
        return true;
    }
    demand(is_showable(result.error().summary().substr(0, 500)));
    if (result.error().upstream() != nullptr) demand(is_showable(result.error().upstream()->message));
    return false;
}

void check_medium(const ports::PublishedMedium& medium) {
    demand(is_id(medium.id) && is_address(medium.permalink) && medium.children >= 0);
    demand(is_showable(medium.media_type) && is_showable(medium.media_product_type));
}

void ask_about_publishing(int question, LoginPath login, Answer answer) {
    namespace detail = adapters::detail;
    switch (question) {
    case 0:
    case 1: {
        const auto made = detail::read_made_container(asked(login, GraphCall::kMakeContainer), answer, question == 1);
        if (!is_success(made, answer.status)) break;
        demand(is_id(made->id) && is_address(made->upload_uri) && made->upload_uri.empty() == (question == 0));
        break;
    }
    case 2: {
        const auto id = detail::read_made_id(asked(login, GraphCall::kPublish), answer);
        if (is_success(id, answer.status)) demand(is_id(*id));
        break;
    }
    case 3: {
        const auto sent = detail::read_uploaded(asked(login, GraphCall::kSendBytes), answer);
        is_success(sent, answer.status);
        break;
    }
    case 4: {
        const auto report = detail::read_container(asked(login, GraphCall::kContainer), answer, "17889000000000001");
        if (!is_success(report, answer.status)) break;
        demand(is_showable(report->text) && is_showable(report->video_phase));
        if (report->subcode) demand(*report->subcode / 1000 == 2207);
        break;
    }
    case 5: {
        const auto part = detail::read_media(asked(login, GraphCall::kListMedia), answer);
        if (!is_success(part, answer.status)) break;
        for (const auto& medium : part->media) {
            check_medium(medium);
        }
        demand(is_address(part->next.after));
        break;
    }
    case 6: {
        const auto medium = detail::read_medium(asked(login, GraphCall::kMedium), answer, "17920000000000001");
        if (!is_success(medium, answer.status)) break;
        check_medium(*medium);
        demand(medium->id == "17920000000000001");
        break;
    }
    default: {
        const auto usage = detail::read_usage(answer.body, answer.body);
        if (!usage) break;
        demand(usage->app_percent >= 0 && usage->account_percent >= 0);
        if (usage->regains_in) demand(*usage->regains_in > Seconds(0) && *usage->regains_in <= Days(2));
    }
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const LoginPath login = (data[0] & 1) != 0 ? LoginPath::kInstagram : LoginPath::kFacebook;
    const int status = kStatuses[data[1] % kStatuses.size()];
    const Answer answer{status, {reinterpret_cast<const char*>(data) + 2, size - 2}};
    const int question = data[0] / 2 % 14;
    if (question >= 6) return ask_about_publishing(question - 6, login, answer), 0;
    switch (question) {
    case 0: {
        const auto grant = adapters::detail::read_grant(asked(login, GraphCall::kExchange), answer);
        if (!is_success(grant, status)) break;
        demand(adapters::detail::is_token_text(grant->token.reveal()));
        if (grant->expires_in) demand(*grant->expires_in > Seconds(0) && *grant->expires_in <= Days(366));
        break;
    }
    case 1: {
        const auto inspection =
            adapters::detail::read_inspection(asked(LoginPath::kFacebook, GraphCall::kInspect), answer, "1001");
        if (is_success(inspection, status) && inspection->is_valid) demand(inspection->app_id == "1001");
        break;
    }
    case 2: {
        const auto me = adapters::detail::read_me(asked(login, GraphCall::kMe), answer);
        if (!is_success(me, status)) break;
        demand(login == LoginPath::kInstagram ? is_id(me->account.ig_user_id.text()) : is_id(me->id));
        demand(is_showable(me->name) && is_showable(me->account.username));
        break;
    }
    case 3: {
        const auto part = adapters::detail::read_list_part(asked(login, GraphCall::kListPages), answer);
        if (!is_success(part, status)) break;
        for (const auto& page : part->entries) {
            demand(is_id(page.id) && is_showable(page.name));
            if (page.account) demand(is_id(page.account->ig_user_id.text()));
        }
        break;
    }
    case 4: {
        const auto permissions = adapters::detail::read_permissions(asked(login, GraphCall::kListPermissions), answer);
        is_success(permissions, status);
        break;
    }
    default: {
        const auto account =
            adapters::detail::read_account(asked(login, GraphCall::kAccount), answer, IgUserId("17841400000000001"));
        if (is_success(account, status)) demand(account->ig_user_id.text() == "17841400000000001");
    }
    }
    return 0;
}
