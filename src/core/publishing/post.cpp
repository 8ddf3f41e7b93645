#include <core/publishing/post.hpp>

#include <array>
#include <utility>

namespace everlong::core {
namespace {

constexpr std::array<std::string_view, 2> kMediumTypes{"image", "video"};
constexpr std::array<std::string_view, 4> kKinds{"image", "carousel", "reel", "story"};
constexpr std::array<std::string_view, 12> kStates{"draft",     "scheduled", "checking",   "containers",
                                                   "waiting",   "ready",     "publishing", "published",
                                                   "uncertain", "held",      "failed",     "cancelled"};
constexpr std::array<std::string_view, 6> kStatuses{"", "IN_PROGRESS", "FINISHED", "PUBLISHED", "ERROR", "EXPIRED"};

template <class Enum, std::size_t N>
std::optional<Enum> find_word(const std::array<std::string_view, N>& words, std::string_view text) {
    for (std::size_t i = 0; i < N; ++i) {
        if (words[i] == text) return static_cast<Enum>(i);
    }
    return std::nullopt;
}

} // namespace

std::string_view to_text(MediumType type) {
    return kMediumTypes[static_cast<std::size_t>(type)];
}

std::string_view to_text(PostKind kind) {
    return kKinds[static_cast<std::size_t>(kind)];
}

std::string_view to_text(PostState state) {
    return kStates[static_cast<std::size_t>(state)];
}

std::optional<PostKind> parse_post_kind(std::string_view text) {
    return find_word<PostKind>(kKinds, text);
}

std::optional<PostState> parse_post_state(std::string_view text) {
    return find_word<PostState>(kStates, text);
}

bool is_final(PostState state) {
    return state == PostState::kPublished || state == PostState::kFailed || state == PostState::kCancelled;
}

std::string_view to_text(ContainerStatus status) {
    return kStatuses[static_cast<std::size_t>(status)];
}

ContainerStatus parse_container_status(std::string_view text) {
    return find_word<ContainerStatus>(kStatuses, text).value_or(ContainerStatus::kUnknown);
}

} // namespace everlong::core
