#pragma once
// Errors are values: Result<T> is T or an Error that says what failed, what its caller can do about it, and where.
// Nothing in an Error is secret: whoever builds one leaves tokens, codes and keys out.

#include <base/error_code.hpp>
#include <base/time.hpp>

#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace everlong {

// What the caller of a failed operation can do about it.
enum class Fault {
    kUsage,          // the input cannot be used: nothing was done, and the same input fails again
    kTransient,      // may pass by itself: try again later
    kRateLimited,    // will pass when the limit's window has moved on
    kNeedsConsent,   // a person has to act (log in again, grant, confirm) before it can work
    kRefused,        // the other side refuses for a reason that stays until somebody changes something
    kConflict,       // somebody else changed it or holds it: re-read, then decide again
    kLocal,          // this machine: disk, permissions, lock, key
    kCorrupt,        // what was read is not what was written, or not in its format
    kCancelled,      // we were told to stop
    kUnknownOutcome, // the request left and no whole answer came: it may or may not have had its effect
};

// What Meta's platform said, as far as it said anything. Source: facts/graph-api.md, 5.1.
struct Upstream {
    int http_status = 0;
    int code = 0;
    int subcode = 0; // 0: none was given
    std::string type;
    std::string message; // Meta's own words, with tokens removed
    std::string trace_id;
    bool is_transient = false;
    std::optional<Seconds> wait{}; // until a limit that was reached gives way, where Meta says so (7.2)
};

class Error {
public:
    // `detail`: the facts of this case in a sentence or half of one ("backend/.env, line 3"), without secrets.
    Error(Code code, Fault fault, std::string detail = {}) : code_(code), fault_(fault), detail_(std::move(detail)) {}
    Error(Code code, Fault fault, std::string detail, Upstream upstream)
        : code_(code), fault_(fault), detail_(std::move(detail)),
          upstream_(std::make_shared<const Upstream>(std::move(upstream))) {}

    Code code() const { return code_; }
    Fault fault() const { return fault_; }
    const std::string& detail() const { return detail_; }
    const std::string& where() const { return where_; }
    // Null where Meta's platform was not asked or did not answer with an error of its own.
    const Upstream* upstream() const { return upstream_.get(); }

    // The same error with one more place in front: error.in("refresh").in("shop") reads "shop: refresh".
    Error in(std::string_view place) const {
        Error copy = *this;
        copy.where_ = copy.where_.empty() ? std::string(place) : std::string(place) + ": " + copy.where_;
        return copy;
    }

    // For logs: "E_IO at refresh: store: cannot sync".
    std::string summary() const {
        std::string text(code_name(code_));
        if (!where_.empty()) text += " at " + where_;
        if (!detail_.empty()) text += ": " + detail_;
        return text;
    }

private:
    Code code_;
    Fault fault_;
    std::string detail_;
    std::string where_;
    std::shared_ptr<const Upstream> upstream_;
};

template <class T>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> fail(Code code, Fault fault, std::string detail = {}) {
    return std::unexpected<Error>(Error(code, fault, std::move(detail)));
}
inline std::unexpected<Error> fail(Error error) {
    return std::unexpected<Error>(std::move(error));
}

} // namespace everlong
