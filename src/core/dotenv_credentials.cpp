#include <core/dotenv_credentials.hpp>

#include <algorithm>

namespace everlong::core {
namespace {

void add_damage(std::vector<ValueDamage>& all, const std::vector<ValueDamage>& more) {
    for (const ValueDamage damage : more) {
        if (std::ranges::find(all, damage) == all.end()) all.push_back(damage);
    }
    std::ranges::sort(all);
}

void take_token(DotenvCredentials& credentials, const Secret& raw) {
    auto cleaned = clean_token(raw.reveal());
    if (cleaned) {
        credentials.token = std::move(cleaned->text);
        credentials.token_damage = std::move(cleaned->repairs);
        return;
    }
    credentials.token_problem = cleaned.error();
    credentials.token_damage = peel_token(raw.reveal()).repairs;
}

} // namespace

std::string clean_account_id(std::string_view text) {
    return std::string(peel_token(text).text.reveal());
}

DotenvCredentials read_pasted_token(const Secret& pasted) {
    DotenvCredentials credentials;
    credentials.token_lines = 1;
    credentials.token_line = 1;
    take_token(credentials, pasted);
    return credentials;
}

Result<DotenvCredentials> read_credentials(const Secret& bytes, std::string_view token_key, std::string_view id_key) {
    auto dotenv = parse_dotenv(bytes.reveal());
    if (!dotenv) return fail(dotenv.error());
    auto token = dotenv->read(token_key);
    if (!token) return fail(token.error());
    auto id = dotenv->read(id_key);
    if (!id) return fail(id.error());

    DotenvCredentials credentials;
    credentials.token_lines = token->occurrences;
    credentials.token_line = token->line;
    if (token->occurrences == 0) {
        credentials.token_problem =
            Error(Code::kTokenMissing, Fault::kUsage, std::string(token_key) + " is not in the file");
    } else {
        take_token(credentials, token->raw);
        add_damage(credentials.token_damage, token->damage);
        auto alone = clean_token(token->value.reveal());
        if (alone && !alone->text.equals(credentials.token)) credentials.token_of_one_line = std::move(alone->text);
    }
    if (id->occurrences > 0) {
        credentials.ig_user_id = clean_account_id(id->value.reveal());
        credentials.has_id = !credentials.ig_user_id.empty();
        credentials.id_damage = id->damage;
    }
    return credentials;
}

Result<Secret> set_credentials(const Secret& bytes, std::string_view token_key, const Secret& token,
                               std::string_view id_key, const IgUserId& id) {
    std::vector<DotenvAssignment> assignments{{token_key, token.reveal()}};
    if (!id.is_empty()) assignments.push_back({id_key, id.text()});
    return set_values(bytes.reveal(), assignments);
}

} // namespace everlong::core
