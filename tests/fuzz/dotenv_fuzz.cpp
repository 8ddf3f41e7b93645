// Any bytes as a .env file, with a value to set: no crash; a file that was written reads back as that value; and the
// bytes before the first line that holds the key stay as they were (law 9).

#include <core/dotenv.hpp>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

constexpr std::string_view kKey = "TOKEN";

void demand(bool holds) {
    if (!holds) std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace everlong;
    if (size < 1) return 0;
    const std::size_t value_bytes = std::min<std::size_t>(data[0], size - 1);
    const std::string_view all(reinterpret_cast<const char*>(data) + 1, size - 1);
    const std::string value(all.substr(0, value_bytes));
    const std::string_view file = all.substr(value_bytes);

    const core::DotenvAssignment assignment{kKey, value};
    if (value.empty()) return 0;
    const auto written = core::set_values(file, {&assignment, 1});
    const auto before = core::parse_dotenv(file);
    if (!written) return 0;
    demand(before.has_value());

    const std::string_view text = written->reveal();
    const auto after = core::parse_dotenv(text);
    demand(after.has_value());
    const auto reading = after->read(kKey);
    demand(reading.has_value() && reading->occurrences >= 1);
    demand(reading->value.reveal() == value);

    // Setting the same value again changes nothing.
    const auto again = core::set_values(text, {&assignment, 1});
    demand(again.has_value() && again->reveal() == text);

    std::size_t first = file.size();
    for (const core::DotenvEntry& entry : before->entries()) {
        if (before->key_of(entry) == kKey) first = std::min<std::size_t>(first, entry.key_begin);
    }
    demand(text.substr(0, first) == file.substr(0, first));
    return 0;
}
