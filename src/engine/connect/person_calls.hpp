#pragma once
// Meta's own calls about a person: the app was removed, or data are to be deleted. They disconnect nothing by themselves:
// the channels that may be meant are looked at at once, and only Meta's answer about the token is a verdict (law 4).

#include <engine/lifecycle/world.hpp>
#include <ports/login_store.hpp>

#include <map>
#include <string>
#include <string_view>

namespace everlong::engine {

class PersonCalls {
public:
    PersonCalls(World& world, ports::LoginStore& logins) : world_(world), logins_(logins) {}

    // Gives a code that names the call. The same call again (Meta repeats what it got no answer to) does nothing more and
    // gives the same code. Error kSignedRequest (kRefused): not signed by Meta, older than a day, or of the future.
    Task<std::string> hear(std::string signed_request, std::string action);

private:
    Task<void> look_now(std::string channel_name, const std::string& action, const std::string& code);

    World& world_;
    ports::LoginStore& logins_;
    std::map<std::string, Instant> heard_; // by code, as long as the call could come again
};

} // namespace everlong::engine
