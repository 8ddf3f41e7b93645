#pragma once
// A host of pictures and videos on loopback, in the bench's own loop, and calls that wait for what they fetch.

#include <support/media_samples.hpp>
#include <support/run.hpp>
#include <unit/simulator/bench.hpp>

#include <base/percent.hpp>
#include <http/server.hpp>

#include <boost/asio/use_awaitable.hpp>

#include <map>

namespace everlong::simulator {

class MediaHost {
public:
    explicit MediaHost(Bench& bench) : io_(bench.io()) {
        server_ = http::Server::make(io_.get_executor(), {}, [this](http::Request request) -> Async<http::Response> {
            const std::string path(request.raw_path());
            asked.push_back(request.target);
            const auto found = files.find(path);
            http::Response response;
            if (found == files.end()) {
                response.status = 404;
                co_return response;
            }
            co_return found->second;
        });
        port_ = server_->listen_tcp("127.0.0.1", 0).value();
    }
    ~MediaHost() { test::run(io_, server_->stop(Milliseconds(0))); }

    // Serves the bytes at "/name", and gives the whole address.
    std::string put(const std::string& name, std::string bytes, const std::string& content_type) {
        http::Response response;
        response.body = std::move(bytes);
        if (!content_type.empty()) response.headers.add("Content-Type", content_type);
        files["/" + name] = std::move(response);
        return address(name);
    }
    std::string picture(const std::string& name = "a.jpg", std::string bytes = test::make_jpeg()) {
        return put(name, std::move(bytes), "image/jpeg");
    }
    std::string video(const std::string& name = "a.mp4", std::string bytes = test::make_video()) {
        return put(name, std::move(bytes), "video/mp4");
    }
    std::string address(const std::string& name) const {
        return "http://127.0.0.1:" + std::to_string(port_) + "/" + name;
    }

    std::map<std::string, http::Response> files;
    std::vector<std::string> asked;

private:
    boost::asio::io_context& io_;
    std::unique_ptr<http::Server> server_;
    std::uint16_t port_ = 0;
};

// A publisher on one account: tokens, calls that wait for their media, and what becomes of containers.
class Publisher {
public:
    explicit Publisher(const std::string& wish = R"({"login":"facebook"})") {
        const Answer minted = bench.mint(wish);
        token = minted.text("access_token");
        account = minted.text("ig_user_id");
        is_instagram = wish.contains("instagram\"");
    }

    Answer call(const std::string& method, const std::string& path, http::Parameters parameters = {}) {
        std::string query = "access_token=" + token;
        for (const auto& [name, value] : parameters)
            query += "&" + name + "=" + percent_encode(value);
        const std::string meta = is_instagram ? "graph.instagram.com" : "graph.facebook.com";
        return send(Bench::request(method, "/" + meta + "/v25.0/" + path + "?" + query));
    }
    Answer send(http::Request request) {
        Answer answer;
        answer.response = test::run(bench.io(), bench.simulator().handle(std::move(request)));
        boost::system::error_code error;
        json::value body = json::parse(answer.response.body, error);
        if (!error) answer.body = std::move(body);
        return answer;
    }
    Answer create(http::Parameters parameters) { return call("POST", account + "/media", std::move(parameters)); }
    // The id of a container that must come about.
    std::string container(http::Parameters parameters) { return create(std::move(parameters)).text("id"); }
    Answer publish(const std::string& id) { return call("POST", account + "/media_publish", {{"creation_id", id}}); }
    Answer read(const std::string& id, const std::string& fields) { return call("GET", id, {{"fields", fields}}); }
    std::string status(const std::string& id) { return read(id, "status_code").text("status_code"); }
    // Runs the loop until the container's bytes have come, then past its processing.
    std::string settled(const std::string& id) {
        for (int i = 0; i < 10'000 && is_loading(id); ++i)
            bench.io().run_one_for(std::chrono::milliseconds(100));
        bench.advance(2);
        return status(id);
    }
    void set(const std::string& name, const std::string& value) {
        bench.control("switches", "{\"" + name + "\":\"" + value + "\"}");
    }
    // A post with this caption, from container to medium.
    std::string post(const std::string& caption) {
        return publish(container({{"image_url", host.picture()}, {"caption", caption}})).text("id");
    }

    Bench bench;
    MediaHost host{bench};
    std::string token;
    std::string account;
    bool is_instagram = false;

private:
    bool is_loading(const std::string& id) {
        const Answer ledger = bench.ledger();
        for (const json::value& item : ledger.at("containers").get_array()) {
            if (item.at("id").get_string() == id) return item.at("is_loading").get_bool();
        }
        return false;
    }
};

} // namespace everlong::simulator
