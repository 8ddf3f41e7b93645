#include <apps/post_flow.hpp>

#include <apps/local_file.hpp>
#include <apps/post_view.hpp>
#include <apps/terminal.hpp>
#include <base/percent.hpp>
#include <http/body_stream.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <array>
#include <csignal>
#include <exception>
#include <filesystem>
#include <iostream>
#include <vector>

namespace everlong::apps {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;

constexpr int kInterruptedExit = 130;
// What is held of a file while it is brought.
constexpr std::size_t kPieceBytes = 4 * 1024 * 1024;
// Often enough that nobody waits, seldom enough to cost nothing.
constexpr Milliseconds kLookPause = Milliseconds(200);
// Live is not all: address and first comment are two calls more, for which ten seconds are waited. They fail nothing, so that
// nobody waits longer.
constexpr int kLooksAtResults = Seconds(10) / kLookPause;

Async<int> wait_for_interrupt(asio::io_context& context) {
    asio::signal_set signals(context, SIGINT, SIGTERM);
    co_await signals.async_wait(asio::as_tuple(asio::use_awaitable));
    co_return kInterruptedExit;
}

// The name, in the alphabet of RFC 4648, section 4, for Upload-Metadata.
std::string to_base64(std::string_view bytes) {
    constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
        std::uint32_t bits = 0;
        for (std::size_t k = 0; k < 3; ++k)
            bits = bits << 8 | (k < count ? static_cast<unsigned char>(bytes[i + k]) : 0U);
        for (std::size_t k = 0; k < 4; ++k)
            text += k <= count ? kAlphabet[bits >> (18 - 6 * k) & 63U] : '=';
    }
    return text;
}

// Address and first comment of a live post are a moment away, and nothing has come between.
bool has_results_ahead(const json::object& post) {
    return text_at(post, "state") == "published" && !text_at(post, "next_attempt_at").empty() &&
           text_at(post, "title").empty();
}

} // namespace

bool is_address(std::string_view text) {
    return text.starts_with("http://") || text.starts_with("https://");
}

bool is_settled(std::string_view state) {
    constexpr std::array<std::string_view, 5> kEnds{"published", "failed", "cancelled", "held", "draft"};
    return std::ranges::find(kEnds, state) != kEnds.end();
}

std::string post_target(const std::string& id, std::string_view rest) {
    return "/v1/posts/" + percent_encode(id) + std::string(rest);
}

int tell_post(Session& session, const ApiReply& reply) {
    if (reply.is_error()) {
        if (!session.is_json()) print_findings(reply.body);
        return session.tell_problem(reply.body);
    }
    if (session.is_json())
        std::cout << json::serialize(reply.body) << std::endl;
    else
        print_post(reply.body);
    std::cout.flush();
    return verdict_on_post(reply.body);
}

void warn_without_service(const PostFlow& flow, const json::object& post) {
    if (flow.has_service() || text_at(post, "state") != "scheduled") return;
    std::cerr << "No service runs here: the post goes out at its time only if `everlong serve` does then.\n";
}

Task<ApiReply> PostFlow::send(app::ApiCall call) {
    auto answer = co_await host_.call(std::move(call));
    if (!answer) co_return fail(answer.error());
    ApiReply reply;
    reply.status = answer->status;
    reply.address = answer->headers.find("Location").value_or("");
    if (answer->body.empty()) co_return reply;
    boost::system::error_code problem;
    json::value value = json::parse(answer->body, problem);
    if (problem || !value.is_object()) co_return fail(Code::kInternal, Fault::kLocal, "the answer is not JSON");
    reply.body = std::move(value.as_object());
    co_return reply;
}

Task<ApiReply> PostFlow::ask(std::string method, std::string target, json::object body) {
    app::ApiCall call{std::move(method), std::move(target), body.empty() ? "" : json::serialize(body), {}};
    return send(std::move(call));
}

Task<std::string> PostFlow::fetch(const std::string& id) {
    auto answer = co_await host_.call({"GET", "/v1/files/" + percent_encode(id) + "/content", {}, {}});
    if (!answer) co_return fail(answer.error());
    if (answer->status != 200) {
        co_return fail(Code::kInternal, Fault::kLocal,
                       "the converted picture was not given: " + std::to_string(answer->status));
    }
    std::string bytes = std::move(answer->body);
    while (answer->stream) {
        const std::string piece = co_await answer->stream->next();
        if (piece.empty()) break;
        bytes += piece;
    }
    co_return bytes;
}

Task<PostFlow::Brought> PostFlow::bring(std::string file) {
    if (is_address(file)) co_return Brought{file, std::nullopt};
    auto local = LocalFile::open(file);
    if (!local) co_return fail(local.error());
    const std::uint64_t size = local->size();
    app::ApiCall begin{"POST", "/v1/files", {}, {}};
    begin.headers.add("Tus-Resumable", "1.0.0");
    begin.headers.add("Upload-Length", std::to_string(size));
    begin.headers.add("Upload-Metadata", "filename " + to_base64(fs::path(file).filename().string()));
    auto made = co_await send(std::move(begin));
    if (!made) co_return fail(made.error());
    if (made->is_error()) co_return Brought{{}, std::move(*made)};
    const std::string address = made->address;
    for (std::uint64_t offset = 0; offset < size;) {
        auto bytes = local->read(static_cast<std::size_t>(std::min<std::uint64_t>(kPieceBytes, size - offset)));
        if (!bytes) co_return fail(bytes.error());
        app::ApiCall piece{"PATCH", address, std::move(*bytes), {}};
        piece.headers.add("Tus-Resumable", "1.0.0");
        piece.headers.add("Upload-Offset", std::to_string(offset));
        piece.headers.add("Content-Type", "application/offset+octet-stream");
        offset += piece.body.size();
        auto taken = co_await send(std::move(piece));
        if (!taken) co_return fail(taken.error());
        if (taken->is_error()) co_return Brought{{}, std::move(*taken)};
    }
    co_return Brought{address.substr(address.rfind('/') + 1), std::nullopt};
}

Task<ApiReply> PostFlow::wait_for_end(std::string id) {
    using namespace asio::experimental::awaitable_operators;
    int looks_at_results = 0;
    const auto look = [&]() -> Task<ApiReply> {
        for (;;) {
            auto reply = co_await ask("GET", "/v1/posts/" + id);
            // Nobody works on a post that cannot be read.
            if (!reply || reply->is_error() || reply->body.contains("unreadable")) co_return reply;
            if (is_settled(text_at(reply->body, "state"))) {
                if (!has_results_ahead(reply->body) || looks_at_results++ >= kLooksAtResults) co_return reply;
            }
            asio::steady_timer pause(context_, kLookPause);
            co_await pause.async_wait(asio::as_tuple(asio::use_awaitable));
        }
    };
    const auto work = [&]() -> Task<ApiReply> {
        auto reply = co_await look();
        host_.stop_working();
        co_return reply;
    };
    if (host_.has_service()) co_return co_await look();
    co_return co_await (work() && host_.work());
}

int run_post_flow(Session& session, const std::function<Task<int>(PostFlow&)>& work) {
    using namespace asio::experimental::awaitable_operators;
    auto config = session.load_config();
    if (!config) return session.tell(config.error());
    asio::io_context context(1);
    PostFlow flow(session, context, std::move(*config));
    std::optional<Result<int>> code;
    std::exception_ptr thrown;
    const auto main = [&]() -> Task<int> {
        if (auto opened = co_await flow.open(); !opened) co_return fail(opened.error());
        auto first = co_await (work(flow) || wait_for_interrupt(context));
        co_await flow.close();
        if (first.index() == 1) co_return kInterruptedExit;
        co_return std::get<0>(std::move(first));
    };
    asio::co_spawn(context, main(), [&](std::exception_ptr problem, Result<int> result) {
        thrown = problem;
        code = std::move(result);
        context.stop();
    });
    context.run();
    if (thrown) std::rethrow_exception(thrown);
    return *code ? **code : session.tell(code->error());
}

} // namespace everlong::apps
