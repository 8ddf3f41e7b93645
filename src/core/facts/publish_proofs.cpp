#include <core/facts/publish_proofs.hpp>

#include <array>

namespace everlong::core {
namespace {

constexpr auto kAny = std::optional<int>{};
constexpr auto kNoProof = std::optional<Unpublished>{};

// clang-format off
constexpr std::array kProofs{
    PublishProof{9007, 9007, 2207027, Unpublished::kNotReady, "5.4, 8.5: not FINISHED"},
    PublishProof{9, 9, 2207042, Unpublished::kQuota, "5.4, 7.3: refused at the publish step for the quota"},
    PublishProof{24, 24, 2207008, Unpublished::kGone, "5.4, 8.5: unknown or expired"},
    PublishProof{4, 4, 2207051, kNoProof, "5.4: 'looks like spam' came for posts that were live (faults, row 51)"},
    PublishProof{4, 4, kAny, Unpublished::kRateLimited, "5.2, 7.1: refused before the call is carried out"},
    PublishProof{17, 17, kAny, Unpublished::kRateLimited, "5.2, 7.1"},
    PublishProof{32, 32, kAny, Unpublished::kRateLimited, "5.2, 7.1"},
    PublishProof{613, 613, kAny, Unpublished::kRateLimited, "5.2, 7.1"},
    PublishProof{80001, 80002, kAny, Unpublished::kRateLimited, "5.2, 7.2"},
    PublishProof{190, 190, kAny, Unpublished::kConnection, "5.3: the token is judged before the call"},
    PublishProof{102, 102, kAny, Unpublished::kConnection, "5.2: as 190"},
    PublishProof{104, 104, kAny, Unpublished::kConnection, "5.2: no token, so nobody in whose name to publish"},
    PublishProof{10, 10, kAny, Unpublished::kConnection, "5.2: the permission is judged before the call"},
    PublishProof{200, 299, kAny, Unpublished::kConnection, "5.2, 5.4: permission or task"},
    PublishProof{100, 100, 33, kNoProof, "11.9: said of good ids for days"},
    PublishProof{100, 100, kAny, Unpublished::kRefused, "5.2: parameters are judged before the call"},
};
// clang-format on

bool is_limit(Unpublished meaning) {
    return meaning == Unpublished::kRateLimited || meaning == Unpublished::kQuota || meaning == Unpublished::kNotReady;
}

std::optional<Unpublished> proof_of_meta(const Upstream& upstream) {
    // A 5xx is a fault on Meta's side, whatever its body says; a 2xx with an error has done something.
    if (upstream.http_status < 400 || upstream.http_status >= 500) return std::nullopt;
    for (const PublishProof& row : kProofs) {
        if (upstream.code < row.first_code || upstream.code > row.last_code) continue;
        if (row.subcode && *row.subcode != upstream.subcode) continue;
        if (!row.meaning) return std::nullopt;
        if (upstream.is_transient && !is_limit(*row.meaning)) return std::nullopt;
        return row.meaning;
    }
    return std::nullopt;
}

} // namespace

std::string_view to_text(Unpublished meaning) {
    switch (meaning) {
    case Unpublished::kNotSent: return "not-sent";
    case Unpublished::kNotReady: return "not-ready";
    case Unpublished::kGone: return "gone";
    case Unpublished::kQuota: return "quota";
    case Unpublished::kRateLimited: return "rate-limited";
    case Unpublished::kConnection: return "connection";
    case Unpublished::kRefused: return "refused";
    }
    return "refused";
}

std::span<const PublishProof> publish_proofs() {
    return kProofs;
}

std::optional<Unpublished> proves_unpublished(const Error& error) {
    if (const Upstream* upstream = error.upstream()) return proof_of_meta(*upstream);
    switch (error.code()) {
    // Errors of ports/graph_api.hpp that come before anything leaves.
    case Code::kUnreachable:
        return error.fault() == Fault::kTransient ? std::optional(Unpublished::kNotSent) : std::nullopt;
    case Code::kTls: return error.fault() == Fault::kRefused ? std::optional(Unpublished::kNotSent) : std::nullopt;
    case Code::kTokenMissing:
    case Code::kTokenMalformed:
        return error.fault() == Fault::kUsage ? std::optional(Unpublished::kConnection) : std::nullopt;
    default: return std::nullopt;
    }
}

} // namespace everlong::core
