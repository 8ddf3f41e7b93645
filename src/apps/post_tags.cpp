#include <apps/post_tags.hpp>

#include <apps/terminal.hpp>

#include <charconv>
#include <string_view>

namespace everlong::apps {
namespace {

std::unexpected<Error> bad(const std::string& text, const std::string& why) {
    return fail(Code::kUsage, Fault::kUsage, "the tag '" + escaped(text) + "' " + why);
}

template <class Number>
std::optional<Number> number_of(std::string_view text) {
    Number number{};
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool is_all = problem == std::errc() && end == text.data() + text.size();
    return is_all ? std::optional(number) : std::nullopt;
}

std::optional<double> share_of(std::string_view text) {
    const auto share = number_of<double>(text);
    return share && *share >= 0 && *share <= 1 ? share : std::nullopt;
}

} // namespace

Result<WrittenTag> read_tag(const std::string& text, std::size_t items) {
    WrittenTag tag;
    std::string_view rest = text;
    // Neither a username nor a product's number has a colon.
    if (const auto colon = rest.find(':'); colon != std::string_view::npos) {
        const auto number = number_of<std::size_t>(rest.substr(0, colon));
        if (!number || *number < 1 || *number > items) {
            return bad(text, items == 1 ? "names another picture or video than the one that there is: 1"
                                        : "names no picture or video: they count from 1 to " + std::to_string(items));
        }
        tag.item = *number - 1;
        rest.remove_prefix(colon + 1);
    }
    if (rest.starts_with('@')) rest.remove_prefix(1);
    if (const auto at = rest.find('@'); at != std::string_view::npos) {
        const std::string_view place = rest.substr(at + 1);
        const auto comma = place.find(',');
        tag.x = share_of(place.substr(0, comma));
        if (comma != std::string_view::npos) tag.y = share_of(place.substr(comma + 1));
        if (!tag.x || !tag.y) return bad(text, "has no place: behind @ stand X,Y, both 0 to 1, for example @0.5,0.5");
        rest = rest.substr(0, at);
    }
    if (rest.empty()) return bad(text, "has no name");
    tag.name = rest;
    return tag;
}

} // namespace everlong::apps
