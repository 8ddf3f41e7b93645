#pragma once
// What publishing asks of Meta's platform, on both logins (facts/graph-api.md, 8). Errors, besides those that a method
// names, and how they are told apart, are those of ports/graph_api.hpp. No method repeats a call by itself.
//
// Calls are of three kinds (design rule C2). Reading may be repeated at any time. Making a container may be repeated with
// waste: an orphan ends after a day, unpublished. publish() and comment() must never be repeated blindly: they cannot be
// called without an intent, which only the store makes, once it is durable.

#include <async/task.hpp>
#include <base/secret.hpp>
#include <core/publishing/meta_answers.hpp>
#include <core/publishing/post.hpp>
#include <core/token.hpp>
#include <ports/publish_intent.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace everlong::ports {

// In whose name. `token` is that of the channel; it must outlive the call.
struct Publisher {
    core::LoginPath login = core::LoginPath::kFacebook;
    const Secret& token;
    IgUserId account;
};

enum class ContainerKind { kImage, kReel, kStoryImage, kStoryVideo, kItemImage, kItemVideo, kCarousel };

// Parameters of 8.1. Addresses are those that Meta fetches; a video without one is sent by resumable upload.
struct ContainerOrder {
    ContainerKind kind = ContainerKind::kImage;
    std::string media_url;
    std::string cover_url;
    std::vector<std::string> children;
    std::string caption;
    std::string alt_text;
    std::string location_id;
    std::vector<std::string> collaborators;
    std::vector<core::UserTag> user_tags;
    std::vector<core::ProductTag> product_tags;
    core::ReelSettings reel; // without its covers
    bool is_ai_generated = false;
};

struct MadeContainer {
    std::string id;
    std::string upload_uri; // only for resumable uploads
};

using core::ContainerReport;
using core::PublishedMedium;

// Bytes to be sent, read piece by piece. Not owned by the calls that read it.
class ByteSource {
public:
    virtual ~ByteSource() = default;
    virtual std::uint64_t size() const = 0;
    // At most `limit` bytes from `offset`; empty only at the end. kIo (kLocal): the file can no longer be read as it was.
    virtual Result<std::string> read(std::uint64_t offset, std::size_t limit) = 0;
};

class PublishApi {
public:
    virtual ~PublishApi() = default;

    virtual Task<MadeContainer> make_container(const Publisher& who, ContainerOrder order) = 0;
    // The bytes from `offset` on to the end, to the address that make_container gave (its host is checked: a token goes
    // nowhere else). Constant memory. kUnknownOutcome: ask container() how many arrived, and go on from there.
    virtual Task<void> send_bytes(const Publisher& who, std::string upload_uri, ByteSource& bytes,
                                  std::uint64_t offset) = 0;
    virtual Task<ContainerReport> container(const Publisher& who, std::string container_id) = 0;
    // Gives the media id. After any error but one of core::proves_unpublished() the post may be live.
    virtual Task<std::string> publish(const Publisher& who, std::string container_id, const PublishIntent& intent) = 0;
    virtual Task<std::string> comment(const Publisher& who, std::string media_id, std::string text,
                                      const PublishIntent& intent) = 0;
    // Newest first, at least those since then, as far as Meta lists them; stories are a list of their own.
    virtual Task<std::vector<PublishedMedium>> recent_media(const Publisher& who, bool are_stories, Instant since) = 0;
    virtual Task<PublishedMedium> medium(const Publisher& who, std::string media_id) = 0;
};

} // namespace everlong::ports
