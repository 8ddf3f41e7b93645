#include <app/config.hpp>

#include <base/sandbox_defaults.hpp>
#include <core/dotenv.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>

namespace everlong::app {
namespace {

namespace fs = std::filesystem;

// Real environment first, then the .env of the working directory. A blank value counts as none.
class Settings {
public:
    Settings(const Environment& environment, const fs::path& directory) : environment_(environment) {
        std::error_code problem;
        const fs::path file = directory / ".env";
        if (!fs::is_regular_file(file, problem)) return;
        std::ifstream stream(file, std::ios::binary);
        bytes_.assign(std::istreambuf_iterator<char>(stream), {});
        auto parsed = core::parse_dotenv(bytes_);
        if (parsed) {
            dotenv_.emplace(std::move(*parsed));
        } else {
            warnings.push_back(file.string() + " is not read: " + parsed.error().detail());
        }
    }
    ~Settings() { wipe_string(bytes_); }
    Settings(const Settings&) = delete;
    Settings& operator=(const Settings&) = delete;

    Secret secret(const char* name) {
        if (const char* value = environment_(name); value != nullptr && *value != '\0') return Secret(value);
        if (!dotenv_) return {};
        auto reading = dotenv_->read(name);
        if (!reading) {
            warnings.push_back(std::string(name) + " in .env is not read: " + reading.error().detail());
            return {};
        }
        return std::move(reading->value);
    }

    // Only for what is no secret.
    std::string text(const char* name) { return std::string(secret(name).reveal()); }

    std::vector<std::string> warnings;

private:
    const Environment& environment_;
    std::string bytes_;
    std::optional<core::Dotenv> dotenv_;
};

std::unexpected<Error> bad(std::string_view name, std::string_view why) {
    return fail(Code::kConfig, Fault::kUsage, std::string(name) + " " + std::string(why));
}

Result<std::optional<AppPair>> app_pair(Settings& settings, const char* id_name, const char* secret_name) {
    AppPair pair{settings.text(id_name), settings.secret(secret_name)};
    if (pair.id.empty() && pair.secret.is_empty()) return std::optional<AppPair>();
    if (pair.id.empty()) return bad(id_name, "is not set, though " + std::string(secret_name) + " is");
    if (pair.secret.is_empty()) return bad(secret_name, "is not set, though " + std::string(id_name) + " is");
    if (!std::ranges::all_of(pair.id, [](char c) { return c >= '0' && c <= '9'; })) {
        return bad(id_name, "is not a number; copy it from the app's dashboard");
    }
    return std::optional<AppPair>(std::move(pair));
}

AppPair sandbox_pair(Settings& settings, const char* id_name, const char* secret_name, std::string_view id,
                     std::string_view secret) {
    AppPair pair{settings.text(id_name), settings.secret(secret_name)};
    if (pair.id.empty()) pair.id = id;
    if (pair.secret.is_empty()) pair.secret = Secret(secret);
    return pair;
}

Result<fs::path> data_dir(Settings& settings, const Environment& environment) {
    if (const std::string named = settings.text("EVERLONG_DATA"); !named.empty()) return fs::absolute(named);
    const char* xdg = environment("XDG_DATA_HOME");
    if (xdg != nullptr && *xdg == '/') return fs::path(xdg) / "everlong";
    const char* home = environment("HOME");
    if (home != nullptr && *home == '/') return fs::path(home) / ".local" / "share" / "everlong";
    return bad("EVERLONG_DATA", "is not set, and neither XDG_DATA_HOME nor HOME says where data belong");
}

bool is_version(std::string_view text) {
    if (!text.starts_with('v')) return false;
    text.remove_prefix(1);
    const auto dot = text.find('.');
    if (dot == std::string_view::npos || dot == 0 || dot + 1 == text.size()) return false;
    return std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || c == '.'; }) &&
           std::ranges::count(text, '.') == 1;
}

// A host name, an IPv4 address or one of IPv6 in brackets, and perhaps a port.
bool is_authority(std::string_view text) {
    const auto is_of = [](std::string_view part, std::string_view signs) {
        return !part.empty() && part.find_first_not_of(signs) == std::string_view::npos;
    };
    std::size_t host_end = std::min(text.find(':'), text.size());
    bool is_host = is_of(text.substr(0, host_end), "abcdefghijklmnopqrstuvwxyz0123456789-.");
    if (text.starts_with('[') && text.contains(']')) {
        host_end = text.find(']') + 1;
        is_host = is_of(text.substr(1, host_end - 2), "0123456789abcdef:.");
    }
    const std::string_view rest = text.substr(host_end);
    return is_host && (rest.empty() || (rest.size() <= 6 && is_of(rest.substr(1), "0123456789")));
}

Result<void> read_meta(Config& config, Settings& settings) {
    config.meta_base = settings.text("EVERLONG_META");
    while (config.meta_base.ends_with('/'))
        config.meta_base.pop_back();
    const bool is_loopback = is_loopback_url(config.meta_base);
    if (!config.meta_base.empty() && !is_loopback && !config.meta_base.starts_with("https://")) {
        return bad("EVERLONG_META", "must begin with https://, or name this machine (http://127.0.0.1:9190)");
    }
    const std::string clock = settings.text("EVERLONG_CLOCK");
    if (clock == "sandbox") {
        if (!is_loopback)
            return bad("EVERLONG_CLOCK", "is 'sandbox', but EVERLONG_META names no simulator on loopback");
        config.follows_sandbox_clock = true;
    } else if (!clock.empty() && clock != "system") {
        return bad("EVERLONG_CLOCK", "is neither 'sandbox' nor 'system'");
    }
    config.graph_version = settings.text("META_GRAPH_VERSION");
    if (!config.graph_version.empty() && !is_version(config.graph_version)) {
        return bad("META_GRAPH_VERSION", "is not a version such as v25.0");
    }
    return {};
}

// Scheme, host and port as a browser's Origin header writes them.
Result<std::string> read_public_url(Settings& settings) {
    constexpr const char* kName = "EVERLONG_PUBLIC_URL";
    std::string url = settings.text(kName);
    if (url.empty()) return url;
    std::ranges::transform(url, url.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    if (url.ends_with('/')) url.pop_back();
    const bool is_https = url.starts_with("https://");
    if (!is_https && !is_loopback_url(url)) {
        return bad(kName, "must begin with https://, or name this machine (http://127.0.0.1:8000)");
    }
    const std::string_view authority = std::string_view(url).substr(url.find("://") + 3);
    if (authority.contains('/') || authority.contains('?') || authority.contains('#')) {
        return bad(kName, "must end with the host or the port: Everlong stands at the root of its address");
    }
    if (authority.contains('@')) return bad(kName, "must not hold a user or a password");
    if (!is_authority(authority)) return bad(kName, "is not an address such as https://everlong.example.org");
    const std::string_view own_port = is_https ? ":443" : ":80";
    if (url.ends_with(own_port)) url.resize(url.size() - own_port.size());
    return url;
}

// A host that is a number, or this machine: no name can stand before it.
bool is_bare_host(std::string_view authority) {
    if (authority.starts_with('[')) return true;
    const std::string_view host = authority.substr(0, authority.find(':'));
    return host == "localhost" || host.find_first_not_of("0123456789.") == std::string_view::npos;
}

// As adapters::S3Bucket wants it.
Result<std::string> read_endpoint(std::string url) {
    constexpr const char* kName = "EVERLONG_S3_ENDPOINT";
    const std::size_t host = url.find("://") == std::string::npos ? 0 : url.find("://") + 3;
    const std::size_t path = std::min(url.find('/', host), url.size());
    std::ranges::transform(url.begin(), url.begin() + static_cast<std::ptrdiff_t>(path), url.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    while (url.ends_with('/'))
        url.pop_back();
    const bool is_https = url.starts_with("https://");
    if (!is_https && !is_loopback_url(url)) {
        return bad(kName, "must begin with https://, or name this machine (http://127.0.0.1:9000)");
    }
    std::string authority = url.substr(host, url.find('/', host) - host);
    if (!is_authority(authority)) {
        return bad(kName, "is not an address such as https://s3.eu-central-1.amazonaws.com");
    }
    const std::string rest = url.substr(host + authority.size());
    constexpr std::string_view kPathSigns = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/";
    if (rest.find_first_not_of(kPathSigns) != std::string::npos) {
        return bad(kName, "must not hold a query or signs that are percent-encoded");
    }
    const std::string_view own_port = is_https ? ":443" : ":80"; // a Host header does not name it, and is signed
    if (authority.ends_with(own_port)) authority.resize(authority.size() - own_port.size());
    return url.substr(0, host) + authority + rest;
}

Result<bool> read_path_style(const std::string& given, const adapters::S3Bucket& bucket) {
    if (given == "true" || given == "1" || given == "yes") return true;
    if (given == "false" || given == "0" || given == "no") return false;
    if (!given.empty()) return bad("EVERLONG_S3_PATH_STYLE", "is neither 'true' nor 'false'");
    const std::string_view rest = std::string_view(bucket.endpoint).substr(bucket.endpoint.find("://") + 3);
    // A certificate for *.host does not cover a name with a dot before it.
    return is_bare_host(rest) || rest.contains('/') || bucket.name.contains('.');
}

Result<std::optional<adapters::S3Bucket>> read_bucket(Settings& settings) {
    adapters::S3Bucket bucket;
    bucket.endpoint = settings.text("EVERLONG_S3_ENDPOINT");
    bucket.name = settings.text("EVERLONG_S3_BUCKET");
    bucket.region = settings.text("EVERLONG_S3_REGION");
    bucket.access_key_id = settings.text("EVERLONG_S3_ACCESS_KEY_ID");
    bucket.secret_access_key = settings.secret("EVERLONG_S3_SECRET_ACCESS_KEY");
    const std::string path_style = settings.text("EVERLONG_S3_PATH_STYLE");
    const std::pair<const char*, bool> needed[] = {
        {"EVERLONG_S3_ENDPOINT", !bucket.endpoint.empty()},
        {"EVERLONG_S3_BUCKET", !bucket.name.empty()},
        {"EVERLONG_S3_REGION", !bucket.region.empty()},
        {"EVERLONG_S3_ACCESS_KEY_ID", !bucket.access_key_id.empty()},
        {"EVERLONG_S3_SECRET_ACCESS_KEY", !bucket.secret_access_key.is_empty()},
    };
    std::string missing;
    for (const auto& [name, is_set] : needed) {
        if (!is_set) missing += (missing.empty() ? "" : ", ") + std::string(name);
    }
    const bool is_any_set =
        !path_style.empty() || std::ranges::any_of(needed, [](const auto& setting) { return setting.second; });
    if (!is_any_set) return std::optional<adapters::S3Bucket>();
    if (!missing.empty())
        return bad(missing, "must be set, as other EVERLONG_S3_ settings are: a bucket needs them all");
    auto endpoint = read_endpoint(std::move(bucket.endpoint));
    if (!endpoint) return fail(endpoint.error());
    bucket.endpoint = std::move(*endpoint);
    constexpr std::string_view kNameSigns = "abcdefghijklmnopqrstuvwxyz0123456789-._";
    if (bucket.name.size() > 63 || bucket.name.find_first_not_of(kNameSigns) != std::string::npos ||
        bucket.name.starts_with('.')) {
        return bad("EVERLONG_S3_BUCKET", "is no bucket's name: small letters, digits, '-', '.', at most 63");
    }
    if (bucket.region.find_first_not_of(kNameSigns) != std::string::npos) {
        return bad("EVERLONG_S3_REGION", "is no region such as eu-central-1, or auto where a service has none");
    }
    auto is_path_style = read_path_style(path_style, bucket);
    if (!is_path_style) return fail(is_path_style.error());
    bucket.is_path_style = *is_path_style;
    return std::optional<adapters::S3Bucket>(std::move(bucket));
}

// Both, or none.
Result<std::optional<adapters::WebhookAddress>> read_webhook(Settings& settings) {
    constexpr const char* kUrl = "EVERLONG_WEBHOOK_URL";
    constexpr const char* kSecret = "EVERLONG_WEBHOOK_SECRET";
    // Shorter ones can be found by trying.
    constexpr std::size_t kShortest = 16;
    adapters::WebhookAddress address{settings.text(kUrl), settings.secret(kSecret)};
    const bool has_secret = !address.secret.is_empty();
    if (address.url.empty() && !has_secret) return std::optional<adapters::WebhookAddress>();
    if (address.url.empty()) return bad(kUrl, std::string("must be set, as ") + kSecret + " is");
    if (!has_secret)
        return bad(kSecret, std::string("must be set, as ") + kUrl + " is: receivers check who calls them");
    if (address.secret.reveal().size() < kShortest) return bad(kSecret, "must have at least 16 signs");
    if (!address.url.starts_with("https://") && !is_loopback_url(address.url)) {
        return bad(kUrl, "must begin with https://, or name this machine (http://127.0.0.1:3000/hook)");
    }
    if (address.url.find_first_of("?#@ ") != std::string::npos) {
        return bad(kUrl, "must not hold a user, a query or a fragment: the signature says who calls");
    }
    return std::optional<adapters::WebhookAddress>(std::move(address));
}

} // namespace

bool is_loopback_url(std::string_view url) {
    if (url.starts_with("http://")) {
        url.remove_prefix(7);
    } else if (url.starts_with("https://")) {
        url.remove_prefix(8);
    } else {
        return false;
    }
    const std::string_view authority = url.substr(0, url.find_first_of("/?#"));
    if (authority.contains('@')) return false;
    if (authority == "[::1]" || authority.starts_with("[::1]:")) return true;
    const std::string_view host = authority.substr(0, authority.find(':'));
    if (host == "localhost") return true;
    if (!host.starts_with("127.")) return false;
    return std::ranges::count(host, '.') == 3 &&
           std::ranges::all_of(host, [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
}

void point_at_sandbox(Config& config, std::string meta_base) {
    config.meta_base = std::move(meta_base);
    const auto copy = [](const AppPair& pair) { return AppPair{pair.id, pair.secret.clone()}; };
    if (!config.facebook_app) config.facebook_app = copy(config.sandbox_facebook_app);
    if (!config.instagram_app) config.instagram_app = copy(config.sandbox_instagram_app);
}

Result<Config> load_config(const Environment& environment, const fs::path& working_directory) {
    Settings settings(environment, working_directory);
    Config config;
    auto directory = data_dir(settings, environment);
    if (!directory) return fail(directory.error());
    config.data_dir = std::move(*directory);
    if (const std::string key = settings.text("EVERLONG_MASTER_KEY_FILE"); !key.empty())
        config.key_file = fs::absolute(key);
    if (auto meta = read_meta(config, settings); !meta) return fail(meta.error());
    auto public_url = read_public_url(settings);
    if (!public_url) return fail(public_url.error());
    config.public_url = std::move(*public_url);
    auto bucket = read_bucket(settings);
    if (!bucket) return fail(bucket.error());
    config.bucket = std::move(*bucket);
    auto webhook = read_webhook(settings);
    if (!webhook) return fail(webhook.error());
    config.webhook = std::move(*webhook);

    if (const char* zone = environment("TZ"); zone != nullptr) config.time_zone = zone;

    auto facebook = app_pair(settings, "META_APP_ID", "META_APP_SECRET");
    if (!facebook) return fail(facebook.error());
    config.facebook_app = std::move(*facebook);
    auto instagram = app_pair(settings, "INSTAGRAM_APP_ID", "INSTAGRAM_APP_SECRET");
    if (!instagram) return fail(instagram.error());
    config.instagram_app = std::move(*instagram);
    config.sandbox_facebook_app =
        sandbox_pair(settings, "SANDBOX_APP_ID", "SANDBOX_APP_SECRET", kSandboxAppId, kSandboxAppSecret);
    config.sandbox_instagram_app = sandbox_pair(settings, "SANDBOX_INSTAGRAM_APP_ID", "SANDBOX_INSTAGRAM_APP_SECRET",
                                                kSandboxInstagramAppId, kSandboxInstagramAppSecret);
    if (is_loopback_url(config.meta_base)) point_at_sandbox(config, config.meta_base);

    if (const std::string database = settings.text("EVERLONG_DATABASE_URL"); !database.empty()) {
        return bad("EVERLONG_DATABASE_URL", "is set, but PostgreSQL is not built in yet; leave it out for SQLite");
    }
    config.warnings = std::move(settings.warnings);
    return config;
}

} // namespace everlong::app
