#pragma once
// The API with files and posts, on a real store and shelf; who looks at media believes what their first bytes say.

#include "access_bench.hpp"
#include <adapters/media_shelf_disk/media_shelf.hpp>
#include <adapters/time_zones_date/time_zones.hpp>
#include <engine/files/files.hpp>
#include <http/body_stream.hpp>
#include <http/body_taker.hpp>

#include <fstream>

namespace everlong::api {

class BelievingTool final : public ports::MediaTool {
public:
    Task<core::MediaFacts> look(std::string path) override {
        ++looks;
        const std::string bytes = test::read_bytes(path);
        core::MediaFacts facts;
        facts.bytes = bytes.size();
        facts.width = facts.height = 1080;
        facts.colour_space = "srgb";
        if (bytes.starts_with("JPEG"))
            facts.format = "jpeg";
        else if (bytes.starts_with("PNG"))
            facts.format = "png";
        else
            facts.problem = "it is no picture";
        co_return facts;
    }
    Task<void> convert(std::string source, std::string target, core::Conversion) override {
        if (!is_converting) co_return fail(Code::kMediaTool, Fault::kLocal);
        std::ofstream(target) << "JPEG of " << test::read_bytes(source);
        co_return Result<void>{};
    }
    bool is_converting = true;
    int looks = 0;
};

// Says of addresses what a test wants it to.
class PretendedHost final : public ports::MediaHost {
public:
    Result<void> has_address() const override {
        if (missing.empty()) return {};
        return fail(Code::kMediaAddress, Fault::kRefused, missing);
    }
    Task<std::string> show(ports::MediaFile, Instant) override { co_return fail(Code::kInternal, Fault::kLocal); }
    Task<void> probe(std::string url, core::MediumType) override {
        asked.push_back(url);
        const auto found = troubles.find(url);
        if (found != troubles.end()) co_return fail(found->second);
        co_return Result<void>{};
    }
    std::string missing;
    std::map<std::string, Error> troubles; // by address
    std::vector<std::string> asked;
};

class PublishingBench : public AccessBench {
protected:
    PublishingBench() {
        publishing_ = &parts_;
        start();
    }

    // From inside the process, as commands without a service do.
    http::Response bring(const std::string& method, const std::string& target, const Fields& fields,
                         const std::string& bytes, const std::string& key = "") {
        http::Request request = request_of(method, target, fields, key);
        request.body = bytes;
        return test::run(io_, api_->handle(std::move(request)));
    }
    // By the network, piece by piece, as the server does.
    http::Response stream(const std::string& method, const std::string& target, Fields fields, const std::string& bytes,
                          std::size_t piece = 1000, const std::string& key = "") {
        fields.emplace_back("Content-Length", std::to_string(bytes.size()));
        http::Request request = request_of(method, target, fields, key);
        request.taker = api_->body_plan()(request);
        if (!request.taker) throw std::logic_error("nobody takes the body");
        for (std::size_t at = 0; at < bytes.size(); at += piece) {
            if (!test::run(io_, request.taker->settle())) break;
            if (!request.taker->take(std::string_view(bytes).substr(at, piece))) throw std::logic_error("unwanted");
        }
        return test::run(io_, api_->handle(std::move(request)));
    }
    // What went out.
    std::string read_stream(const http::Response& response) {
        std::string bytes;
        while (response.stream) {
            const std::string piece = test::run(io_, response.stream->next());
            if (piece.empty()) break;
            bytes += piece;
        }
        return bytes;
    }
    std::string bring_picture(const std::string& bytes = "JPEG of a cat") {
        return std::string(body_of(bring("POST", "/v1/files", {}, bytes)).at("id").as_string());
    }

    Worker disk_;
    std::unique_ptr<ports::MediaShelf> shelf_ = test::must(adapters::open_media_shelf(store_.directory() / "media"));
    std::unique_ptr<ports::TimeZones> zones_ = adapters::make_time_zones();
    BelievingTool tool_;
    PretendedHost host_;
    engine::Files brought_{{clock_, store_.posts(), *shelf_, tool_}};
    int changes_ = 0;
    PublishingParts parts_{store_.posts(), brought_, *zones_, host_, disk_, [this] { ++changes_; }};

private:
    static http::Request request_of(const std::string& method, const std::string& target, const Fields& fields,
                                    const std::string& key) {
        http::Request request;
        request.method = method;
        request.target = target;
        request.is_local = key.empty();
        request.headers.add("Host", "127.0.0.1:8000");
        if (!key.empty()) request.headers.add("Authorization", "Bearer " + key);
        for (const auto& [name, value] : fields)
            request.headers.add(name, value);
        return request;
    }
};

} // namespace everlong::api
