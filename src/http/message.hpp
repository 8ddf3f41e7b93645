#pragma once
// Our own request and response: plain values that handlers take and give. Beast and curl stay in .cpp files.

#include <base/result.hpp>
#include <base/time.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace everlong::http {

class BodyStream; // http/body_stream.hpp
class BodyTaker;  // http/body_taker.hpp

// Header fields in order of arrival; names compare without case. All of them stand in one text, in the form in which they
// are sent: two allocations a message in place of several a field. Views of it hold until the next change, and must not
// be given back to add() or set().
class Headers {
public:
    using Field = std::pair<std::string_view, std::string_view>;

    void add(std::string_view name, std::string_view value);
    // Replaces every field of that name.
    void set(std::string_view name, std::string_view value);
    // Every field of that name.
    void remove(std::string_view name);
    // The first field of that name.
    std::optional<std::string_view> find(std::string_view name) const;
    std::vector<Field> fields() const;
    // "Name: value\r\n" of every field, whatever stands in it.
    std::string_view lines() const { return lines_; }
    // Room for that many bytes of lines.
    void reserve(std::size_t bytes);

private:
    struct Place {
        std::size_t name = 0;
        std::size_t value = 0;
        std::size_t end = 0;
    };
    Field at(const Place& place) const;

    std::string lines_;
    std::vector<Place> places_;
};

struct Request {
    std::string method; // upper case, as sent
    std::string target; // as sent: path and query, not decoded. May hold secrets: never logged.
    Headers headers;
    std::string body;                 // at most Limits::body_bytes
    std::shared_ptr<BodyTaker> taker; // has taken the body; null: it is in `body`
    bool is_local = false;            // came by the Unix socket, or from inside the process: whoever sent it is admin
    bool is_head_only() const { return method == "HEAD"; }

    // The target up to '?', as sent.
    std::string_view raw_path() const;
    // The target behind '?', as sent; empty without one.
    std::string_view raw_query() const;
};

// What becomes of a response on its way out. Everything but kWhole serves the simulator's faults.
enum class Transmission {
    kWhole,
    kDrop,     // the connection is closed without a byte
    kTruncate, // head with the full Content-Length, then only `transmit_bytes` of the body, then close
    kReset,    // the connection is reset (RST) without a byte
    kSlow,     // the body goes out one byte at a time, `slow_step` apart
};

struct Response {
    int status = 200;
    Headers headers;
    std::string body;
    std::shared_ptr<BodyStream> stream; // in place of `body`; goes out whole, whatever `transmission` says
    // Where it is known: what Content-Length says of the stream, which then goes out as it is and not in chunks. A stream
    // that gives less ends the connection; what it gives beyond is not sent.
    std::optional<std::uint64_t> stream_length;
    Transmission transmission = Transmission::kWhole;
    std::size_t transmit_bytes = 0;
    Milliseconds slow_step{0};
    std::optional<std::size_t>
        claimed_length; // what Content-Length says in place of the truth; the connection then ends
    bool closes_connection = false;
};

// Name-value pairs of a query or an application/x-www-form-urlencoded body, decoded ('+' is a blank), in order.
using Parameters = std::vector<std::pair<std::string, std::string>>;

// Broken escapes are kept as they are, as most servers do.
Parameters parse_form(std::string_view text);

} // namespace everlong::http
