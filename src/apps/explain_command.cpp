#include <apps/commands.hpp>

#include <api/json.hpp>
#include <apps/terminal.hpp>
#include <core/explain.hpp>

#include <CLI/CLI.hpp>

#include <iostream>
#include <memory>
#include <string>
#include <vector>

namespace everlong::apps {
namespace {

void show(const core::Explanation& explanation) {
    std::cout << painted(explanation.title, Colour::kBold) << "\n\n" << escaped(explanation.what_happened) << "\n";
    if (!explanation.what_to_do.empty()) std::cout << "\nWhat to do:\n";
    for (const std::string& step : explanation.what_to_do)
        std::cout << "  - " << escaped(step) << "\n";
    for (const std::string& link : explanation.links)
        std::cout << "  " << link << "\n";
    if (!explanation.also.empty()) std::cout << "\nThe same text can also mean:\n";
    for (const core::OtherCause& other : explanation.also)
        std::cout << "  - " << core::to_text(other.cause) << ": " << other.how_to_tell << "\n";
    std::cout << "\n" << core::to_text(explanation.cause);
    if (explanation.remedy) std::cout << ", " << core::to_text(*explanation.remedy);
    if (explanation.code != 0) {
        std::cout << " (code " << explanation.code;
        if (explanation.subcode != 0) std::cout << ", subcode " << explanation.subcode;
        std::cout << ")";
    }
    std::cout << std::endl;
}

int explain(Session& session, const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words)
        text += (text.empty() ? "" : " ") + word;
    Secret input(text);
    if (words.empty()) {
        auto read = read_standard_input();
        if (!read) return session.tell(Error(Code::kUsage, Fault::kUsage, "there is no text to explain"));
        input = std::move(*read);
    }
    if (input.reveal().find_first_not_of(" \t\r\n") == std::string_view::npos) {
        return session.tell(Error(Code::kUsage, Fault::kUsage, "there is no text to explain"));
    }
    const core::Explanation explanation = core::explain(input.reveal());
    if (session.is_json()) {
        std::cout << json::serialize(api::to_json(explanation)) << std::endl;
    } else {
        show(explanation);
    }
    return 0;
}

} // namespace

void add_explain_command(CommandLine line) {
    auto words = std::make_shared<std::vector<std::string>>();
    CLI::App* command =
        line.root.add_subcommand("explain", "Name cause and remedy of any error text; needs no network");
    add_common_flags(*command, line.flags);
    command->add_option("TEXT", *words, "The error, as it was met; without it, standard input is read");
    command->footer("Takes error messages, log lines, Graph API answers and redirect addresses.\n"
                    "  everlong explain 'Error validating access token: Session has expired'\n"
                    "  tail -n 50 app.log | everlong explain");
    command->callback(
        [words, &action = line.action] { action = [words](Session& session) { return explain(session, *words); }; });
}

} // namespace everlong::apps
