#include <adapters/time_zones_date/time_zones.hpp>

#include <date/tz.h>
#include <date/tz_private.h> // lets a zone be read anew: the library itself reads the machine's data once a process

#include <algorithm>
#include <array>
#include <charconv>
#include <exception>
#include <fstream>
#include <map>
#include <optional>

namespace everlong::adapters {
namespace {

namespace fs = std::filesystem;
using LocalSeconds = date::local_seconds;

constexpr std::string_view kUtc = "Etc/UTC";
// Of what is shown of a name that nobody knows.
constexpr std::size_t kShownBytes = 80;
// Instants are written with years of four digits.
constexpr int kFirstYear = 1970;
constexpr int kLastYear = 9998;

std::optional<int> number_at(std::string_view text, std::size_t at, std::size_t length) {
    if (at + length > text.size()) return std::nullopt;
    int value = 0;
    const char* begin = text.data() + at;
    const auto [end, problem] = std::from_chars(begin, begin + length, value);
    const bool is_plain = problem == std::errc() && end == begin + length && *begin != '-';
    return is_plain ? std::optional(value) : std::nullopt;
}

// "2026-12-24T18:00", with seconds or without, with 'T' or a blank.
std::optional<LocalSeconds> parse_wall_time(std::string_view text) {
    constexpr std::size_t kMinutes = 16;
    constexpr std::size_t kWithSeconds = 19;
    if (text.size() != kMinutes && text.size() != kWithSeconds) return std::nullopt;
    if (text[4] != '-' || text[7] != '-' || (text[10] != 'T' && text[10] != ' ') || text[13] != ':')
        return std::nullopt;
    if (text.size() == kWithSeconds && text[16] != ':') return std::nullopt;
    const auto year = number_at(text, 0, 4);
    const auto month = number_at(text, 5, 2);
    const auto day = number_at(text, 8, 2);
    const auto hour = number_at(text, 11, 2);
    const auto minute = number_at(text, 14, 2);
    const auto second = text.size() == kWithSeconds ? number_at(text, 17, 2) : std::optional(0);
    if (!year || !month || !day || !hour || !minute || !second) return std::nullopt;
    const date::year_month_day calendar{date::year(*year), date::month(static_cast<unsigned>(*month)),
                                        date::day(static_cast<unsigned>(*day))};
    if (!calendar.ok() || *year < kFirstYear || *year > kLastYear) return std::nullopt;
    if (*hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
    return LocalSeconds(date::local_days(calendar)) + Hours(*hour) + Minutes(*minute) + Seconds(*second);
}

void add_two_digits(std::string& text, long long value) {
    if (value < 10) text += '0';
    text += std::to_string(value);
}

// "+01:00"; the odd seconds of clocks long gone are told, too.
std::string offset_text(Seconds offset) {
    std::string text(offset < Seconds(0) ? "-" : "+");
    const date::hh_mm_ss parts(offset < Seconds(0) ? -offset : offset);
    add_two_digits(text, parts.hours().count());
    text += ':';
    add_two_digits(text, parts.minutes().count());
    if (parts.seconds() != Seconds(0)) {
        text += ':';
        add_two_digits(text, parts.seconds().count());
    }
    return text;
}

std::string read_version(const fs::path& file) {
    constexpr std::string_view kMark = "# version ";
    std::ifstream stream(file);
    std::string line;
    if (!std::getline(stream, line) || !line.starts_with(kMark)) return "unknown";
    return line.substr(kMark.size());
}

std::unexpected<Error> unknown_zone(std::string_view name) {
    return fail(Code::kZoneUnknown, Fault::kUsage, "'" + std::string(name.substr(0, kShownBytes)) + "'");
}

class DateTimeZones final : public ports::TimeZones {
public:
    explicit DateTimeZones(TimeZonePlaces places) : places_(std::move(places)) {
        for (const date::time_zone& zone : date::get_tzdb().zones)
            names_.push_back(zone.name());
        std::ranges::sort(names_);
    }

    Result<ports::WallTime> resolve(const std::string& zone, const std::string& wall_time) const override {
        const auto local = parse_wall_time(wall_time);
        if (!local) return fail(Code::kTimeSyntax, Fault::kUsage, "'" + wall_time.substr(0, kShownBytes) + "'");
        return with_zone(zone, [&](const date::time_zone& found) {
            const date::local_info info = found.get_info(*local);
            switch (info.result) {
            // What is skipped ends where the first offset ends.
            case date::local_info::nonexistent: return at(info.first.end, ports::WallTime::Oddity::kGap);
            case date::local_info::ambiguous: return at(*local, info.first, ports::WallTime::Oddity::kRepeat);
            default: return at(*local, info.first, ports::WallTime::Oddity::kNone);
            }
        });
    }

    Result<std::string> wall_time(const std::string& zone, Instant instant) const override {
        return with_zone(zone, [&](const date::time_zone& found) {
            const auto seconds = date::floor<Seconds>(instant);
            const Seconds offset = found.get_info(seconds).offset;
            std::string text = to_rfc3339(Instant(seconds + offset));
            text.pop_back(); // 'Z'
            return text + offset_text(offset);
        });
    }

    std::string machine_zone() const override {
        std::string named = places_.tz.starts_with(':') ? places_.tz.substr(1) : places_.tz;
        if (is_known(named)) return named;
        std::error_code problem;
        const std::string target = fs::read_symlink(places_.local_zone, problem).string();
        // ".../zoneinfo/Europe/Berlin"
        constexpr std::string_view kFolder = "zoneinfo/";
        const auto folder = target.rfind(kFolder);
        if (folder != std::string::npos) named = target.substr(folder + kFolder.size());
        return is_known(named) ? named : std::string(kUtc);
    }

    std::vector<std::string> names() const override { return names_; }
    std::string version() const override { return read_version(places_.version_file); }

private:
    static ports::WallTime at(date::sys_seconds instant, ports::WallTime::Oddity oddity) { return {instant, oddity}; }
    static ports::WallTime at(LocalSeconds local, const date::sys_info& info, ports::WallTime::Oddity oddity) {
        return {date::sys_seconds(local.time_since_epoch() - info.offset), oddity};
    }

    bool is_known(const std::string& name) const { return std::ranges::binary_search(names_, name); }

    // Names come from callers and become paths below the machine's data: only those that the library has listed are taken.
    template <class Use>
    auto with_zone(const std::string& name, Use use) const
        -> Result<std::invoke_result_t<Use, const date::time_zone&>> {
        if (!is_known(name)) return unknown_zone(name);
        try {
            return use(zone(name));
        } catch (const std::exception&) {
            return unknown_zone(name); // its file has gone, or is none
        }
    }

    // Read once, and again after the data have changed.
    const date::time_zone& zone(const std::string& name) const {
        std::error_code problem;
        const auto written = fs::last_write_time(places_.version_file, problem);
        if (written != written_) zones_.clear();
        written_ = written;
        const auto known = zones_.find(name);
        if (known != zones_.end()) return known->second;
        return zones_.emplace(name, date::time_zone(name, date::detail::undocumented{})).first->second;
    }

    TimeZonePlaces places_;
    std::vector<std::string> names_;
    mutable std::map<std::string, date::time_zone> zones_;
    mutable fs::file_time_type written_{};
};

} // namespace

std::unique_ptr<ports::TimeZones> make_time_zones(TimeZonePlaces places) {
    return std::make_unique<DateTimeZones>(std::move(places));
}

} // namespace everlong::adapters
