#pragma once
// A small S3: one bucket behind signed addresses, whose signatures it computes by itself. What it refuses it refuses as S3
// does, with documents that repeat what was sent.

#include <base/digest.hpp>
#include <base/percent.hpp>
#include <base/time.hpp>
#include <unit/http/server_fixture.hpp>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace everlong::adapters {

class S3StandIn {
public:
    struct Object {
        std::string bytes;
        std::string type;
    };

    S3StandIn()
        : server_([this](http::Request request) -> Async<http::Response> { co_return answer(request); },
                  {.body_bytes = 8 * 1024 * 1024}, [this] { return now; }) {}

    std::string endpoint(const std::string& host = "127.0.0.1") const {
        return "http://" + host + ":" + std::to_string(server_.port());
    }
    int count(const std::string& method) const { return static_cast<int>(std::ranges::count(asked, method)); }

    Instant now = instant_from_unix_s(1'780'000'000);
    std::string bucket = "pictures";
    std::string region = "eu-central-1";
    std::string key_id = "AKIDEXAMPLE";
    std::string secret = "stand-in/secret+key";
    bool may_read = true;
    int broken_status = 0; // answers everything with it
    std::string moved_to;  // redirects everything
    std::map<std::string, Object> objects;
    std::vector<std::string> asked; // methods
    std::vector<std::string> signatures;

private:
    using Parameters = std::map<std::string, std::string>;

    static http::Response error(int status, const std::string& code, const std::string& more = {}) {
        http::Response response;
        response.status = status;
        response.headers.set("Content-Type", "application/xml");
        response.body = "<?xml version=\"1.0\"?><Error><Code>" + code + "</Code><Message>see the code</Message>" +
                        more + "</Error>";
        return response;
    }
    static std::string raw(const Sha256& digest) {
        return {reinterpret_cast<const char*>(digest.data()), digest.size()};
    }

    // As https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html has it.
    std::string signature_of(const http::Request& request, Parameters parameters) const {
        parameters.erase("X-Amz-Signature");
        std::ostringstream canonical;
        canonical << request.method << '\n' << request.raw_path() << '\n';
        std::string mark;
        for (const auto& [name, value] : parameters) {
            canonical << mark << percent_encode(name) << '=' << percent_encode(value);
            mark = "&";
        }
        canonical << '\n';
        std::istringstream names(parameters["X-Amz-SignedHeaders"]);
        for (std::string name; std::getline(names, name, ';');)
            canonical << name << ':' << request.headers.find(name).value_or("") << '\n';
        canonical << '\n' << parameters["X-Amz-SignedHeaders"] << "\nUNSIGNED-PAYLOAD";
        const std::string stamp = parameters["X-Amz-Date"];
        const std::string scope = stamp.substr(0, 8) + "/" + region + "/s3/aws4_request";
        const Sha256 digest = sha256(canonical.str());
        const std::string text =
            "AWS4-HMAC-SHA256\n" + stamp + "\n" + scope + "\n" + to_hex(digest.data(), digest.size());
        const std::string day = raw(hmac_sha256("AWS4" + secret, stamp.substr(0, 8)));
        const std::string key = raw(hmac_sha256(raw(hmac_sha256(raw(hmac_sha256(day, region)), "s3")), "aws4_request"));
        const Sha256 signature = hmac_sha256(key, text);
        return to_hex(signature.data(), signature.size());
    }

    // Status 200: nothing is wrong.
    http::Response judge(const http::Request& request) {
        Parameters parameters;
        for (const auto& [name, value] : http::parse_form(request.raw_query()))
            parameters[name] = value;
        signatures.push_back(parameters["X-Amz-Signature"]);
        if (parameters["X-Amz-Algorithm"] != "AWS4-HMAC-SHA256") return error(403, "AccessDenied");
        const std::string credential = parameters["X-Amz-Credential"];
        if (!credential.starts_with(key_id + "/")) return error(403, "InvalidAccessKeyId");
        if (!credential.contains("/" + region + "/")) {
            return error(400, "AuthorizationQueryParametersError", "<Region>" + region + "</Region>");
        }
        std::istringstream stamp(parameters["X-Amz-Date"]);
        std::chrono::sys_seconds signed_at;
        std::string text = stamp.str(); // "20130524T000000Z"
        if (text.size() != 16) return error(400, "AuthorizationQueryParametersError");
        text = text.substr(0, 4) + "-" + text.substr(4, 2) + "-" + text.substr(6, 5) + ":" + text.substr(11, 2) + ":" +
               text.substr(13);
        signed_at = std::chrono::floor<Seconds>(parse_rfc3339(text).value());
        const Seconds lifetime(std::atol(parameters["X-Amz-Expires"].c_str()));
        const bool is_early = signed_at - now > Minutes(15);
        if (is_early || lifetime > Days(7) || now >= signed_at + lifetime) return error(403, "AccessDenied");
        if (signature_of(request, parameters) != parameters["X-Amz-Signature"]) {
            return error(403, "SignatureDoesNotMatch",
                         "<SignatureProvided>" + parameters["X-Amz-Signature"] + "</SignatureProvided>");
        }
        return {};
    }

    http::Response answer(const http::Request& request) {
        const std::string path(request.raw_path());
        if (path == "/robots.txt") return error(403, "AccessDenied");
        asked.push_back(request.method);
        if (broken_status != 0) return error(broken_status, "SlowDown");
        if (!moved_to.empty()) {
            http::Response moved = error(307, "TemporaryRedirect");
            moved.headers.set("Location", moved_to + request.target);
            return moved;
        }
        if (http::Response refusal = judge(request); refusal.status != 200) return refusal;
        const bool is_named_by_host = request.headers.find("Host").value_or("").starts_with(bucket + ".");
        const std::string folder = is_named_by_host ? "/" : "/" + bucket + "/";
        if (!path.starts_with(folder)) return error(404, "NoSuchBucket");
        return serve(request, path.substr(folder.size()));
    }

    http::Response serve(const http::Request& request, const std::string& key) {
        http::Response response;
        if (request.method == "PUT") {
            objects[key] = {request.body, std::string(request.headers.find("Content-Type").value_or(""))};
            return response;
        }
        if (!may_read) return error(403, "AccessDenied");
        const auto found = objects.find(key);
        if (found == objects.end()) return error(404, "NoSuchKey");
        response.headers.set("Content-Type", found->second.type);
        response.body = found->second.bytes;
        if (request.headers.find("Range").value_or("") == "bytes=0-1023") {
            response.status = 206;
            response.body.resize(std::min<std::size_t>(1024, response.body.size()));
            response.headers.set("Content-Range", "bytes 0-" + std::to_string(response.body.size() - 1) + "/" +
                                                      std::to_string(found->second.bytes.size()));
        }
        return response;
    }

    http::test::ServerFixture server_;
};

} // namespace everlong::adapters
