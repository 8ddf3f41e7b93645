#pragma once
// Passwords of people: hashed slowly on purpose, so that whoever copies the store cannot try words at speed.

#include <async/task.hpp>
#include <base/secret.hpp>

#include <string>

namespace everlong::ports {

class Passwords {
public:
    virtual ~Passwords() = default;
    // A text that verify() takes; another one each time (salt). Error kInternal (kLocal): no memory for it.
    virtual Task<std::string> hash(Secret password) = 0;
    // Is it the password of this hash? An empty hash (none was set) gives false and costs the same time, as does one that
    // is unreadable. Error kInternal (kLocal): no memory for it.
    virtual Task<bool> verify(Secret password, std::string hash) = 0;
};

} // namespace everlong::ports
