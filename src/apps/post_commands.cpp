#include <apps/commands.hpp>

#include <api/json.hpp>
#include <apps/local_file.hpp>
#include <apps/post_flow.hpp>
#include <apps/post_view.hpp>
#include <apps/terminal.hpp>
#include <base/percent.hpp>
#include <core/csv.hpp>
#include <core/dotenv_text.hpp>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <map>
#include <memory>
#include <utility>

namespace everlong::apps {
namespace {

namespace fs = std::filesystem;

// --- list, show, cancel, settle ---

struct ListFlags {
    std::string name;
    std::string state;
    std::string from;
    std::string until;
    std::string after;
    bool is_oldest_first = false;
    int limit = 100;
};

int list_posts(Session& session, const ListFlags& flags) {
    std::string target = "/v1/posts?limit=" + std::to_string(flags.limit);
    const auto add = [&](std::string_view name, const std::string& value) {
        if (!value.empty()) target += "&" + std::string(name) + "=" + percent_encode(value);
    };
    add("channel", flags.name);
    add("state", flags.state);
    add("from", flags.from);
    add("until", flags.until);
    add("after", flags.after);
    add("order", flags.is_oldest_first ? "oldest" : "");
    return session.call("GET", target, {}, print_posts);
}

void add_list(CLI::App& post, const CommandLine& line) {
    auto flags = std::make_shared<ListFlags>();
    CLI::App* command = post.add_subcommand("list", "Posts by their time, the latest first");
    command->footer("  everlong post list\n"
                    "  everlong post list cafe --state held,failed,uncertain\n"
                    "  everlong post list --from 2026-12-01T00:00:00Z --until 2027-01-01T00:00:00Z --oldest-first");
    command->add_option("NAME", flags->name, "Only of this channel");
    command->add_option("--state", flags->state, "Only in these states, with commas between them");
    command->add_option("--from", flags->from, "Only due at this instant (RFC 3339) or later");
    command->add_option("--until", flags->until, "Only due before this instant (RFC 3339)");
    command->add_option("--after", flags->after, "The page behind: the `next` of the page before");
    command->add_flag("--oldest-first", flags->is_oldest_first, "The next one due first");
    command->add_option("--limit", flags->limit, "How many (100)")->check(CLI::Range(1, 1000));
    add_common_flags(*command, line.flags);
    command->callback(
        [flags, &action = line.action] { action = [flags](Session& session) { return list_posts(session, *flags); }; });
}

void add_show(CLI::App& post, const CommandLine& line) {
    auto id = std::make_shared<std::string>();
    CLI::App* command = post.add_subcommand("show", "One post with its story: each call to Meta and what came of it");
    command->footer("Exit code 1 where a person is needed, or the post will not go out.\n"
                    "  everlong post show post_0123456789abcdefghij");
    command->add_option("ID", *id, "The post")->required();
    add_common_flags(*command, line.flags);
    command->callback([id, &action = line.action] {
        action = [id](Session& session) {
            return session.call("GET", post_target(*id), {}, print_post, verdict_on_post);
        };
    });
}

void add_cancel(CLI::App& post, const CommandLine& line) {
    auto id = std::make_shared<std::string>();
    CLI::App* command = post.add_subcommand("cancel", "Give up a post, as long as it is certainly not live");
    command->footer("  everlong post cancel post_0123456789abcdefghij");
    command->add_option("ID", *id, "The post")->required();
    add_common_flags(*command, line.flags);
    command->callback([id, &action = line.action] {
        action = [id](Session& session) { return session.call("DELETE", post_target(*id), {}, print_post); };
    });
}

struct SettleFlags {
    std::string id;
    bool is_published = false;
    bool is_not_published = false;
    std::string media_id;
};

int settle_post(Session& session, const SettleFlags& flags) {
    if (flags.is_published == flags.is_not_published) {
        return session.tell(
            Error(Code::kUsage, Fault::kUsage, "look at the account, then say --published or --not-published"));
    }
    json::object body{{"published", flags.is_published}};
    if (!flags.media_id.empty()) body["media_id"] = flags.media_id;
    return session.call("POST", post_target(flags.id, "/settle"), std::move(body), print_post);
}

void add_settle(CLI::App& post, const CommandLine& line) {
    auto flags = std::make_shared<SettleFlags>();
    CLI::App* command =
        post.add_subcommand("settle", "Say whether a post is on the account, where nobody else can tell");
    command->footer("Only for a post whose publish call left without a clear answer (uncertain, held).\n"
                    "  everlong post settle post_0123456789abcdefghij --published\n"
                    "  everlong post settle post_0123456789abcdefghij --not-published");
    command->add_option("ID", flags->id, "The post")->required();
    command->add_flag("--published", flags->is_published, "It is on the account");
    command->add_flag("--not-published", flags->is_not_published, "It is not; it may then be tried again");
    command->add_option("--media-id", flags->media_id, "Its id at Meta, where you know it");
    add_common_flags(*command, line.flags);
    command->callback([flags, &action = line.action] {
        action = [flags](Session& session) { return settle_post(session, *flags); };
    });
}

// --- retry ---

Task<int> retry_post(Session& session, PostFlow& flow, const std::string& id, bool waits) {
    auto reply = co_await flow.ask("POST", post_target(id, "/retry"));
    if (!reply) co_return fail(reply.error());
    if (!reply->is_error() && (waits || !flow.has_service())) {
        reply = co_await flow.wait_for_end(id);
        if (!reply) co_return fail(reply.error());
    }
    co_return tell_post(session, *reply);
}

// Held since the data were found to be perhaps an older copy.
Task<std::vector<std::string>> list_restored(PostFlow& flow) {
    constexpr std::string_view kPage = "/v1/posts?state=held&order=oldest&limit=1000";
    std::vector<std::string> ids;
    std::string after;
    do {
        auto reply = co_await flow.ask("GET", std::string(kPage) + (after.empty() ? "" : "&after=" + after));
        if (!reply) co_return fail(reply.error());
        if (reply->is_error()) co_return fail(Code::kInternal, Fault::kLocal, text_at(reply->body, "detail"));
        for (const json::value& item : reply->body.at("posts").as_array()) {
            const json::object& post = item.as_object();
            if (text_at(post, "cause") == "store-restored") ids.push_back(text_at(post, "id"));
        }
        after = percent_encode(text_at(reply->body, "next"));
    } while (!after.empty());
    co_return ids;
}

// Those that are more than an hour late are left to a person: nobody wants a week's posts at once.
Task<int> retry_restored(Session& session, PostFlow& flow) {
    auto ids = co_await list_restored(flow);
    if (!ids) co_return fail(ids.error());
    json::array retried;
    json::array late;
    json::array failed;
    for (const std::string& id : *ids) {
        auto reply = co_await flow.ask("POST", post_target(id, "/retry"), {{"in_time", true}});
        if (!reply) co_return fail(reply.error());
        json::array& list = !reply->is_error() ? retried : text_at(reply->body, "code") == "E_OVERDUE" ? late : failed;
        list.emplace_back(id);
        if (&list == &failed) std::cerr << id << ": " << text_at(reply->body, "title") << "\n";
    }
    if (!session.is_json()) {
        std::cout << retried.size()
                  << " posts go on, each after a look whether it is live already, ten minutes after the copy was "
                     "brought back at the earliest\n";
        if (!late.empty()) std::cout << late.size() << " are late and stay held: everlong post list --state held\n";
    }
    const int code = late.empty() && failed.empty() ? 0 : 1;
    if (session.is_json()) {
        std::cout << json::serialize(json::object{
                         {"retried", std::move(retried)}, {"late", std::move(late)}, {"failed", std::move(failed)}})
                  << "\n";
    }
    std::cout.flush();
    co_return code;
}

struct RetryFlags {
    std::string id;
    bool waits = false;
    bool is_restored = false;
};

int run_retry(Session& session, const RetryFlags& flags) {
    if (flags.id.empty() != flags.is_restored || (flags.is_restored && flags.waits)) {
        return session.tell(Error(Code::kUsage, Fault::kUsage, "name one post, or say --restored alone"));
    }
    return run_post_flow(session, [&](PostFlow& flow) {
        return flags.is_restored ? retry_restored(session, flow) : retry_post(session, flow, flags.id, flags.waits);
    });
}

void add_retry(CLI::App& post, const CommandLine& line) {
    auto flags = std::make_shared<RetryFlags>();
    CLI::App* command = post.add_subcommand("retry", "Go on with a post that failed, waits or is held");
    command->footer("Safe by construction: where a publish call may have had its effect, Meta is asked first.\n"
                    "  everlong post retry post_0123456789abcdefghij --wait\n"
                    "  everlong post retry --restored");
    command->add_option("ID", flags->id, "The post");
    command->add_flag("--wait", flags->waits, "Return when it is published, or a person is asked");
    command->add_flag("--restored", flags->is_restored,
                      "All that an older copy of the data holds (E_STORE_RESTORED), but the late ones");
    add_common_flags(*command, line.flags);
    command->callback(
        [flags, &action = line.action] { action = [flags](Session& session) { return run_retry(session, *flags); }; });
}

// --- import ---

struct ImportFlags {
    std::string file;
    std::string name;
    std::string zone;
    bool is_check = false;
    bool is_partial = false;
    bool is_once = false;
};

// What a service takes of a table.
constexpr std::uint64_t kMostTableBytes = 1024 * 1024;
constexpr int kFirstServerStatus = 500;

std::string head_of(std::string_view cell) {
    std::string head(core::text::trim_blanks(cell));
    std::ranges::transform(head, head.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return head;
}

// Files beside the table are brought, each once; those that nothing is made of are removed again. One that cannot be brought
// is the problem of the rows that name it, and of no other.
class TableFiles {
public:
    TableFiles(PostFlow& flow, fs::path folder) : flow_(flow), folder_(std::move(folder)) {}

    // Whatever a cell names that is neither an address nor an id.
    Task<void> bring_all(const core::CsvTable& table) {
        for (std::size_t i = 1; i < table.rows.size(); ++i) {
            for (std::size_t k = 0; k < table.rows[i].size() && k < table.rows[0].size(); ++k) {
                const std::string head = head_of(table.rows[0][k]);
                if (head != "media" && head != "cover") continue;
                auto brought = co_await bring_cell(table.rows[i][k], table.lines[i]);
                if (!brought) co_return fail(brought.error());
                if (refused) co_return Result<void>{};
            }
        }
        co_return Result<void>{};
    }

    // The API knows of a file only that it did not come with the table; why, is known here.
    void explain(json::array& rows) const {
        for (json::value& item : rows) {
            json::object& row = item.as_object();
            const auto problem = problems_.find(static_cast<int>(row.at("line").as_int64()));
            const json::object* told = object_at(row, "problem");
            if (problem != problems_.end() && told != nullptr &&
                text_at(*told, "code") == code_name(Code::kFileUnknown))
                row["problem"] = problem->second;
        }
    }

    Async<void> drop_all() {
        for (const auto& [name, id] : ids)
            (void)co_await flow_.ask("DELETE", "/v1/files/" + std::string(id.as_string()));
    }

    json::object ids;                    // by their names in the table
    std::optional<json::object> refused; // the problem that keeps every file from being taken

private:
    Task<void> bring_cell(const std::string& cell, int line) {
        // A name may have blanks in it: a cell that is one name as a whole is taken first, as the API does.
        const std::string whole(core::text::trim_blanks(cell));
        std::error_code unseen;
        if (whole.contains(' ') && fs::is_regular_file(folder_ / whole, unseen)) co_return co_await bring(whole, line);
        std::string word;
        for (const char c : cell + " ") {
            const bool is_end = c == ' ' || c == '|' || c == '\n' || c == '\r' || c == '\t';
            if (!is_end) {
                word += c;
                continue;
            }
            if (word.empty()) continue;
            auto brought = co_await bring(std::exchange(word, {}), line);
            if (!brought) co_return fail(brought.error());
        }
        co_return Result<void>{};
    }

    Task<void> bring(std::string name, int line) {
        if (is_address(name) || name.starts_with("file_") || ids.contains(name)) co_return Result<void>{};
        auto brought = co_await flow_.bring((folder_ / name).string());
        if (!brought) {
            if (brought.error().code() != Code::kUsage) co_return fail(brought.error());
            problems_.emplace(line, api::problem_to_json(brought.error()));
        } else if (!brought->refused) {
            ids[name] = brought->source;
        } else if (brought->refused->status < kFirstServerStatus) {
            problems_.emplace(line, std::move(brought->refused->body));
        } else {
            refused = std::move(brought->refused->body);
        }
        co_return Result<void>{};
    }

    PostFlow& flow_;
    fs::path folder_;
    std::map<int, json::object> problems_; // by the line of the row, its first one
};

void print_import(const json::object& answer) {
    for (const json::value& item : answer.at("rows").as_array()) {
        const json::object& row = item.as_object();
        const auto* problem = object_at(row, "problem");
        const auto* post = object_at(row, "post");
        std::cout << "  line " << row.at("line").as_int64() << "  ";
        if (problem != nullptr) {
            std::cout << painted(text_at(*problem, "title"), Colour::kBad) << ": " << text_at(*problem, "detail")
                      << "\n";
        } else if (post != nullptr) {
            const std::string id = text_at(*post, "id");
            std::cout << painted(id.empty() ? "good" : id, Colour::kGood) << "  " << text_at(*post, "channel") << "  "
                      << text_at(*post, "at") << "\n";
        } else {
            std::cout << "\n";
        }
    }
    std::cout << answer.at("created").as_int64() << " posts made, ";
    if (answer.at("existing").as_int64() > 0) std::cout << answer.at("existing").as_int64() << " made before, ";
    std::cout << answer.at("failed").as_int64() << " rows with errors\n";
}

Task<int> import_table(Session& session, PostFlow& flow, const ImportFlags& flags) {
    auto bytes = read_local_file(flags.file, kMostTableBytes);
    if (!bytes) co_return fail(bytes.error());
    auto table = core::parse_csv(*bytes);
    if (!table) co_return fail(table.error());
    TableFiles files(flow, fs::path(flags.file).parent_path());
    auto brought = co_await files.bring_all(*table);
    if (!brought || files.refused) {
        co_await files.drop_all();
        if (!brought) co_return fail(brought.error());
        co_return session.tell_problem(*files.refused);
    }
    const json::object body{{"table", *bytes}, {"files", files.ids}};
    app::ApiCall call{
        "POST", "/v1/posts/import?check=" + std::string(flags.is_check ? "true" : "false"), json::serialize(body), {}};
    if (flags.is_partial) call.target += "&partial=true";
    if (flags.is_once) call.target += "&once=true";
    if (!flags.name.empty()) call.target += "&channel=" + percent_encode(flags.name);
    if (!flags.zone.empty()) call.target += "&zone=" + percent_encode(flags.zone);
    call.headers.set("Content-Type", "application/json");
    auto reply = co_await flow.send(std::move(call));
    if (!reply) co_return fail(reply.error());
    const bool is_read = reply->body.contains("rows");
    if (flags.is_check || !is_read || reply->body.at("created").as_int64() == 0) co_await files.drop_all();
    if (!is_read) co_return session.tell_problem(reply->body);
    files.explain(reply->body.at("rows").as_array());
    if (session.is_json())
        std::cout << json::serialize(reply->body) << std::endl;
    else
        print_import(reply->body);
    std::cout.flush();
    co_return reply->body.at("failed").as_int64() == 0 ? 0 : 1;
}

void add_import(CLI::App& post, const CommandLine& line) {
    auto flags = std::make_shared<ImportFlags>();
    CLI::App* command = post.add_subcommand("import", "Make a post of each row of a CSV table");
    command->footer(
        "The first line names the columns: channel, kind, media, caption, at, zone, alt_text, first_comment,\n"
        "location_id, collaborators, draft, cover, thumb_offset_ms, share_to_feed, audio_name, trial, ai_generated, "
        "key.\n"
        "`media` holds files beside the table, ids or addresses, with blanks between them. Nothing is made unless "
        "every\n"
        "row is good.\n"
        "  everlong post import december.csv --check\n"
        "  everlong post import december.csv --channel cafe --zone Europe/Berlin --once");
    command->add_option("FILE", flags->file, "The table")->required();
    command->add_option("--channel", flags->name, "Of rows without one");
    command->add_option("--zone", flags->zone, "Of times without one");
    command->add_flag("--check", flags->is_check, "Only say what would happen");
    command->add_flag("--partial", flags->is_partial, "Make the good ones, though others are not");
    command->add_flag("--once", flags->is_once, "A row that has made its post before makes none again");
    add_common_flags(*command, line.flags);
    command->callback([flags, &action = line.action] {
        action = [flags](Session& session) {
            return run_post_flow(session, [&](PostFlow& flow) { return import_table(session, flow, *flags); });
        };
    });
}

} // namespace

void add_post_commands(CommandLine line) {
    CLI::App* post =
        line.root.add_subcommand("post", "Publish pictures, carousels, reels and stories, now or at a time");
    post->require_subcommand(1);
    add_post_create(*post, line);
    add_post_edit(*post, line);
    add_list(*post, line);
    add_show(*post, line);
    add_cancel(*post, line);
    add_retry(*post, line);
    add_settle(*post, line);
    add_import(*post, line);
}

} // namespace everlong::apps
