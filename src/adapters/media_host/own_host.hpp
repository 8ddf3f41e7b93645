#pragma once
// Media shown by this service itself, under its public address (api/media.cpp serves them).

#include <http/client.hpp>
#include <ports/clock.hpp>
#include <ports/media_host.hpp>
#include <ports/random.hpp>

#include <functional>
#include <memory>
#include <string>

namespace everlong::adapters {

struct MediaHostOptions {
    // "https://everlong.example.org": what stands before "/media/…"; empty: nobody reaches us. Asked each time, as a port is
    // known only once it is listened on.
    std::function<std::string()> base;
    // A simulator fetches: private addresses and plain http are good.
    bool is_rehearsal = false;
};

// Everything outlives it.
std::unique_ptr<ports::MediaHost> make_own_media_host(ports::PostStore& store, ports::Random& random,
                                                      ports::Clock& clock, http::Client& client,
                                                      MediaHostOptions options);

} // namespace everlong::adapters
