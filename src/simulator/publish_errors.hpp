#pragma once
// Refusals of publishing: one table of codes, subcodes, messages, and the title and text for people that come with them
// (graph-api.md, 5.4; clients.md, 29, 30). They answer a call, or stand later in a container's status.

#include <simulator/errors.hpp>

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
};

// As Meta answers it: error_user_title, error_user_msg and is_transient are always there.
GraphError make_publish_error(PublishRefusal refusal, std::initializer_list<std::string_view> arguments = {});
std::unexpected<GraphError> refuse_publish(PublishRefusal refusal,
                                           std::initializer_list<std::string_view> arguments = {});

// Every row once, for the tests.
std::initializer_list<PublishRefusal> all_publish_refusals();

} // namespace everlong::simulator
