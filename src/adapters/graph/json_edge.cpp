#include <adapters/graph/detail/json_edge.hpp>

#include <core/facts/platform.hpp>
#include <core/graph_errors.hpp>

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/parser.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <new>
#include <set>

namespace everlong::adapters::detail {
namespace {

namespace json = boost::json;

constexpr std::int64_t kEarliestUnixS = 1'072'915'200; // 2004-01-01
constexpr std::int64_t kLatestUnixS = 4'102'444'800;   // 2100-01-01
constexpr std::size_t kIdDigits = 20;                  // 64 bits
constexpr std::size_t kScopeBytes = 100;

class WipingMemory final : public json::memory_resource {
    void* do_allocate(std::size_t size, std::size_t alignment) override {
        return ::operator new(size, std::align_val_t(alignment));
    }
    void do_deallocate(void* data, std::size_t size, std::size_t alignment) override {
        wipe_memory(data, size);
        ::operator delete(data, size, std::align_val_t(alignment));
    }
    bool do_is_equal(const json::memory_resource& other) const noexcept override { return this == &other; }
};

// Boost.JSON keeps the last of two equal keys; which one Meta meant nobody can know, so such a document is refused.
struct DuplicateKeys {
    static constexpr std::size_t max_object_size = std::size_t(-1);
    static constexpr std::size_t max_array_size = std::size_t(-1);
    static constexpr std::size_t max_key_size = std::size_t(-1);
    static constexpr std::size_t max_string_size = std::size_t(-1);

    std::vector<std::set<std::string>> objects;
    std::string key;

    bool on_document_begin(json::error_code&) { return true; }
    bool on_document_end(json::error_code&) { return true; }
    bool on_object_begin(json::error_code&) {
        objects.emplace_back();
        return true;
    }
    bool on_object_end(std::size_t, json::error_code&) {
        objects.pop_back();
        return true;
    }
    bool on_array_begin(json::error_code&) { return true; }
    bool on_array_end(std::size_t, json::error_code&) { return true; }
    bool on_key_part(json::string_view part, std::size_t, json::error_code&) {
        key.append(part.data(), part.size());
        return true;
    }
    bool on_key(json::string_view part, std::size_t, json::error_code& error) {
        key.append(part.data(), part.size());
        const bool is_new = objects.back().insert(key).second;
        key.clear();
        if (!is_new) error = json::error::syntax;
        return is_new;
    }
    bool on_string_part(json::string_view, std::size_t, json::error_code&) { return true; }
    bool on_string(json::string_view, std::size_t, json::error_code&) { return true; }
    bool on_number_part(json::string_view, json::error_code&) { return true; }
    bool on_int64(std::int64_t, json::string_view, json::error_code&) { return true; }
    bool on_uint64(std::uint64_t, json::string_view, json::error_code&) { return true; }
    bool on_double(double, json::string_view, json::error_code&) { return true; }
    bool on_bool(bool, json::error_code&) { return true; }
    bool on_null(json::error_code&) { return true; }
    bool on_comment_part(json::string_view, json::error_code&) { return true; }
    bool on_comment(json::string_view, json::error_code&) { return true; }
};

bool is_digits(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::string_view view_of(const json::string& text) {
    return {text.data(), text.size()};
}

bool is_scope(std::string_view text) {
    return !text.empty() && text.size() <= kScopeBytes && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    });
}

std::string_view trim(std::string_view text) {
    while (text.starts_with(' ')) {
        text.remove_prefix(1);
    }
    while (text.ends_with(' ')) {
        text.remove_suffix(1);
    }
    return text;
}

} // namespace

std::optional<json::value> parse_document(std::string_view text) {
    if (text.empty() || text.size() > kAnswerLimitBytes) return std::nullopt;
    json::parse_options options;
    options.max_depth = kAnswerDepth;
    json::error_code error;
    try {
        json::basic_parser<DuplicateKeys> keys(options);
        if (keys.write_some(false, text.data(), text.size(), error) != text.size() || error) return std::nullopt;

        const json::storage_ptr memory = json::make_shared_resource<WipingMemory>();
        json::parser parser(memory, options);
        parser.reset(memory);
        parser.write(json::string_view(text.data(), text.size()), error);
        if (error) return std::nullopt;
        return parser.release();
    } catch (const std::exception&) { // what a handler or the library cannot hold
        return std::nullopt;
    }
}

const json::value* find_member(const json::object& object, std::string_view name) {
    const json::value* value = object.if_contains(json::string_view(name.data(), name.size()));
    return value != nullptr && value->is_null() ? nullptr : value;
}

const json::object* find_object(const json::object& object, std::string_view name) {
    const json::value* value = find_member(object, name);
    return value == nullptr ? nullptr : value->if_object();
}

std::optional<std::string> read_id(const json::value* value) {
    if (value == nullptr) return std::nullopt;
    if (const auto* text = value->if_string()) {
        if (text->size() > kIdDigits || !is_digits(view_of(*text))) return std::nullopt;
        return std::string(view_of(*text));
    }
    if (const auto* number = value->if_int64(); number != nullptr && *number > 0) return std::to_string(*number);
    if (const auto* number = value->if_uint64()) return std::to_string(*number);
    return std::nullopt;
}

std::optional<std::int64_t> read_integer(const json::value* value) {
    if (value == nullptr) return std::nullopt;
    if (const auto* number = value->if_int64()) return *number;
    if (const auto* number = value->if_double()) {
        constexpr double kExact = 9'007'199'254'740'992.0; // 2^53: whole numbers below are exact
        if (!(std::fabs(*number) < kExact) || std::trunc(*number) != *number) return std::nullopt;
        return static_cast<std::int64_t>(*number);
    }
    if (const auto* text = value->if_string()) {
        std::int64_t number = 0;
        const char* end = text->data() + text->size();
        const auto [rest, problem] = std::from_chars(text->data(), end, number);
        if (problem != std::errc() || rest != end) return std::nullopt;
        return number;
    }
    return std::nullopt;
}

std::optional<bool> read_bool(const json::value* value) {
    if (value == nullptr) return std::nullopt;
    if (const auto* flag = value->if_bool()) return *flag;
    if (const auto* text = value->if_string()) {
        if (*text == "true") return true;
        if (*text == "false") return false;
    }
    return std::nullopt;
}

std::string read_text(const json::value* value) {
    const auto* text = value == nullptr ? nullptr : value->if_string();
    return text == nullptr ? std::string() : core::scrub(view_of(*text));
}

bool is_token_text(std::string_view text) {
    return !text.empty() && text.size() <= kTokenLimitBytes &&
           std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f; });
}

std::optional<Secret> read_token(const json::value* value) {
    const auto* text = value == nullptr ? nullptr : value->if_string();
    if (text == nullptr || !is_token_text(view_of(*text))) return std::nullopt;
    return Secret(view_of(*text));
}

std::optional<Seconds> read_lifetime(const json::value* value) {
    const auto seconds = read_integer(value);
    if (!seconds || *seconds <= 0 || *seconds > core::kLongestLifetime.count()) return std::nullopt;
    return Seconds(*seconds);
}

std::optional<Instant> read_instant(const json::value* value) {
    const auto seconds = read_integer(value);
    if (!seconds || *seconds < kEarliestUnixS || *seconds >= kLatestUnixS) return std::nullopt;
    return instant_from_unix_s(*seconds);
}

std::optional<std::vector<std::string>> read_scopes(const json::value* value) {
    if (value == nullptr) return std::nullopt;
    std::vector<std::string> scopes;
    if (const auto* array = value->if_array()) {
        for (const json::value& item : *array) {
            const auto* text = item.if_string();
            if (text == nullptr) return std::nullopt;
            if (is_scope(view_of(*text))) scopes.emplace_back(view_of(*text));
        }
        return scopes;
    }
    const auto* text = value->if_string();
    if (text == nullptr) return std::nullopt;
    std::string_view rest = view_of(*text);
    while (!rest.empty()) {
        const auto comma = rest.find(',');
        const std::string_view name = trim(rest.substr(0, comma));
        if (is_scope(name)) scopes.emplace_back(name);
        if (comma == std::string_view::npos) break;
        rest.remove_prefix(comma + 1);
    }
    return scopes;
}

} // namespace everlong::adapters::detail
