#include <simulator/callbacks/signed_request.hpp>

#include <simulator/wire/call.hpp>
#include <simulator/wire/meta_json.hpp>

#include <base/digest.hpp>

#include <boost/json/object.hpp>

#include <algorithm>

namespace everlong::simulator {
namespace {

std::string to_base64url(std::string_view bytes) {
    std::string text = encode_base64(bytes);
    std::ranges::replace(text, '+', '-');
    std::ranges::replace(text, '/', '_');
    while (text.ends_with('='))
        text.pop_back();
    return text;
}

} // namespace

std::string make_signed_request(std::string_view secret, std::string_view user_id, Instant issued_at) {
    const boost::json::object payload{
        {"algorithm", "HMAC-SHA256"}, {"issued_at", to_unix_s(issued_at)}, {"user_id", user_id}};
    const std::string encoded = to_base64url(to_meta_json(payload));
    const Sha256 signature = hmac_sha256(std::string(secret), encoded);
    return to_base64url(std::string_view(reinterpret_cast<const char*>(signature.data()), signature.size())) + "." +
           encoded;
}

} // namespace everlong::simulator
