// Shell completion, made from the very table of commands that parses the command line, so that it cannot be out of date.

#include <apps/commands.hpp>

#include <CLI/CLI.hpp>

#include <iostream>
#include <memory>
#include <string>
#include <vector>

namespace everlong::apps {
namespace {

struct Node {
    std::string path;               // "channel import"; empty for the root
    std::vector<std::string> words; // sub-commands and options
};

void collect(const CLI::App& app, const std::string& path, std::vector<Node>& nodes) {
    Node node{path, {}};
    for (const CLI::App* child : app.get_subcommands([](const CLI::App*) { return true; })) {
        node.words.push_back(child->get_name());
    }
    for (const CLI::Option* option : app.get_options()) {
        for (const std::string& name : option->get_lnames())
            node.words.push_back("--" + name);
    }
    nodes.push_back(std::move(node));
    for (const CLI::App* child : app.get_subcommands([](const CLI::App*) { return true; })) {
        collect(*child, path.empty() ? child->get_name() : path + " " + child->get_name(), nodes);
    }
}

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words)
        text += (text.empty() ? "" : " ") + word;
    return text;
}

void print_bash(const std::vector<Node>& nodes) {
    std::cout << "# bash completion for everlong; load it with: source <(everlong completion bash)\n"
                 "_everlong() {\n"
                 "    local word=\"${COMP_WORDS[COMP_CWORD]}\" path=\"\" i\n"
                 "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
                 "        [[ ${COMP_WORDS[i]} == -- ]] && return\n"
                 "        [[ ${COMP_WORDS[i]} == -* ]] && continue\n"
                 "        case \"${path:+$path }${COMP_WORDS[i]}\" in\n";
    for (const Node& node : nodes) {
        if (!node.path.empty()) std::cout << "            \"" << node.path << "\") path=\"" << node.path << "\" ;;\n";
    }
    std::cout << "        esac\n    done\n"
                 "    case \"${COMP_WORDS[COMP_CWORD-1]}\" in\n"
                 "        --env-file|--data|--image|--reel|--story|--carousel|--cover) COMPREPLY=($(compgen -f -- "
                 "\"$word\")); return ;;\n"
                 "    esac\n"
                 "    case \"$path\" in\n";
    for (const Node& node : nodes) {
        std::cout << "        \"" << node.path << "\") COMPREPLY=($(compgen -W \"" << joined(node.words)
                  << "\" -- \"$word\")) ;;\n";
    }
    std::cout << "    esac\n}\ncomplete -o default -F _everlong everlong\n";
}

// zsh runs bash completions by its own emulation.
void print_zsh(const std::vector<Node>& nodes) {
    std::cout << "#compdef everlong\n# zsh completion for everlong; load it with: source <(everlong completion zsh)\n"
                 "autoload -U +X bashcompinit && bashcompinit\n";
    print_bash(nodes);
}

void print_fish(const std::vector<Node>& nodes) {
    std::cout << "# fish completion for everlong; load it with: everlong completion fish | source\n"
                 "complete -c everlong -f\n";
    for (const Node& node : nodes) {
        std::string condition = "__fish_use_subcommand";
        if (!node.path.empty()) {
            condition = "string match -rq -- '^everlong " + node.path + "( |$)' (commandline -pc | string collect)";
        }
        for (const std::string& word : node.words) {
            if (word.starts_with("--")) {
                std::cout << "complete -c everlong -n \"" << condition << "\" -l " << word.substr(2) << "\n";
            } else {
                std::cout << "complete -c everlong -n \"" << condition << "\" -a " << word << "\n";
            }
        }
    }
}

} // namespace

void add_completion_command(CommandLine line) {
    auto shell = std::make_shared<std::string>();
    CLI::App* command = line.root.add_subcommand("completion", "Print the completion script of a shell");
    command->footer("  source <(everlong completion bash)");
    command->add_option("SHELL", *shell, "bash, zsh or fish")
        ->required()
        ->check(CLI::IsMember({"bash", "zsh", "fish"}));
    command->callback([shell, &root = line.root, &action = line.action] {
        action = [shell, &root](Session&) {
            std::vector<Node> nodes;
            collect(root, "", nodes);
            if (*shell == "bash") print_bash(nodes);
            if (*shell == "zsh") print_zsh(nodes);
            if (*shell == "fish") print_fish(nodes);
            return 0;
        };
    });
}

} // namespace everlong::apps
