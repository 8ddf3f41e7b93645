#include <core/publishing/finding_words.hpp>

#include <algorithm>
#include <array>

namespace everlong::core {
namespace {

constexpr std::string_view kFix = "Let it be converted (--fix), or save it as a JPEG yourself.";
constexpr std::string_view kEncode = "Encode it anew, for example: ffmpeg -i IN -c:v libx264 -pix_fmt yuv420p -c:a aac "
                                     "-movflags +faststart OUT.mp4";

constexpr std::array kWords{
    // The account.
    FindingWords{"account-kind", "The account is a personal one",
                 "Meta lets only professional accounts publish by the API.",
                 "In the Instagram app: Settings, Account type and tools, Switch to professional account. Then connect "
                 "the channel again."},
    FindingWords{"permission", "A permission is missing", "The channel's token does not allow to publish.",
                 "Connect the channel again and grant it."},
    FindingWords{"publish-quota", "The account has used up its posts of the last 24 hours",
                 "Meta counts posts in a moving day.",
                 "Nothing needs to be done: the post waits for room and shows when it goes on."},
    // Its time.
    FindingWords{"time-gap", "There is no such time on that day's clocks", "They are put forward over it.",
                 "Give another time where this one is not meant."},
    FindingWords{"time-twice", "This time comes twice on that day's clocks", "They are put back over it.",
                 "Where the second is meant, give the time with its offset, for example 2027-10-31T02:30:00+01:00."},
    FindingWords{
        "channel-not-connected", "The channel cannot publish at the moment",
        "Its posts stay in the queue until it can; what is more than an hour late then waits for a person's word.",
        "Connect the channel again (everlong channel connect NAME, or its page), before the post is due."},
    // Texts.
    FindingWords{"caption-length", "The caption is too long", "Instagram takes 2200 characters.",
                 "Shorten it, or move a part into the first comment."},
    FindingWords{"caption-hashtags", "The caption has too many hashtags", "Instagram takes 30.", "Take some out."},
    FindingWords{"caption-mentions", "The caption mentions too many people", "Instagram takes 20 mentions.",
                 "Take some out."},
    FindingWords{"caption-not-shown", "The caption will not be seen", "Instagram shows none on stories.",
                 "Write it into the picture, or leave it out."},
    FindingWords{"alt-text-length", "The alt text is too long", "Instagram takes 1000 characters.", "Shorten it."},
    FindingWords{"alt-text-not-shown", "The alt text will not be used",
                 "Instagram takes it for pictures of the feed, not for videos and stories.",
                 "Leave it out, if you like."},
    FindingWords{"first-comment-on-story", "A story takes no first comment", "Stories have no comments.",
                 "Leave it out."},
    FindingWords{"first-comment-permission", "The first comment will not be written",
                 "The channel's token lacks the permission to comment.",
                 "Connect the channel again and grant it, or leave the first comment out."},
    FindingWords{"first-comment-unknown", "Whether the first comment was written is not known",
                 "Its call left and no clear answer came; so that it never stands there twice, it is not repeated.",
                 "Look at the post, and write the comment by hand if it is missing."},
    FindingWords{"first-comment-missing", "The first comment was not written",
                 "The post is live; its story says why the comment is not.", "Write it by hand, below the post."},
    FindingWords{
        "medium-unknown", "Which of the account's media the post is, is not known",
        "It counts as published, by Meta's word or a person's; without its medium it has no address here.",
        "Look at the account. If it is there: everlong post settle ID --published --media-id M. If a person said "
        "that it is, and it is not: everlong post settle ID --not-published."},
    FindingWords{"location-id", "The location is not a number",
                 "A location is given by the number of a Facebook Page that has a place.",
                 "Give the Page's number, or leave the location out."},
    FindingWords{"location-not-shown", "The location will not be seen",
                 "Instagram shows none on stories made by the API.", "Leave it out, if you like."},
    // People and products.
    FindingWords{"username", "It is not a username", "Usernames have up to 30 letters, digits, dots and underscores.",
                 "Give the name without spaces, as it stands in the profile's address."},
    FindingWords{"collaborators-count", "There are too many collaborators", "Instagram takes three.", "Take some out."},
    FindingWords{"collaborators-on-story", "A story takes no collaborators", "",
                 "Leave them out, or make it a post or a reel."},
    FindingWords{"user-tags-count", "Too many people are tagged", "Instagram takes 20 tags.", "Take some out."},
    FindingWords{"user-tag-position", "A tag has no place on the picture",
                 "On pictures each tag stands somewhere: x from left to right and y from top to bottom, both 0 to 1.",
                 "Give both, for example x 0.5 and y 0.5 for the middle."},
    FindingWords{"product-tags-login", "Products cannot be tagged on this login",
                 "Meta takes product tags on the Facebook login only.",
                 "Connect the channel by the Facebook login, or leave the tags out."},
    FindingWords{"product-tags-permission", "A permission to tag products is missing",
                 "Publishing does not need it, so nothing else of the channel is affected.",
                 "Connect the channel again and ask for it (everlong channel connect NAME --permission ...), or leave "
                 "the tags out."},
    FindingWords{"product-tags-on-story", "A story takes no product tags", "", "Leave them out."},
    FindingWords{"product-tags-count", "Too many products are tagged", "Instagram takes five.", "Take some out."},
    FindingWords{"product-tag-position", "A product tag is not placed as it must be",
                 "On pictures it needs x and y, both 0 to 1; on videos it may have none.", "Give both, or neither."},
    FindingWords{"product-id", "It is not a product's number", "", "Give the number that the catalogue shows."},
    // How many, and which.
    FindingWords{"carousel-size", "A carousel has two to ten pictures or videos",
                 "The app takes twenty; the API takes ten.", "Add or take out some, or make two posts of it."},
    FindingWords{"media-count", "This kind of post has exactly one picture or video", "",
                 "Make it a carousel to show several."},
    FindingWords{"medium-missing", "There is no picture or video", "", "Give a file or an address."},
    FindingWords{"medium-type", "A picture where a video belongs, or the other way round",
                 "A reel needs a video and a single post a picture; Meta withdrew single videos in 2023.",
                 "Make it a reel for a video, a post for a picture, or a carousel."},
    FindingWords{"medium-address", "The address cannot be used",
                 "Meta fetches plain http and https addresses in ASCII.",
                 "Percent-encode what is not ASCII, or upload the file to Everlong instead."},
    FindingWords{"medium-not-public", "Meta has nowhere to fetch the picture from",
                 "Meta fetches pictures from a public address; only the bytes of videos are sent.",
                 "Set EVERLONG_PUBLIC_URL to a public https address of this service, or a bucket (EVERLONG_S3_ENDPOINT "
                 "and the others), or give an address of your own in place of the file."},
    FindingWords{"medium-not-fetchable", "Meta cannot fetch it from this address",
                 "It asks without login, follows no redirect, obeys robots.txt, and takes JPEG pictures and MP4 or MOV "
                 "videos.",
                 "Put right what stands in brackets, or upload the file to Everlong instead, where --fix converts it."},
    FindingWords{"medium-unreachable", "The address does not answer",
                 "Meta fetches it shortly before the post is due; Everlong asks for it again before that.",
                 "See that the host is up by then, or upload the file to Everlong instead."},
    FindingWords{"medium-unreadable", "The file cannot be read",
                 "It is broken, cut off, or of another format than its name says.",
                 "Open it on a computer; where that works, save it anew, else fetch it again from where it came."},
    // Pictures.
    FindingWords{"image-format", "It is not a JPEG", "Meta takes no other format for pictures.", kFix},
    FindingWords{"image-multi-picture", "The file holds several pictures",
                 "Meta takes no MPO and no JPS, even where they are called .jpg.", kFix},
    FindingWords{"image-bytes", "The picture's file is too large", "Meta takes 8 MB.", kFix},
    FindingWords{"image-ratio", "The picture's shape is not allowed",
                 "In the feed pictures are between 4:5 (upright) and 1.91:1 (wide).",
                 "Crop it, or let it be cropped (--fix) or padded (--fix --fit pad)."},
    FindingWords{
        "image-orientation", "Whoever shows the picture has to turn it",
        "Its shape is allowed only as it is stored, or only as it is shown, and no page tells which of the two "
        "Meta judges.",
        "Let it be turned (--fix), and where that is needed cropped, or padded (--fix --fit pad)."},
    FindingWords{"image-width", "The picture will be scaled",
                 "Instagram shows 320 to 1440 pixels and changes what lies outside.",
                 "Give it 1080 or 1440 pixels of width to have it as you see it."},
    FindingWords{"image-colour", "The picture's colours may look different",
                 "Instagram shows sRGB and converts all else.", "Let it be converted (--fix), or export it in sRGB."},
    FindingWords{"image-metadata", "The picture carries metadata",
                 "It may tell where and with which camera it was taken, to whoever serves or fetches it.",
                 "Let it be taken out (--fix), if you would rather not share it."},
    FindingWords{"story-ratio", "The story will have bars or be cut", "Stories fill a screen of 9:16.",
                 "Crop it to 9:16."},
    FindingWords{"carousel-ratio", "It will be cut to the shape of the first",
                 "A carousel has one shape, that of its first picture or video.",
                 "Crop all to the same shape, or put another one first."},
    // Videos.
    FindingWords{"video-format", "It is neither MP4 nor MOV", "Meta takes no other container.",
                 "Put it into an MP4: ffmpeg -i IN -c copy -movflags +faststart OUT.mp4"},
    FindingWords{"video-index-first", "The video's index stands at its end", "Meta wants it (moov) before the data.",
                 "Move it, without any loss: ffmpeg -i IN -c copy -movflags +faststart OUT.mp4"},
    FindingWords{"video-fragmented", "The video is made of fragments",
                 "It is meant for streaming: its head does not say how long it lasts.",
                 "Put it together, without any loss: ffmpeg -i IN -c copy -movflags +faststart OUT.mp4"},
    FindingWords{"video-edit-list", "The video was cut by an edit list",
                 "What was cut away is still in the file, and Meta does not follow such lists.", kEncode},
    FindingWords{"video-codec", "The video's codec is not taken", "Meta takes H.264 and HEVC.", kEncode},
    FindingWords{"video-chroma", "The video's colours are stored in a form that is not taken", "Meta takes 4:2:0.",
                 kEncode},
    FindingWords{"video-interlaced", "The video is interlaced", "Meta takes progressive video.",
                 "Encode it anew with a filter: ffmpeg -i IN -vf bwdif -c:v libx264 -pix_fmt yuv420p -c:a aac "
                 "-movflags +faststart OUT.mp4"},
    FindingWords{"video-open-gop", "The video has open groups of pictures",
                 "Meta asks for closed ones; it is not known to refuse the others.",
                 "Nothing needs to be done. If Meta fails on it, encode it anew with -x264-params open-gop=0."},
    FindingWords{"video-frame-rate", "The video's frame rate is not taken", "Meta takes 23 to 60 frames a second.",
                 "Encode it anew with -r 30."},
    FindingWords{"video-bit-rate", "The video's bit rate is too high", "Meta takes 25 Mbit/s.",
                 "Encode it anew with -maxrate 20M -bufsize 40M."},
    FindingWords{"video-width", "The video is too wide", "Meta takes 1920 pixels.",
                 "Encode it anew with -vf scale=1080:-2."},
    FindingWords{"video-ratio", "The video's shape is not allowed", "", "Crop it; 9:16 fills the screen."},
    FindingWords{"video-duration", "The video is too short or too long",
                 "Reels last 3 seconds to 15 minutes, stories 3 to 60 seconds.", "Cut it, or make several of it."},
    FindingWords{"video-bytes", "The video's file is too large", "Meta takes 1 GB for reels and 100 MB for stories.",
                 "Encode it anew with a lower bit rate."},
    FindingWords{
        "video-bytes-disputed", "The video's file may be too large",
        "Meta's newest page takes 300 MB, older ones take 1 GB; which holds for an account, only trying tells.",
        "Encode it anew with a lower bit rate, to be sure."},
    FindingWords{"video-metadata", "The video carries metadata", "It may tell where and with which camera it was made.",
                 "Take it out, if you would rather not share it: ffmpeg -i IN -c copy -map_metadata -1 -movflags "
                 "+faststart OUT.mp4"},
    FindingWords{"audio-codec", "The sound's codec is not taken", "Meta takes AAC.",
                 "Encode the sound anew: ffmpeg -i IN -c:v copy -c:a aac -movflags +faststart OUT.mp4"},
    FindingWords{"audio-sample-rate", "The sound's sample rate is too high", "Meta takes 48 kHz.",
                 "Encode the sound anew with -ar 48000."},
    FindingWords{"audio-channels", "The sound has too many channels", "Meta takes one or two.",
                 "Encode the sound anew with -ac 2."},
    FindingWords{"audio-bit-rate", "The sound's bit rate is higher than advised",
                 "Meta advises 128 kbit/s and makes its own of more.", "Nothing needs to be done."},
    // Reels.
    FindingWords{"cover-not-public", "Meta has nowhere to fetch the cover from",
                 "Meta fetches covers from a public address, while the reel's bytes are sent.",
                 "Set EVERLONG_PUBLIC_URL or a bucket, give an address of your own, or choose a moment of the video "
                 "(--thumb-offset) in place of the cover."},
    FindingWords{"cover-not-fetchable", "Meta cannot fetch the cover from this address",
                 "It asks without login, follows no redirect, obeys robots.txt, and takes JPEG only.",
                 "Put right what stands in brackets, or upload the cover to Everlong instead."},
    FindingWords{"cover-format", "The cover is not a JPEG", "Meta takes no other format.", kFix},
    FindingWords{"cover-bytes", "The cover's file is too large", "Meta takes 8 MB.", kFix},
    FindingWords{"cover-unreadable", "The cover cannot be read",
                 "It is broken, cut off, or of another format than its name says.", "Save it anew as a JPEG."},
    FindingWords{"cover-wins", "The moment for the cover will not be used", "There is a picture for it, which wins.",
                 "Leave one of them out, if you like."},
    FindingWords{"thumb-offset", "The moment for the cover is not in the video", "", "Choose one before its end."},
    FindingWords{"audio-name-silent", "The sound has a name, and there is no sound",
                 "Meta refuses to name what is not there.", "Leave the name out."},
    FindingWords{"reel-settings-not-used", "Settings of a reel will not be used", "The post is not one.",
                 "Leave them out, or make it a reel."},
};

constexpr FindingWords kUnknown{"", "Something may not be as Meta wants it", "", "See the values."};

std::string lowered(std::string_view title) {
    std::string text(title);
    // Not where it begins with a name in capitals.
    const bool is_capital = !text.empty() && text[0] >= 'A' && text[0] <= 'Z';
    if (is_capital && text.size() > 1 && (text[1] < 'A' || text[1] > 'Z'))
        text[0] = static_cast<char>(text[0] - 'A' + 'a');
    return text;
}

} // namespace

std::span<const FindingWords> finding_words() {
    return kWords;
}

const FindingWords& words_of(std::string_view rule) {
    const auto* const found = std::ranges::find(kWords, rule, &FindingWords::rule);
    return found == kWords.end() ? kUnknown : *found;
}

std::string describe(const Finding& finding, std::size_t media) {
    const std::string_view title = words_of(finding.rule).title;
    const bool is_counted = finding.medium >= 0 && media > 1;
    std::string text =
        is_counted ? "No. " + std::to_string(finding.medium + 1) + ": " + lowered(title) : std::string(title);
    if (finding.measured.empty() && finding.wanted.empty()) return text;
    text += " (" + finding.measured;
    if (!finding.wanted.empty()) text += (finding.measured.empty() ? "allowed: " : "; allowed: ") + finding.wanted;
    return text + ")";
}

} // namespace everlong::core
