#pragma once
// The other side: the least that anybody could write. libcurl's multi interface makes the same two calls with the same
// parameters, picks the token out of the answer, keeps it in memory, and remembers, checks and records nothing else.

#include "measure.hpp"
#include "simulator_process.hpp"

#include <memory>
#include <string>
#include <vector>

namespace everlong::bench {

// Everlong sends a refresh on a connection of its own, because libcurl repeats a GET by itself when a kept one turns out
// to be closed, and a refresh must not be repeated.
enum class RefreshOn { kNewConnection, kKeptConnection };

class CurlSide {
public:
    CurlSide(const std::string& meta_base, std::vector<MintedToken> tokens);
    ~CurlSide();
    CurlSide(const CurlSide&) = delete;
    CurlSide& operator=(const CurlSide&) = delete;

    // Renews every token once, `at_once` at the same time. Throws where one fails.
    Cost renew_all(std::size_t at_once, RefreshOn connection);

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

} // namespace everlong::bench
