#include <apps/commands.hpp>

#include <app/lasting_gateway.hpp>
#include <apps/browser.hpp>
#include <apps/channel_view.hpp>

#include <CLI/CLI.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <memory>
#include <unistd.h>
#include <vector>

namespace everlong::apps {
namespace {

namespace asio = boost::asio;

constexpr int kInterruptedExit = 130;
constexpr int kFirstErrorStatus = 400;
// Often enough that nobody waits, seldom enough to cost nothing.
constexpr Milliseconds kLookPause = Milliseconds(200);

struct ConnectFlags {
    std::string name;
    std::string login;
    bool is_paste = false;
    std::string redirect_uri;
    std::vector<std::string> permissions;
    std::string account;
    int port = -1; // absent: 8000 or the next free one
};

// A document of the API, or the error that kept it from coming.
struct Reply {
    int status = 0;
    json::object body;
};

// Set where somebody presses Ctrl-C while a line is read: the read then ends.
volatile std::sig_atomic_t was_interrupted = 0;

// One line of standard input; nothing at its end or when interrupted.
std::optional<std::string> read_line() {
    struct sigaction handler{};
    struct sigaction before{};
    handler.sa_handler = [](int) { was_interrupted = 1; };
    sigaction(SIGINT, &handler, &before); // without SA_RESTART: the read ends
    std::string line;
    bool is_whole = false;
    char byte = 0;
    constexpr std::size_t kLineBytes = 64 * 1024;
    while (line.size() < kLineBytes && was_interrupted == 0) {
        const ssize_t count = read(STDIN_FILENO, &byte, 1);
        if (count < 0 && errno == EINTR) continue;
        is_whole = count == 1 && byte == '\n';
        if (count <= 0 || is_whole) break;
        line += byte;
    }
    sigaction(SIGINT, &before, nullptr);
    if (was_interrupted != 0 || (line.empty() && !is_whole)) return std::nullopt;
    return line;
}

class ConnectFlow {
public:
    ConnectFlow(Session& session, asio::io_context& context, app::Config config, const ConnectFlags& flags)
        : session_(session), context_(context), flags_(flags), browser_(config.data_dir),
          host_(context, std::move(config), session.log()) {}

    // The exit code.
    Task<int> run();

private:
    Task<Reply> ask(std::string method, std::string target, json::object body = {});
    Task<Reply> look() { return ask("GET", "/v1/logins/" + id_); }
    Task<Reply> begin();
    void show_address(const json::object& login);
    Task<Reply> paste();
    Task<Reply> wait();
    Task<Reply> choose(const json::object& login);
    Async<void> give_up();
    int tell_end(const Reply& reply);
    Async<int> wait_for_interrupt();
    Task<int> run_login();

    Session& session_;
    asio::io_context& context_;
    const ConnectFlags& flags_;
    Browser browser_;
    app::LastingGateway host_;
    std::string id_;
};

Task<Reply> ConnectFlow::ask(std::string method, std::string target, json::object body) {
    app::ApiCall call{std::move(method), std::move(target), body.empty() ? "" : json::serialize(body), {}};
    auto answer = co_await host_.call(std::move(call));
    if (!answer) co_return fail(answer.error());
    boost::system::error_code problem;
    json::value value = json::parse(answer->body, problem);
    if (problem || !value.is_object()) co_return fail(Code::kInternal, Fault::kLocal, "the answer is not JSON");
    co_return Reply{answer->status, std::move(value.as_object())};
}

Task<Reply> ConnectFlow::begin() {
    json::array permissions;
    for (const std::string& name : flags_.permissions)
        permissions.emplace_back(name);
    co_return co_await ask("POST", "/v1/logins",
                           json::object{{"channel", flags_.name},
                                        {"login", flags_.login},
                                        {"via", flags_.is_paste ? "paste" : "terminal"},
                                        {"redirect_uri", flags_.redirect_uri},
                                        {"account", flags_.account},
                                        {"permissions", std::move(permissions)}});
}

// The address alone on a line, so that a script can take it; everything else is for people.
void ConnectFlow::show_address(const json::object& login) {
    const std::string address(login.at("address").as_string());
    std::cerr << "Open this address in a browser and approve there what " << flags_.name << " may do:\n";
    (session_.is_json() ? std::cerr : std::cout) << address << std::endl;
    std::cerr << "The app's dashboard has to list this redirect address: " << text_at(login, "redirect_uri") << "\n";
    if (flags_.is_paste) {
        std::cerr << "Then paste here the whole address that the browser was sent to (it need not have opened):\n";
    } else if (!flag_at(login, "comes_back_here")) {
        std::cerr << "Nobody listens at that address here: if the browser ends there, run this again with --paste.\n";
    }
    browser_.open(address);
}

Task<Reply> ConnectFlow::paste() {
    for (;;) {
        const auto line = read_line();
        if (!line) co_return fail(Code::kCancelled, Fault::kCancelled, "no address came on standard input");
        if (line->find_first_not_of(" \t\r") == std::string::npos) continue;
        auto reply = co_await ask("POST", "/v1/logins/" + id_ + "/address", json::object{{"address", *line}});
        const bool may_try_again = reply && reply->status >= kFirstErrorStatus && isatty(STDIN_FILENO) != 0;
        if (!may_try_again) co_return reply;
        session_.tell_problem(reply->body);
        std::cerr << "Paste it again, or press Ctrl-C:\n";
    }
}

// Until a person sees something else than "waiting".
Task<Reply> ConnectFlow::wait() {
    for (;;) {
        auto reply = co_await look();
        if (!reply || reply->status >= kFirstErrorStatus || text_at(reply->body, "stage") != "waiting") co_return reply;
        asio::steady_timer pause(context_, kLookPause);
        co_await pause.async_wait(asio::use_awaitable);
    }
}

Task<Reply> ConnectFlow::choose(const json::object& login) {
    std::vector<std::string> usable;
    std::cerr << "Several accounts are reachable:\n";
    for (const json::value& item : login.at("accounts").as_array()) {
        const json::object& account = item.as_object();
        const std::string name = text_at(account, "username");
        const std::string page = text_at(account, "page_name");
        const std::string shown = (name.empty() ? "Page " + page : "@" + name + (page.empty() ? "" : ", Page " + page));
        if (flag_at(account, "usable")) {
            usable.push_back(text_at(account, "ig_user_id"));
            std::cerr << "  " << usable.size() << ") " << shown << " (" << usable.back() << ")\n";
        } else {
            std::cerr << "  -  " << shown << ": " << text_at(account, "reason") << "\n";
        }
    }
    if (!flag_at(login, "accounts_complete")) std::cerr << "  " << text_at(login, "accounts_note") << "\n";
    if (isatty(STDIN_FILENO) == 0) {
        co_return fail(Code::kAccountChoice, Fault::kUsage, "run it again with --account and a username or number");
    }
    for (;;) {
        std::cerr << "Which one (1 to " << usable.size() << ")? " << std::flush;
        const auto line = read_line();
        if (!line) co_return fail(Code::kCancelled, Fault::kCancelled);
        const int number = std::atoi(line->c_str());
        if (number < 1 || number > static_cast<int>(usable.size())) continue;
        co_return co_await ask("POST", "/v1/logins/" + id_ + "/choice",
                               json::object{{"account", usable[static_cast<std::size_t>(number - 1)]}});
    }
}

Async<void> ConnectFlow::give_up() {
    if (!id_.empty()) (void)co_await ask("DELETE", "/v1/logins/" + id_);
}

void tell_losses(const json::object& login) {
    for (const json::value& item : login.at("declined").as_array()) {
        const json::object& permission = item.as_object();
        std::cerr << painted("Not granted: ", Colour::kWarn) << text_at(permission, "name");
        if (const auto lost = text_at(permission, "consequence"); !lost.empty()) std::cerr << ": " << lost;
        std::cerr << "\n";
    }
}

int ConnectFlow::tell_end(const Reply& reply) {
    if (reply.status >= kFirstErrorStatus) return session_.tell_problem(reply.body);
    const json::object& login = reply.body;
    if (text_at(login, "stage") == "connected") {
        tell_losses(login);
        if (session_.is_json()) {
            std::cout << json::serialize(login) << std::endl;
        } else if (const auto* channel = object_at(login, "channel_state")) {
            std::cout << painted("Connected.", Colour::kGood) << "\n";
            print_channel(*channel);
            std::cout.flush();
        }
        return 0;
    }
    if (!session_.is_json()) {
        tell_losses(login);
        for (const json::value& item : login.at("accounts").as_array()) {
            const json::object& account = item.as_object();
            if (flag_at(account, "usable")) continue;
            const std::string name = text_at(account, "username");
            std::cerr << "  " << (name.empty() ? "Page " + text_at(account, "page_name") : "@" + name) << ": "
                      << text_at(account, "reason") << "\n    " << text_at(account, "what_to_do") << " "
                      << text_at(account, "link") << "\n";
        }
    }
    if (const auto* problem = object_at(login, "problem")) return session_.tell_problem(*problem);
    return session_.tell(Error(Code::kCancelled, Fault::kCancelled, "the login was cancelled elsewhere"));
}

Async<int> ConnectFlow::wait_for_interrupt() {
    asio::signal_set signals(context_, SIGINT, SIGTERM);
    co_await signals.async_wait(asio::as_tuple(asio::use_awaitable));
    co_return kInterruptedExit;
}

Task<int> ConnectFlow::run_login() {
    auto begun = co_await begin();
    if (!begun) co_return fail(begun.error());
    if (begun->status >= kFirstErrorStatus) co_return session_.tell_problem(begun->body);
    id_ = text_at(begun->body, "id");
    show_address(begun->body);
    Result<Reply> reply = flags_.is_paste ? co_await paste() : co_await wait();
    if (reply && text_at(reply->body, "stage") == "waiting") reply = co_await wait();
    if (reply && text_at(reply->body, "stage") == "choosing") reply = co_await choose(reply->body);
    if (reply && text_at(reply->body, "stage") == "waiting") reply = co_await wait();
    if (!reply || reply->status >= kFirstErrorStatus) co_await give_up();
    if (!reply && reply.error().code() == Code::kCancelled) co_return kInterruptedExit;
    if (!reply) co_return fail(reply.error());
    co_return tell_end(*reply);
}

Task<int> ConnectFlow::run() {
    using namespace asio::experimental::awaitable_operators;
    std::optional<std::uint16_t> port;
    if (flags_.port >= 0) port = static_cast<std::uint16_t>(flags_.port);
    if (auto opened = co_await host_.open(port); !opened) co_return fail(opened.error());
    Result<int> code = 0;
    if (flags_.is_paste) {
        code = co_await run_login();
    } else {
        auto first = co_await (run_login() || wait_for_interrupt());
        if (first.index() == 0) {
            code = std::get<0>(std::move(first));
        } else {
            co_await give_up();
            code = kInterruptedExit;
        }
    }
    co_await host_.close();
    co_return code;
}

int connect_channel(Session& session, const ConnectFlags& flags) {
    auto config = session.load_config();
    if (!config) return session.tell(config.error());
    asio::io_context context(1);
    ConnectFlow flow(session, context, std::move(*config), flags);
    std::optional<Result<int>> code;
    std::exception_ptr thrown;
    asio::co_spawn(context, flow.run(), [&](std::exception_ptr problem, Result<int> result) {
        thrown = problem;
        code = std::move(result);
        context.stop();
    });
    context.run();
    if (thrown) std::rethrow_exception(thrown);
    return *code ? **code : session.tell(code->error());
}

} // namespace

void add_connect_command(CLI::App& channel, CommandLine line) {
    auto flags = std::make_shared<ConnectFlags>();
    CLI::App* command = channel.add_subcommand("connect", "Log in at Meta and connect an account, or reconnect it");
    command->footer(
        "Prints the address of Meta's login dialog alone on a line of standard output, opens it where there is a\n"
        "browser, and waits until the channel is connected. docs/connect.md shows how the Meta app is set up.\n"
        "  everlong channel connect cafe --login instagram\n"
        "  everlong channel connect cafe --login facebook --paste     on a server: paste back where the browser ended");
    command->add_option("NAME", flags->name, "The channel's name: 1 to 64 of a-z, 0-9, '-'")->required();
    command->add_option("--login", flags->login, "Which login: facebook or instagram")
        ->required()
        ->check(CLI::IsMember({"facebook", "instagram"}));
    command->add_flag("--paste", flags->is_paste, "Read the address that the browser was sent to from standard input");
    command->add_option("--redirect-uri", flags->redirect_uri,
                        "The redirect address as the app's dashboard has it (default: computed, and shown)");
    command->add_option("--permission", flags->permissions, "Ask for this permission too; may be repeated");
    command->add_option("--account", flags->account,
                        "Which account, by username or number, where several are reachable");
    command
        ->add_option("--port", flags->port,
                     "Port to come back to, where no service runs (default: 8000 or the next free)")
        ->check(CLI::Range(0, 65535));
    add_common_flags(*command, line.flags);
    command->callback([flags, &action = line.action] {
        action = [flags](Session& session) { return connect_channel(session, *flags); };
    });
}

} // namespace everlong::apps
