#include <base/time.hpp>

#include <algorithm>
#include <array>
#include <cstdio>

namespace everlong {
namespace {

using namespace std::chrono;

constexpr std::array<const char*, 7> kWeekdays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<const char*, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

// Reads exactly `digits` decimal digits from the front of `text`.
std::optional<int> take_number(std::string_view& text, std::size_t digits) {
    if (text.size() < digits) return std::nullopt;
    int value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
        if (text[i] < '0' || text[i] > '9') return std::nullopt;
        value = value * 10 + (text[i] - '0');
    }
    text.remove_prefix(digits);
    return value;
}

bool take_char(std::string_view& text, char wanted) {
    if (text.empty() || text.front() != wanted) return false;
    text.remove_prefix(1);
    return true;
}

std::optional<Instant> make_instant(int y, int mo, int d, int h, int mi, int s, int ms) {
    const year_month_day date{year{y}, month{static_cast<unsigned>(mo)}, day{static_cast<unsigned>(d)}};
    if (!date.ok() || h > 23 || mi > 59 || s > 60) return std::nullopt;
    return Instant(sys_days(date).time_since_epoch() + hours(h) + minutes(mi) + seconds(s) + milliseconds(ms));
}

} // namespace

std::string to_rfc3339(Instant instant) {
    const auto day_start = floor<days>(instant);
    const year_month_day date(day_start);
    const hh_mm_ss clock(instant - day_start);
    std::array<char, 40> text{};
    const int ms = static_cast<int>(clock.subseconds().count());
    const int length = std::snprintf(
        text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(date.year()),
        static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
        static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()));
    std::string result(text.data(), static_cast<std::size_t>(length));
    if (ms != 0) {
        std::snprintf(text.data(), text.size(), ".%03d", ms);
        result += text.data();
    }
    return result + "Z";
}

std::optional<Instant> parse_rfc3339(std::string_view text) {
    const auto y = take_number(text, 4);
    if (!y || !take_char(text, '-')) return std::nullopt;
    const auto mo = take_number(text, 2);
    if (!mo || !take_char(text, '-')) return std::nullopt;
    const auto d = take_number(text, 2);
    if (!d || (!take_char(text, 'T') && !take_char(text, 't'))) return std::nullopt;
    const auto h = take_number(text, 2);
    if (!h || !take_char(text, ':')) return std::nullopt;
    const auto mi = take_number(text, 2);
    if (!mi || !take_char(text, ':')) return std::nullopt;
    const auto s = take_number(text, 2);
    if (!s) return std::nullopt;

    int ms = 0;
    if (take_char(text, '.')) {
        int scale = 100;
        if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;
        while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
            ms += (text.front() - '0') * scale;
            scale /= 10;
            text.remove_prefix(1);
        }
    }

    minutes offset{0};
    if (!take_char(text, 'Z') && !take_char(text, 'z')) {
        const bool is_behind = !text.empty() && text.front() == '-';
        if (!take_char(text, '-') && !take_char(text, '+')) return std::nullopt;
        const auto oh = take_number(text, 2);
        if (!oh || *oh > 23) return std::nullopt;
        take_char(text, ':');
        const auto om = take_number(text, 2);
        if (!om || *om > 59) return std::nullopt;
        offset = hours(*oh) + minutes(*om);
        if (is_behind) offset = -offset;
    }
    if (!text.empty()) return std::nullopt;
    const auto instant = make_instant(*y, *mo, *d, *h, *mi, *s, ms);
    if (!instant) return std::nullopt;
    return *instant - offset;
}

std::string to_http_date(Instant instant) {
    const auto day_start = floor<days>(instant);
    const year_month_day date(day_start);
    const hh_mm_ss clock(instant - day_start);
    // Digits are set by hand: every response has a date, and printf would be the dearest part of it.
    std::string text = "Thu, 01 Jan 1970 00:00:00 GMT";
    const auto put = [&text](std::size_t place, auto number) {
        text[place] = static_cast<char>('0' + number / 10);
        text[place + 1] = static_cast<char>('0' + number % 10);
    };
    const int four_digits = std::clamp(static_cast<int>(date.year()), 0, 9999);
    text.replace(0, 3, kWeekdays[weekday(day_start).c_encoding()]);
    put(5, static_cast<unsigned>(date.day()));
    text.replace(8, 3, kMonths[static_cast<unsigned>(date.month()) - 1]);
    put(12, four_digits / 100);
    put(14, four_digits % 100);
    put(17, clock.hours().count());
    put(20, clock.minutes().count());
    put(23, clock.seconds().count());
    return text;
}

std::optional<Instant> parse_http_date(std::string_view text) {
    const auto comma = text.find(", ");
    if (comma != 3) return std::nullopt;
    text.remove_prefix(5);
    const auto d = take_number(text, 2);
    if (!d || !take_char(text, ' ') || text.size() < 3) return std::nullopt;
    int mo = 0;
    for (std::size_t i = 0; i < kMonths.size(); ++i) {
        if (text.starts_with(kMonths[i])) mo = static_cast<int>(i) + 1;
    }
    if (mo == 0) return std::nullopt;
    text.remove_prefix(3);
    if (!take_char(text, ' ')) return std::nullopt;
    const auto y = take_number(text, 4);
    if (!y || !take_char(text, ' ')) return std::nullopt;
    const auto h = take_number(text, 2);
    if (!h || !take_char(text, ':')) return std::nullopt;
    const auto mi = take_number(text, 2);
    if (!mi || !take_char(text, ':')) return std::nullopt;
    const auto s = take_number(text, 2);
    if (!s || text != " GMT") return std::nullopt;
    return make_instant(*y, mo, *d, *h, *mi, *s, 0);
}

std::string humanize(Milliseconds span) {
    const auto say = [](long long count, const char* unit) {
        return std::to_string(count) + " " + unit + (count == 1 ? "" : "s");
    };
    if (span < Milliseconds(0)) span = -span;
    if (span >= days(2)) return say(duration_cast<days>(span).count(), "day");
    if (span >= hours(1)) return say(duration_cast<hours>(span).count(), "hour");
    if (span >= minutes(1)) return say(duration_cast<minutes>(span).count(), "minute");
    if (span >= seconds(1)) return say(duration_cast<seconds>(span).count(), "second");
    return "now";
}

} // namespace everlong
