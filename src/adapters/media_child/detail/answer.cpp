#include <adapters/media_child/detail/answer.hpp>

#include <boost/json.hpp>

#include <algorithm>
#include <cmath>

namespace everlong::adapters::detail {
namespace {

namespace json = boost::json;

constexpr std::size_t kLongestWord = 40;        // of a format or codec
constexpr std::size_t kLongestProblem = 300;    // half a sentence
constexpr std::int64_t kMostPixels = 1'000'000; // along a side
constexpr std::int64_t kLongestVideo = 1000LL * 86'400 * 365;
constexpr std::int64_t kMostBitRate = 1'000'000'000'000;

// Reads fields one after the other; one that is missing or wrong spoils the whole.
class Fields {
public:
    explicit Fields(const json::object& object) : object_(object) {}

    void text(std::string_view name, std::size_t longest, std::string& value) {
        const json::value* found = object_.if_contains(name);
        const json::string* string = found == nullptr ? nullptr : found->if_string();
        // Plain ASCII without control characters: it will stand on terminals and pages.
        is_good_ = is_good_ && string != nullptr && string->size() <= longest &&
                   std::ranges::all_of(*string, [](char c) { return c >= ' ' && c < 0x7F; });
        if (is_good_) value = std::string(*string);
    }
    template <class Integer>
    void number(std::string_view name, std::int64_t most, Integer& value) {
        const json::value* found = object_.if_contains(name);
        const std::int64_t* integer = found == nullptr ? nullptr : found->if_int64();
        is_good_ = is_good_ && integer != nullptr && *integer >= 0 && *integer <= most;
        if (is_good_) value = static_cast<Integer>(*integer);
    }
    void span(std::string_view name, std::int64_t most, Milliseconds& value) {
        std::int64_t count = 0;
        number(name, most, count);
        value = Milliseconds(count);
    }
    void real(std::string_view name, double most, double& value) {
        const json::value* found = object_.if_contains(name);
        is_good_ = is_good_ && found != nullptr && found->is_number();
        if (!is_good_) return;
        value = found->to_number<double>();
        is_good_ = std::isfinite(value) && value >= 0 && value <= most;
    }
    void yes_no(std::string_view name, bool& value) {
        const json::value* found = object_.if_contains(name);
        const bool* answer = found == nullptr ? nullptr : found->if_bool();
        is_good_ = is_good_ && answer != nullptr;
        if (is_good_) value = *answer;
    }
    bool is_good() const { return is_good_; }

private:
    const json::object& object_;
    bool is_good_ = true;
};

std::optional<json::object> parse(const std::string& text) {
    boost::system::error_code error;
    json::value document = json::parse(text, error);
    if (error || !document.is_object()) return std::nullopt;
    return std::move(document.get_object());
}

std::optional<core::VideoFacts> read_video(const json::object& object) {
    constexpr double kMostFrames = 1e9;
    constexpr std::int64_t kMostSamples = 100'000'000;
    constexpr std::int64_t kMostChannels = 1000;
    core::VideoFacts video;
    Fields fields(object);
    fields.span("duration_ms", kLongestVideo, video.duration);
    fields.text("codec", kLongestWord, video.codec);
    fields.text("pixel_format", kLongestWord, video.pixel_format);
    fields.real("frame_rate", kMostFrames, video.frame_rate);
    fields.number("bit_rate", kMostBitRate, video.bit_rate);
    fields.yes_no("is_interlaced", video.is_interlaced);
    fields.yes_no("has_edit_list", video.has_edit_list);
    fields.yes_no("has_cutting_edits", video.has_cutting_edits);
    fields.yes_no("is_index_first", video.is_index_first);
    fields.yes_no("is_fragmented", video.is_fragmented);
    fields.yes_no("has_open_gop", video.has_open_gop);
    fields.yes_no("has_sound", video.has_sound);
    fields.text("audio_codec", kLongestWord, video.audio_codec);
    fields.number("sample_rate_hz", kMostSamples, video.sample_rate_hz);
    fields.number("channels", kMostChannels, video.channels);
    fields.number("audio_bit_rate", kMostBitRate, video.audio_bit_rate);
    return fields.is_good() ? std::optional(video) : std::nullopt;
}

} // namespace

std::optional<core::MediaFacts> read_look_answer(const std::string& text) {
    const auto document = parse(text);
    const json::value* medium = document ? document->if_contains("medium") : nullptr;
    if (medium == nullptr || !medium->is_object()) return std::nullopt;
    const json::object& object = medium->get_object();
    core::MediaFacts facts;
    std::string type;
    Fields fields(object);
    fields.text("type", kLongestWord, type);
    fields.text("format", kLongestWord, facts.format);
    fields.number("width", kMostPixels, facts.width);
    fields.number("height", kMostPixels, facts.height);
    fields.yes_no("is_multi_picture", facts.is_multi_picture);
    fields.text("colour_space", kLongestWord, facts.colour_space);
    fields.yes_no("has_metadata", facts.has_metadata);
    fields.yes_no("lies_on_its_side", facts.lies_on_its_side);
    fields.yes_no("has_transparency", facts.has_transparency);
    fields.text("problem", kLongestProblem, facts.problem);
    if (!fields.is_good() || (type != "image" && type != "video")) return std::nullopt;
    facts.type = type == "video" ? core::MediumType::kVideo : core::MediumType::kImage;
    if (const json::value* video = object.if_contains("video")) {
        if (!video->is_object()) return std::nullopt;
        facts.video = read_video(video->get_object());
        if (!facts.video) return std::nullopt;
    }
    // A video is judged by these; a readable one without them is no answer.
    if (facts.type == core::MediumType::kVideo && !facts.video && facts.problem.empty()) return std::nullopt;
    return facts;
}

std::optional<ConvertAnswer> read_convert_answer(const std::string& text) {
    const auto document = parse(text);
    if (!document) return std::nullopt;
    ConvertAnswer answer;
    answer.is_converted = document->contains("converted");
    Fields fields(*document);
    if (document->contains("problem")) fields.text("problem", kLongestProblem, answer.problem);
    if (document->contains("write_error")) fields.text("write_error", kLongestProblem, answer.write_error);
    const bool says_something = answer.is_converted || !answer.problem.empty() || !answer.write_error.empty();
    return fields.is_good() && says_something ? std::optional(answer) : std::nullopt;
}

} // namespace everlong::adapters::detail
