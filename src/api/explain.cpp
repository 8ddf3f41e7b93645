// What a pasted text about an error means (contract, section 4). Asks nobody and keeps nothing.

#include <api/detail/call.hpp>

#include <core/explain.hpp>

namespace everlong::api {

json::object to_json(const core::Explanation& explanation) {
    json::array also;
    for (const core::OtherCause& other : explanation.also) {
        also.push_back(json::object{{"cause", core::to_text(other.cause)},
                                    {"remedy", core::to_text(other.remedy)},
                                    {"how_to_tell", other.how_to_tell}});
    }
    const auto number_or_null = [](int number) { return number == 0 ? json::value(nullptr) : json::value(number); };
    return {{"kind", core::to_text(explanation.kind)},
            {"cause", core::to_text(explanation.cause)},
            {"remedy", explanation.remedy ? json::value(core::to_text(*explanation.remedy)) : json::value(nullptr)},
            {"retry", core::to_text(explanation.retry)},
            {"title", explanation.title},
            {"what_happened", explanation.what_happened},
            {"what_to_do", to_json(explanation.what_to_do)},
            {"links", to_json(explanation.links)},
            {"code", number_or_null(explanation.code)},
            {"subcode", number_or_null(explanation.subcode)},
            {"also", std::move(also)},
            {"is_cut", explanation.is_cut}};
}

namespace detail {

Async<Answer> explain_text(Call& call) {
    auto text = text_of(call.body, "text");
    auto login = text_of(call.body, "login");
    if (!text) co_return fail(text.error());
    if (!login) co_return fail(login.error());
    if (text->find_first_not_of(" \t\r\n") == std::string::npos) {
        co_return fail(Code::kUsage, Fault::kUsage, "there is no text to explain");
    }
    core::ExplainContext context;
    context.login = core::parse_login_path(*login);
    json::object verdict = to_json(core::explain(*text, context));
    // Somebody may have pasted a token.
    wipe_string(*text);
    co_return json_response(verdict);
}

} // namespace detail
} // namespace everlong::api
