#include <apps/commands.hpp>

#include <apps/post_flow.hpp>
#include <apps/post_tags.hpp>
#include <apps/post_view.hpp>
#include <apps/terminal.hpp>
#include <base/time.hpp>
#include <core/dotenv_text.hpp>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>

namespace everlong::apps {
namespace {

namespace fs = std::filesystem;

struct CreateFlags {
    std::string name;
    std::string image;
    std::string reel;
    std::string story;
    std::vector<std::string> carousel;
    std::string caption;
    std::vector<std::string> alt_texts;
    std::vector<std::string> tags;
    std::vector<std::string> product_tags;
    std::string at;
    std::string zone;
    std::string first_comment;
    std::string location;
    std::vector<std::string> collaborators;
    std::string cover;
    int thumb_offset_ms = -1;
    std::string share_to_feed;
    std::string audio_name;
    std::string trial;
    std::string key;
    bool is_ai_generated = false;
    bool is_check = false;
    bool is_fix = false;
    std::string fit;
    std::string background;
    std::string fix_folder;
    bool is_draft = false;
    bool waits = false;
};

struct Media {
    std::string_view kind;
    std::vector<std::string> files;
};

Result<Media> media_of(const CreateFlags& flags) {
    const int count = !flags.image.empty() + !flags.reel.empty() + !flags.story.empty() + !flags.carousel.empty();
    if (count != 1) {
        return fail(Code::kUsage, Fault::kUsage, "give one of --image, --reel, --story and --carousel");
    }
    if (!flags.image.empty()) return Media{"image", {flags.image}};
    if (!flags.reel.empty()) return Media{"reel", {flags.reel}};
    if (!flags.story.empty()) return Media{"story", {flags.story}};
    return Media{"carousel", flags.carousel};
}

json::object source_of(const std::string& source) {
    return {{is_address(source) ? "url" : "file", source}};
}

json::object body_of(const CreateFlags& flags, const Media& media) {
    json::object body{{"channel", flags.name}, {"kind", media.kind}, {"caption", flags.caption}};
    const auto add = [&](std::string_view name, const std::string& value) {
        if (!value.empty()) body[name] = value;
    };
    if (flags.at != "now") {
        add("at", flags.at);
        add("zone", flags.zone);
    }
    add("first_comment", flags.first_comment);
    add("location_id", flags.location);
    if (!flags.collaborators.empty()) {
        body["collaborators"] = json::array(flags.collaborators.begin(), flags.collaborators.end());
    }
    if (flags.is_ai_generated) body["ai_generated"] = true;
    if (flags.is_draft) body["draft"] = true;
    if (flags.is_fix) body["fix"] = true;
    add("fit", flags.fit);
    add("background", flags.background);
    json::object reel;
    if (flags.thumb_offset_ms >= 0) reel["thumb_offset_ms"] = flags.thumb_offset_ms;
    if (!flags.share_to_feed.empty()) reel["share_to_feed"] = flags.share_to_feed == "yes";
    if (!flags.audio_name.empty()) reel["audio_name"] = flags.audio_name;
    if (!flags.trial.empty()) reel["trial"] = flags.trial;
    if (!reel.empty()) body["reel"] = std::move(reel);
    return body;
}

// A terminal or a script in another encoding; JSON could not carry it.
Result<void> check_texts(const CreateFlags& flags) {
    std::vector<std::pair<std::string_view, std::string_view>> texts{
        {"--caption", flags.caption}, {"--first-comment", flags.first_comment}, {"--audio-name", flags.audio_name}};
    for (const std::string& text : flags.alt_texts)
        texts.emplace_back("--alt-text", text);
    for (const auto& [flag, text] : texts) {
        if (core::text::is_utf8(text)) continue;
        return fail(Code::kUsage, Fault::kUsage, std::string(flag) + " is not in UTF-8, which Meta takes alone");
    }
    return {};
}

// What is due this soon goes out while the command is there to see it.
constexpr Milliseconds kIsNow = Minutes(1);
constexpr int kCreated = 201;

class CreateFlow {
public:
    CreateFlow(Session& session, PostFlow& flow, const CreateFlags& flags)
        : session_(session), flow_(flow), flags_(flags) {}

    Task<int> run() {
        auto media = media_of(flags_);
        if (!media) co_return fail(media.error());
        // Before anything is brought.
        auto tags = read_tags(media->files.size());
        if (!tags) co_return fail(tags.error());
        if (flags_.at.empty() && !flags_.zone.empty()) {
            co_return fail(Code::kUsage, Fault::kUsage, "--zone without --at: say when, on that zone's clocks");
        }
        if (auto checked = check_texts(flags_); !checked) co_return fail(checked.error());
        sources_ = media->files;
        json::object body = body_of(flags_, *media);
        json::array items;
        for (std::size_t i = 0; i < media->files.size(); ++i) {
            auto source = co_await bring(media->files[i]);
            if (!source) co_return fail(source.error());
            if (refused_) break;
            json::object item = source_of(*source);
            if (i < flags_.alt_texts.size()) item["alt_text"] = flags_.alt_texts[i];
            items.push_back(std::move(item));
        }
        for (const Tagged& tagged : *tags) {
            if (refused_) break;
            if (auto added = co_await add_tag(items[tagged.tag.item].as_object(), tagged); !added) {
                co_return fail(added.error());
            }
        }
        body["media"] = std::move(items);
        if (!flags_.cover.empty() && !refused_) {
            auto cover = co_await bring(flags_.cover);
            if (!cover) co_return fail(cover.error());
            json::object reel = body.contains("reel") ? body.at("reel").as_object() : json::object();
            reel["cover"] = *cover;
            body["reel"] = std::move(reel);
        }
        if (refused_) {
            co_await drop_files();
            co_return session_.tell_problem(refused_->body);
        }
        co_return co_await post(std::move(body));
    }

private:
    Task<std::string> bring(std::string file) {
        auto brought = co_await flow_.bring(std::move(file));
        if (!brought) co_return fail(brought.error());
        if (brought->refused)
            refused_ = std::move(brought->refused);
        else if (!is_address(brought->source))
            files_.push_back(brought->source);
        co_return brought->source;
    }

    struct Tagged {
        WrittenTag tag;
        bool is_product = false;
    };

    Result<std::vector<Tagged>> read_tags(std::size_t items) const {
        std::vector<Tagged> tags;
        for (const bool is_product : {false, true}) {
            for (const std::string& text : is_product ? flags_.product_tags : flags_.tags) {
                auto tag = read_tag(text, items);
                if (!tag) return fail(tag.error());
                tags.push_back({std::move(*tag), is_product});
            }
        }
        return tags;
    }

    // Pictures of the feed have a tag somewhere: in the middle, where nobody said where. Videos have it nowhere.
    Task<void> add_tag(json::object& item, const Tagged& tagged) {
        auto [place, name, x, y] = tagged.tag;
        if (!x && flags_.story.empty() && flags_.reel.empty()) {
            auto is_picture = co_await shows_picture(item);
            if (!is_picture) co_return fail(is_picture.error());
            if (*is_picture) x = y = 0.5;
        }
        json::object tag{{tagged.is_product ? "product_id" : "username", name}};
        if (x && y) {
            tag["x"] = *x;
            tag["y"] = *y;
        }
        json::value& list = item[tagged.is_product ? "product_tags" : "user_tags"];
        if (!list.is_array()) list = json::array();
        list.get_array().push_back(std::move(tag));
        co_return Result<void>{};
    }

    // As the API takes it: a file by its bytes, an address by how it ends.
    Task<bool> shows_picture(const json::object& item) {
        const std::string file = text_at(item, "file");
        if (file.empty()) {
            const std::string url = text_at(item, "url");
            const std::string path = url.substr(0, url.find_first_of("?#"));
            const std::string end =
                CLI::detail::to_lower(path.substr(path.size() - std::min<std::size_t>(path.size(), 4)));
            co_return end != ".mp4" && end != ".mov" && end != ".m4v";
        }
        auto reply = co_await flow_.ask("GET", "/v1/files/" + file);
        if (!reply) co_return fail(reply.error());
        const auto* facts = object_at(reply->body, "facts");
        co_return facts == nullptr || text_at(*facts, "type") != "video";
    }

    // Of a post that was not made.
    Async<void> drop_files() {
        for (const std::string& id : files_)
            (void)co_await flow_.ask("DELETE", "/v1/files/" + id);
    }

    Task<int> post(json::object body) {
        std::string target = flags_.is_check ? "/v1/posts?check=true" : "/v1/posts";
        if (!flags_.fix_folder.empty()) target += "&keep=true";
        app::ApiCall call{"POST", std::move(target), json::serialize(body), {}};
        if (!flags_.key.empty()) call.headers.set("Idempotency-Key", flags_.key);
        auto reply = co_await flow_.send(std::move(call));
        if (!reply) co_return fail(reply.error());
        // 200 and not 201: this key has made its post before, which shows files of its own.
        const bool is_new = reply->status == kCreated;
        if (!is_new) co_await drop_files();
        if (reply->is_error()) {
            if (!session_.is_json()) print_findings(reply->body);
            co_return session_.tell_problem(reply->body);
        }
        if (!flags_.fix_folder.empty()) {
            auto written = co_await write_fixes(reply->body);
            if (!written) co_return fail(written.error());
        }
        if (flags_.is_check) co_return tell_check(reply->body);
        const std::string id = text_at(reply->body, "id");
        if (should_wait(reply->body)) {
            reply = co_await flow_.wait_for_end(id);
            if (!reply) co_return fail(reply.error());
        } else {
            warn_without_service(flow_, reply->body);
        }
        const int code = tell_post(session_, *reply);
        if (!is_new) std::cerr << "This key had made this post before; no second one was made.\n";
        co_return code;
    }

    // The converted pictures, for a person to look at; nothing of them is kept there.
    Task<void> write_fixes(json::object& answer) {
        for (json::value& item : answer.at("fixes").as_array()) {
            json::object& fixed = item.as_object();
            const std::string id = text_at(fixed, "file");
            const auto* medium = fixed.if_contains("medium");
            const bool is_cover = medium == nullptr || !medium->is_int64();
            const std::size_t index = is_cover ? 0 : static_cast<std::size_t>(medium->get_int64());
            const auto bytes = co_await flow_.fetch(id);
            (void)co_await flow_.ask("DELETE", "/v1/files/" + id);
            if (!bytes) co_return fail(bytes.error());
            const std::string source = is_cover ? flags_.cover : sources_.at(index);
            const std::string number = is_cover ? "cover" : std::to_string(index + 1);
            auto path = write_new(number + "-" + fs::path(source).stem().string(), *bytes);
            if (!path) co_return fail(path.error());
            fixed["file"] = nullptr;
            fixed["written"] = std::move(*path);
        }
        co_return Result<void>{};
    }

    // No file that is there is written over.
    Result<std::string> write_new(const std::string& stem, const std::string& bytes) const {
        std::error_code problem;
        fs::create_directories(flags_.fix_folder, problem);
        fs::path path = fs::path(flags_.fix_folder) / (stem + ".jpg");
        for (int number = 2; fs::exists(fs::symlink_status(path, problem)); ++number)
            path = fs::path(flags_.fix_folder) / (stem + "-" + std::to_string(number) + ".jpg");
        std::ofstream stream(path, std::ios::binary | std::ios::noreplace);
        stream << bytes << std::flush;
        if (!stream) return fail(Code::kIo, Fault::kLocal, "'" + escaped(path.string()) + "' cannot be written");
        return path.string();
    }

    bool should_wait(const json::object& post) const {
        if (text_at(post, "state") == "draft") return false;
        if (flags_.waits) return true;
        const auto at = parse_rfc3339(text_at(post, "at"));
        const auto made = parse_rfc3339(text_at(post, "created_at"));
        return !flow_.has_service() && at && made && *at <= *made + kIsNow;
    }

    int tell_check(const json::object& answer) const {
        const bool is_good = flag_at(answer, "ok");
        if (session_.is_json()) {
            std::cout << json::serialize(answer) << std::endl;
        } else {
            print_findings(answer);
            print_fixes(answer);
            std::cout << (is_good ? painted("Meta would take this post.", Colour::kGood)
                                  : painted("This post would not be published as it is.", Colour::kBad))
                      << " Nothing was stored or sent.\n";
            std::cout.flush();
        }
        return is_good ? 0 : 1;
    }

    Session& session_;
    PostFlow& flow_;
    const CreateFlags& flags_;
    std::vector<std::string> files_;
    std::vector<std::string> sources_; // as they were named
    std::optional<ApiReply> refused_;
};

Task<int> create_post(Session& session, PostFlow& flow, const CreateFlags& flags) {
    CreateFlow create(session, flow, flags);
    co_return co_await create.run();
}

// What a script meant to fill in must not be taken for what was left out: without a time a post goes out at once, without a
// key it goes out again.
std::string refuse_empty(const std::string& value) {
    return value.empty() ? "is given without a value (is a variable of the shell not set?)" : "";
}

} // namespace

void add_post_create(CLI::App& post, CommandLine line) {
    auto flags = std::make_shared<CreateFlags>();
    CLI::App* command = post.add_subcommand("create", "Publish something, now or at a time");
    command->footer(
        "FILE is a file of this machine, or an address from which Meta fetches. Everything is checked before anything "
        "is\n"
        "sent. Exit code 1 where Meta would refuse the post, or with --wait where it is not published.\n"
        "  everlong post create cafe --image cat.jpg --caption \"Hello\" --alt-text \"A cat\" --wait\n"
        "  everlong post create cafe --carousel a.jpg b.jpg clip.mp4 --at 2026-12-24T18:00 --zone Europe/Berlin\n"
        "  everlong post create cafe --reel clip.mp4 --cover cover.jpg --check\n"
        "  everlong post create cafe --image photo.heic --fix --fit pad\n"
        "Of a tag, N counts the pictures and videos from 1 (left out: the first); X and Y are its place on a picture, "
        "from "
        "left\n"
        "and from the top, 0 to 1 (left out: the middle). On videos leave the place out.\n"
        "  everlong post create cafe --carousel a.jpg b.jpg --tag anna --tag 2:ben@0.2,0.75");
    command->add_option("NAME", flags->name, "The channel")->required();
    command->add_option("--image", flags->image, "A picture")->type_name("FILE");
    command->add_option("--reel", flags->reel, "A video, as a reel")->type_name("FILE");
    command->add_option("--story", flags->story, "A picture or video, as a story")->type_name("FILE");
    command->add_option("--carousel", flags->carousel, "2 to 10 pictures and videos")
        ->expected(1, 100)
        ->type_name("FILE...");
    command->add_option("--caption", flags->caption, "The text below it");
    command->add_option("--alt-text", flags->alt_texts, "What is to be seen, for who cannot; once a picture, in order");
    command->add_option("--tag", flags->tags, "A username that is tagged: [N:]NAME[@X,Y]; may be repeated");
    command->add_option("--product-tag", flags->product_tags,
                        "A product of the catalogue, likewise: [N:]ID[@X,Y] (Facebook login)");
    command->add_option("--at", flags->at, "When: 2026-12-24T18:00, 2026-12-24T17:00:00Z, or now, which is the default")
        ->check(refuse_empty);
    command->add_option("--zone", flags->zone, "On the clocks of this zone (default: this machine's)")
        ->check(refuse_empty);
    command->add_option("--first-comment", flags->first_comment, "A comment that is made as soon as it is live");
    command->add_option("--location", flags->location, "The id of a Facebook Page that has a place");
    command->add_option("--collaborator", flags->collaborators, "A username that is asked to join; may be repeated");
    command->add_option("--cover", flags->cover, "A picture that stands for the reel")->type_name("FILE");
    command->add_option("--thumb-offset", flags->thumb_offset_ms, "Or the frame at this time of it, in milliseconds")
        ->check(CLI::Range(0, 24 * 3600 * 1000));
    command->add_option("--share-to-feed", flags->share_to_feed, "A reel in the feed, too: yes or no")
        ->check(CLI::IsMember({"yes", "no"}));
    command->add_option("--audio-name", flags->audio_name, "What the sound of the reel is called");
    command->add_option("--trial", flags->trial, "A reel that only strangers see at first: manual or performance")
        ->check(CLI::IsMember({"manual", "performance"}));
    command->add_flag("--ai-generated", flags->is_ai_generated, "Tell Meta that it was made by AI");
    CLI::Option* check = command->add_flag("--check", flags->is_check,
                                           "Only say what would keep it from going out; nothing is stored or sent");
    CLI::Option* fix = command->add_flag("--fix", flags->is_fix,
                                         "Convert pictures that Meta would refuse: to JPEG, to a shape it takes");
    command->add_option("--fit", flags->fit, "How --fix changes a shape: crop (default) or pad")
        ->check(CLI::IsMember({"crop", "pad"}));
    command->add_option("--background", flags->background, "Of what is padded or was transparent (#ffffff)");
    command
        ->add_option("--fix-out", flags->fix_folder,
                     "With --fix --check: write the converted pictures there, to look at them")
        ->type_name("FOLDER")
        ->needs(check)
        ->needs(fix);
    command->add_flag("--draft", flags->is_draft, "Keep it without sending it");
    command->add_flag("--wait", flags->waits, "Return when it is published, or a person is asked");
    command
        ->add_option("--idempotency-key", flags->key,
                     "The same key makes the same post only once; the same command again gives that post")
        ->check(refuse_empty);
    add_common_flags(*command, line.flags);
    command->callback([flags, &action = line.action] {
        action = [flags](Session& session) {
            return run_post_flow(session, [&](PostFlow& flow) { return create_post(session, flow, *flags); });
        };
    });
}

} // namespace everlong::apps
