// Any bytes, however hostile, give one verdict in bounded time, and none of it repeats a secret from the text.
#include <core/explain.hpp>

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace everlong::core;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const Explanation first = explain(text);
    const bool is_told = !first.title.empty() && !first.what_happened.empty() && !first.what_to_do.empty();
    const bool is_unknown = first.cause == Cause::kUnknown;
    if (!is_told || is_unknown != !first.remedy || (is_unknown && !first.also.empty())) std::abort();
    for (const OtherCause& other : first.also) {
        if (other.cause == first.cause || other.how_to_tell.empty()) std::abort();
    }
    const Explanation second = explain(text);
    if (second.cause != first.cause || second.code != first.code || second.also.size() != first.also.size())
        std::abort();
    return 0;
}
