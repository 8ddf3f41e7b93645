// Any bytes as a .env file, with a value to set: no crash; a file that was written reads back as that value; and every
// byte but those of the value stays as it was (law 9).

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

// The bytes that no writing may change: all but the key's values. A blank that keeps a comment apart from a bare value
// may come in.
std::string foreign_bytes(std::string_view bytes, const everlong::core::Dotenv& file) {
    std::string foreign;
    std::size_t done = 0;
    for (const everlong::core::DotenvEntry& entry : file.entries()) {
        if (file.key_of(entry) != kKey) continue;
        foreign += bytes.substr(done, entry.raw_begin - done);
        done = entry.raw_end;
        if (entry.has_comment && bytes[done] == '#') foreign += ' ';
    }
    return foreign += bytes.substr(done);
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

    const std::string old_bytes = foreign_bytes(file, *before);
    std::string new_bytes = foreign_bytes(text, *after);
    demand(new_bytes.starts_with(old_bytes));
    new_bytes.erase(0, old_bytes.size());
    std::erase_if(new_bytes, [](char c) { return c == '\r' || c == '\n'; });
    demand(new_bytes.empty() || (new_bytes == "TOKEN=" && before->read(kKey)->occurrences == 0));
    return 0;
}
