#include <apps/commands.hpp>

#include <apps/post_flow.hpp>
#include <apps/terminal.hpp>

#include <CLI/CLI.hpp>

#include <memory>

namespace everlong::apps {
namespace {

struct EditFlags {
    std::string id;
    // Absent: it stays as it is. Empty texts take away what was there.
    std::optional<std::string> at;
    std::optional<std::string> zone;
    std::optional<std::string> caption;
    std::optional<std::string> first_comment;
    std::optional<std::string> location;
    std::vector<std::string> collaborators;
    bool is_fix = false;
    std::string fit;
    std::string background;
    bool is_scheduled = false;
    bool waits = false;
};

Result<json::object> body_of(const EditFlags& flags) {
    json::object body;
    const auto add = [&](std::string_view name, const std::optional<std::string>& value) {
        if (value) body[name] = *value;
    };
    add("at", flags.at);
    if (flags.at == "none") body["at"] = nullptr;
    add("zone", flags.zone);
    add("caption", flags.caption);
    add("first_comment", flags.first_comment);
    add("location_id", flags.location);
    json::array names;
    for (const std::string& name : flags.collaborators) {
        if (!name.empty()) names.emplace_back(name);
    }
    if (!flags.collaborators.empty()) body["collaborators"] = std::move(names);
    if (flags.is_fix) {
        body["fix"] = true;
        if (!flags.fit.empty()) body["fit"] = flags.fit;
        if (!flags.background.empty()) body["background"] = flags.background;
    }
    if (flags.is_scheduled) body["draft"] = false;
    if (body.empty()) return fail(Code::kUsage, Fault::kUsage, "say what is to change, for example --at or --caption");
    return body;
}

Task<int> edit_post(Session& session, PostFlow& flow, const EditFlags& flags) {
    auto body = body_of(flags);
    if (!body) co_return fail(body.error());
    auto reply = co_await flow.ask("PATCH", post_target(flags.id), std::move(*body));
    if (!reply) co_return fail(reply.error());
    if (reply->is_error()) co_return tell_post(session, *reply);
    const bool is_draft = text_at(reply->body, "state") == "draft";
    if (!is_draft && (flags.waits || (flags.at == "now" && !flow.has_service()))) {
        reply = co_await flow.wait_for_end(flags.id);
        if (!reply) co_return fail(reply.error());
    } else {
        warn_without_service(flow, reply->body);
    }
    co_return tell_post(session, *reply);
}

} // namespace

void add_post_edit(CLI::App& post, CommandLine line) {
    auto flags = std::make_shared<EditFlags>();
    CLI::App* command = post.add_subcommand("edit", "Change a draft or a planned post, or give a draft its time");
    command->footer("What is not named stays; an empty text takes away what was there. A draft stays one until "
                    "--schedule.\n"
                    "  everlong post edit post_0123456789abcdefghij --schedule --at 2026-12-24T18:00 --zone "
                    "Europe/Berlin\n"
                    "  everlong post edit post_0123456789abcdefghij --schedule --at now --wait\n"
                    "  everlong post edit post_0123456789abcdefghij --caption \"Hello again\" --first-comment \"\"");
    command->add_option("ID", flags->id, "The post")->required();
    command->add_option("--at", flags->at,
                        "When: 2026-12-24T18:00, 2026-12-24T17:00:00Z, now; none: takes a draft's time away");
    command->add_option("--zone", flags->zone, "On the clocks of this zone (default: this machine's)");
    command->add_flag("--schedule", flags->is_scheduled, "Let the draft go out at its time");
    command->add_option("--caption", flags->caption, "The text below it");
    command->add_option("--first-comment", flags->first_comment, "A comment that is made as soon as it is live");
    command->add_option("--location", flags->location, "The id of a Facebook Page that has a place");
    command->add_option("--collaborator", flags->collaborators,
                        "A username that is asked to join, in place of those before; may be repeated");
    command->add_flag("--fix", flags->is_fix, "Convert pictures that Meta would refuse: to JPEG, to a shape it takes");
    command->add_option("--fit", flags->fit, "How --fix changes a shape: crop (default) or pad")
        ->check(CLI::IsMember({"crop", "pad"}));
    command->add_option("--background", flags->background, "Of what is padded or was transparent (#ffffff)");
    command->add_flag("--wait", flags->waits, "Return when it is published, or a person is asked");
    add_common_flags(*command, line.flags);
    command->callback([flags, &action = line.action] {
        action = [flags](Session& session) {
            return run_post_flow(session, [&](PostFlow& flow) { return edit_post(session, flow, *flags); });
        };
    });
}

} // namespace everlong::apps
