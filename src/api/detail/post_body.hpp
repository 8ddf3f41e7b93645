#pragma once
// What callers say of a post, as a person would write it, and what it becomes: content and schedule. Members that are not
// there leave what `base` has, so that the same reads a new post and a change.

#include <api/json.hpp>
#include <core/publishing/post.hpp>
#include <core/publishing/preflight.hpp>
#include <ports/time_zones.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace everlong::api::detail {

// kHttpBody (kUsage) for another type than is taken, kUsage (kUsage) for a value that cannot be used; kMediaAddress
// (kRefused) for an address that cannot be one of media.
// `is_rehearsal`: a simulator on this machine fetches, so this machine's addresses are good.
Result<core::PostContent> read_content(const json::object& body, core::PostContent base, bool is_rehearsal);

// `at`: an instant (RFC 3339), or a wall clock's time on the clocks of `zone`, or, without one, of this machine. Neither
// of both and no `base`: now (so whoever must not mean that refuses null and "" before). kTimeSyntax, kZoneUnknown (kUsage).
Result<core::Schedule> read_schedule(const json::object& body, const core::Schedule* base,
                                     const ports::TimeZones& zones, Instant now);

// A flag that lets something go out: null is not taken as false, a script did not fill it in. kHttpBody (kUsage).
Result<bool> said_flag_of(const json::object& body, std::string_view name);

// `fix`: pictures that Meta would refuse are converted; `fit` ("crop", "pad") and `background` ("#ffffff") say how. Nothing
// where it is not asked for.
Result<std::optional<core::FixWish>> read_fix(const json::object& body);

// "2026-12-24T18:00:00+01:00" on the clocks of a zone as Schedule::wall_time has it: without the offset.
std::string without_offset(std::string_view wall_time);

// Members of a post's body, for only_members().
inline constexpr std::initializer_list<std::string_view> kPostMembers = {
    "channel",     "kind",          "media",        "caption", "at",  "zone", "draft",     "first_comment",
    "location_id", "collaborators", "ai_generated", "reel",    "fix", "fit",  "background"};

} // namespace everlong::api::detail
