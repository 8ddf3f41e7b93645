#pragma once
// What a bucket's service refuses, in words: whose fault it is, and what to change.
// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html

#include <adapters/media_host/s3_bucket.hpp>
#include <base/result.hpp>
#include <http/message.hpp>

namespace everlong::adapters::detail {

// Of an answer that is no success to a request that was signed at `signed_at` by this machine's clock. kMediaAddress
// (kRefused); kUnreachable (kTransient) where it may pass by itself. Of the answer it quotes codes, a region and numbers
// only: the rest may repeat the signature.
Error s3_refusal(const S3Bucket& bucket, const http::Response& answer, Instant signed_at);

} // namespace everlong::adapters::detail
