#pragma once
// The questions that Meta's fetcher would ask of any address, and what is wrong with the answers, in words.

#include <async/task.hpp>
#include <core/publishing/media_address.hpp>
#include <core/publishing/media_facts.hpp>
#include <http/client.hpp>

#include <string>

namespace everlong::adapters::detail {

// kMediaAddress (kRefused).
std::unexpected<Error> trouble(std::string why);

// The errors of http::Client as those of ports::MediaHost, for requests that may be repeated: a certificate that cannot be
// verified is kMediaAddress (kRefused); a host that cannot be reached, or does not answer, kMediaAddress (kTransient), which
// names it: it is not Meta.
Result<http::Response> in_words(const std::string& host, Result<http::Response> answer);

class Probe {
public:
    // `client` outlives it. In a rehearsal a simulator on this machine fetches: its addresses are good.
    Probe(http::Client& client, bool is_rehearsal) : client_(client), is_rehearsal_(is_rehearsal) {}

    // ports::MediaHost::probe(). No error quotes what stands behind an address's '?'.
    Task<void> run(std::string url, core::MediumType type);

private:
    Task<void> check_robots(const core::MediaAddress& address);
    Task<http::Response> ask(const core::MediaAddress& address);
    Task<http::Response> ask_piece(const core::MediaAddress& address);
    Task<void> check_picture(const core::MediaAddress& address, const http::Response& answer);

    http::Client& client_;
    bool is_rehearsal_;
};

} // namespace everlong::adapters::detail
