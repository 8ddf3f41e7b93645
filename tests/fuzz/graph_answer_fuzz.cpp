// Any bytes as any of Meta's answers: no crash, and a success holds only what the reader promises. The first byte picks
// the question, the second the status.

#include <adapters/graph/detail/answers.hpp>
#include <adapters/graph/detail/json_edge.hpp>

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
    made.is_issuing = call == GraphCall::kExchange;
    return made;
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

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const LoginPath login = (data[0] & 1) != 0 ? LoginPath::kInstagram : LoginPath::kFacebook;
    const int status = kStatuses[data[1] % kStatuses.size()];
    const Answer answer{status, {reinterpret_cast<const char*>(data) + 2, size - 2}};
    switch (data[0] / 2 % 6) {
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
