#include <api/detail/post_json.hpp>

namespace everlong::api::detail {
namespace {

json::value text_or_null(const std::string& text) {
    return text.empty() ? json::value(nullptr) : json::value(text);
}

json::object video_to_json(const core::VideoFacts& video) {
    json::object object{{"duration_ms", video.duration.count()},
                        {"codec", text_or_null(video.codec)},
                        {"pixel_format", text_or_null(video.pixel_format)},
                        {"frame_rate", video.frame_rate},
                        {"bit_rate", video.bit_rate},
                        {"interlaced", video.is_interlaced},
                        {"edit_list", video.has_edit_list},
                        {"index_first", video.is_index_first}};
    object["audio"] = video.has_sound ? json::value(json::object{{"codec", text_or_null(video.audio_codec)},
                                                                 {"sample_rate_hz", video.sample_rate_hz},
                                                                 {"channels", video.channels},
                                                                 {"bit_rate", video.audio_bit_rate}})
                                      : json::value(nullptr);
    return object;
}

} // namespace

json::value facts_to_json(const std::optional<core::MediaFacts>& facts) {
    if (!facts) return nullptr;
    // What nobody here can read is neither a picture nor a video.
    json::object object{{"type", text_or_null(facts->format.empty() ? "" : std::string(to_text(facts->type)))},
                        {"format", text_or_null(facts->format)},
                        {"bytes", facts->bytes},
                        {"width", facts->width},
                        {"height", facts->height},
                        {"colour_space", text_or_null(facts->colour_space)},
                        {"metadata", facts->has_metadata},
                        {"transparency", facts->has_transparency},
                        {"problem", text_or_null(facts->problem)}};
    object["video"] = facts->video ? json::value(video_to_json(*facts->video)) : json::value(nullptr);
    return object;
}

json::object file_to_json(const ports::MediaFile& file) {
    return {{"id", file.id.text()},
            {"name", text_or_null(file.name)},
            {"size", file.size},
            {"received", file.received},
            {"whole", file.is_whole()},
            {"sha256", text_or_null(file.sha256)},
            {"facts", facts_to_json(file.facts)},
            {"created_at", to_rfc3339(file.created_at)},
            {"created_by", file.created_by}};
}

Answer no_publishing() {
    return fail(Code::kHttpNotFound, Fault::kUsage, "nothing is published here");
}

} // namespace everlong::api::detail
