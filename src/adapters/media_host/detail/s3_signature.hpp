#pragma once
// AWS Signature Version 4 in its query form: "presigned" addresses.
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html

#include <adapters/media_host/s3_bucket.hpp>
#include <base/time.hpp>
#include <http/client.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace everlong::adapters::detail {

// No signature is good for longer.
inline constexpr Seconds kLongestSigned = Days(7);

struct S3Question {
    std::string method;
    std::string key;          // of unreserved signs and '/'
    std::string content_type; // signed, and to be sent as it is; empty: none is
    Instant at{};             // by the world's own clock
    Seconds lifetime{};       // 1 s to kLongestSigned
};

struct SignedAddress {
    std::string url;                            // may be logged
    std::vector<http::OutgoingParameter> query; // holds the signature

    // As one text. Whoever has it has the object: it is told to its fetcher, and never logged.
    std::string text() const;
};

SignedAddress sign(const S3Bucket& bucket, const S3Question& question);

} // namespace everlong::adapters::detail
