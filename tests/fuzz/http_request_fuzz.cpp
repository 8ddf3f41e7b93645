// Any bytes on a connection, in pieces of any size: no crash, limits hold, a refusal has a status, and how the bytes were
// cut makes no difference to the requests that come out.

#include <http/request_reader.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

namespace {

using namespace everlong;
using Step = http::RequestReader::Step;

constexpr std::array kStatuses{400, 413, 414, 417, 431, 505};

void demand(bool holds) {
    if (!holds) std::abort();
}

// The requests read from all bytes, fed `piece` at a time, as text.
std::string read_all(std::string_view bytes, std::size_t piece) {
    http::ServerLimits limits;
    limits.header_bytes = 512;
    limits.target_bytes = 128;
    limits.body_bytes = 256;
    http::RequestReader reader(limits, true);
    std::string seen;
    for (;;) {
        const Step step = reader.advance();
        if (step == Step::kRefused) {
            demand(std::ranges::find(kStatuses, reader.refusal()) != kStatuses.end());
            return seen;
        }
        if (step == Step::kComplete) {
            const http::Request request = reader.take();
            demand(request.body.size() <= limits.body_bytes && request.target.size() <= limits.target_bytes);
            seen += request.method + " " + request.target + "\n" + request.body + "\n";
            continue;
        }
        if (bytes.empty()) return seen;
        const auto room = reader.prepare();
        demand(!room.empty());
        const std::size_t count = std::min({piece, room.size(), bytes.size()});
        std::memcpy(room.data(), bytes.data(), count);
        reader.commit(count);
        bytes.remove_prefix(count);
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 1) return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    demand(read_all(bytes, 1 + data[0] % 32) == read_all(bytes, bytes.size() + 1));
    return 0;
}
