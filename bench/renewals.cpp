// What a renewal costs: CPU time of Everlong's engine, all bookkeeping and the durable commits included, beside a bare
// libcurl loop that makes the same calls of the same simulator. Rounds are interleaved and change their order; medians.
//
// usage: renewals [CHANNELS [ROUNDS [DIRECTORY]]]     (200, 9, the system's directory for temporary files)

#include "curl_side.hpp"
#include "engine_side.hpp"
#include "measure.hpp"
#include "simulator_process.hpp"

#include <core/limits.hpp>

#include <support/run.hpp>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <functional>
#include <string>

#include <sys/resource.h>

namespace everlong::bench {
namespace {

// More than the 24 hours within which Meta renews a token only once.
constexpr Seconds kBetweenRounds = Hours(48);

// A directory that goes when the measurement has ended.
class Scratch {
public:
    explicit Scratch(const std::filesystem::path& parent) {
        std::string name = (parent / "everlong-bench-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr)
            throw std::runtime_error("cannot make a directory in " + parent.string());
        path_ = name;
    }
    ~Scratch() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

struct Contender {
    const char* name;
    std::function<Cost()> renew_all;
    std::vector<Cost> costs{};

    double middle(double Cost::* part) const {
        std::vector<double> values;
        for (const Cost& cost : costs)
            values.push_back(cost.*part);
        return median(std::move(values));
    }
};

// `contenders`: Everlong first.
void print(const std::vector<Contender>& contenders) {
    const double own_cpu = contenders.front().middle(&Cost::cpu_us);
    std::printf("%-42s %10s %22s %10s %20s\n", "per renewal, medians", "CPU us", "without store threads", "wall us",
                "its CPU / Everlong's");
    for (const Contender& contender : contenders) {
        const double cpu = contender.middle(&Cost::cpu_us);
        std::printf("%-42s %10.1f %22.1f %10.1f %20.2f\n", contender.name, cpu,
                    contender.middle(&Cost::this_thread_cpu_us), contender.middle(&Cost::wall_us), cpu / own_cpu);
    }
}

int measure(std::size_t channels, std::size_t rounds, const std::filesystem::path& parent) {
    SimulatorProcess simulator;
    const Scratch scratch(parent);
    boost::asio::io_context io(1);
    const auto client = http::Client::make(io.get_executor());

    const auto mint = [&](const std::string& prefix) {
        std::vector<MintedToken> tokens;
        for (std::size_t i = 0; i < channels; ++i) {
            tokens.push_back(simulator.mint(io, *client, prefix + std::to_string(i), Days(8)));
        }
        return tokens;
    };
    const std::size_t at_once = core::kChannelsAtOnce;
    EngineSide engine(io, *client, simulator.base(), scratch.path(), mint("engine"));
    GraphClientSide graph_client(io, *client, simulator.base(), mint("graph"));
    CurlSide same_calls(simulator.base(), mint("same"));
    CurlSide kept_connections(simulator.base(), mint("kept"));

    std::vector<Contender> contenders{
        {"Everlong: engine, store, sealing, audit", [&] { return engine.renew_all(at_once); }},
        {"Everlong's Graph client alone", [&] { return graph_client.renew_all(at_once); }},
        {"libcurl, connections as Everlong's",
         [&] { return same_calls.renew_all(at_once, RefreshOn::kNewConnection); }},
        {"libcurl, all connections kept",
         [&] { return kept_connections.renew_all(at_once, RefreshOn::kKeptConnection); }},
    };
    // One round more than is counted: caches, connections and the allocator settle.
    for (std::size_t round = 0; round <= rounds; ++round) {
        for (std::size_t i = 0; i < contenders.size(); ++i) {
            Contender& contender = contenders[(round + i) % contenders.size()];
            const Cost cost = contender.renew_all();
            if (round > 0) contender.costs.push_back(cost);
        }
        simulator.advance(io, *client, kBetweenRounds);
        engine.advance(kBetweenRounds);
    }

    const CallCounts counts = simulator.count_calls(io, *client);
    const auto expected = static_cast<std::int64_t>(channels * (rounds + 1) * contenders.size());
    if (counts.refreshes != expected || counts.me != expected) {
        std::fprintf(stderr,
                     "the sides did not make the same calls: %lld refreshes and %lld /me, %lld of each expected\n",
                     static_cast<long long>(counts.refreshes), static_cast<long long>(counts.me),
                     static_cast<long long>(expected));
        return 1;
    }
    std::printf("%zu channels, %zu rounds, %zu at once, store in %s\n", channels, rounds, at_once, parent.c_str());
    print(contenders);
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    std::printf("largest memory of the whole program: %ld KiB\n", usage.ru_maxrss);
    return 0;
}

} // namespace
} // namespace everlong::bench

int main(int count, char** arguments) {
    const auto number = [&](int place, std::size_t otherwise) {
        return count > place ? static_cast<std::size_t>(std::strtoul(arguments[place], nullptr, 10)) : otherwise;
    };
    const std::size_t channels = number(1, 200);
    const std::size_t rounds = number(2, 9);
    if (channels == 0 || rounds == 0) {
        std::fprintf(stderr, "usage: renewals [CHANNELS [ROUNDS [DIRECTORY]]]\n");
        return 2;
    }
    try {
        return everlong::bench::measure(channels, rounds,
                                        count > 3 ? arguments[3] : std::filesystem::temp_directory_path().c_str());
    } catch (const std::exception& problem) {
        std::fprintf(stderr, "renewals: %s\n", problem.what());
        return 1;
    }
}
