#pragma once
// A value that must not be seen: tokens, app secrets, login codes, keys. It cannot be copied by accident, printed,
// iterated or turned into a string; it is wiped when it goes. reveal() is the only way in, and easy to find by grep.

#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace everlong {

class Secret {
public:
    Secret() = default;
    explicit Secret(std::string_view text);
    // Takes the bytes and wipes the string they came in.
    static Secret take(std::string&& text);

    Secret(Secret&& other) noexcept;
    Secret& operator=(Secret&& other) noexcept;
    Secret(const Secret&) = delete;
    Secret& operator=(const Secret&) = delete;
    ~Secret();

    // A deliberate second copy.
    Secret clone() const;

    // Valid as long as this object lives and is not moved from.
    std::string_view reveal() const;
    bool is_empty() const { return length_ == 0; }
    std::size_t size() const { return length_; }

    // In constant time for equal lengths.
    bool equals(const Secret& other) const;

    template <class Stream>
    friend Stream& operator<<(Stream&, const Secret&) = delete;

private:
    void wipe();

    std::unique_ptr<char[]> bytes_;
    std::size_t length_ = 0;
};

// Overwrites memory that held a secret; the compiler does not remove it.
void wipe_memory(void* data, std::size_t size);
// Wipes the whole capacity of the string and empties it.
void wipe_string(std::string& text);

} // namespace everlong
