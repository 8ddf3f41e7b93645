#include <simulator/publishing/upload.hpp>

#include <http/body_taker.hpp>
#include <simulator/graph/nodes.hpp>
#include <simulator/publishing/media_work.hpp>
#include <simulator/publishing/publish_nodes.hpp>
#include <simulator/publishing/publishing.hpp>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <charconv>

namespace everlong::simulator {
namespace {

namespace json = boost::json;

// The largest file that any page allows (8.2: 1 GB).
constexpr std::uint64_t kLargestUpload = 1024ULL * 1024 * 1024;

// Types as rupload names them; only the first is documented with Instagram (8.6), the others are those of the same
// service elsewhere.
constexpr std::string_view kProcessingFailed = "ProcessingFailedError";
constexpr std::string_view kWrongOffset = "OffsetInvalidError";
constexpr std::string_view kPartial = "PartialRequestError";

struct UploadFailure {
    std::string_view type;
    std::string message;
    bool is_retriable = false;
};

UploadFailure unauthorized() {
    return {kProcessingFailed, R"({"success":false,"error":{"message":"unauthorized user request"}})", false};
}

std::optional<std::uint64_t> number_in(const http::Headers& headers, std::string_view name) {
    const auto text = headers.find(name);
    std::uint64_t number = 0;
    if (!text || text->empty()) return std::nullopt;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
    if (error != std::errc() || end != text->data() + text->size()) return std::nullopt;
    return number;
}

// ig-api-upload/VERSION/ID, any version (clients.md, 11).
std::string container_id_of(const Call& call) {
    const auto& segments = call.segments;
    const bool is_upload = segments.size() >= 2 && segments.size() <= 3 && segments[0] == "ig-api-upload";
    return is_upload ? segments.back() : std::string();
}

// The caller's token is one that may publish on the container's account.
bool may_upload(Sandbox& sandbox, const Call& call, const Container& container) {
    Call as_graph = call;
    const Token* shown = sandbox.world->find_token(call.token);
    const bool is_instagram = shown != nullptr && shown->login == Login::kInstagram;
    as_graph.host = is_instagram ? Host::kGraphInstagram : Host::kGraphFacebook;
    as_graph.method = "POST";
    CallRecord unused;
    Context context{
        *sandbox.world, sandbox.switches, sandbox.ledger, sandbox.limits, as_graph, nullptr, unused, {}, 0, {}, {}};
    if (!authenticate(context, Refusal::kTokenMissing)) return false;
    const auto node = find_publish_node(context, container.id);
    return node && *node && require_publishing(context, container.ig_user_id);
}

class UploadTaker : public http::BodyTaker {
public:
    UploadTaker(Sandbox& sandbox, const Call& call) : sandbox_(sandbox), publishing_(sandbox.world->publishing) {
        container_id_ = container_id_of(call);
        failure_ = begin(call);
    }

    std::uint64_t limit_bytes() const override { return kLargestUpload; }

    bool take(std::string_view piece) override {
        // A refused body is read and thrown away, so that the refusal can be heard.
        Container* container = failure_ ? nullptr : find();
        if (container == nullptr) return true;
        Upload& upload = *container->upload;
        if (upload.taker != this) {
            failure_ = UploadFailure{kWrongOffset, "Another request has gone on with this upload", true};
            return true;
        }
        if (piece.size() > upload.file_size - upload.intake->bytes()) {
            failure_ = UploadFailure{kProcessingFailed, "Request processing failed"};
            return true;
        }
        if (!is_to_be_cut(upload, piece)) {
            upload.intake->feed(piece);
            return true;
        }
        upload.was_cut = true;
        upload.intake->feed(piece.substr(0, static_cast<std::size_t>(half_of(upload) - upload.intake->bytes())));
        return false;
    }

    // The body has ended.
    std::optional<UploadFailure> finish() {
        Container* container = failure_ ? nullptr : find();
        if (failure_ || container == nullptr) return failure_ ? failure_ : unauthorized();
        Upload& upload = *container->upload;
        if (is_hosted_) return std::nullopt;
        if (upload.intake->bytes() < upload.file_size) {
            return UploadFailure{kPartial, "Partial request (did not match length of file)", true};
        }
        if (container->is_loading) settle_upload(sandbox_, *container);
        return std::nullopt;
    }

private:
    // Null: a reset, or nobody's container.
    Container* find() {
        const auto publishing = publishing_.lock();
        Container* container = publishing ? publishing->find_container(container_id_) : nullptr;
        return container != nullptr && container->upload ? container : nullptr;
    }

    static std::uint64_t half_of(const Upload& upload) { return upload.file_size / 2; }

    bool is_to_be_cut(const Upload& upload, std::string_view piece) const {
        if (upload.was_cut || sandbox_.switches.is("upload_cut", "off")) return false;
        return upload.intake->bytes() + piece.size() > half_of(upload) && upload.intake->bytes() <= half_of(upload);
    }

    std::optional<UploadFailure> begin(const Call& call) {
        if (call.method != "POST") return UploadFailure{kProcessingFailed, "Request processing failed"};
        Container* container = find();
        if (container == nullptr || !may_upload(sandbox_, call, *container)) return unauthorized();
        const ContainerStatus status = status_of(*container, sandbox_.switches, call.now);
        if (status == ContainerStatus::kExpired) return UploadFailure{kProcessingFailed, "Request processing failed"};
        if (const auto address = call.headers.find("file_url")) return begin_hosted(*container, std::string(*address));
        return begin_bytes(*container, call);
    }

    // 8.6, 2b: Meta fetches the file itself; whether that goes well shows in the container.
    std::optional<UploadFailure> begin_hosted(Container& container, std::string address) {
        const bool is_web = address.starts_with("http://") || address.starts_with("https://");
        const bool has_begun = container.upload->intake->bytes() > 0 || !container.address.empty();
        if (!is_web || has_begun) return UploadFailure{kProcessingFailed, "Request processing failed"};
        container.address = std::move(address);
        is_hosted_ = true;
        publishing_.lock()->add_job({container.id, false});
        return std::nullopt;
    }

    std::optional<UploadFailure> begin_bytes(Container& container, const Call& call) {
        Upload& upload = *container.upload;
        const auto offset = number_in(call.headers, "offset");
        const auto size = number_in(call.headers, "file_size");
        if (!offset) return UploadFailure{kWrongOffset, "Request starting offset is invalid"};
        const bool is_same_file = upload.file_size == 0 || upload.file_size == size;
        if (!size || *size == 0 || *size > kLargestUpload || !is_same_file) {
            return UploadFailure{kProcessingFailed, "Request processing failed"};
        }
        if (*offset != upload.intake->bytes()) {
            return UploadFailure{kWrongOffset, "Request starting offset is invalid", true};
        }
        upload.file_size = *size;
        upload.taker = this;
        return std::nullopt;
    }

    Sandbox& sandbox_; // not touched once the world of the upload has gone
    std::weak_ptr<Publishing> publishing_;
    std::string container_id_;
    std::optional<UploadFailure> failure_;
    bool is_hosted_ = false;
};

} // namespace

bool is_upload_call(const Call& call) {
    return call.host == Host::kRuploadFacebook && !container_id_of(call).empty();
}

std::shared_ptr<http::BodyTaker> make_upload_taker(Sandbox& sandbox, const http::Request& head) {
    const auto call = parse_call(head, sandbox.now(), sandbox.options.port);
    if (!call || !is_upload_call(*call)) return nullptr;
    return std::make_shared<UploadTaker>(sandbox, *call);
}

http::Response answer_upload(Sandbox& sandbox, Context& context, const http::Request& request) {
    auto taker = std::dynamic_pointer_cast<UploadTaker>(request.taker);
    if (!taker) {
        taker = std::make_shared<UploadTaker>(sandbox, context.call);
        const bool goes_on = request.body.empty() || taker->take(request.body);
        if (!goes_on) {
            http::Response cut;
            cut.transmission = http::Transmission::kDrop;
            return cut;
        }
    }
    const auto failure = taker->finish();
    json::object body;
    http::Response response;
    if (failure) {
        json::object info;
        info["retriable"] = failure->is_retriable;
        info["type"] = failure->type;
        info["message"] = failure->message;
        body["debug_info"] = std::move(info);
        response.status = static_cast<int>(sandbox.switches.number("upload_failure_status"));
    } else {
        body["success"] = true;
        body["message"] = "Upload successful.";
    }
    response.body = json::serialize(body);
    response.headers.add("Content-Type", "application/json; charset=utf-8");
    response.headers.add("Date", to_http_date(context.call.now));
    return response;
}

} // namespace everlong::simulator
