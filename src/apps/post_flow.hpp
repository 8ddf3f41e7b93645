#pragma once
// What the commands of `post` share: files that are brought to wherever the API is, and a post that is watched, or, where no
// service runs, worked on, until nothing more happens with it.

#include <app/lasting_gateway.hpp>
#include <apps/command.hpp>

#include <boost/asio/io_context.hpp>

#include <functional>
#include <string>

namespace everlong::apps {

// A document of the API, whatever its status.
struct ApiReply {
    int status = 0;
    json::object body;   // empty where there was none
    std::string address; // Location
    bool is_error() const { return status >= 400; }
};

class PostFlow {
public:
    PostFlow(Session& session, boost::asio::io_context& context, app::Config config)
        : host_(context, std::move(config), session.log()), context_(context) {}

    // Errors: those of app::LastingGateway::open.
    Task<void> open() { return host_.open(std::nullopt); }
    Async<void> close() { return host_.close(); }
    bool has_service() const { return host_.has_service(); }

    // Errors: those of the gateway; kInternal where the answer is no JSON.
    Task<ApiReply> ask(std::string method, std::string target, json::object body = {});
    Task<ApiReply> send(app::ApiCall call);

    // The bytes of a file that is kept there. Errors: those of the gateway; kInternal where it is not given.
    Task<std::string> fetch(const std::string& id);

    // The id of a file of this machine that is brought there, or the address as it is. An answer that is an error comes as
    // such in the reply; kUsage (kUsage) where the file cannot be read.
    struct Brought {
        std::string source;
        std::optional<ApiReply> refused;
    };
    Task<Brought> bring(std::string file);

    // Until nothing more happens with the post by itself, or a person is asked. Without a service it is worked on here.
    Task<ApiReply> wait_for_end(std::string id);

private:
    app::LastingGateway host_;
    boost::asio::io_context& context_;
};

// The address of a post, or of what may be done with it ("/retry").
std::string post_target(const std::string& id, std::string_view rest = {});
// The post, or why there is none, as it is or for people; gives the exit code.
int tell_post(Session& session, const ApiReply& reply);
// Says that no service runs here, where the post needs one to go out.
void warn_without_service(const PostFlow& flow, const json::object& post);
// Is it http:// or https://?
bool is_address(std::string_view text);
// Is nothing to be expected of this state without a person? published, failed, cancelled, held, draft.
bool is_settled(std::string_view state);

// Runs `work` with a flow until its end or Ctrl-C, and gives its exit code; errors are told.
int run_post_flow(Session& session, const std::function<Task<int>(PostFlow&)>& work);

} // namespace everlong::apps
