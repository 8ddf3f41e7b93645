#pragma once
// Media shown from an S3-compatible bucket: brought there once, and shown by addresses that are signed and end. The bucket
// itself stays private. Objects are "everlong/" and the name in the file's row; nothing here removes them (a rule of the
// bucket does), and one that has gone is brought again.

#include <adapters/media_host/s3_bucket.hpp>
#include <http/client.hpp>
#include <ports/clock.hpp>
#include <ports/media_host.hpp>
#include <ports/media_shelf.hpp>
#include <ports/random.hpp>

#include <memory>

namespace everlong::adapters {

struct S3World {
    ports::PostStore& store;
    ports::MediaShelf& shelf;
    ports::Random& random;
    ports::Clock& clock; // on which addresses are to end
    ports::Clock& wall; // the world's own time, by which a bucket judges signatures even where `clock` is a simulator's
    http::Client& client;
};

// What the world refers to outlives it. In a rehearsal a bucket on this machine is good.
//
// Its show() gives addresses that are good for a week at most, whatever is asked for: no signature lives longer. The file is
// read on the client's executor. Errors besides those of ports::MediaHost: kIo (kLocal), kFileUnknown (kUsage) of the shelf,
// those of PostStore::save_file. What a bucket refuses is kMediaAddress (kRefused), with cause and remedy in its detail.
std::unique_ptr<ports::MediaHost> make_s3_media_host(const S3World& world, S3Bucket bucket, bool is_rehearsal);

} // namespace everlong::adapters
