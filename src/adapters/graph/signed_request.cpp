#include <adapters/graph/detail/signed_request.hpp>

#include <adapters/graph/detail/json_edge.hpp>
#include <base/base64.hpp>
#include <base/digest.hpp>

namespace everlong::adapters::detail {
namespace {

// Those seen have some 200 bytes.
constexpr std::size_t kLimitBytes = 8 * 1024;

std::unexpected<Error> refused(std::string_view why) {
    return fail(Code::kSignedRequest, Fault::kRefused, std::string(why));
}

} // namespace

Result<ports::SignedCall> read_signed_request(std::string_view text, const Secret& app_secret, core::LoginPath login) {
    if (text.size() > kLimitBytes) return refused("it is too long");
    const auto dot = text.find('.');
    if (dot == std::string_view::npos) return refused("it has not two parts");
    const std::string_view payload = text.substr(dot + 1);
    const auto signature = from_base64url(text.substr(0, dot));
    if (!signature) return refused("its signature is damaged");
    // Over the second part exactly as it was sent, padding included.
    const Sha256 expected = hmac_sha256(app_secret.reveal(), payload);
    const Secret ours(std::string_view(reinterpret_cast<const char*>(expected.data()), expected.size()));
    if (!ours.equals(Secret(*signature))) return refused("its signature is not that of the app's secret");

    const auto bytes = from_base64url(payload);
    const auto document = bytes ? parse_document(*bytes) : std::nullopt;
    const boost::json::object* object = document ? document->if_object() : nullptr;
    if (object == nullptr) return refused("what is signed is no JSON object");
    if (read_text(find_member(*object, "algorithm")) != "HMAC-SHA256") return refused("its algorithm is another one");
    auto user_id = read_id(find_member(*object, "user_id"));
    const auto issued_at = read_integer(find_member(*object, "issued_at"));
    if (!user_id || !issued_at) return refused("it names no person or no time");
    constexpr std::int64_t kFarFuture = 4'102'444'800; // 2100
    if (*issued_at < 0 || *issued_at > kFarFuture) return refused("its time is none");
    return ports::SignedCall{*std::move(user_id), instant_from_unix_s(*issued_at), login};
}

} // namespace everlong::adapters::detail
