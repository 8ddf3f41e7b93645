#include <adapters/media_host/detail/s3_signature.hpp>

#include <base/digest.hpp>
#include <base/percent.hpp>

#include <utility>
#include <variant>

namespace everlong::adapters::detail {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";
constexpr std::string_view kService = "s3";
constexpr std::string_view kEnd = "aws4_request";

std::string hex(const Sha256& digest) {
    return to_hex(digest.data(), digest.size());
}

Secret keyed(const Secret& key, std::string_view message) {
    Sha256 digest = hmac_sha256(key.reveal(), message);
    Secret result(std::string_view(reinterpret_cast<const char*>(digest.data()), digest.size()));
    wipe_memory(digest.data(), digest.size());
    return result;
}

// "20130524T000000Z"
std::string stamp_of(Instant at) {
    std::string text = to_rfc3339(std::chrono::floor<Seconds>(at));
    std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
    return text;
}

Secret signing_key(const S3Bucket& bucket, std::string_view day) {
    std::string first = "AWS4";
    first.reserve(first.size() + bucket.secret_access_key.size()); // growing would leave a copy behind
    first += bucket.secret_access_key.reveal();
    Secret key = Secret::take(std::move(first));
    for (const std::string_view part : {day, std::string_view(bucket.region), kService, kEnd})
        key = keyed(key, part);
    return key;
}

struct Place {
    std::string host; // with its port, as the Host header has it
    std::string path;
    std::string url;
};

Place place_of(const S3Bucket& bucket, std::string_view key) {
    const std::size_t scheme_end = bucket.endpoint.find("://") + 3;
    const std::string scheme = bucket.endpoint.substr(0, scheme_end);
    const std::string rest = bucket.endpoint.substr(scheme_end);
    Place place{rest.substr(0, rest.find('/')), rest.substr(std::min(rest.find('/'), rest.size())), {}};
    if (bucket.is_path_style) {
        place.path += '/' + bucket.name;
    } else {
        place.host = bucket.name + '.' + place.host;
    }
    place.path.append("/").append(key);
    place.url = scheme + place.host + place.path;
    return place;
}

std::string encoded(const std::vector<http::OutgoingParameter>& query) {
    std::string text;
    for (const auto& [name, value] : query) {
        const auto* secret = std::get_if<Secret>(&value);
        if (!text.empty()) text += '&';
        text += percent_encode(name) + '=' +
                percent_encode(secret != nullptr ? std::string_view(secret->reveal())
                                                 : std::string_view(std::get<std::string>(value)));
    }
    return text;
}

} // namespace

std::string SignedAddress::text() const {
    return url + '?' + encoded(query);
}

SignedAddress sign(const S3Bucket& bucket, const S3Question& question) {
    const Place place = place_of(bucket, question.key);
    const std::string stamp = stamp_of(question.at);
    const std::string day = stamp.substr(0, 8);
    const std::string scope = day + '/' + bucket.region + '/' + std::string(kService) + '/' + std::string(kEnd);
    const bool has_type = !question.content_type.empty();
    const std::string signed_headers = has_type ? "content-type;host" : "host";

    SignedAddress address{place.url, {}};
    address.query.reserve(6);
    // In the order of their names, in which they are signed.
    address.query.emplace_back("X-Amz-Algorithm", std::string(kAlgorithm));
    address.query.emplace_back("X-Amz-Credential", bucket.access_key_id + '/' + scope);
    address.query.emplace_back("X-Amz-Date", stamp);
    address.query.emplace_back("X-Amz-Expires", std::to_string(question.lifetime.count()));
    address.query.emplace_back("X-Amz-SignedHeaders", signed_headers);

    std::string request = question.method + '\n' + place.path + '\n' + encoded(address.query) + '\n';
    if (has_type) request += "content-type:" + question.content_type + '\n';
    request += "host:" + place.host + "\n\n" + signed_headers + "\nUNSIGNED-PAYLOAD";
    const std::string to_sign = std::string(kAlgorithm) + '\n' + stamp + '\n' + scope + '\n' + hex(sha256(request));
    const Secret key = signing_key(bucket, day);
    address.query.emplace_back("X-Amz-Signature", Secret::take(hex(hmac_sha256(key.reveal(), to_sign))));
    return address;
}

} // namespace everlong::adapters::detail
