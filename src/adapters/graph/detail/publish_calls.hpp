#pragma once
// ports::PublishApi, call by call. The intents that its two dangerous calls want have been shown by then.

#include <adapters/graph/detail/caller.hpp>
#include <ports/publish_api.hpp>

#include <string>
#include <vector>

namespace everlong::adapters::detail {

class PublishCalls {
public:
    // `caller` must outlive the result.
    PublishCalls(Caller& caller, http::SlowestPace upload_pace) : caller_(caller), upload_pace_(upload_pace) {}

    Task<ports::MadeContainer> make_container(const ports::Publisher& who, ports::ContainerOrder order);
    Task<void> send_bytes(const ports::Publisher& who, std::string upload_uri, ports::ByteSource& bytes,
                          std::uint64_t offset);
    Task<ports::ContainerReport> container(const ports::Publisher& who, std::string container_id);
    Task<std::string> publish(const ports::Publisher& who, std::string container_id);
    Task<std::string> comment(const ports::Publisher& who, std::string media_id, std::string text);
    Task<std::vector<ports::PublishedMedium>> recent_media(const ports::Publisher& who, bool are_stories,
                                                           Instant since);
    Task<ports::PublishedMedium> medium(const ports::Publisher& who, std::string media_id);

private:
    Task<std::string> make(const core::CallFacts& call, const Secret& token, std::string id, std::string name,
                           std::string value);

    Caller& caller_;
    http::SlowestPace upload_pace_;
};

} // namespace everlong::adapters::detail
