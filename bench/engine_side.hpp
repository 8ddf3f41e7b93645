#pragma once
// Everlong's side: the engine that ships, on its own Graph client, SQLite store and master key. A renewal is all that
// engine::refresh does: intent on disk, the refresh call, pending, the check by /me, promotion, audit.

#include "measure.hpp"
#include "simulator_process.hpp"

#include <boost/asio/io_context.hpp>

#include <filesystem>
#include <memory>
#include <vector>

namespace everlong::bench {

class EngineSide {
public:
    // A new store in `directory`, with one channel for each token.
    EngineSide(boost::asio::io_context& io, http::Client& client, const std::string& meta_base,
               const std::filesystem::path& directory, std::vector<MintedToken> tokens);
    ~EngineSide();
    EngineSide(const EngineSide&) = delete;
    EngineSide& operator=(const EngineSide&) = delete;

    // The calendar has moved.
    void advance(Seconds span);
    // Renews every channel once, `at_once` at the same time. Throws where one fails.
    Cost renew_all(std::size_t at_once);

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

// The Graph client alone: the two calls of a renewal, their answers read and checked, nothing recorded.
class GraphClientSide {
public:
    GraphClientSide(boost::asio::io_context& io, http::Client& client, const std::string& meta_base,
                    std::vector<MintedToken> tokens);
    ~GraphClientSide();
    GraphClientSide(const GraphClientSide&) = delete;
    GraphClientSide& operator=(const GraphClientSide&) = delete;

    Cost renew_all(std::size_t at_once);

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

} // namespace everlong::bench
