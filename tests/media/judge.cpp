// Two opinions on each file: Everlong's preflight, through the real adapter and its confined child, and the simulator's,
// which reads Meta's rules by itself. Reads one JSON line a file ({"path","use","thumb_offset_ms"?}) and writes one.

#include <adapters/clock_system/clocks.hpp>
#include <adapters/media_child/media_child.hpp>
#include <core/publishing/preflight.hpp>
#include <simulator/media/media_rules.hpp>
#include <support/run.hpp>

#include <boost/json.hpp>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>

namespace {

namespace json = boost::json;
using namespace everlong;

struct Use {
    core::PostKind post;
    core::MediumType type;
    simulator::MediaKind kind;
};
const std::map<std::string, Use> kUses{
    {"image", {core::PostKind::kImage, core::MediumType::kImage, simulator::MediaKind::kImage}},
    {"image-item", {core::PostKind::kCarousel, core::MediumType::kImage, simulator::MediaKind::kImage}},
    {"image-story", {core::PostKind::kStory, core::MediumType::kImage, simulator::MediaKind::kStoryImage}},
    {"reel", {core::PostKind::kReel, core::MediumType::kVideo, simulator::MediaKind::kReel}},
    {"video-item", {core::PostKind::kCarousel, core::MediumType::kVideo, simulator::MediaKind::kVideoItem}},
    {"video-story", {core::PostKind::kStory, core::MediumType::kVideo, simulator::MediaKind::kStoryVideo}},
};

core::PostContent content_for(const Use& use, const json::object& wish) {
    core::PostContent content;
    content.kind = use.post;
    core::PostMedium medium;
    medium.type = use.type;
    medium.file = core::FileId("file_aaaaaaaaaaaaaaaaaaaa");
    // A carousel has two: the file twice.
    content.media.assign(use.post == core::PostKind::kCarousel ? 2 : 1, medium);
    if (const json::value* offset = wish.if_contains("thumb_offset_ms"))
        content.reel.thumb_offset = Milliseconds(offset->as_int64());
    return content;
}

// Empty where it accepts.
std::string judgement_of_simulator(const Use& use, const std::string& path, const json::object& wish,
                                   const simulator::Switches& switches) {
    std::ifstream file(path, std::ios::binary);
    if (!simulator::is_video(use.kind)) {
        const std::string bytes{std::istreambuf_iterator<char>(file), {}};
        const auto fault =
            simulator::judge_picture(use.kind, simulator::inspect_picture(bytes), bytes.size(), path, switches);
        return fault ? fault->reason : std::string();
    }
    simulator::VideoScanner scanner;
    std::string piece(1 << 20, '\0');
    while (file.read(piece.data(), static_cast<std::streamsize>(piece.size())) || file.gcount() > 0)
        scanner.feed(std::string_view(piece).substr(0, static_cast<std::size_t>(file.gcount())));
    simulator::MediaWish media_wish;
    if (const json::value* offset = wish.if_contains("thumb_offset_ms"))
        media_wish.thumb_offset_ms = offset->as_int64();
    const auto fault = simulator::judge_video(use.kind, scanner.result(), media_wish, switches);
    return fault ? fault->reason : std::string();
}

json::object judge(ports::MediaTool& tool, boost::asio::io_context& io, const json::object& wish) {
    const std::string path(wish.at("path").as_string());
    const Use& use = kUses.at(std::string(wish.at("use").as_string()));
    json::object answer;
    const auto facts = test::run(io, tool.look(path));
    if (!facts) {
        answer["error"] = facts.error().summary();
        return answer;
    }
    const core::PostContent content = content_for(use, wish);
    const auto findings = core::check_post(content, {content.media.size(), *facts}, {});
    json::array errors;
    json::array warnings;
    for (const core::Finding& finding : findings) {
        if (finding.medium <= 0) (finding.is_error ? errors : warnings).emplace_back(finding.rule);
    }
    answer["errors"] = std::move(errors);
    answer["warnings"] = std::move(warnings);
    answer["problem"] = facts->problem;
    simulator::Switches switches;
    answer["simulator"] = judgement_of_simulator(use, path, wish, switches);
    // The other reading of what no page tells.
    if (!switches.set({{"picture_orientation", "as-shown"}})) std::abort();
    answer["simulator_as_shown"] = judgement_of_simulator(use, path, wish, switches);
    return answer;
}

} // namespace

int main(int count, char** words) {
    if (count != 2) return 2;
    boost::asio::io_context io(1);
    const auto time = adapters::make_steady_monotonic(io.get_executor());
    adapters::MediaChildSettings settings;
    settings.program = words[1];
    const auto tool = adapters::make_media_child(io.get_executor(), *time, settings);
    for (std::string line; std::getline(std::cin, line);)
        std::cout << json::serialize(judge(*tool, io, json::parse(line).as_object())) << std::endl;
    return 0;
}
