#include <apps/commands.hpp>

#include <apps/channel_view.hpp>
#include <base/percent.hpp>
#include <core/facts/doctor_texts.hpp>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <iostream>
#include <memory>
#include <sys/stat.h>
#include <unistd.h>

namespace everlong::apps {
namespace {

constexpr int kExitUnhealthy = 1;
constexpr int kExitUnusable = 2;
constexpr int kExitUnreachable = 3;
constexpr int kExitLocal = 4;

struct DoctorFlags {
    std::string name;
    std::string env_file;
    bool has_token_stdin = false;
    std::string ig_user_id;
    std::string token_key;
    std::string id_key;
    bool is_in_place = false;
    bool has_fix = false;
    std::string report;
};

Colour colour_of(std::string_view status) {
    if (status == "pass") return Colour::kGood;
    if (status == "warn") return Colour::kWarn;
    return status == "fail" ? Colour::kBad : Colour::kDim;
}

// "[pass] token-valid", aligned.
std::string headline(const json::object& check) {
    const std::string status = text_at(check, "status");
    std::string id = text_at(check, "id");
    constexpr std::size_t kWidest = 15; // "token-lifetime" and one
    id.resize(std::max(id.size(), kWidest), ' ');
    return "  " + painted(status, colour_of(status)) + "  " + id;
}

void show_check(const json::object& check) {
    std::string happened = text_at(check, "what_happened");
    if (flag_at(check, "fixed")) happened += painted(" Mended.", Colour::kGood);
    std::cout << headline(check) << " " << happened << "\n";
}

void show_trouble(const json::object& check) {
    std::cout << "\n"
              << painted(text_at(check, "id"), Colour::kBold) << " (" << text_at(check, "cause") << ", "
              << text_at(check, "remedy") << ")\n";
    std::cout << "  " << escaped(text_at(check, "what_happened")) << "\n";
    for (const auto& step : check.at("what_to_do").as_array())
        std::cout << "  - " << escaped(step.as_string()) << "\n";
    for (const auto& link : check.at("links").as_array())
        std::cout << "  " << std::string_view(link.as_string()) << "\n";
    if (flag_at(check, "fixable") && !flag_at(check, "fixed")) {
        std::cout << "  " << painted("--fix mends this.", Colour::kGood) << "\n";
    }
}

void show_fix(const json::object& answer) {
    const auto* fix = object_at(answer, "fix");
    if (fix == nullptr) return;
    const std::string done = joined(*fix, "done");
    std::cout << "\n--fix: " << (done.empty() ? "there was nothing to mend without a person" : "done: " + done) << "\n";
    if (const auto* problem = object_at(*fix, "problem")) {
        std::cout << "  not done: " << text_at(*problem, "title") << " (" << text_at(*problem, "code") << ")";
        const std::string detail = text_at(*problem, "detail");
        std::cout << (detail.empty() ? "" : ": " + detail) << "\n";
    }
    if (const std::string kept = text_at(*fix, "kept_as"); !kept.empty()) {
        std::cout << "  The new token is kept safe as the channel '" << kept
                  << "' and is written to the file as soon as that can be done.\n"
                  << "  Try again with --fix, or print it: everlong token get " << kept << "\n";
    }
}

void show(const json::object& answer) {
    for (const auto& item : answer.at("checks").as_array())
        show_check(item.as_object());
    for (const auto& item : answer.at("checks").as_array()) {
        const std::string status = text_at(item.as_object(), "status");
        if (status == "fail" || status == "warn") show_trouble(item.as_object());
    }
    show_fix(answer);
    std::cout << "\n"
              << (flag_at(answer, "healthy") ? painted("Healthy.", Colour::kGood)
                                             : painted("Not healthy.", Colour::kBad))
              << std::endl;
}

int verdict(const json::object& answer) {
    if (flag_at(answer, "healthy")) return 0;
    for (const auto& item : answer.at("checks").as_array()) {
        const auto& check = item.as_object();
        if (text_at(check, "id") == "env-file" && text_at(check, "status") == "fail") return kExitUnusable;
    }
    return flag_at(answer, "judged") ? kExitUnhealthy : kExitUnreachable;
}

// Made for others to read, but for its owner to hand out: mode 0600, and never through a link.
bool write_report(const std::string& path, const std::string& text) {
    const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);
    bool is_written = file >= 0 && fchmod(file, S_IRUSR | S_IWUSR) == 0;
    for (std::size_t done = 0; is_written && done < text.size();) {
        const ssize_t count = write(file, text.data() + done, text.size() - done);
        if (count < 0 && errno == EINTR) continue;
        is_written = count > 0;
        done += count > 0 ? static_cast<std::size_t>(count) : 0;
    }
    const int problem = errno;
    if (file >= 0 && close(file) != 0) is_written = false;
    if (!is_written)
        std::cerr << "everlong: the report cannot be written to " << path << ": " << std::strerror(problem) << "\n";
    return is_written;
}

int finish(const DoctorFlags& flags, const json::object& answer) {
    const int code = verdict(answer);
    if (flags.report.empty()) return code;
    const std::string text = "Everlong " EVERLONG_VERSION "\n" + text_at(answer, "report");
    return write_report(flags.report, text) ? code : kExitLocal;
}

Result<json::object> body_of(const DoctorFlags& flags) {
    json::object body{{"fix", flags.has_fix},
                      {"token_key", flags.token_key},
                      {"id_key", flags.id_key},
                      {"in_place", flags.is_in_place}};
    const int given = (flags.name.empty() ? 0 : 1) + (flags.env_file.empty() ? 0 : 1) + (flags.has_token_stdin ? 1 : 0);
    if (given > 1) return fail(Code::kUsage, Fault::kUsage, "give one of NAME, --env-file FILE and --token-stdin");
    if (flags.has_token_stdin) {
        if (flags.has_fix) {
            return fail(Code::kUsage, Fault::kUsage, "--fix needs a place to mend: a channel or --env-file FILE");
        }
        auto token = read_standard_input();
        if (!token) return fail(token.error());
        body["token"] = token->reveal();
        body["ig_user_id"] = flags.ig_user_id;
    } else if (!flags.name.empty()) {
        body["channel"] = flags.name;
    } else {
        body["env_file"] = std::filesystem::absolute(flags.env_file).string();
    }
    return body;
}

// The .env that a person most likely means.
std::string find_env_file() {
    for (const char* path : {".env", "backend/.env"}) {
        std::error_code problem;
        if (std::filesystem::is_regular_file(path, problem)) return path;
    }
    return {};
}

void show_summary(const json::object& answer) {
    Table table({"CHANNEL", "RESULT", "WHAT IS WRONG"});
    for (const auto& item : answer.at("channels").as_array()) {
        const auto& one = item.as_object();
        std::string wrong;
        for (const auto& check : one.at("checks").as_array()) {
            if (text_at(check.as_object(), "status") != "fail") continue;
            wrong += (wrong.empty() ? "" : ", ") + text_at(check.as_object(), "id") + " (" +
                     text_at(check.as_object(), "cause") + ")";
        }
        const bool is_healthy = flag_at(one, "healthy");
        table.add({text_at(one, "channel"),
                   is_healthy ? painted("healthy", Colour::kGood) : painted("not healthy", Colour::kBad), wrong});
    }
    table.print();
    std::cout << "\nDetails: everlong doctor NAME" << std::endl;
}

// Every channel, one after the other, as one document.
class AllChannels {
public:
    AllChannels(Session& session, app::Config config, const DoctorFlags& flags)
        : context_(1), gateway_(context_, std::move(config), session.log()), session_(session), flags_(flags) {}

    int run() {
        std::string report;
        int code = 0;
        bool is_healthy = true;
        json::array documents;
        for (std::string after;;) {
            auto page = ask("GET", "/v1/channels?after=" + percent_encode(after), {});
            if (!page) return session_.tell(page.error());
            if (page->contains("exit_code")) return session_.tell_problem(*page);
            for (const auto& item : page->at("channels").as_array()) {
                auto answer = ask("POST", "/v1/doctor",
                                  {{"channel", text_at(item.as_object(), "name")}, {"fix", flags_.has_fix}});
                if (!answer) return session_.tell(answer.error());
                if (answer->contains("exit_code")) return session_.tell_problem(*answer);
                is_healthy = is_healthy && flag_at(*answer, "healthy");
                if (const int one = verdict(*answer); one != 0 && code != kExitUnhealthy) code = one;
                report += text_at(*answer, "report") + "\n";
                documents.emplace_back(std::move(*answer));
            }
            after = text_at(*page, "next");
            if (after.empty()) break;
        }
        if (documents.empty()) {
            return session_.tell(
                Error(Code::kUsage, Fault::kUsage,
                      "there is no .env, no backend/.env and no channel; name a file with --env-file"));
        }
        const json::object answer{{"healthy", is_healthy}, {"channels", std::move(documents)}};
        if (session_.is_json()) {
            std::cout << json::serialize(answer) << std::endl;
        } else {
            show_summary(answer);
        }
        const std::string text = "Everlong " EVERLONG_VERSION "\n" + report;
        return flags_.report.empty() || write_report(flags_.report, text) ? code : kExitLocal;
    }

private:
    Result<json::object> ask(std::string method, std::string target, json::object body) {
        auto answer = gateway_.call_now(
            {std::move(method), std::move(target), body.empty() ? std::string() : json::serialize(body), {}});
        if (!answer) return fail(answer.error());
        boost::system::error_code problem;
        json::value value = json::parse(answer->body, problem);
        if (problem || !value.is_object()) {
            return fail(Code::kInternal, Fault::kLocal, "the service's answer is not JSON");
        }
        return std::move(value.as_object());
    }

    boost::asio::io_context context_;
    app::Gateway gateway_;
    Session& session_;
    const DoctorFlags& flags_;
};

int run(Session& session, DoctorFlags flags) {
    if (flags.name.empty() && flags.env_file.empty() && !flags.has_token_stdin) {
        flags.env_file = find_env_file();
        if (flags.env_file.empty()) {
            auto config = session.load_config();
            if (!config) return session.tell(config.error());
            return AllChannels(session, std::move(*config), flags).run();
        }
        if (!session.is_json()) std::cerr << "everlong: looking at " << flags.env_file << "\n";
    }
    auto body = body_of(flags);
    if (!body) return session.tell(body.error());
    return session.call("POST", "/v1/doctor", std::move(*body), show,
                        [&flags](const json::object& answer) { return finish(flags, answer); });
}

} // namespace

void add_doctor_command(CommandLine line) {
    auto flags = std::make_shared<DoctorFlags>();
    CLI::App* command = line.root.add_subcommand("doctor", "Find what is wrong with a token or .env, and mend it");
    command->footer(
        "Without arguments it looks at ./.env or backend/.env, else at every channel. Nothing is changed without\n"
        "--fix. Exit code: 0 healthy, 1 not, 2 the file cannot be used, 3 Meta could not be reached.\n"
        "  everlong doctor --env-file backend/.env\n"
        "  everlong doctor cafe --fix\n"
        "  everlong doctor --env-file .env --report report.txt");
    command->add_option("NAME", flags->name, "The channel to look at");
    command->add_option("--env-file", flags->env_file, "The .env to look at; Everlong need not know it");
    command->add_flag("--token-stdin", flags->has_token_stdin, "Look at the token on standard input");
    command->add_option("--id", flags->ig_user_id, "With --token-stdin: the INSTAGRAM_USER_ID that goes with it");
    command->add_flag("--fix", flags->has_fix, "Mend what can be mended without a person, then look again");
    command->add_option("--report", flags->report, "Also write a report that is safe to share to this file");
    command->add_option("--token-key", flags->token_key, "The token's name in the .env, if not INSTAGRAM_ACCESS_TOKEN");
    command->add_option("--id-key", flags->id_key, "The account id's name in the .env, if not INSTAGRAM_USER_ID");
    command->add_flag("--in-place", flags->is_in_place, "Rewrite the file itself (for single-file bind mounts)");
    add_common_flags(*command, line.flags);
    command->callback(
        [flags, &action = line.action] { action = [flags](Session& session) { return run(session, *flags); }; });
}

} // namespace everlong::apps
