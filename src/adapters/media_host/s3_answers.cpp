#include <adapters/media_host/detail/s3_answers.hpp>

#include <algorithm>
#include <array>
#include <optional>

namespace everlong::adapters::detail {
namespace {

// Longer than any code or region that there is.
constexpr std::size_t kLongestWord = 64;
// A refusal by somebody whose clock is so far from ours is about the clock, whatever it is called: to signed addresses S3
// says AccessDenied for "not valid yet" and "has expired", which begin at 15 minutes.
constexpr Milliseconds kClocksApart = Minutes(14);

// The text of an element of the answer's XML, where it is a plain word.
std::string word_in(std::string_view xml, std::string_view element) {
    const std::string open = "<" + std::string(element) + ">";
    const auto begin = xml.find(open);
    if (begin == std::string_view::npos) return {};
    xml.remove_prefix(begin + open.size());
    const std::string_view word = xml.substr(0, xml.find('<'));
    const bool is_plain =
        word.size() <= kLongestWord && std::ranges::all_of(word, [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
        });
    return is_plain ? std::string(word) : std::string();
}

enum class Cause { kKey, kSecret, kRights, kBucket, kClock, kRegion, kFull, kName, kMoment };

struct Row {
    std::string_view code;
    Cause cause;
};
constexpr std::array<Row, 23> kRows{{
    {"InvalidAccessKeyId", Cause::kKey},
    {"InvalidClientTokenId", Cause::kKey},
    {"UnrecognizedClientException", Cause::kKey},
    {"SignatureDoesNotMatch", Cause::kSecret},
    {"AccessDenied", Cause::kRights},
    {"AllAccessDisabled", Cause::kRights},
    {"AccountProblem", Cause::kRights},
    {"NoSuchBucket", Cause::kBucket},
    {"RequestTimeTooSkewed", Cause::kClock},
    {"PermanentRedirect", Cause::kRegion},
    {"TemporaryRedirect", Cause::kRegion},
    {"AuthorizationHeaderMalformed", Cause::kRegion},
    {"AuthorizationQueryParametersError", Cause::kRegion},
    {"IllegalLocationConstraintException", Cause::kRegion},
    {"InvalidRegion", Cause::kRegion},
    {"QuotaExceeded", Cause::kFull},
    {"XMinioStorageFull", Cause::kFull},
    {"InvalidBucketName", Cause::kName},
    {"SlowDown", Cause::kMoment},
    {"ServiceUnavailable", Cause::kMoment},
    {"InternalError", Cause::kMoment},
    {"RequestTimeout", Cause::kMoment},
    {"OperationAborted", Cause::kMoment},
}};

// By how much our clock is ahead of theirs, where the answer tells.
std::optional<Milliseconds> skew(const http::Response& answer, Instant signed_at) {
    const auto theirs = parse_http_date(answer.headers.find("Date").value_or(""));
    return theirs ? std::optional(signed_at - *theirs) : std::nullopt;
}

std::string clock_words(const http::Response& answer, Instant signed_at) {
    std::string words = "this machine's clock and that of the bucket's service are too far apart";
    if (const auto ahead = skew(answer, signed_at)) {
        words +=
            ": this one is " + (*ahead < Milliseconds(0) ? humanize(-*ahead) + " behind" : humanize(*ahead) + " ahead");
    }
    return words + "; set this machine's right (NTP)";
}

std::string region_words(const S3Bucket& bucket, const http::Response& answer) {
    std::string real(answer.headers.find("x-amz-bucket-region").value_or(""));
    if (real.empty()) real = word_in(answer.body, "Region");
    std::string words = "the bucket '" + bucket.name + "' is not served here for the region '" + bucket.region + "'";
    if (!real.empty() && real.size() <= kLongestWord && real != bucket.region) {
        return words + " but is in '" + real +
               "': set EVERLONG_S3_REGION to it, and EVERLONG_S3_ENDPOINT to its endpoint";
    }
    return words + ": compare EVERLONG_S3_REGION and EVERLONG_S3_ENDPOINT with what the bucket's page says";
}

std::string words_for(Cause cause, const S3Bucket& bucket, const http::Response& answer, Instant signed_at) {
    switch (cause) {
    case Cause::kKey: return "nobody there knows the key of EVERLONG_S3_ACCESS_KEY_ID: it was mistyped or deleted";
    case Cause::kSecret:
        return "the signature is wrong: EVERLONG_S3_SECRET_ACCESS_KEY is not the secret of EVERLONG_S3_ACCESS_KEY_ID "
               "(a part that is missing, a blank), or a proxy changes the address or the Host on the way";
    case Cause::kRights:
        return "the key of EVERLONG_S3_ACCESS_KEY_ID may not do this: allow it s3:PutObject and s3:GetObject on '" +
               bucket.name + "/everlong/*'";
    case Cause::kBucket:
        return "there is no bucket '" + bucket.name + "': make it, or put EVERLONG_S3_BUCKET right" +
               (bucket.is_path_style ? ""
                                     : " (a service that wants its name in the path: EVERLONG_S3_PATH_STYLE=true)");
    case Cause::kClock: return clock_words(answer, signed_at);
    case Cause::kRegion: return region_words(bucket, answer);
    case Cause::kFull: return "the bucket '" + bucket.name + "' or its owner's space is full";
    case Cause::kName: return "'" + bucket.name + "' (EVERLONG_S3_BUCKET) is no bucket's name there";
    case Cause::kMoment: return "it cannot serve at the moment";
    }
    return {};
}

Cause cause_of(int status) {
    if (status >= 300 && status < 400) return Cause::kRegion;
    if (status == 401 || status == 403) return Cause::kRights;
    return Cause::kMoment;
}

} // namespace

Error s3_refusal(const S3Bucket& bucket, const http::Response& answer, Instant signed_at) {
    const std::string code = word_in(answer.body, "Code");
    const int status = answer.status;
    const std::string said =
        "the bucket's service answers " + std::to_string(status) + (code.empty() ? "" : " " + code);
    const bool may_pass = status == 408 || status == 429 || status >= 500;
    const auto* row = std::ranges::find(kRows, code, &Row::code);
    const bool is_known = row != kRows.end();
    // A code that nobody here knows explains itself better than a guess by the status.
    const bool is_guessed = code.empty() && (status < 400 || status == 401 || status == 403);
    if (!is_known && !is_guessed) {
        if (may_pass) return {Code::kMediaAddress, Fault::kTransient, said};
        return {Code::kMediaAddress, Fault::kRefused,
                said + " to EVERLONG_S3_ENDPOINT: compare the EVERLONG_S3_ settings with what the bucket's page says"};
    }
    Cause cause = is_known ? row->cause : cause_of(status);
    const auto ahead = skew(answer, signed_at);
    if (cause == Cause::kRights && ahead && std::chrono::abs(*ahead) > kClocksApart) cause = Cause::kClock;
    const std::string detail = said + ": " + words_for(cause, bucket, answer, signed_at);
    if (cause == Cause::kMoment || (may_pass && cause != Cause::kFull)) {
        return {Code::kMediaAddress, Fault::kTransient, detail};
    }
    return {Code::kMediaAddress, Fault::kRefused, detail};
}

} // namespace everlong::adapters::detail
