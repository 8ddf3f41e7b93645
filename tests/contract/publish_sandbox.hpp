#pragma once
// The Graph sandbox for publishing: a channel's token on either login, a host of pictures and videos that the simulator
// fetches, bytes to upload, and intents without a store.

#include "graph_sandbox.hpp"

#include <base/digest.hpp>
#include <ports/post_store.hpp>
#include <ports/publish_api.hpp>
#include <support/media_samples.hpp>

#include <map>

namespace everlong::test {

// What only a store makes otherwise.
struct Intents : ports::PostStore {
    static ports::PublishIntent make(std::string step = "publish-1") {
        return make_intent(core::PostId("post_00000000000000000001"), std::move(step));
    }
};

class TextSource : public ports::ByteSource {
public:
    explicit TextSource(std::string text) : text_(std::move(text)) {}
    std::uint64_t size() const override { return text_.size(); }
    Result<std::string> read(std::uint64_t offset, std::size_t limit) override {
        if (offset >= breaks_at) return fail(Code::kIo, Fault::kLocal, "cannot read");
        return text_.substr(static_cast<std::size_t>(std::min<std::uint64_t>(offset, text_.size())), limit);
    }

    std::uint64_t breaks_at = UINT64_MAX;

private:
    std::string text_;
};

inline core::LoginPath login_of(bool is_instagram) {
    return is_instagram ? core::LoginPath::kInstagram : core::LoginPath::kFacebook;
}

class PublishSandbox : public GraphSandbox {
public:
    explicit PublishSandbox(core::LoginPath login, std::function<void(adapters::GraphOptions&)> adjust = {})
        : GraphSandbox(std::move(adjust)), login_(login) {
        minted_ = mint(wish());
        host_ = http::Server::make(io().get_executor(), {}, [this](http::Request request) -> Async<http::Response> {
            const auto found = files_.find(std::string(request.raw_path()));
            http::Response response;
            response.status = 404;
            co_return found == files_.end() ? response : found->second;
        });
        port_ = host_->listen_tcp("127.0.0.1", 0).value();
    }
    ~PublishSandbox() { run(io(), host_->stop(Milliseconds(0))); }

    core::LoginPath login() const { return login_; }
    ports::Publisher who() const { return {login_, minted_.token, IgUserId(minted_.ig_user_id)}; }
    const MintedToken& minted() const { return minted_; }

    std::string picture(const std::string& name = "a.jpg") { return put(name, make_jpeg(), "image/jpeg"); }
    std::string video(const std::string& name = "a.mp4") { return put(name, make_video(), "video/mp4"); }

    Result<ports::MadeContainer> make(ports::ContainerOrder order) {
        return ask(publish().make_container(who(), std::move(order)));
    }
    // The id of a container that must come about, with its bytes come and its processing over.
    std::string finished(ports::ContainerOrder order) {
        const auto made = make(std::move(order));
        if (!made) throw std::runtime_error(made.error().summary());
        settle(made->id);
        return made->id;
    }
    Result<ports::ContainerReport> report(const std::string& id) { return ask(publish().container(who(), id)); }
    Result<std::string> publish_it(const std::string& id) { return ask(publish().publish(who(), id, Intents::make())); }
    std::string publish_image(const std::string& caption) {
        ports::ContainerOrder order;
        order.media_url = picture();
        order.caption = caption;
        return publish_it(finished(std::move(order))).value();
    }
    // Runs the loop until Meta has fetched what it was to fetch, then past the processing.
    void settle(const std::string& id) {
        for (int i = 0; i < 10'000 && container(id).at("is_loading").get_bool(); ++i) {
            io().restart();
            io().run_one_for(std::chrono::milliseconds(100));
        }
        simulator().advance(Seconds(2));
    }
    // As the simulator's ledger has it.
    boost::json::object container(const std::string& id) { return entry("containers", id); }
    boost::json::object medium(const std::string& id) { return entry("media", id); }
    std::size_t count(const char* list) { return control("GET", "ledger").at(list).get_array().size(); }
    void set(const std::string& name, const std::string& value) {
        control("POST", "switches", "{\"" + name + "\":\"" + value + "\"}");
    }
    std::string put(const std::string& name, std::string bytes, const std::string& content_type) {
        http::Response response;
        response.body = std::move(bytes);
        response.headers.add("Content-Type", content_type);
        files_["/" + name] = std::move(response);
        return "http://127.0.0.1:" + std::to_string(port_) + "/" + name;
    }

private:
    std::string wish() const {
        return login_ == core::LoginPath::kInstagram
                   ? R"({"login":"instagram","scopes":["instagram_business_basic","instagram_business_content_publish",)"
                     R"("instagram_business_manage_comments"]})"
                   : R"({"login":"facebook","scopes":["instagram_basic","instagram_content_publish","pages_show_list",)"
                     R"("pages_read_engagement","instagram_manage_comments"]})";
    }
    boost::json::object entry(const char* list, const std::string& id) {
        const auto ledger = control("GET", "ledger");
        for (const auto& item : ledger.at(list).get_array()) {
            if (item.at("id").get_string() == id) return item.get_object();
        }
        throw std::runtime_error("the ledger does not know " + id);
    }

    core::LoginPath login_;
    MintedToken minted_;
    std::map<std::string, http::Response> files_;
    std::unique_ptr<http::Server> host_;
    std::uint16_t port_ = 0;
};

} // namespace everlong::test
