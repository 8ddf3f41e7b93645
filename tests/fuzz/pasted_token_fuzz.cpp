// Any text as a pasted token: no crash; what is accepted is clean, so that cleaning it again takes nothing away.

#include <core/dotenv_token.hpp>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace everlong;
    const auto demand = [](bool holds) {
        if (!holds) std::abort();
    };
    const auto cleaned = core::clean_token({reinterpret_cast<const char*>(data), size});
    if (!cleaned) return 0;
    const std::string_view text = cleaned->text.reveal();
    demand(text.size() >= 20 && text.size() <= 4096);
    demand(std::ranges::all_of(text, [](unsigned char c) { return c > 0x20 && c < 0x7f; }));
    const auto again = core::clean_token(text);
    demand(again.has_value() && again->text.reveal() == text && again->repairs.empty());
    return 0;
}
