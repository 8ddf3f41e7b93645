#include <adapters/graph/detail/publish_calls.hpp>

#include <adapters/graph/detail/container_parameters.hpp>
#include <adapters/graph/detail/publish_answers.hpp>
#include <http/piecewise_upload.hpp>

#include <algorithm>
#include <set>
#include <utility>

namespace everlong::adapters::detail {

using core::CallFacts;
using core::GraphCall;

namespace {

// An upload's total deadline: what the slowest home line needs (256 kbit/s), and time for Meta to answer. A reel of the
// largest size so gets less than three hours of the container's day.
constexpr std::int64_t kSlowestLine = 32L * 1024; // bytes a second
constexpr Seconds kUploadAnswer = Minutes(2);

// Whatever else stands in an id would change the path that is asked for.
Result<void> check_id(std::string_view what, std::string_view id) {
    const bool is_number =
        !id.empty() && id.size() <= 20 && std::ranges::all_of(id, [](char c) { return c >= '0' && c <= '9'; });
    if (is_number) return {};
    return fail(Code::kUsage, Fault::kUsage, std::string(what) + "'s id is a number of up to 20 digits");
}

Result<void> check_account(const IgUserId& id) {
    if (check_id("an account", id.text())) return {};
    return fail(Code::kAccountId, Fault::kUsage, "an account's id is a number of up to 20 digits");
}

// "Tried accessing nonexisting field (video_status)": documented for the Facebook login's uploads only (8.6).
bool lacks_a_field(const Error& error) {
    const Upstream* upstream = error.upstream();
    return upstream != nullptr && upstream->code == 100 &&
           upstream->message.find("nonexisting field") != std::string::npos;
}

} // namespace

Task<ports::MadeContainer> PublishCalls::make_container(const ports::Publisher& who, ports::ContainerOrder order) {
    if (const auto checked = check_account(who.account); !checked) co_return fail(checked.error());
    auto parameters = container_parameters(who.login, order);
    if (!parameters) co_return fail(parameters.error().in("media"));
    const bool is_upload = is_resumable(order);
    auto exchanged = co_await caller_.ask(*core::find_call(GraphCall::kMakeContainer, who.login), who.token,
                                          who.account.text(), *std::move(parameters));
    if (!exchanged) co_return fail(exchanged.error());
    auto made = read_made_container(exchanged->asked, exchanged->answer(), is_upload);
    if (made && is_upload && !caller_.upload_url(made->upload_uri)) {
        co_return fail(Code::kUpstreamShape, Fault::kTransient, "media: the upload's address is not one of Meta's");
    }
    co_return made;
}

Task<void> PublishCalls::send_bytes(const ports::Publisher& who, std::string upload_uri, ports::ByteSource& bytes,
                                    std::uint64_t offset) {
    const CallFacts& call = *core::find_call(GraphCall::kSendBytes, who.login);
    const std::uint64_t size = bytes.size();
    if (offset > size) co_return fail(Code::kUsage, Fault::kUsage, "upload: it would begin behind the file's end");
    const auto url = caller_.upload_url(upload_uri);
    if (!url) co_return fail(Code::kUsage, Fault::kUsage, "upload: the address is not one of Meta's upload host");
    auto request = caller_.build(call, who.token, {});
    if (!request) co_return fail(request.error());

    const std::uint64_t left = size - offset;
    http::PiecewiseUpload upload([&bytes](std::uint64_t at, std::size_t limit) { return bytes.read(at, limit); },
                                 offset, size);
    request->url = *url;
    request->bearer_scheme = "OAuth"; // "not Bearer" (8.6)
    request->headers.add("offset", std::to_string(offset));
    request->headers.add("file_size", std::to_string(size));
    request->headers.add("Content-Type", "application/octet-stream");
    request->upload = upload.body();
    request->deadline = kUploadAnswer + Seconds(static_cast<std::int64_t>(left) / kSlowestLine);
    request->slowest_pace = upload_pace_;
    auto exchanged = co_await caller_.send(call, who.token, *std::move(request));
    if (upload.problem()) co_return fail(upload.problem()->in("upload"));
    if (!exchanged) co_return fail(exchanged.error());
    co_return read_uploaded(exchanged->asked, exchanged->answer());
}

Task<ports::ContainerReport> PublishCalls::container(const ports::Publisher& who, std::string container_id) {
    if (const auto checked = check_id("a container", container_id); !checked) co_return fail(checked.error());
    const CallFacts& call = *core::find_call(GraphCall::kContainer, who.login);
    auto exchanged = co_await caller_.ask(call, who.token, container_id);
    if (!exchanged) co_return fail(exchanged.error());
    auto report = read_container(exchanged->asked, exchanged->answer(), container_id);
    if (report || !lacks_a_field(report.error())) co_return report;
    // Another question, not the same call again: without what only uploads have.
    CallFacts plain = call;
    plain.fields = core::kPlainContainerFields;
    exchanged = co_await caller_.ask(plain, who.token, container_id);
    if (!exchanged) co_return fail(exchanged.error());
    co_return read_container(exchanged->asked, exchanged->answer(), container_id);
}

Task<std::string> PublishCalls::make(const CallFacts& call, const Secret& token, std::string id, std::string name,
                                     std::string value) {
    std::vector<http::OutgoingParameter> parameters;
    parameters.emplace_back(std::move(name), std::move(value));
    auto exchanged = co_await caller_.ask(call, token, std::move(id), std::move(parameters));
    if (!exchanged) co_return fail(exchanged.error());
    co_return read_made_id(exchanged->asked, exchanged->answer());
}

Task<std::string> PublishCalls::publish(const ports::Publisher& who, std::string container_id) {
    if (const auto checked = check_account(who.account); !checked) co_return fail(checked.error());
    if (const auto checked = check_id("a container", container_id); !checked) co_return fail(checked.error());
    co_return co_await make(*core::find_call(GraphCall::kPublish, who.login), who.token, who.account.text(),
                            "creation_id", std::move(container_id));
}

Task<std::string> PublishCalls::comment(const ports::Publisher& who, std::string media_id, std::string text) {
    if (const auto checked = check_id("a medium", media_id); !checked) co_return fail(checked.error());
    if (text.empty()) co_return fail(Code::kUsage, Fault::kUsage, "an empty comment");
    co_return co_await make(*core::find_call(GraphCall::kComment, who.login), who.token, std::move(media_id), "message",
                            std::move(text));
}

Task<std::vector<ports::PublishedMedium>> PublishCalls::recent_media(const ports::Publisher& who, bool are_stories,
                                                                     Instant since) {
    if (const auto checked = check_account(who.account); !checked) co_return fail(checked.error());
    const CallFacts& call = *core::find_call(are_stories ? GraphCall::kListStories : GraphCall::kListMedia, who.login);
    std::vector<ports::PublishedMedium> media;
    std::set<std::string> seen_cursors;
    std::string after;
    for (int page = 0; page < core::kListPageLimit; ++page) {
        std::vector<http::OutgoingParameter> parameters;
        parameters.emplace_back("limit", std::to_string(core::kMediaPageSize));
        if (!after.empty()) parameters.emplace_back("after", after);
        auto exchanged = co_await caller_.ask(call, who.token, who.account.text(), std::move(parameters));
        if (!exchanged) co_return fail(exchanged.error());
        auto part = read_media(exchanged->asked, exchanged->answer());
        if (!part) co_return fail(part.error());
        std::ranges::move(part->media, std::back_inserter(media));
        const bool is_far_enough = !media.empty() && media.back().published_at.value_or(since) < since;
        after = std::move(part->next.after);
        if (is_far_enough || !part->next.has_next || after.empty() || !seen_cursors.insert(after).second) break;
    }
    co_return media;
}

Task<ports::PublishedMedium> PublishCalls::medium(const ports::Publisher& who, std::string media_id) {
    if (const auto checked = check_id("a medium", media_id); !checked) co_return fail(checked.error());
    auto exchanged = co_await caller_.ask(*core::find_call(GraphCall::kMedium, who.login), who.token, media_id);
    if (!exchanged) co_return fail(exchanged.error());
    co_return read_medium(exchanged->asked, exchanged->answer(), media_id);
}

} // namespace everlong::adapters::detail
