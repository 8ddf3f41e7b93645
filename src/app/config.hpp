#pragma once
// The settings of a process, from the environment and a .env in the working directory (contract, section 2). Flags are
// applied over it by the commands. Nothing here asks the network.

#include <adapters/media_host/s3_bucket.hpp>
#include <adapters/webhook_http/webhook.hpp>
#include <base/result.hpp>
#include <base/secret.hpp>

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace everlong::app {

struct AppPair {
    std::string id;
    Secret secret;
};

struct Config {
    std::filesystem::path data_dir; // EVERLONG_DATA, else XDG_DATA_HOME/everlong, else ~/.local/share/everlong
    std::optional<std::filesystem::path> key_file; // EVERLONG_MASTER_KEY_FILE
    std::string meta_base;                         // EVERLONG_META; empty: the real hosts over TLS
    bool follows_sandbox_clock = false;            // EVERLONG_CLOCK=sandbox
    std::string public_url; // EVERLONG_PUBLIC_URL, in lower case, without a path; empty: only this machine calls us
    std::optional<adapters::S3Bucket> bucket; // EVERLONG_S3_…: pictures are shown from there; absent: by us
    std::optional<adapters::WebhookAddress>
        webhook;                          // EVERLONG_WEBHOOK_URL, EVERLONG_WEBHOOK_SECRET; absent: nobody is told
    std::string time_zone;                // TZ, as it is set; empty: that of the machine
    std::string graph_version;            // META_GRAPH_VERSION; empty: the default
    std::optional<AppPair> facebook_app;  // META_APP_ID, META_APP_SECRET
    std::optional<AppPair> instagram_app; // INSTAGRAM_APP_ID, INSTAGRAM_APP_SECRET
    AppPair sandbox_facebook_app;         // SANDBOX_APP_ID, SANDBOX_APP_SECRET, or their defaults
    AppPair sandbox_instagram_app;        // SANDBOX_INSTAGRAM_APP_ID, SANDBOX_INSTAGRAM_APP_SECRET
    std::vector<std::string> warnings;    // for standard error
};

// Gives the value of an environment variable; null where it is not set.
using Environment = std::function<const char*(const char* name)>;

// Errors: kConfig (kUsage), with the setting's name and what is wrong with it.
Result<Config> load_config(const Environment& environment, const std::filesystem::path& working_directory);

// Points the configuration at a simulator: its address, its clock and, where no app is configured, its apps.
void point_at_sandbox(Config& config, std::string meta_base);

// Is this the address of this machine itself: 127.0.0.0/8, localhost or [::1], with http or https?
bool is_loopback_url(std::string_view url);

} // namespace everlong::app
