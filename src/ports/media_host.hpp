#pragma once
// Where Meta fetches what it fetches by address: our own service under its public address, or a bucket.

#include <async/task.hpp>
#include <ports/post_store.hpp>

#include <string>

namespace everlong::ports {

class MediaHost {
public:
    virtual ~MediaHost() = default;
    // Is there a public address to show files from? kMediaAddress (kRefused), with what is missing in its detail. Asks nobody.
    virtual Result<void> has_address() const = 0;
    // An address good until then, unguessable; the file's bytes stand there when it returns. kMediaAddress (kRefused):
    // there is no public address to serve from, with what is missing in its detail.
    virtual Task<std::string> show(MediaFile file, Instant until) = 0;
    // Asks for an address as Meta's fetcher will, before a container is made. kMediaAddress (kRefused), with what is wrong
    // in its detail: localhost or private, a redirect, HTML (a tunnel's or login page), robots.txt, TLS, a wrong type or
    // length, a picture that is no JPEG. kMediaAddress (kTransient), which names the host, where it may be the moment's fault:
    // no such name, nobody there, no answer in time. Takes 35 seconds at most.
    virtual Task<void> probe(std::string url, core::MediumType type) = 0;
};

} // namespace everlong::ports
