#include <simulator/front/batch.hpp>

#include <base/percent.hpp>
#include <simulator/calls/reply.hpp>
#include <simulator/front/passage.hpp>
#include <simulator/wire/json_path.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include <algorithm>
#include <deque>
#include <map>
#include <set>

namespace everlong::simulator {
namespace {

namespace json = boost::json;

constexpr std::size_t kMostItems = 50; // graph-api.md, 10.1
// References can multiply what they stand in; no address of Meta's is longer.
constexpr std::size_t kLongestText = 64 * 1024;

struct Item {
    std::string method = "GET";
    std::string relative_url;
    std::string body;
    std::string name;
    std::string depends_on;
    std::string access_token;
    std::optional<bool> omits_success;
};

struct Done {
    http::Response response;
    json::value body;
    bool is_lost = false;
};

using DoneByName = std::map<std::string, const Done*, std::less<>>;

std::string text_of(const json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    const auto* text = value == nullptr ? nullptr : value->if_string();
    return text == nullptr ? std::string() : std::string(*text);
}

std::optional<bool> flag_of(const json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    if (value == nullptr || value->is_null()) return std::nullopt;
    if (value->is_bool()) return value->get_bool();
    const std::string text = text_of(object, name);
    return text == "true" || text == "1" || (value->is_int64() && value->get_int64() != 0);
}

// Members that are not known are ignored (clients.md, 27).
Outcome<Item> parse_item(const json::value& value) {
    const auto* object = value.if_object();
    if (object == nullptr) return refuse(Refusal::kBadBatch, {"Each item of a batch must be an object"});
    Item item;
    if (const std::string method = text_of(*object, "method"); !method.empty()) item.method = method;
    std::ranges::transform(item.method, item.method.begin(),
                           [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
    item.relative_url = text_of(*object, "relative_url");
    item.body = text_of(*object, "body");
    item.name = text_of(*object, "name");
    item.depends_on = text_of(*object, "depends_on");
    item.access_token = text_of(*object, "access_token");
    item.omits_success = flag_of(*object, "omit_response_on_success");
    return item;
}

Outcome<std::vector<Item>> parse_items(const Call& call) {
    boost::system::error_code error;
    const json::value document = json::parse(call.value("batch"), error);
    const auto* array = error ? nullptr : document.if_array();
    if (array == nullptr) return refuse(Refusal::kBadBatch, {"The batch parameter must be a JSON array"});
    if (array->empty()) return refuse(Refusal::kBadBatch, {"Batch can't be empty"});
    if (array->size() > kMostItems) {
        return refuse(Refusal::kBadBatch, {"Too many requests in batch message. Maximum batch size is 50"});
    }
    std::vector<Item> items;
    for (const json::value& value : *array) {
        auto item = parse_item(value);
        if (!item) return std::unexpected(std::move(item.error()));
        items.push_back(std::move(*item));
    }
    return items;
}

struct Reference {
    std::size_t begin = 0;
    std::size_t end = 0; // behind the brace
    std::string name;
    std::string path;
};

// The next {result=name:$.path} from `from` on.
std::optional<Reference> find_reference(std::string_view text, std::size_t from) {
    constexpr std::string_view kOpening = "{result=";
    const auto begin = text.find(kOpening, from);
    if (begin == std::string_view::npos) return std::nullopt;
    const auto colon = text.find(':', begin);
    const auto end = text.find('}', begin);
    if (colon == std::string_view::npos || end == std::string_view::npos || colon > end) return std::nullopt;
    const auto name_begin = begin + kOpening.size();
    return Reference{begin, end + 1, std::string(text.substr(name_begin, colon - name_begin)),
                     std::string(text.substr(colon + 1, end - colon - 1))};
}

bool has_failed(const Done& done) {
    return done.is_lost || done.response.status >= 400;
}

// The text with every reference filled in; refuses one to an item that is unknown or has failed.
Outcome<std::string> fill_in(std::string_view text, const DoneByName& named) {
    std::string filled;
    std::size_t at = 0;
    while (const auto reference = find_reference(text, at)) {
        const auto found = named.find(reference->name);
        if (found == named.end() || has_failed(*found->second)) {
            return refuse(Refusal::kBadBatch, {"Dependent request " + reference->name + " failed or is missing"});
        }
        const auto selected = select_text(found->second->body, reference->path);
        if (!selected) return refuse(Refusal::kBadBatch, {"Invalid JSONPath expression " + reference->path});
        filled += text.substr(at, reference->begin - at);
        filled += percent_encode(*selected);
        if (filled.size() > kLongestText) return refuse(Refusal::kBadBatch, {"A filled-in item is too long"});
        at = reference->end;
    }
    filled += text.substr(at);
    return filled;
}

// The path of "me?fields=id", "/v25.0/me" or "https://graph.facebook.com/me".
std::string target_of(const Call& outer, std::string url) {
    if (const auto scheme = url.find("://"); scheme != std::string::npos && scheme < url.find_first_of("?/")) {
        const auto path = url.find('/', scheme + 3);
        url = path == std::string::npos ? "/" : url.substr(path);
    }
    const auto begin = url.find_first_not_of('/');
    url = begin == std::string::npos ? "" : url.substr(begin);
    const std::vector<std::string> segments = split_path(std::string_view(url).substr(0, url.find('?')));
    const bool has_version = !segments.empty() && segments.front().size() > 1 && segments.front().front() == 'v' &&
                             segments.front()[1] >= '0' && segments.front()[1] <= '9';
    if (!has_version && outer.asked_version) return "/" + *outer.asked_version + "/" + url;
    return "/" + url;
}

// The item as a call of its own. Its own token wins over the batch's, and one in its address over both.
Outcome<Call> to_call(const Call& outer, const Item& item, const DoneByName& named) {
    const auto url = fill_in(item.relative_url, named);
    if (!url) return std::unexpected(url.error());
    auto body = fill_in(item.body, named);
    if (!body) return std::unexpected(std::move(body.error()));
    http::Request request;
    request.method = item.method;
    request.target = target_of(outer, *url);
    request.body = std::move(*body);
    request.headers.add("Host", std::string(host_name(outer.host)));
    auto call = parse_call(request, outer.now, outer.port);
    if (!call) return refuse(Refusal::kBadBatch, {"Invalid relative_url"});
    call->is_path_form = outer.is_path_form;
    if (call->token.empty()) call->token = item.access_token.empty() ? outer.token : item.access_token;
    // The batch's proof is of the batch's token.
    const bool shares_proof = call->token == outer.token && call->find("appsecret_proof") == nullptr;
    for (const std::string_view name : {"appsecret_proof", "appsecret_time"}) {
        const std::string* proof = outer.find(name);
        if (shares_proof && proof != nullptr) call->parameters[std::string(name)] = *proof;
    }
    return std::move(*call);
}

Done refused_item(const Context& context, const GraphError& error, Dice& traces) {
    Done done;
    done.response = to_error_response(context.call, error, traces);
    return done;
}

Done perform(Sandbox& sandbox, Context& context, const Item& item, const DoneByName& named) {
    const bool waits_for_failure =
        !item.depends_on.empty() && (!named.contains(item.depends_on) || has_failed(*named.at(item.depends_on)));
    if (waits_for_failure) {
        return refused_item(context,
                            make_error(Refusal::kBadBatch, {"Dependent request " + item.depends_on + " failed"}),
                            sandbox.traces);
    }
    auto call = to_call(context.call, item, named);
    if (!call) return refused_item(context, call.error(), sandbox.traces);
    if (is_batch_call(*call)) {
        return refused_item(context, make_error(Refusal::kBadBatch, {"A batch holds no batch"}), sandbox.traces);
    }
    Done done;
    Passage passage = begin_passage(sandbox, std::move(*call));
    work_passage(sandbox, passage);
    // A handshake takes time, and a batch does not wait.
    if (std::exchange(sandbox.world->awaited_subscription, {})) {
        passage.response = to_error_response(context.call, make_error(Refusal::kBadBatch, {"Not possible in a batch"}),
                                             sandbox.traces);
    }
    done.response = finish_passage(sandbox, passage);
    done.is_lost = done.response.transmission == http::Transmission::kDrop ||
                   done.response.transmission == http::Transmission::kReset;
    boost::system::error_code error;
    json::value body = json::parse(done.response.body, error);
    if (!error) done.body = std::move(body);
    return done;
}

// Names that other items wait for: what those items gave is left out unless it is asked for (10.1).
std::set<std::string, std::less<>> referenced_names(const std::vector<Item>& items) {
    std::set<std::string, std::less<>> names;
    for (const Item& item : items) {
        for (const std::string& text : {item.relative_url, item.body}) {
            for (std::size_t at = 0; const auto reference = find_reference(text, at); at = reference->end)
                names.insert(reference->name);
        }
    }
    return names;
}

json::value to_entry(const Done& done, bool has_headers) {
    json::object entry;
    entry["code"] = done.response.status;
    if (has_headers) {
        json::array headers;
        for (const auto& [name, value] : done.response.headers.fields()) {
            if (name == "Date") continue;
            headers.push_back(json::object{{"name", name}, {"value", value}});
        }
        entry["headers"] = std::move(headers);
    }
    entry["body"] = done.response.body;
    return entry;
}

} // namespace

bool is_batch_call(const Call& call) {
    return call.host == Host::kGraphFacebook && call.method == "POST" && call.segments.empty() &&
           !call.version.empty() && call.find("batch") != nullptr;
}

Outcome<json::value> answer_batch(Sandbox& sandbox, Context& context) {
    const auto items = parse_items(context.call);
    if (!items) return std::unexpected(items.error());
    const bool has_own_tokens =
        std::ranges::none_of(*items, [](const Item& item) { return item.access_token.empty(); });
    if (context.call.token.empty() && !has_own_tokens) return refuse(Refusal::kTokenMissing);
    const std::string wants_headers = context.call.value("include_headers");
    const bool has_headers = wants_headers != "false" && wants_headers != "0";
    const auto awaited = referenced_names(*items);
    std::deque<Done> done; // stays in place as it grows: names point into it
    DoneByName named;
    json::array answer;
    for (const Item& item : *items) {
        done.push_back(perform(sandbox, context, item, named));
        if (!item.name.empty()) named[item.name] = &done.back();
        const bool omits = item.omits_success.value_or(!item.name.empty() && awaited.contains(item.name));
        if (done.back().is_lost || (omits && !has_failed(done.back()))) {
            answer.emplace_back(nullptr);
        } else {
            answer.push_back(to_entry(done.back(), has_headers));
        }
    }
    return json::value(std::move(answer));
}

} // namespace everlong::simulator
