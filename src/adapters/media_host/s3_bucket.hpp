#pragma once
// A bucket of S3 or of a service that speaks as S3 does, and who we are there.

#include <base/secret.hpp>

#include <string>

namespace everlong::adapters {

struct S3Bucket {
    // "https://s3.eu-central-1.amazonaws.com": scheme, host in lower case, port where it is not the scheme's own; then
    // perhaps a path of unreserved signs, without '/' at its end.
    std::string endpoint;
    std::string name;   // of small letters, digits, '-', '.', '_'
    std::string region; // "eu-central-1"; what a service without regions wants there ("auto")
    std::string access_key_id;
    Secret secret_access_key;
    // The bucket's name stands in the path, not before the host.
    bool is_path_style = false;

    // A deliberate second copy, with its secret.
    S3Bucket clone() const { return {endpoint, name, region, access_key_id, secret_access_key.clone(), is_path_style}; }
};

} // namespace everlong::adapters
