#include <adapters/media_host/s3_host.hpp>

#include <adapters/media_host/detail/probe.hpp>
#include <adapters/media_host/detail/s3_answers.hpp>
#include <adapters/media_host/detail/s3_signature.hpp>
#include <adapters/media_host/detail/shown_names.hpp>
#include <core/publishing/media_address.hpp>
#include <core/publishing/media_names.hpp>
#include <http/piecewise_upload.hpp>

#include <algorithm>
#include <charconv>
#include <optional>

namespace everlong::adapters {
namespace {

// A folder of our own, so that a rule of the bucket can name what is ours.
constexpr std::string_view kFolder = "everlong/";
// Signatures of our own requests: they are judged when they arrive; buckets take clocks that are 15 minutes apart.
constexpr Seconds kAskedWithin = Minutes(15);
constexpr Milliseconds kHeadDeadline = Seconds(15);
// What a line of 256 kbit/s needs, and time to answer.
constexpr std::int64_t kSlowestLine = 32L * 1024; // bytes a second
constexpr Seconds kPutAnswer = Minutes(1);
constexpr http::SlowestPace kPutPace{.bytes_per_second = 1024, .during = Seconds(60)};
// Error documents are some hundred bytes.
constexpr std::size_t kMostAnswerBytes = 64 * 1024;

bool has_length(const http::Response& answer, std::uint64_t size) {
    const std::string_view text = answer.headers.find("Content-Length").value_or("");
    std::uint64_t length = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), length);
    return problem == std::errc() && length == size;
}

class S3MediaHost final : public ports::MediaHost {
public:
    S3MediaHost(const S3World& world, S3Bucket bucket, bool is_rehearsal)
        : world_(world), bucket_(std::move(bucket)), probe_(world.client, is_rehearsal), is_rehearsal_(is_rehearsal) {}

    Result<void> has_address() const override {
        auto endpoint = core::check_media_address(bucket_.endpoint, is_rehearsal_);
        if (endpoint) return {};
        return detail::trouble("EVERLONG_S3_ENDPOINT cannot be reached by Meta: " + endpoint.error().detail());
    }

    Task<std::string> show(ports::MediaFile file, Instant until) override {
        // Before its bytes go where Meta will not find them.
        if (auto address = has_address(); !address) co_return fail(address.error());
        // A name lives as long as its file: whoever kept an address has nothing without a good signature.
        auto named = co_await detail::change_row(world_.store, std::move(file), [this](ports::MediaFile& row) {
            if (!row.public_name.empty()) return false;
            row.public_name = detail::make_shown_name(world_.random, row);
            return true;
        });
        if (!named) co_return fail(named.error());
        auto found = co_await head(*named);
        if (!found) co_return fail(found.error());
        if (!is_whole(*found, *named)) {
            if (auto brought = co_await bring(*named); !brought) co_return fail(brought.error());
        }
        // A second more: the signature's begins at the last whole one.
        const auto lifetime = std::chrono::ceil<Seconds>(until - world_.clock.now()) + Seconds(1);
        co_return sign("GET", *named, {}, std::clamp(lifetime, Seconds(1), detail::kLongestSigned)).address.text();
    }

    Task<void> probe(std::string url, core::MediumType type) override { return probe_.run(std::move(url), type); }

private:
    struct Signed {
        detail::SignedAddress address;
        Instant at;
    };

    Signed sign(std::string method, const ports::MediaFile& file, std::string type, Seconds lifetime) const {
        const Instant now = world_.wall.now();
        detail::S3Question question{std::move(method), std::string(kFolder) + file.public_name, std::move(type), now,
                                    lifetime};
        return {detail::sign(bucket_, question), now};
    }

    static http::OutgoingRequest request_to(detail::SignedAddress address, std::string method) {
        http::OutgoingRequest request;
        request.method = std::move(method);
        request.url = std::move(address.url);
        request.query = std::move(address.query);
        request.deadline = kHeadDeadline;
        request.body_limit_bytes = kMostAnswerBytes;
        return request;
    }

    Task<http::Response> send(http::OutgoingRequest request) const {
        const auto address = core::parse_media_address(request.url);
        const std::string host = address ? address->host : std::string();
        auto answer = detail::in_words(host, co_await world_.client.send(std::move(request)));
        if (answer || answer.error().code() != Code::kMediaAddress) co_return answer;
        co_return fail(Code::kMediaAddress, answer.error().fault(),
                       "the bucket's service (EVERLONG_S3_ENDPOINT): " + answer.error().detail());
    }

    // Nothing: there is no such object, or the key may not ask whether there is (a bucket whose list it may not read
    // answers 403, and PUT says in words what is wrong where something is).
    Task<std::optional<http::Response>> head(const ports::MediaFile& file) const {
        Signed question = sign("HEAD", file, {}, kAskedWithin);
        auto answer = co_await send(request_to(std::move(question.address), "HEAD"));
        if (!answer) co_return fail(answer.error());
        const int status = answer->status;
        if (status == 200) co_return std::move(*answer);
        if (status == 408 || status == 429 || status >= 500) {
            co_return fail(detail::s3_refusal(bucket_, *answer, question.at));
        }
        co_return std::nullopt;
    }

    static bool is_whole(const std::optional<http::Response>& found, const ports::MediaFile& file) {
        return found && has_length(*found, file.size);
    }

    Task<void> bring(const ports::MediaFile& file) const {
        auto source = world_.shelf.open(file.id);
        if (!source) co_return fail(source.error());
        const std::uint64_t size = (*source)->size();
        if (size == 0 || size != file.size) {
            co_return fail(Code::kFileUnknown, Fault::kUsage, file.id.text() + " is not whole");
        }
        const std::string type(
            core::content_type_of(file.facts ? std::string_view(file.facts->format) : std::string_view()));
        const Seconds within(static_cast<std::int64_t>(size) / kSlowestLine);
        Signed question = sign("PUT", file, type, kAskedWithin);
        http::PiecewiseUpload upload(
            [&source](std::uint64_t at, std::size_t limit) { return (*source)->read(at, limit); }, 0, size);
        http::OutgoingRequest request = request_to(std::move(question.address), "PUT");
        request.headers.add("Content-Type", type);
        // What is refused is refused before its bytes are on the way, and the refusal is not lost among them.
        request.headers.add("Expect", "100-continue");
        request.upload = upload.body();
        request.deadline = kPutAnswer + within;
        request.slowest_pace = kPutPace;
        auto answer = co_await send(std::move(request));
        if (upload.problem()) co_return fail(*upload.problem());
        if (!answer) co_return fail(answer.error());
        if (answer->status < 200 || answer->status >= 300) {
            co_return fail(detail::s3_refusal(bucket_, *answer, question.at));
        }
        co_return co_await look_again(file);
    }

    Task<void> look_again(const ports::MediaFile& file) const {
        auto found = co_await head(file);
        if (!found) co_return fail(found.error());
        if (is_whole(*found, file)) co_return Result<void>{};
        if (!*found) {
            co_return detail::trouble("the bucket '" + bucket_.name +
                                      "' took the file, but does not give it back: allow the key s3:GetObject on '" +
                                      bucket_.name + "/everlong/*'");
        }
        co_return fail(Code::kMediaAddress, Fault::kTransient, "the bucket holds another length than was sent");
    }

    S3World world_;
    S3Bucket bucket_;
    detail::Probe probe_;
    bool is_rehearsal_;
};

} // namespace

std::unique_ptr<ports::MediaHost> make_s3_media_host(const S3World& world, S3Bucket bucket, bool is_rehearsal) {
    return std::make_unique<S3MediaHost>(world, std::move(bucket), is_rehearsal);
}

} // namespace everlong::adapters
