#pragma once
// What Meta tells of containers and published media, as far as decisions rest on it.

#include <core/publishing/post.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace everlong::core {

// (8.4, 8.6)
struct ContainerReport {
    ContainerStatus status = ContainerStatus::kUnknown;
    std::string text;                               // `status`, Meta's words
    std::optional<int> subcode;                     // 22070xx, read out of the text
    std::optional<std::uint64_t> bytes_transferred; // resumable uploads
    std::string video_phase; // of the processing: "not_started", "in_progress", "complete", "error"
};

// A published medium as lists and reads give it (8.7).
struct PublishedMedium {
    std::string id;
    std::string caption;
    std::string media_type;         // IMAGE, VIDEO, CAROUSEL_ALBUM
    std::string media_product_type; // FEED, REELS, STORY
    std::string permalink;
    std::optional<Instant> published_at; // whole seconds
    int children = 0;
};

} // namespace everlong::core
