#pragma once
// The world's wall clocks as they are, and a country besides that changes its law on the way.

#include <adapters/time_zones_date/time_zones.hpp>
#include <base/time.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace everlong::test {

class ChangingZones final : public ports::TimeZones {
public:
    // Like Berlin, until its law.
    static constexpr const char* kReform = "Test/Reform";

    struct Law {
        Instant from{};
        Milliseconds ahead{0}; // of UTC, from then on and for ever
    };
    // Known from now on.
    void enact(Law law) { law_ = law; }

    Result<ports::WallTime> resolve(const std::string& zone, const std::string& wall_time) const override;
    Result<std::string> wall_time(const std::string& zone, Instant instant) const override;
    std::string machine_zone() const override { return "Etc/UTC"; }
    std::vector<std::string> names() const override { return {kReform}; }
    std::string version() const override { return law_ ? "after the law" : "before the law"; }

private:
    std::unique_ptr<ports::TimeZones> real_ = adapters::make_time_zones();
    std::optional<Law> law_;
};

} // namespace everlong::test
