#include <adapters/graph/detail/answers.hpp>

#include <adapters/graph/detail/envelope.hpp>
#include <adapters/graph/detail/json_edge.hpp>

#include <boost/json/array.hpp>

#include <algorithm>
#include <cctype>

namespace everlong::adapters::detail {
namespace {

namespace json = boost::json;

std::string upper(std::string text) {
    std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return text;
}

core::TokenKind kind_of(const std::string& type) {
    if (type == "USER") return core::TokenKind::kUser;
    if (type == "PAGE") return core::TokenKind::kPage;
    if (type == "SYSTEM_USER") return core::TokenKind::kSystemUser;
    if (type == "APP") return core::TokenKind::kApp;
    return core::TokenKind::kUnknown;
}

// 0 is "never" and not 1970 (11.3); what is missing or absurd is unknown.
core::Expiry read_expiry(const json::value* value) {
    const auto seconds = read_integer(value);
    if (seconds && *seconds == 0) return core::Expiry::never();
    const auto instant = read_instant(value);
    return instant ? core::Expiry::at(*instant) : core::Expiry::unknown();
}

std::optional<ports::Page> read_page(const json::object& row) {
    auto id = read_id(find_member(row, "id"));
    if (!id) return std::nullopt;
    ports::Page page;
    page.id = *std::move(id);
    page.name = read_text(find_member(row, "name"));
    if (const json::value* tasks = find_member(row, "tasks"); tasks != nullptr && tasks->is_array()) {
        for (const json::value& task : tasks->get_array()) {
            if (std::string word = read_text(&task); !word.empty()) page.tasks.push_back(std::move(word));
        }
    }
    if (const json::value* linked = find_member(row, "instagram_business_account")) {
        const json::object* fields = linked->if_object();
        auto account_id = fields == nullptr ? std::nullopt : read_id(find_member(*fields, "id"));
        if (!account_id) return std::nullopt;
        core::Account account;
        account.ig_user_id = IgUserId(*std::move(account_id));
        account.username = read_text(find_member(*fields, "username"));
        account.page_id = page.id;
        account.page_name = page.name;
        page.account = std::move(account);
    }
    return page;
}

// The fields of an Instagram account as graph.instagram.com tells them. Nothing without its number.
std::optional<core::Account> read_instagram_account(const json::object& fields) {
    auto number = read_id(find_member(fields, "user_id"));
    std::string username = read_text(find_member(fields, "username"));
    if (!number || username.empty()) return std::nullopt;
    core::Account account;
    account.ig_user_id = IgUserId(*std::move(number));
    account.username = std::move(username);
    account.account_type = upper(read_text(find_member(fields, "account_type")));
    return account;
}

} // namespace

namespace {

Result<ports::Grant> grant_of(const Asked& asked, Answer answer, const json::object& body) {
    auto token = read_token(find_member(body, "access_token"));
    if (!token) return misshapen(asked, answer, "no usable access_token in the answer");
    ports::Grant grant;
    grant.token = *std::move(token);
    grant.expires_in = read_lifetime(find_member(body, "expires_in"));
    grant.scopes = read_scopes(find_member(body, "permissions"));
    return grant;
}

// A scope whose list cannot be read counts as granted for nothing in particular: what it lists is a hint for people.
std::vector<ports::GranularScope> read_granular(const json::value* value) {
    std::vector<ports::GranularScope> scopes;
    const json::array* rows = value == nullptr ? nullptr : value->if_array();
    if (rows == nullptr) return scopes;
    for (const json::value& row : *rows) {
        const json::object* object = row.if_object();
        if (object == nullptr) continue;
        ports::GranularScope scope;
        scope.name = read_text(find_member(*object, "scope"));
        const json::value* targets = find_member(*object, "target_ids");
        if (targets != nullptr && targets->is_array()) {
            for (const json::value& target : targets->get_array()) {
                if (auto id = read_id(&target)) scope.target_ids.push_back(*std::move(id));
            }
        }
        scopes.push_back(std::move(scope));
    }
    return scopes;
}

} // namespace

Result<ports::Grant> read_grant(const Asked& asked, Answer answer) {
    const auto document = open_success(asked, answer);
    if (!document) return fail(document.error());
    return grant_of(asked, answer, document->get_object());
}

Result<ports::CodeGrant> read_code_grant(const Asked& asked, Answer answer) {
    const auto document = open_success(asked, answer);
    if (!document) return fail(document.error());
    const json::object* body = unwrap(document->get_object());
    if (body == nullptr) return misshapen(asked, answer, "no single object in the answer");
    auto grant = grant_of(asked, answer, *body);
    if (!grant) return fail(grant.error());
    return ports::CodeGrant{*std::move(grant), read_id(find_member(*body, "user_id")).value_or("")};
}

Result<ports::Inspection> read_inspection(const Asked& asked, Answer answer, std::string_view app_id) {
    const auto document = open_success(asked, answer);
    if (!document) return fail(document.error());
    const json::object* data = find_object(document->get_object(), "data");
    if (data == nullptr) return misshapen(asked, answer, "no data in the answer");
    const auto is_valid = read_bool(find_member(*data, "is_valid"));
    if (!is_valid) return misshapen(asked, answer, "no is_valid in the answer");

    ports::Inspection inspection;
    inspection.is_valid = *is_valid;
    inspection.app_id = read_id(find_member(*data, "app_id")).value_or("");
    inspection.application = read_text(find_member(*data, "application"));
    inspection.kind = kind_of(upper(read_text(find_member(*data, "type"))));
    inspection.user_id = read_id(find_member(*data, "user_id")).value_or("");
    inspection.profile_id = read_id(find_member(*data, "profile_id")).value_or("");
    inspection.issued_at = read_instant(find_member(*data, "issued_at"));
    inspection.expires_at = read_expiry(find_member(*data, "expires_at"));
    inspection.data_access_expires_at = read_expiry(find_member(*data, "data_access_expires_at"));
    if (const json::value* scopes = find_member(*data, "scopes")) {
        auto names = read_scopes(scopes);
        if (!names) return misshapen(asked, answer, "scopes of another type");
        inspection.scopes = *std::move(names);
    }
    inspection.granular_scopes = read_granular(find_member(*data, "granular_scopes"));

    if (const json::value* problem = find_member(*data, "error")) {
        const auto upstream = read_envelope(asked, answer, *data);
        if (!upstream || *is_valid || !problem->is_object()) {
            return misshapen(asked, answer, "an inspection that contradicts itself");
        }
        inspection.problem = core::classify({asked.context.login, std::nullopt}, *upstream);
    }
    if (*is_valid && inspection.app_id.empty()) return misshapen(asked, answer, "no app_id in the answer");
    if (*is_valid && inspection.app_id != app_id) {
        return fail(Code::kTokenForeign, Fault::kRefused, "the token belongs to app " + inspection.app_id);
    }
    return inspection;
}

Result<ports::Me> read_me(const Asked& asked, Answer answer) {
    const auto document = open_success(asked, answer);
    if (!document) return fail(document.error());
    const json::object* fields = unwrap(document->get_object());
    if (fields == nullptr) return misshapen(asked, answer, "no single object in the answer");
    ports::Me me;
    me.id = read_id(find_member(*fields, "id")).value_or("");
    me.name = read_text(find_member(*fields, "name"));
    if (asked.context.login == core::LoginPath::kInstagram) {
        auto account = read_instagram_account(*fields);
        if (!account) return misshapen(asked, answer, "no user_id or username in the answer");
        me.account = *std::move(account);
    } else if (me.id.empty()) {
        return misshapen(asked, answer, "no id in the answer");
    }
    return me;
}

Result<ListPart> read_list_part(const Asked& asked, Answer answer) {
    const auto document = open_success(asked, answer);
    if (!document) return fail(document.error());
    const json::object& body = document->get_object();
    const json::array* rows = find_rows(body);
    if (rows == nullptr) return misshapen(asked, answer, "no list in the answer");
    ListPart part;
    for (const json::value& row : *rows) {
        auto page = read_page(row.get_object());
        if (!page) return misshapen(asked, answer, "an entry without a usable id");
        part.entries.push_back(*std::move(page));
    }
    NextPage next = read_next(body);
    part.has_next = next.has_next;
    part.after = std::move(next.after);
    return part;
}

Result<std::vector<ports::Permission>> read_permissions(const Asked& asked, Answer answer) {
    const auto document = open_success(asked, answer);
    if (!document) return fail(document.error());
    const json::array* rows = find_rows(document->get_object());
    if (rows == nullptr) return misshapen(asked, answer, "no list in the answer");
    std::vector<ports::Permission> permissions;
    for (const json::value& row : *rows) {
        ports::Permission permission;
        permission.name = read_text(find_member(row.get_object(), "permission"));
        if (permission.name.empty()) return misshapen(asked, answer, "a permission without a name");
        const std::string status = read_text(find_member(row.get_object(), "status"));
        if (status == "granted") permission.status = ports::Permission::Status::kGranted;
        if (status == "declined") permission.status = ports::Permission::Status::kDeclined;
        if (status == "expired") permission.status = ports::Permission::Status::kExpired;
        permissions.push_back(std::move(permission));
    }
    return permissions;
}

Result<ports::PublishingLimit> read_publishing_limit(const Asked& asked, Answer answer) {
    const auto document = open_success(asked, answer);
    if (!document) return fail(document.error());
    const json::object* fields = unwrap(document->get_object());
    const auto used = fields == nullptr ? std::nullopt : read_integer(find_member(*fields, "quota_usage"));
    if (!used || *used < 0) return misshapen(asked, answer, "no quota_usage in the answer");
    ports::PublishingLimit limit;
    limit.used = read_small(find_member(*fields, "quota_usage"));
    if (const json::object* config = find_object(*fields, "config")) {
        const int total = read_small(find_member(*config, "quota_total"));
        if (total > 0) limit.total = total;
        limit.window = read_lifetime(find_member(*config, "quota_duration"));
    }
    return limit;
}

Result<core::Account> read_account(const Asked& asked, Answer answer, const IgUserId& id) {
    const auto document = open_success(asked, answer);
    if (!document) return fail(document.error());
    const json::object* fields = unwrap(document->get_object());
    if (fields == nullptr) return misshapen(asked, answer, "no single object in the answer");
    if (asked.context.login == core::LoginPath::kInstagram) {
        auto account = read_instagram_account(*fields);
        if (!account) return misshapen(asked, answer, "no user_id or username in the answer");
        if (account->ig_user_id != id) {
            return fail(Code::kAccountId, Fault::kRefused,
                        id.text() + " is the app's own id for the account; its number is " +
                            account->ig_user_id.text());
        }
        return *std::move(account);
    }
    auto number = read_id(find_member(*fields, "id"));
    if (!number) return misshapen(asked, answer, "no id in the answer");
    if (*number != id.text()) return misshapen(asked, answer, "the answer is about another object");
    core::Account account;
    account.ig_user_id = IgUserId(*std::move(number));
    account.username = read_text(find_member(*fields, "username"));
    return account;
}

} // namespace everlong::adapters::detail
