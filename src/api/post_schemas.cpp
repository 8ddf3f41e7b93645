#include <api/detail/descriptions.hpp>

namespace everlong::api::detail {
namespace {

constexpr Schema kSchemas[] = {
    {"File",
     R"({"type":"object","required":["id","name","size","received","whole","sha256","facts","created_at","created_by"],
        "properties":{"id":{"type":"string","pattern":"^file_[A-Za-z0-9]{20}$"},"name":{"type":["string","null"]},
        "size":{"type":"integer"},"received":{"type":"integer"},"whole":{"type":"boolean"},
        "sha256":{"type":["string","null"],"description":"Hex, once it is whole"},
        "facts":{"oneOf":[{"$ref":"#/components/schemas/MediaFacts"},{"type":"null"}],"description":"Once it is whole"},
        "created_at":{"$ref":"#/components/schemas/Instant"},"created_by":{"type":"string"}}})"},
    {"MediaFacts", R"({"type":"object","description":"What was found in the bytes","required":["type","format","bytes",
        "width","height","colour_space","metadata","transparency","problem","video"],"properties":{
        "type":{"enum":["image","video",null]},"format":{"type":["string","null"],"examples":["jpeg","mp4"]},
        "bytes":{"type":"integer"},"width":{"type":"integer"},"height":{"type":"integer"},
        "colour_space":{"type":["string","null"]},"metadata":{"type":"boolean"},"transparency":{"type":"boolean"},
        "problem":{"type":["string","null"],"description":"Why it could not be read to its end"},
        "video":{"type":["object","null"],"properties":{"duration_ms":{"type":"integer"},
        "codec":{"type":["string","null"]},"pixel_format":{"type":["string","null"]},"frame_rate":{"type":"number"},
        "bit_rate":{"type":"integer"},"interlaced":{"type":"boolean"},"edit_list":{"type":"boolean"},
        "index_first":{"type":"boolean"},"audio":{"type":["object","null"]}}}}})"},
    {"PostKind", R"({"enum":["image","carousel","reel","story"]})"},
    {"PostState", R"({"enum":["draft","scheduled","checking","containers","waiting","ready","publishing","published",
        "uncertain","held","failed","cancelled"],"description":"published, failed and cancelled are final; held asks a person"})"},
    {"MediaSource", R"({"description":"A file that was brought (POST /v1/files), or an address from which Meta fetches",
        "oneOf":[{"type":"string","examples":["file_0123456789abcdefghij","https://cdn.example.org/cat.jpg"]},
        {"type":"object","properties":{"file":{"type":"string"},"url":{"type":"string","format":"uri"}}}]})"},
    {"UserTag", R"({"oneOf":[{"type":"string"},{"type":"object","required":["username"],"properties":{
        "username":{"type":"string"},"x":{"type":["number","null"],"minimum":0,"maximum":1},
        "y":{"type":["number","null"],"minimum":0,"maximum":1}}}]})"},
    {"ProductTag", R"({"oneOf":[{"type":"string"},{"type":"object","required":["product_id"],"properties":{
        "product_id":{"type":"string"},"x":{"type":["number","null"]},"y":{"type":["number","null"]}}}]})"},
    {"NewMedium",
     R"({"oneOf":[{"type":"string","description":"A file's id or an address"},{"type":"object","properties":{
        "file":{"type":"string"},"url":{"type":"string","format":"uri"},"type":{"enum":["image","video"],
        "description":"Of an address that does not tell by its ending"},"alt_text":{"type":"string"},
        "user_tags":{"type":"array","items":{"$ref":"#/components/schemas/UserTag"}},
        "product_tags":{"type":"array","items":{"$ref":"#/components/schemas/ProductTag"}}}}]})"},
    {"NewReel", R"({"type":"object","properties":{"cover":{"$ref":"#/components/schemas/MediaSource"},
        "thumb_offset_ms":{"type":"integer","minimum":0},"share_to_feed":{"type":"boolean"},
        "audio_name":{"type":"string"},"trial":{"enum":["none","manual","performance"]}}})"},
    {"PostChange", R"({"type":"object","properties":{"kind":{"$ref":"#/components/schemas/PostKind"},
        "media":{"type":"array","items":{"$ref":"#/components/schemas/NewMedium"}},"caption":{"type":"string"},
        "at":{"type":["string","null"],"description":"An instant (RFC 3339), a wall clock's time on the clocks of `zone`, or now. Null is for a draft only: it has no time, or loses it; of any other post null is refused, as is an empty text",
        "examples":["2026-12-24T18:00","2026-12-24T17:00:00Z","now"]},
        "zone":{"type":"string","description":"Of the tz database; left out: this machine's","examples":["Europe/Berlin"]},
        "draft":{"type":"boolean"},"first_comment":{"type":"string"},"location_id":{"type":"string"},
        "collaborators":{"type":"array","items":{"type":"string"}},"ai_generated":{"type":"boolean"},
        "reel":{"$ref":"#/components/schemas/NewReel"},
        "fix":{"type":"boolean","default":false,"description":"Convert pictures that Meta would refuse"},
        "fit":{"enum":["crop","pad"],"default":"crop","description":"How fix changes a shape that is not allowed"},
        "background":{"type":"string","default":"#ffffff","description":"Of what is padded or was transparent"}}})"},
    {"NewPost", R"({"allOf":[{"$ref":"#/components/schemas/PostChange"},{"type":"object","required":["channel","media"],
        "properties":{"channel":{"$ref":"#/components/schemas/ChannelName"},"media":{"type":"array","minItems":1,"items":{"$ref":"#/components/schemas/NewMedium"}}}}]})"},
    {"Finding",
     R"({"type":"object","description":"What a check has found","required":["rule","severity","medium","measured",
        "wanted","fixable"],"properties":{"rule":{"type":"string","examples":["image-aspect-ratio"]},
        "severity":{"enum":["error","warning"],"description":"error: Meta would refuse it"},
        "medium":{"type":["integer","null"],"description":"Index in media; null: the post as a whole"},
        "measured":{"type":["string","null"]},"wanted":{"type":["string","null"]},"fixable":{"type":"boolean"},
        "text":{"type":"string","description":"All of it in one line"},"title":{"type":"string"},"why":{"type":"string"},
        "what_to_do":{"type":"string"}}})"},
    {"PostMedium",
     R"({"type":"object","required":["type","file","url","alt_text","user_tags","product_tags"],"properties":{
        "type":{"enum":["image","video"]},"file":{"type":["string","null"]},"url":{"type":["string","null"]},
        "alt_text":{"type":["string","null"]},
        "user_tags":{"type":"array","items":{"$ref":"#/components/schemas/UserTag"}},
        "product_tags":{"type":"array","items":{"$ref":"#/components/schemas/ProductTag"}}}})"},
    {"Post", R"({"type":"object","required":["id","channel","kind","state","caption","at","zone","wall_time","media",
        "container_id","media_id","permalink","cause","remedy","findings","late_s","next_attempt_at","created_at"],
        "properties":{"id":{"type":["string","null"],"pattern":"^post_[A-Za-z0-9]{20}$","description":"null: not stored"},
        "channel":{"$ref":"#/components/schemas/ChannelName"},"kind":{"$ref":"#/components/schemas/PostKind"},
        "state":{"$ref":"#/components/schemas/PostState"},"caption":{"type":"string"},
        "at":{"$ref":"#/components/schemas/InstantOrNull"},"zone":{"type":["string","null"]},
        "wall_time":{"type":["string","null"],"description":"What was asked for, on the clocks of `zone`"},
        "local_time":{"type":["string","null"],"description":"When it goes out on the clocks of `zone`, which may skip what was asked for"},
        "media":{"type":"array","items":{"$ref":"#/components/schemas/PostMedium"}},
        "location_id":{"type":["string","null"]},"collaborators":{"type":"array","items":{"type":"string"}},
        "reel":{"type":["object","null"]},"first_comment":{"type":["string","null"]},"ai_generated":{"type":"boolean"},
        "container_id":{"type":["string","null"]},"containers":{"type":"array","items":{"type":"object"}},
        "media_id":{"type":["string","null"]},"permalink":{"type":["string","null"]},
        "published_at":{"$ref":"#/components/schemas/InstantOrNull"},"comment_id":{"type":["string","null"]},
        "late_s":{"type":["integer","null"],"description":"Seconds after its time; null: it will not go out"},
        "next_attempt_at":{"$ref":"#/components/schemas/InstantOrNull"},"cause":{"type":["string","null"]},
        "remedy":{"type":["string","null"]},"title":{"type":["string","null"]},"what_happened":{"type":["string","null"]},
        "what_to_do":{"type":["string","null"]},
        "problem":{"oneOf":[{"$ref":"#/components/schemas/PastProblem"},{"type":"null"}]},
        "unreadable":{"type":"array","items":{"enum":["content","progress","result","findings","state"]},
        "description":"Only of a post whose row is damaged, which is not sent: what is shown as of an empty post"},
        "findings":{"type":"array","items":{"$ref":"#/components/schemas/Finding"}},
        "created_at":{"$ref":"#/components/schemas/Instant"},"created_by":{"type":"string"}}})"},
    {"TimelineEntry",
     R"({"type":"object","required":["at","event","text","call","detail","state","problem"],"properties":{
        "at":{"$ref":"#/components/schemas/Instant"},"event":{"type":"string","examples":["container-made"]},
        "text":{"type":"string"},"call":{"type":["string","null"],"description":"What was asked of Meta"},
        "detail":{"type":["string","null"]},"state":{"$ref":"#/components/schemas/PostState"},
        "problem":{"oneOf":[{"$ref":"#/components/schemas/PastProblem"},{"type":"null"}]}}})"},
    {"PostWithTimeline", R"({"allOf":[{"$ref":"#/components/schemas/Post"},{"type":"object","required":["timeline"],
        "properties":{"timeline":{"type":"array","items":{"$ref":"#/components/schemas/TimelineEntry"}}}}]})"},
    {"PostList", R"({"type":"object","required":["posts","next"],"properties":{
        "posts":{"type":"array","items":{"$ref":"#/components/schemas/Post"}},
        "next":{"$ref":"#/components/schemas/Next"}}})"},
    {"FileFix", R"({"type":"object","additionalProperties":false,"properties":{
        "kind":{"type":"string","enum":["image","carousel","reel","story","cover"],"default":"image",
            "description":"By whose rules; cover: of a reel's cover"},
        "fit":{"type":"string","enum":["crop","pad","none"],"default":"crop",
            "description":"For a shape that is not allowed: cut off evenly, filled with white, or left"}}})"},
    {"PostSettlement", R"({"type":"object","required":["published"],"additionalProperties":false,"properties":{
        "published":{"type":"boolean","description":"Is the post on the account?"},
        "media_id":{"type":"string","description":"Its id, where it is known"}}})"},
    {"PostRetry", R"({"type":"object","additionalProperties":false,"properties":{
        "in_time":{"type":"boolean","description":"Only where it is not more than an hour late"}}})"},
    {"PostTable", R"({"type":"object","required":["table"],"additionalProperties":false,"properties":{
        "table":{"type":"string","description":"The CSV table, as it would be sent by itself"},
        "files":{"type":"object","additionalProperties":{"type":"string"},
            "description":"Names in the columns media and cover, and the ids of the files that they mean"}}})"},
    {"PostImport", R"({"type":"object","required":["check","created","failed","existing","rows"],"properties":{
        "check":{"type":"boolean"},"created":{"type":"integer"},"failed":{"type":"integer"},
        "existing":{"type":"integer","description":"Rows that had made their post before"},
        "rows":{"type":"array","items":{"type":"object","required":["line","caption","ok","created","existing","post","problem"],
        "properties":{
        "line":{"type":"integer","description":"Where the row begins in the table, from 1"},
        "caption":{"type":["string","null"],"description":"As it stands in the table"},"ok":{"type":"boolean"},
        "created":{"type":"boolean","description":"false also where its key had made it before"},
        "existing":{"type":"boolean","description":"It had made its post before, which is given as it is now"},
        "post":{"oneOf":[{"$ref":"#/components/schemas/Post"},{"type":"null"}]},
        "problem":{"oneOf":[{"$ref":"#/components/schemas/Problem"},{"type":"null"}]}}}}}})"},
};

} // namespace

std::span<const Schema> post_schemas() {
    return kSchemas;
}

} // namespace everlong::api::detail
