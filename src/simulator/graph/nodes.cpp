#include <simulator/graph/nodes.hpp>

#include <simulator/publishing/publish_nodes.hpp>

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace everlong::simulator {
namespace {

namespace json = boost::json;

using Reading = Outcome<json::value>;

json::object named(std::string_view id, std::string_view name) {
    json::object object;
    object["id"] = id;
    object["name"] = name;
    return object;
}

// Text, or nothing where it is empty.
json::value text_or_none(std::string_view text) {
    return text.empty() ? json::value(nullptr) : json::value(text);
}

// ---- People (and system users)

const Person& person_of(Context& context, const Node& node) {
    return *context.world.find_person(node.key);
}

Reading read_id(Context&, const Node& node, const Field&) {
    return json::value(node.id);
}
Reading read_person_name(Context& context, const Node& node, const Field&) {
    return json::value(person_of(context, node).name);
}
Reading read_first_name(Context& context, const Node& node, const Field&) {
    const std::string& name = person_of(context, node).name;
    return json::value(name.substr(0, name.find(' ')));
}
Reading read_last_name(Context& context, const Node& node, const Field&) {
    const std::string& name = person_of(context, node).name;
    const auto blank = name.rfind(' ');
    return blank == std::string::npos ? json::value(nullptr) : json::value(name.substr(blank + 1));
}
Reading read_email(Context& context, const Node& node, const Field&) {
    // A field without its permission is left out.
    if (context.token == nullptr || !context.token->has_scope("email")) return json::value(nullptr);
    return json::value(person_of(context, node).id + "@example.com");
}

Reading read_short_name(Context& context, const Node& node, const Field& field) {
    return read_first_name(context, node, field);
}
Reading read_name_format(Context&, const Node&, const Field&) {
    return json::value("{first} {last}");
}
// What nobody here has told Facebook, or the app has no permission for: left out.
Reading read_untold(Context&, const Node&, const Field&) {
    return json::value(nullptr);
}

// ---- Pictures of people and Pages: picture.type(large), picture.width(200) (clients.md, 9 and 25)

Reading read_picture(Context&, const Node& node, const Field& field) {
    struct Size {
        std::string_view type;
        int pixels;
    };
    constexpr std::array kSizes{Size{"small", 50}, Size{"square", 50}, Size{"normal", 100}, Size{"album", 50},
                                Size{"large", 200}};
    int pixels = kSizes.front().pixels;
    if (const auto type = field.modifiers.find("type"); type != field.modifiers.end()) {
        const auto size = std::ranges::find(kSizes, type->second, &Size::type);
        if (size == kSizes.end()) {
            return refuse(Refusal::kBadParameter, {"Param type must be one of {small, normal, album, large, square}"});
        }
        pixels = size->pixels;
    }
    for (const std::string_view side : {"width", "height"}) {
        constexpr int kLargest = 2048;
        const auto wanted = field.modifiers.find(side);
        if (wanted == field.modifiers.end()) continue;
        const auto& text = wanted->second;
        int number = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (error == std::errc() && end == text.data() + text.size() && number > 0) pixels = std::min(number, kLargest);
    }
    json::object data;
    data["height"] = pixels;
    data["is_silhouette"] = false;
    data["url"] = "https://platform-lookaside.fbsbx.com/platform/profilepic/?asid=" + node.id +
                  "&height=" + std::to_string(pixels) + "&width=" + std::to_string(pixels);
    data["width"] = pixels;
    json::object picture;
    picture["data"] = std::move(data);
    return json::value(std::move(picture));
}

// ---- Pages

const Page& page_of(Context& context, const Node& node) {
    return *context.world.find_page(node.key);
}

Reading read_page_name(Context& context, const Node& node, const Field&) {
    return json::value(page_of(context, node).name);
}
Reading read_category(Context& context, const Node& node, const Field&) {
    return json::value(page_of(context, node).category);
}
Reading read_category_list(Context& context, const Node& node, const Field&) {
    const Page& page = page_of(context, node);
    return json::value(json::array{named(page.category_id, page.category)});
}
Reading read_page_link(Context&, const Node& node, const Field&) {
    return json::value("https://www.facebook.com/" + node.id);
}
Reading read_is_published(Context&, const Node&, const Field&) {
    return json::value(true);
}
Reading read_page_business(Context& context, const Node& node, const Field&) {
    const Business* business = context.world.find_business(page_of(context, node).business_id);
    if (business == nullptr || !context.token->has_scope("business_management")) return json::value(nullptr);
    return json::value(named(business->id, business->name));
}
Reading read_page_token(Context& context, const Node& node, const Field&) {
    Token& caller = *context.token;
    if (caller.kind == Kind::kPage) return caller.page_id == node.key ? json::value(caller.text) : json::value(nullptr);
    if (caller.kind == Kind::kApp) return json::value(nullptr);
    return json::value(page_token_for(context, caller, page_of(context, node)).text);
}
Reading read_tasks(Context&, const Node& node, const Field& field) {
    // `tasks` belongs to somebody's role and exists in their list only (2.8).
    if (node.role == nullptr) return refuse(Refusal::kNoSuchField, {field.name, type_name(node.type)});
    json::array tasks;
    for (const std::string& task : node.role->tasks)
        tasks.emplace_back(task);
    return json::value(std::move(tasks));
}
Reading read_linked_account(Context& context, const Node& node, const Field& field) {
    const Account* account = context.world.find_account(page_of(context, node).ig_user_id);
    // Without a link, or without the permission to see it, the member is missing (2.8; clients.md, 24).
    if (account == nullptr || account->account_type == "PERSONAL") return json::value(nullptr);
    if (!context.token->has_scope("instagram_basic") || !context.token->has_scope("pages_read_engagement")) {
        return json::value(nullptr);
    }
    if (auto allowed = require_instagram(context, *context.token); !allowed) return std::unexpected(allowed.error());
    auto rendered = render(context, {NodeType::kIgUser, account->ig_user_id, account->ig_user_id}, field.children);
    if (!rendered) return std::unexpected(std::move(rendered.error()));
    return json::value(std::move(*rendered));
}

// ---- Instagram accounts, on both hosts (2.8, 3.5)

const Account& account_of(Context& context, const Node& node) {
    return *context.world.find_account(node.key);
}

Reading read_username(Context& context, const Node& node, const Field&) {
    return json::value(account_of(context, node).username);
}
Reading read_account_name(Context& context, const Node& node, const Field&) {
    return text_or_none(account_of(context, node).name);
}
Reading read_legacy_number(Context& context, const Node& node, const Field&) {
    return json::value(account_of(context, node).legacy_id);
}
Reading read_legacy_text(Context& context, const Node& node, const Field&) {
    return json::value(std::to_string(account_of(context, node).legacy_id));
}
Reading read_user_id(Context& context, const Node& node, const Field&) {
    return json::value(account_of(context, node).ig_user_id);
}
Reading read_account_type(Context& context, const Node& node, const Field&) {
    return json::value(account_of(context, node).account_type);
}
Reading read_media_count(Context& context, const Node& node, const Field&) {
    return json::value(context.world.publishing->post_count(node.key));
}
Reading read_zero(Context&, const Node&, const Field&) {
    return json::value(0);
}
Reading read_false(Context&, const Node&, const Field&) {
    return json::value(false);
}
// A field that exists and has no value here.
Reading read_nothing(Context&, const Node&, const Field&) {
    return json::value(nullptr);
}

// business_discovery.username(x){...}: another professional account as anybody may see it (2.8).
Reading read_business_discovery(Context& context, const Node&, const Field& field) {
    const auto wanted = field.modifiers.find("username");
    if (wanted == field.modifiers.end()) return refuse(Refusal::kMissingParameter, {"username"});
    const Account* other = context.world.find_account_by_username(wanted->second);
    if (other == nullptr || other->account_type == "PERSONAL") return refuse(Refusal::kInvalidUser);
    auto rendered = render(context, {NodeType::kIgUser, other->ig_user_id, other->ig_user_id}, field.children);
    if (!rendered) return std::unexpected(std::move(rendered.error()));
    return json::value(std::move(*rendered));
}

// ---- Portfolios and apps

Reading read_business_name(Context& context, const Node& node, const Field&) {
    return json::value(context.world.find_business(node.key)->name);
}
Reading read_app_name(Context& context, const Node& node, const Field&) {
    return json::value(context.world.find_app(node.key)->name);
}
Reading read_app_link(Context&, const Node& node, const Field&) {
    return json::value("https://www.facebook.com/games/?app_id=" + node.id);
}
Reading read_app_category(Context&, const Node&, const Field&) {
    return json::value("Business");
}

// Default fields come in the order of their rows: of a Page in a list those of 2.8, of a Page alone name and id.
constexpr std::array kFields{
    FieldRow{NodeType::kUser, "name", read_person_name, true},
    FieldRow{NodeType::kUser, "id", read_id, true},
    FieldRow{NodeType::kUser, "first_name", read_first_name, false},
    FieldRow{NodeType::kUser, "last_name", read_last_name, false},
    FieldRow{NodeType::kUser, "email", read_email, false},
    FieldRow{NodeType::kUser, "picture", read_picture, false},
    FieldRow{NodeType::kUser, "middle_name", read_untold, false},
    FieldRow{NodeType::kUser, "short_name", read_short_name, false},
    FieldRow{NodeType::kUser, "name_format", read_name_format, false},
    FieldRow{NodeType::kUser, "age_range", read_untold, false},
    FieldRow{NodeType::kUser, "birthday", read_untold, false},
    FieldRow{NodeType::kUser, "gender", read_untold, false},
    FieldRow{NodeType::kUser, "hometown", read_untold, false},
    FieldRow{NodeType::kUser, "link", read_untold, false},
    FieldRow{NodeType::kUser, "location", read_untold, false},

    FieldRow{NodeType::kPage, "access_token", read_page_token, false},
    FieldRow{NodeType::kPage, "category", read_category, false},
    FieldRow{NodeType::kPage, "category_list", read_category_list, false},
    FieldRow{NodeType::kPage, "name", read_page_name, true},
    FieldRow{NodeType::kPage, "id", read_id, true},
    FieldRow{NodeType::kPage, "tasks", read_tasks, false},
    FieldRow{NodeType::kPage, "link", read_page_link, false},
    FieldRow{NodeType::kPage, "picture", read_picture, false},
    FieldRow{NodeType::kPage, "username", read_untold, false},
    FieldRow{NodeType::kPage, "about", read_untold, false},
    FieldRow{NodeType::kPage, "fan_count", read_untold, false},
    FieldRow{NodeType::kPage, "followers_count", read_untold, false},
    FieldRow{NodeType::kPage, "business", read_page_business, false},
    FieldRow{NodeType::kPage, "is_published", read_is_published, false},
    FieldRow{NodeType::kPage, "instagram_business_account", read_linked_account, false},
    FieldRow{NodeType::kPage, "connected_instagram_account", read_linked_account, false},

    FieldRow{NodeType::kIgUser, "id", read_id, true},
    FieldRow{NodeType::kIgUser, "ig_id", read_legacy_number, false},
    FieldRow{NodeType::kIgUser, "username", read_username, false},
    FieldRow{NodeType::kIgUser, "name", read_account_name, false},
    FieldRow{NodeType::kIgUser, "biography", read_nothing, false},
    FieldRow{NodeType::kIgUser, "website", read_nothing, false},
    FieldRow{NodeType::kIgUser, "profile_picture_url", read_nothing, false},
    FieldRow{NodeType::kIgUser, "has_profile_pic", read_false, false},
    FieldRow{NodeType::kIgUser, "followers_count", read_zero, false},
    FieldRow{NodeType::kIgUser, "follows_count", read_zero, false},
    FieldRow{NodeType::kIgUser, "media_count", read_media_count, false},
    FieldRow{NodeType::kIgUser, "is_published", read_is_published, false},
    FieldRow{NodeType::kIgUser, "legacy_instagram_user_id", read_legacy_text, false},
    FieldRow{NodeType::kIgUser, "owner_business", read_nothing, false},
    FieldRow{NodeType::kIgUser, "shopping_product_tag_eligibility", read_false, false},
    FieldRow{NodeType::kIgUser, "shopping_review_status", read_nothing, false},
    FieldRow{NodeType::kIgUser, "business_discovery", read_business_discovery, false},

    FieldRow{NodeType::kInstagramMe, "id", read_id, true},
    FieldRow{NodeType::kInstagramMe, "user_id", read_user_id, false},
    FieldRow{NodeType::kInstagramMe, "username", read_username, false},
    FieldRow{NodeType::kInstagramMe, "name", read_account_name, false},
    FieldRow{NodeType::kInstagramMe, "account_type", read_account_type, false},
    FieldRow{NodeType::kInstagramMe, "profile_picture_url", read_nothing, false},
    FieldRow{NodeType::kInstagramMe, "followers_count", read_zero, false},
    FieldRow{NodeType::kInstagramMe, "follows_count", read_zero, false},
    FieldRow{NodeType::kInstagramMe, "media_count", read_media_count, false},
    FieldRow{NodeType::kInstagramMe, "biography", read_nothing, false},
    FieldRow{NodeType::kInstagramMe, "website", read_nothing, false},

    FieldRow{NodeType::kBusiness, "id", read_id, true},
    FieldRow{NodeType::kBusiness, "name", read_business_name, true},

    FieldRow{NodeType::kApplication, "category", read_app_category, true},
    FieldRow{NodeType::kApplication, "link", read_app_link, true},
    FieldRow{NodeType::kApplication, "name", read_app_name, true},
    FieldRow{NodeType::kApplication, "id", read_id, true},
};

// Publishing brings its own rows.
std::span<const FieldRow> rows_of(NodeType type) {
    const bool is_published = type == NodeType::kContainer || type == NodeType::kMedia || type == NodeType::kComment;
    return is_published ? publish_field_rows() : std::span<const FieldRow>(kFields);
}

const FieldRow* find_field(NodeType type, std::string_view name) {
    for (const FieldRow& row : rows_of(type)) {
        if (row.type == type && row.name == name) return &row;
    }
    return nullptr;
}

// The text that parse_fields() would read back.
std::string to_text(const std::vector<Field>& fields) {
    std::string text;
    for (const Field& field : fields) {
        if (!text.empty()) text += ',';
        text += field.name;
        for (const auto& [name, value] : field.modifiers)
            text += "." + name + "(" + value + ")";
        if (!field.children.empty()) text += "{" + to_text(field.children) + "}";
    }
    return text;
}

// A list asked for as a field of its node: accounts.limit(5){id}.
Reading read_edge(Context& context, const Node& node, const EdgeRow& edge, const Field& field) {
    EdgeQuery query;
    query.fields = field.children;
    query.path = "/" + node.id + "/" + field.name;
    for (const auto& [name, value] : field.modifiers)
        query.parameters[name] = value;
    if (!field.children.empty()) query.parameters["fields"] = to_text(field.children);
    return edge.handle(context, node, query);
}

Reading read_field(Context& context, const Node& node, const Field& field) {
    if (const FieldRow* row = find_field(node.type, field.name)) return row->read(context, node, field);
    if (const EdgeRow* edge = find_edge(node.type, field.name, "GET")) return read_edge(context, node, *edge, field);
    return refuse(Refusal::kNoSuchField, {field.name, type_name(node.type)});
}

// ["id","name"] means the same as id,name: lists may be JSON (clients.md, 9).
std::string to_comma_list(const std::string& text) {
    boost::system::error_code error;
    const json::value document = json::parse(text, error);
    const auto* array = error ? nullptr : document.if_array();
    if (array == nullptr) return text;
    std::string list;
    for (const json::value& item : *array) {
        const auto* name = item.if_string();
        if (name != nullptr) list += (list.empty() ? "" : ",") + std::string(*name);
    }
    return list;
}

// On graph.instagram.com errors carry another type (5.1).
GraphError in_words_of(NodeType type, GraphError error) {
    if (type == NodeType::kInstagramMe && error.code == 100) error.type = "IGApiException";
    return error;
}

} // namespace

std::string_view type_name(NodeType type) {
    switch (type) {
    case NodeType::kUser: return "User";
    case NodeType::kPage: return "Page";
    case NodeType::kIgUser:
    case NodeType::kInstagramMe: return "IGUser";
    case NodeType::kBusiness: return "Business";
    case NodeType::kApplication: return "Application";
    case NodeType::kContainer: return "ShadowIGMediaBuilder";
    case NodeType::kMedia: return "ShadowIGMedia";
    case NodeType::kComment: return "ShadowIGComment";
    }
    return {};
}

std::span<const FieldRow> field_rows() {
    return kFields;
}

Outcome<json::object> render(Context& context, const Node& node, const std::vector<Field>& wanted) {
    json::object object;
    if (wanted.empty()) {
        for (const FieldRow& row : rows_of(node.type)) {
            if (row.type != node.type || !row.is_default) continue;
            auto value = row.read(context, node, {});
            if (!value) return std::unexpected(in_words_of(node.type, std::move(value.error())));
            if (!value->is_null()) object[row.name] = std::move(*value);
        }
        return object;
    }
    for (const Field& field : wanted) {
        auto value = read_field(context, node, field);
        if (!value) return std::unexpected(in_words_of(node.type, std::move(value.error())));
        if (!value->is_null()) object[field.name] = std::move(*value);
    }
    if (!object.contains("id")) object["id"] = node.id;
    return object;
}

Outcome<std::vector<Field>> fields_of(const Call& call) {
    const std::string* text = call.find("fields");
    if (text == nullptr || text->find_first_not_of(" ,") == std::string::npos) return std::vector<Field>{};
    return parse_fields(text->starts_with('[') ? to_comma_list(*text) : *text);
}

} // namespace everlong::simulator
