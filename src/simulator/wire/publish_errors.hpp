#pragma once
// Refusals of publishing: one table of codes, subcodes, messages, and the title and text for people that come with them
// (graph-api.md, 5.4; clients.md, 29, 30). They answer a call, or stand later in a container's status.

#include <simulator/wire/errors.hpp>

#include <vector>

namespace everlong::simulator {

enum class PublishRefusal {
    kDownloadSlow,
    kMediaExpired,
    kCannotCreate,
    kUploadError,
    kCannotDelete,
    kThumbOffset,
    kSpam,
    kPublishQuota,
    kContainerQuota,
    kMediaNotFound,
    kUnknownCreation,
    kRestricted,
    kUnknownMediaType,
    kCarouselSize,
    kProductPositionOnVideo,
    kProductPositionMissing,
    kProductInvalid,
    kTooManyTags,
    kVideoFormat,
    kNotFetched,
    kNotReady,
    kImageSize,
    kImageFormat,
    kImageRatio,
    kCaptionLength,
    kVideoProcessing,
    kVideoDownload,
    kTrialReels,
    kSilentVideo,
    kCarouselItem,
    kServerError,
    kFatal,
    // Sounds: GET /ig_audio
    kAudioTwoUsers,
    kAudioPurpose,
    kAudioModeMissing,
    kAudioModeUnknown,
    kAudioQueryMissing,
    kAudioQueryUnwanted,
    kAudioMediumMissing,
    kAudioNoReel,
    kAudioNoCopyright,
    kAudioPartnershipCode,
    kAudioPartnershipDiffers,
    kAudioGate,
    kAdsPermission, // the last one
};

// As Meta answers it: error_user_title and error_user_msg where a source has them, and is_transient beside them.
GraphError make_publish_error(PublishRefusal refusal, std::initializer_list<std::string_view> arguments = {});
std::unexpected<GraphError> refuse_publish(PublishRefusal refusal,
                                           std::initializer_list<std::string_view> arguments = {});

// Every row once, for the tests.
std::vector<PublishRefusal> all_publish_refusals();

} // namespace everlong::simulator
