#pragma once
// Meta's answers to what publishing asks, read into the port's types (facts/graph-api.md, 8). Pure, like answers.hpp.

#include <adapters/graph/detail/answers.hpp>
#include <adapters/graph/detail/envelope.hpp>
#include <ports/publish_api.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace everlong::adapters::detail {

struct MediaPart {
    std::vector<ports::PublishedMedium> media;
    NextPage next;
};

// `is_upload`: then an address for the bytes must have come (whose it is, is for others to check).
Result<ports::MadeContainer> read_made_container(const Asked& asked, Answer answer, bool is_upload);
// `{"id":"..."}` of a publish call or a comment.
Result<std::string> read_made_id(const Asked& asked, Answer answer);
// Success or failure by the body, whatever the status (8.6). kUpstream (kTransient): Meta says the same may work later.
// kGraph (kRefused): this upload will not succeed.
Result<void> read_uploaded(const Asked& asked, Answer answer);
Result<ports::ContainerReport> read_container(const Asked& asked, Answer answer, std::string_view id);
Result<MediaPart> read_media(const Asked& asked, Answer answer);
Result<ports::PublishedMedium> read_medium(const Asked& asked, Answer answer, std::string_view id);

} // namespace everlong::adapters::detail
