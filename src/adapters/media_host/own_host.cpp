#include <adapters/media_host/own_host.hpp>

#include <adapters/media_host/detail/probe.hpp>
#include <adapters/media_host/detail/shown_names.hpp>

namespace everlong::adapters {
namespace {

using detail::trouble;

class OwnMediaHost final : public ports::MediaHost {
public:
    OwnMediaHost(ports::PostStore& store, ports::Random& random, ports::Clock& clock, http::Client& client,
                 MediaHostOptions options)
        : store_(store), random_(random), clock_(clock), probe_(client, options.is_rehearsal),
          options_(std::move(options)) {}

    Result<void> has_address() const override {
        // A rehearsal's service is always reached: on the port that it has once it runs.
        if (options_.is_rehearsal && options_.base().empty()) return {};
        auto base = base_address();
        if (!base) return fail(base.error());
        return {};
    }

    Task<std::string> show(ports::MediaFile file, Instant until) override {
        auto base = base_address();
        if (!base) co_return fail(base.error());
        auto shown = co_await detail::change_row(store_, std::move(file), [this, until](ports::MediaFile& row) {
            const bool is_shown = !row.public_name.empty() && row.public_until && *row.public_until > clock_.now();
            if (is_shown && *row.public_until >= until) return false;
            // A name that has ended stays ended: somebody may have kept it.
            if (!is_shown) row.public_name = detail::make_shown_name(random_, row);
            row.public_until = until;
            return true;
        });
        if (!shown) co_return fail(shown.error());
        co_return *base + "/media/" + shown->public_name;
    }

    Task<void> probe(std::string url, core::MediumType type) override { return probe_.run(std::move(url), type); }

private:
    Result<std::string> base_address() const {
        std::string base = options_.base();
        if (base.empty()) {
            return trouble("EVERLONG_PUBLIC_URL is not set, nor is EVERLONG_S3_ENDPOINT");
        }
        auto address = core::check_media_address(base, options_.is_rehearsal);
        if (!address) return trouble("EVERLONG_PUBLIC_URL cannot be reached by Meta: " + address.error().detail());
        return base;
    }

    ports::PostStore& store_;
    ports::Random& random_;
    ports::Clock& clock_;
    detail::Probe probe_;
    MediaHostOptions options_;
};

} // namespace

std::unique_ptr<ports::MediaHost> make_own_media_host(ports::PostStore& store, ports::Random& random,
                                                      ports::Clock& clock, http::Client& client,
                                                      MediaHostOptions options) {
    return std::make_unique<OwnMediaHost>(store, random, clock, client, std::move(options));
}

} // namespace everlong::adapters
