#include <simulator/wire/publish_errors.hpp>

#include <array>
#include <cstdlib>

namespace everlong::simulator {
namespace {

struct Row {
    PublishRefusal refusal;
    int code;
    int subcode;
    std::string_view message;
    std::string_view title;
    std::string_view text;
    int status = 400;
};

// Messages and texts: the error reference (5.4) where it has them, else what was seen on the wire; rows that appear in a
// container's status only (subcodes 2207076 and up) have no code in any source and take -1.
constexpr std::array kRows{
    Row{PublishRefusal::kDownloadSlow, -2, 2207003, "Timeout", "Timeout", "It takes too long to download the media."},
    Row{PublishRefusal::kMediaExpired, -2, 2207020, "Media Expired", "Media expired",
        "The media you are trying to access has expired. Please try to upload again."},
    Row{PublishRefusal::kCannotCreate, -1, 2207032, "Create media fail", "Cannot create media",
        "Create media fail, please try to re-create media"},
    Row{PublishRefusal::kUploadError, -1, 2207053, "Unknown upload error", "Upload failed", "unknown upload error"},
    Row{PublishRefusal::kCannotDelete, -1, 2207073, "Fatal", "Cannot delete", "This media type is not supported."},
    Row{PublishRefusal::kThumbOffset, 1, 2207057, "Invalid thumbnail offset", "Invalid thumbnail offset",
        "Thumbnail offset must be greater than or equal to 0 and less than video duration, i.e. %1"},
    Row{PublishRefusal::kSpam, 4, 2207051, "Application request limit reached", "Action is blocked",
        "We restrict certain activity to protect our community. Tell us if you think we made a mistake."},
    Row{PublishRefusal::kPublishQuota, 9, 2207042, "The user has reached the publishing limit", "Cannot publish",
        "You reached maximum number of posts that is allowed to be published by Content Publishing API."},
    Row{PublishRefusal::kContainerQuota, 9, 2207069, "Too many actions", "Cannot create media",
        "You reached maximum number of media containers that is allowed to be created within 24 hours."},
    Row{PublishRefusal::kMediaNotFound, 24, 2207006, "The requested resource does not exist", "Media not found",
        "The media with %1 cannot be found"},
    Row{PublishRefusal::kUnknownCreation, 24, 2207008, "The requested resource does not exist",
        "Media builder not found", "The media builder with creation id = %1 does not exist or has been expired."},
    Row{PublishRefusal::kRestricted, 25, 2207050, "The account is restricted", "Account restricted",
        "The Instagram account is restricted."},
    Row{PublishRefusal::kUnknownMediaType, 100, 2207023, "Invalid parameter", "Unknown media type",
        "The media type %1 is unknown."},
    Row{PublishRefusal::kCarouselSize, 100, 2207028, "Invalid parameter", "Carousel cannot be created",
        "Your post won't work as a carousel. Carousels need at least 2 photos/videos and no more than 10 "
        "photos/videos."},
    Row{PublishRefusal::kProductPositionOnVideo, 100, 2207035, "Invalid parameter", "Invalid product tags",
        "Product tag positions should not be specified for video media."},
    Row{PublishRefusal::kProductPositionMissing, 100, 2207036, "Invalid parameter", "Invalid product tags",
        "Product tag positions are required for photo media."},
    Row{PublishRefusal::kProductInvalid, 100, 2207037, "Invalid parameter", "Invalid product tags",
        "We couldn't add all of your product tags. The product ID may be incorrect, the product may be deleted, or "
        "you may not have permission to tag the product."},
    Row{PublishRefusal::kTooManyTags, 100, 2207040, "Invalid parameter", "Too many tags",
        "Cannot use more than %1 tags per created media."},
    Row{PublishRefusal::kVideoFormat, 352, 2207026, "The video format is not supported", "Unsupported video format",
        "The video format is not supported. Please check spec for supported %1 format"},
    Row{PublishRefusal::kNotFetched, 9004, 2207052, "Only photo or video can be accepted as media type.",
        "Media download has failed. The media URI doesn't meet our requirements.",
        "The media could not be fetched from this URI: %1"},
    Row{PublishRefusal::kNotReady, 9007, 2207027, "Media ID is not available", "Cannot publish",
        "The media is not ready to be published. Please wait a moment."},
    Row{PublishRefusal::kImageSize, 36000, 2207004, "The image size is too large.", "Image size too large",
        "The image is too large to download. It should be less than 8 MiB."},
    Row{PublishRefusal::kImageFormat, 36001, 2207005, "The image format is not supported.", "Unsupported image format",
        "The image format %1 is not supported. Supported formats are: JPEG."},
    Row{PublishRefusal::kImageRatio, 36003, 2207009, "The aspect ratio is not supported.", "Invalid aspect ratio",
        "The submitted image with aspect ratio %1 cannot be published. Please submit an image with a valid aspect "
        "ratio."},
    Row{PublishRefusal::kCaptionLength, 36004, 2207010, "The caption was too long.", "Caption too long",
        "The submitted image's caption was %1 characters long. The maximum number of characters permitted for a "
        "caption is %2. Please submit media with a shorter caption."},
    Row{PublishRefusal::kVideoProcessing, -1, 2207076, "Media upload has failed", "Media upload has failed",
        "Media upload has failed with error code 2207076"},
    Row{PublishRefusal::kVideoDownload, -1, 2207077, "Media download has failed", "Media download has failed",
        "Media upload has failed with error code 2207077"},
    Row{PublishRefusal::kTrialReels, 100, 2207081, "Invalid parameter", "Trial reels not available",
        "This account is not eligible for trial reels."},
    Row{PublishRefusal::kSilentVideo, -1, 2207082, "Media upload has failed", "Media upload has failed",
        "Media upload has failed with error code 2207082"},
    Row{PublishRefusal::kCarouselItem, 100, 2207089, "Invalid parameter", "Cannot publish",
        "Carousel item cannot be published standalone"},
    // The reference has no text for people here, only what to do.
    Row{PublishRefusal::kServerError, -1, 2207001, "Instagram server error. Try again.", "", ""},
    Row{PublishRefusal::kFatal, -1, 2207085, "Fatal", "", ""},
    // Texts of the reference; it has neither titles nor messages for them.
    Row{PublishRefusal::kAudioTwoUsers, 100, 9050, "Invalid parameter", "",
        "Provide either user_id or ig_user_id, not both."},
    Row{PublishRefusal::kAudioPurpose, 100, 9052, "Invalid parameter", "",
        "Missing or invalid purpose for product=ADS."},
    Row{PublishRefusal::kAudioModeMissing, 100, 9056, "Invalid parameter", "",
        "Missing required parameter audio_replacement_mode."},
    Row{PublishRefusal::kAudioModeUnknown, 100, 9057, "Invalid parameter", "", "Invalid audio_replacement_mode value."},
    Row{PublishRefusal::kAudioQueryMissing, 100, 9058, "Invalid parameter", "",
        "Missing required parameter search_query."},
    Row{PublishRefusal::kAudioQueryUnwanted, 100, 9060, "Invalid parameter", "",
        "The search_query parameter is only valid when audio_replacement_mode=search."},
    Row{PublishRefusal::kAudioMediumMissing, 100, 9054, "Invalid parameter", "",
        "The ig_media_id parameter is required."},
    Row{PublishRefusal::kAudioNoReel, 100, 9062, "Invalid parameter", "",
        "The supplied ig_media_id refers to a non-Reel media."},
    Row{PublishRefusal::kAudioNoCopyright, 100, 9055, "Invalid parameter", "",
        "This media does not contain copyrighted licensed music."},
    Row{PublishRefusal::kAudioPartnershipCode, 100, 9063, "Invalid parameter", "",
        "The supplied partnership_ad_code is invalid or expired."},
    Row{PublishRefusal::kAudioPartnershipDiffers, 100, 9064, "Invalid parameter", "",
        "The supplied partnership_ad_code does not match the ig_media_id."},
    Row{PublishRefusal::kAudioGate, 10, 9053, "(#10) Application does not have permission for this action", "",
        "Ads audio swap discovery is not yet available.", 403},
    Row{PublishRefusal::kAdsPermission, 200, 0,
        "(#200) The calling app is missing the ads_management permission for the target.", "", "", 403},
};

const Row& row_of(PublishRefusal refusal) {
    for (const Row& row : kRows) {
        if (row.refusal == refusal) return row;
    }
    std::abort(); // every enumerator has a row; a test asks for each
}

} // namespace

GraphError make_publish_error(PublishRefusal refusal, std::initializer_list<std::string_view> arguments) {
    const Row& row = row_of(refusal);
    GraphError error;
    error.status = row.status;
    error.type = "OAuthException";
    error.code = row.code;
    error.subcode = row.subcode;
    error.message = row.message;
    error.user_title = row.title;
    error.user_message = fill_in(row.text, arguments);
    return error;
}

std::unexpected<GraphError> refuse_publish(PublishRefusal refusal, std::initializer_list<std::string_view> arguments) {
    return std::unexpected(make_publish_error(refusal, arguments));
}

std::vector<PublishRefusal> all_publish_refusals() {
    std::vector<PublishRefusal> all;
    for (int i = 0; i <= static_cast<int>(PublishRefusal::kAdsPermission); ++i)
        all.push_back(static_cast<PublishRefusal>(i));
    return all;
}

} // namespace everlong::simulator
