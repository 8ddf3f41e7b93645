#pragma once
// Ids of different things are different types, so that a Page's id cannot be passed where an account's is wanted.
// Meta's ids are decimal text of up to 64 bits and stay text (facts/graph-api.md, 10.3).

#include <compare>
#include <cstdint>
#include <string>
#include <utility>

namespace everlong {

template <class Tag>
class StrongText {
public:
    StrongText() = default;
    explicit StrongText(std::string text) : text_(std::move(text)) {}
    const std::string& text() const { return text_; }
    bool is_empty() const { return text_.empty(); }
    auto operator<=>(const StrongText&) const = default;

private:
    std::string text_;
};

template <class Tag>
class StrongNumber {
public:
    StrongNumber() = default;
    explicit StrongNumber(std::int64_t number) : number_(number) {}
    std::int64_t number() const { return number_; }
    auto operator<=>(const StrongNumber&) const = default;

private:
    std::int64_t number_ = 0;
};

// A channel's number in the store; its name can change, this cannot.
using ChannelId = StrongNumber<struct ChannelIdTag>;
// An Instagram professional account's number, usually beginning 17841.
using IgUserId = StrongText<struct IgUserIdTag>;
// "sha256:" and 12 hex digits: the only form in which a token is shown, logged or compared in public.
using Fingerprint = StrongText<struct FingerprintTag>;

} // namespace everlong
