#include <simulation/publish_meta.hpp>

#include <boost/json.hpp>

#include <algorithm>
#include <array>

namespace everlong::test {
namespace {

namespace json = boost::json;

constexpr Milliseconds kDay = Hours(24);
// Films are worked on for longer than pictures.
constexpr Milliseconds kFilmLonger = Seconds(4);

http::Response reply(const json::value& body, int status = 200) {
    http::Response response;
    response.status = status;
    response.headers.set("Content-Type", "application/json");
    response.body = json::serialize(body);
    return response;
}

std::string text_of(const http::OutgoingParameter& parameter) {
    if (const auto* plain = std::get_if<std::string>(&parameter.value)) return *plain;
    return std::string(std::get<Secret>(parameter.value).reveal());
}

std::string meta_time(Instant at) {
    std::string text = to_rfc3339(std::chrono::floor<Seconds>(at));
    text.pop_back();
    return text + "+0000";
}

// "https://example.org/NAME.jpg": NAME.
std::string name_in(const std::string& url) {
    const auto slash = url.rfind('/');
    const std::string file = slash == std::string::npos ? url : url.substr(slash + 1);
    return file.substr(0, file.find('.'));
}

std::vector<std::string> split(const std::string& text, char separator) {
    std::vector<std::string> parts(1);
    for (const char c : text) {
        if (c == separator) {
            parts.emplace_back();
        } else {
            parts.back() += c;
        }
    }
    return parts;
}

} // namespace

http::Response meta_error(int status, int code, int subcode, bool is_transient) {
    json::object error{{"message", "(#" + std::to_string(code) + ") as the test wants it"},
                       {"type", "OAuthException"},
                       {"code", code},
                       {"is_transient", is_transient},
                       {"fbtrace_id", "AbCdEf123"}};
    if (subcode != 0) error["error_subcode"] = subcode;
    return reply(json::object{{"error", std::move(error)}}, status);
}

int PublishMeta::live(const std::string& caption) const {
    const auto found = live_.find(caption);
    return found == live_.end() ? 0 : found->second;
}

std::optional<Instant> PublishMeta::live_since(const std::string& caption) const {
    const auto found = live_since_.find(caption);
    return found == live_since_.end() ? std::nullopt : std::optional(found->second);
}

int PublishMeta::comments(const std::string& caption) const {
    int count = 0;
    for (const auto& [id, medium] : media) {
        if (medium.caption == caption) count += medium.comments;
    }
    return count;
}

int PublishMeta::used(const std::string& account, bool is_told) const {
    const auto found = by_account_.find(account);
    if (found == by_account_.end()) return 0;
    int count = 0;
    for (auto id = found->second.rbegin(); id != found->second.rend(); ++id) {
        const Medium& medium = media.at(*id);
        if (now_() - medium.at >= kDay) break;
        const bool is_seen = !is_told || !does_everything_lag || now_() >= medium.listed_at;
        if (is_seen) ++count;
    }
    return count;
}

MetaCall PublishMeta::read(const http::OutgoingRequest& outgoing, const Parameters& parameters) const {
    MetaCall call;
    // http://meta/graph.facebook.com/v25.0/{id}[/edge]
    const auto parts = split(outgoing.url, '/');
    const std::string id = parts.size() > 5 ? parts[5] : "";
    const bool is_upload = parts.size() > 6 && parts[3] == "rupload.facebook.com";
    const std::string edge = parts.size() > 6 && !is_upload ? parts[6] : "";
    const bool is_post = outgoing.method == "POST";
    using enum MetaCall::Kind;
    if (edge == "content_publishing_limit") call.kind = kQuota;
    if (edge == "media") call.kind = is_post ? kMake : kList;
    if (edge == "stories") call.kind = kList;
    call.is_stories = edge == "stories";
    if (is_upload) call.kind = kUpload;
    if (edge == "media_publish") call.kind = kPublish;
    if (edge == "comments") call.kind = kComment;
    if (edge.empty() && containers_.contains(id)) call.kind = kAsk;
    if (edge.empty() && media.contains(id)) call.kind = kMedium;
    const bool is_of_account = call.kind == kQuota || call.kind == kMake || call.kind == kList || call.kind == kPublish;
    call.account = is_of_account ? id : "";
    call.object = is_of_account ? "" : is_upload ? parts[6] : id;
    if (call.kind == kPublish) call.object = parameters.contains("creation_id") ? parameters.at("creation_id") : "";
    if (const auto found = containers_.find(call.object); found != containers_.end()) {
        call.caption = found->second.caption;
        call.account = found->second.account;
        call.is_parent = !found->second.children.empty();
    }
    if (const auto found = media.find(call.object); found != media.end()) {
        call.caption = found->second.caption;
        call.account = found->second.account;
    }
    if (call.kind == kMake) {
        for (const char* address : {"video_url", "image_url"}) {
            if (parameters.contains(address)) call.caption = name_in(parameters.at(address));
        }
        if (parameters.contains("caption")) call.caption = parameters.at("caption");
        call.is_parent = parameters.contains("children");
    }
    return call;
}

Task<http::Response> PublishMeta::send(http::OutgoingRequest outgoing) {
    ++calls_;
    Parameters parameters;
    for (const auto& parameter : outgoing.query)
        parameters[parameter.name] = text_of(parameter);
    for (const auto& parameter : outgoing.form)
        parameters[parameter.name] = text_of(parameter);
    const MetaCall call = read(outgoing, parameters);
    if (call.kind == MetaCall::Kind::kPublish) publish_calls_.emplace_back(call.caption, now_());
    before();
    co_await latency();
    const auto spoiled = fault(call);
    http::Response response;
    const bool is_upload = call.kind == MetaCall::Kind::kUpload && outgoing.upload;
    if (!spoiled || spoiled->has_effect || is_upload) {
        const auto owner = accounts.find(call.account);
        const bool is_allowed = owner != accounts.end() && owner->second.is_alive && outgoing.bearer &&
                                outgoing.bearer->reveal() == owner->second.token;
        response = is_allowed && is_upload               ? upload(call, outgoing, spoiled && !spoiled->has_effect)
                   : is_allowed                          ? answer(call, parameters)
                   : call.kind == MetaCall::Kind::kOther ? meta_error(400, 100, 33)
                                                         : meta_error(400, 190, 463);
    }
    after();
    if (spoiled) {
        if (spoiled->error) co_return fail(*spoiled->error);
        response = {};
        response.status = spoiled->status;
        response.headers.set("Content-Type", spoiled->content_type);
        response.body = spoiled->body;
        if (!spoiled->usage.empty()) response.headers.set("X-Business-Use-Case-Usage", spoiled->usage);
    }
    response.headers.set("Date", to_http_date(now_()));
    response.headers.set("Content-Length", std::to_string(response.body.size()));
    co_return response;
}

http::Response PublishMeta::answer(const MetaCall& call, const Parameters& parameters) {
    using enum MetaCall::Kind;
    switch (call.kind) {
    case kQuota:
        return reply(json::object{
            {"data",
             json::array{json::object{{"quota_usage", used(call.account, true)},
                                      {"config", json::object{{"quota_total", accounts.at(call.account).quota_total},
                                                              {"quota_duration", 86400}}}}}}});
    case kMake: return make(call, parameters);
    case kAsk: return ask(call);
    case kPublish: return publish(call);
    case kList: return list(call);
    case kMedium: return medium(call);
    case kComment: return comment(call);
    case kUpload:
    case kOther: break;
    }
    return meta_error(400, 100, 33);
}

http::Response PublishMeta::make(const MetaCall& call, const Parameters& parameters) {
    Container container;
    container.account = call.account;
    container.caption = call.caption;
    if (parameters.contains("caption")) container.shown_caption = parameters.at("caption");
    if (parameters.contains("media_type")) container.kind = parameters.at("media_type");
    container.is_upload = parameters.contains("upload_type");
    container.is_part = parameters.contains("is_carousel_item");
    container.made_at = now_();
    container.ready_at = now_() + processing;
    if (call.is_parent) {
        const std::string& children = parameters.at("children");
        if (children.front() == '[') {
            const json::value list = json::parse(children);
            for (const json::value& child : list.as_array())
                container.children.emplace_back(child.as_string());
        } else {
            container.children = split(children, ',');
        }
        for (const std::string& child : container.children) {
            if (!containers_.contains(child)) return meta_error(400, 100, 4279004);
        }
    }
    const std::string id = next_id(next_container_);
    json::object made{{"id", id}};
    if (container.is_upload) made["uri"] = "https://rupload.facebook.com/ig-api-upload/v25.0/" + id;
    containers_.emplace(id, std::move(container));
    return reply(made);
}

http::Response PublishMeta::upload(const MetaCall& call, const http::OutgoingRequest& outgoing, bool does_break) {
    const auto found = containers_.find(call.object);
    if (found == containers_.end() || !found->second.is_upload) return meta_error(400, 100, 33);
    Container& container = found->second;
    const auto number = [&](const char* name) {
        return std::stoull(std::string(outgoing.headers.find(name).value_or("0")));
    };
    if (number("offset") != container.bytes.size()) container.is_damaged = true;
    container.size = number("file_size");
    std::uint64_t wanted = outgoing.upload->size_bytes;
    if (does_break) {
        ++broken_uploads_;
        wanted /= 2;
    }
    std::array<char, 256> room{};
    while (wanted > 0) {
        const auto given = outgoing.upload->pull(std::span(room).first(std::min<std::size_t>(room.size(), wanted)));
        if (!given || *given == 0) break;
        container.bytes.append(room.data(), *given);
        wanted -= *given;
    }
    if (container.caption.empty()) container.caption = container.bytes.substr(0, container.bytes.find('|'));
    container.ready_at = now_() + processing + kFilmLonger;
    return reply(json::object{{"success", true}});
}

http::Response PublishMeta::ask(const MetaCall& call) {
    Container& container = containers_.at(call.object);
    const bool is_whole = !container.is_upload || (container.size > 0 && container.bytes.size() >= container.size);
    if (container.status == "IN_PROGRESS" && is_whole && now_() >= container.ready_at) container.status = "FINISHED";
    if (container.status == "FINISHED" && now_() - container.made_at >= kDay) container.status = "EXPIRED";
    std::string told = container.status;
    const bool is_seen =
        !does_everything_lag || container.media_id.empty() || now_() >= media.at(container.media_id).listed_at;
    if (told == "PUBLISHED" && !is_seen) told = "FINISHED";
    json::object body{{"id", call.object}, {"status_code", told}, {"status", told + ": so"}};
    if (container.is_upload) {
        body["video_status"] =
            json::object{{"uploading_phase", json::object{{"status", is_whole ? "complete" : "in_progress"},
                                                          {"bytes_transferred", container.bytes.size()}}}};
    }
    return reply(body);
}

http::Response PublishMeta::publish(const MetaCall& call) {
    const auto found = containers_.find(call.object);
    if (found == containers_.end()) return meta_error(400, 24, 2207008);
    Container& container = found->second;
    if (now_() - container.made_at >= kDay) return meta_error(400, 24, 2207008);
    const bool is_whole = !container.is_upload || (container.size > 0 && container.bytes.size() >= container.size);
    if (!is_whole || now_() < container.ready_at) return meta_error(400, 9007, 2207027);
    if (!container.media_id.empty() && !does_second_publish_double) return meta_error(400, 24, 2207008);
    if (used(container.account, false) >= accounts.at(container.account).quota_total)
        return meta_error(403, 9, 2207042);
    Medium medium;
    medium.account = container.account;
    medium.caption = container.caption;
    medium.shown_caption = container.shown_caption;
    const bool is_video = container.is_upload || container.kind == "REELS";
    medium.type = !container.children.empty() ? "CAROUSEL_ALBUM" : is_video ? "VIDEO" : "IMAGE";
    medium.product = container.kind == "REELS" ? "REELS" : container.kind == "STORIES" ? "STORY" : "FEED";
    const bool is_as_sent = !container.is_damaged && container.bytes.size() == container.size;
    if (container.is_upload && !is_as_sent) ++damaged_uploads_;
    medium.children = static_cast<int>(container.children.size());
    medium.at = now_();
    medium.listed_at = now_() + list_lag;
    const std::string id = next_id(next_medium_);
    media.emplace(id, std::move(medium));
    by_account_[container.account].push_back(id);
    ++live_[container.caption];
    live_since_.try_emplace(container.caption, now_());
    container.status = "PUBLISHED";
    container.media_id = id;
    return reply(json::object{{"id", id}});
}

http::Response PublishMeta::list(const MetaCall& call) {
    json::array rows;
    const auto& ids = by_account_[call.account];
    for (auto id = ids.rbegin(); id != ids.rend() && rows.size() < 25; ++id) {
        const Medium& medium = media.at(*id);
        const bool is_story = medium.product == "STORY";
        if (now_() < medium.listed_at || is_story != call.is_stories) continue;
        if (is_story && now_() - medium.at >= kDay) break;
        json::object row{{"id", *id},
                         {"caption", medium.shown_caption},
                         {"media_type", medium.type},
                         {"media_product_type", medium.product},
                         {"permalink", "https://www.instagram.com/p/" + *id + "/"},
                         {"timestamp", meta_time(medium.at)}};
        if (medium.children > 0) {
            json::array children;
            for (int i = 0; i < medium.children; ++i)
                children.push_back(json::object{{"id", std::to_string(17'930'000'000'000'000 + i)}});
            row["children"] = json::object{{"data", std::move(children)}};
        }
        rows.push_back(std::move(row));
    }
    return reply(json::object{{"data", std::move(rows)}});
}

http::Response PublishMeta::medium(const MetaCall& call) {
    const Medium& medium = media.at(call.object);
    return reply(json::object{{"id", call.object},
                              {"caption", medium.shown_caption},
                              {"media_type", medium.type},
                              {"media_product_type", medium.product},
                              {"permalink", "https://www.instagram.com/p/" + call.object + "/"},
                              {"timestamp", meta_time(medium.at)}});
}

http::Response PublishMeta::comment(const MetaCall& call) {
    ++media.at(call.object).comments;
    return reply(json::object{{"id", next_id(next_comment_)}});
}

} // namespace everlong::test
