#include <app/config.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>

namespace everlong::app {
namespace {

namespace fs = std::filesystem;

class ConfigFile : public testing::Test {
protected:
    ConfigFile() {
        std::string name = (fs::temp_directory_path() / "everlong-config-XXXXXX").string();
        directory_ = mkdtemp(name.data());
    }
    ~ConfigFile() override { fs::remove_all(directory_); }

    void write_env(const std::string& text) { std::ofstream(directory_ / ".env") << text; }

    Result<Config> load(std::map<std::string, std::string> variables = {}) {
        variables.emplace("HOME", "/home/ada");
        return load_config(
            [&](const char* name) -> const char* {
                const auto found = variables.find(name);
                return found == variables.end() ? nullptr : found->second.c_str();
            },
            directory_);
    }

    fs::path directory_;
};

TEST_F(ConfigFile, FindsTheDataDirectoryAsTheContractSays) {
    EXPECT_EQ(load()->data_dir, "/home/ada/.local/share/everlong");
    EXPECT_EQ(load({{"XDG_DATA_HOME", "/xdg"}})->data_dir, "/xdg/everlong");
    EXPECT_EQ(load({{"XDG_DATA_HOME", "/xdg"}, {"EVERLONG_DATA", "/data"}})->data_dir, "/data");
}

TEST_F(ConfigFile, RealEnvironmentWinsOverTheFileAndBlanksCountAsNone) {
    write_env("META_APP_ID=111\nMETA_APP_SECRET='from file'\nMETA_GRAPH_VERSION=v24.0\n");
    auto config = load({{"META_APP_SECRET", "from environment"}, {"META_GRAPH_VERSION", ""}});
    ASSERT_TRUE(config);
    EXPECT_EQ(config->facebook_app->id, "111");
    EXPECT_EQ(config->facebook_app->secret.reveal(), "from environment");
    EXPECT_EQ(config->graph_version, "v24.0");
    EXPECT_FALSE(config->instagram_app);
}

TEST_F(ConfigFile, UsesTheSandboxAppsOnlyOnLoopback) {
    auto config = load({{"EVERLONG_META", "http://127.0.0.1:9190/"}});
    ASSERT_TRUE(config);
    EXPECT_EQ(config->meta_base, "http://127.0.0.1:9190");
    EXPECT_EQ(config->facebook_app->id, "100000000000001");
    EXPECT_EQ(config->instagram_app->secret.reveal(), "sandbox-instagram-app-secret");
    EXPECT_FALSE(load({{"EVERLONG_META", "https://gateway.example"}})->facebook_app);
}

TEST_F(ConfigFile, RefusesWhatCannotBeMeantAndNamesTheSetting) {
    struct Case {
        const char* name;
        std::map<std::string, std::string> variables;
        const char* setting;
    };
    const Case cases[] = {
        {"plain http abroad", {{"EVERLONG_META", "http://meta.example"}}, "EVERLONG_META"},
        {"user part that looks like loopback", {{"EVERLONG_META", "http://127.0.0.1@evil.example"}}, "EVERLONG_META"},
        {"name that begins like loopback", {{"EVERLONG_META", "http://127.0.0.1.evil.example"}}, "EVERLONG_META"},
        {"no address", {{"EVERLONG_META", "graph"}}, "EVERLONG_META"},
        {"sandbox clock without simulator", {{"EVERLONG_CLOCK", "sandbox"}}, "EVERLONG_CLOCK"},
        {"unknown clock", {{"EVERLONG_CLOCK", "lunar"}}, "EVERLONG_CLOCK"},
        {"version without v", {{"META_GRAPH_VERSION", "25.0"}}, "META_GRAPH_VERSION"},
        {"version with a path", {{"META_GRAPH_VERSION", "v25.0/me"}}, "META_GRAPH_VERSION"},
        {"id without secret", {{"META_APP_ID", "1"}}, "META_APP_SECRET"},
        {"secret without id", {{"INSTAGRAM_APP_SECRET", "s"}}, "INSTAGRAM_APP_ID"},
        {"id that is no number", {{"META_APP_ID", "my-app"}, {"META_APP_SECRET", "s"}}, "META_APP_ID"},
        {"public http abroad", {{"EVERLONG_PUBLIC_URL", "http://everlong.example.org"}}, "EVERLONG_PUBLIC_URL"},
        {"public with a path", {{"EVERLONG_PUBLIC_URL", "https://example.org/everlong"}}, "EVERLONG_PUBLIC_URL"},
        {"public with a query", {{"EVERLONG_PUBLIC_URL", "https://example.org?a"}}, "EVERLONG_PUBLIC_URL"},
        {"public with a user", {{"EVERLONG_PUBLIC_URL", "https://a:b@example.org"}}, "EVERLONG_PUBLIC_URL"},
        {"public without a host", {{"EVERLONG_PUBLIC_URL", "https://"}}, "EVERLONG_PUBLIC_URL"},
        {"public without a port", {{"EVERLONG_PUBLIC_URL", "https://example.org:"}}, "EVERLONG_PUBLIC_URL"},
        {"public with blanks", {{"EVERLONG_PUBLIC_URL", "https://exa mple.org"}}, "EVERLONG_PUBLIC_URL"},
        {"public without scheme", {{"EVERLONG_PUBLIC_URL", "example.org"}}, "EVERLONG_PUBLIC_URL"},
        {"PostgreSQL", {{"EVERLONG_DATABASE_URL", "postgresql://x"}}, "EVERLONG_DATABASE_URL"},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.name);
        const auto config = load(c.variables);
        ASSERT_FALSE(config);
        EXPECT_EQ(config.error().code(), Code::kConfig);
        EXPECT_TRUE(config.error().detail().starts_with(c.setting)) << config.error().detail();
    }
}

TEST_F(ConfigFile, TakesThePublicAddressAsBrowsersWriteIt) {
    const std::pair<const char*, const char*> cases[] = {
        {"", ""},
        {"https://everlong.example.org", "https://everlong.example.org"},
        {"HTTPS://Everlong.Example.org/", "https://everlong.example.org"},
        {"https://everlong.example.org:443", "https://everlong.example.org"},
        {"https://everlong.example.org:8443/", "https://everlong.example.org:8443"},
        {"http://localhost:80", "http://localhost"},
        {"http://127.0.0.1:8000", "http://127.0.0.1:8000"},
        {"https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443"},
    };
    for (const auto& [given, expected] : cases) {
        SCOPED_TRACE(given);
        const auto config = load({{"EVERLONG_PUBLIC_URL", given}});
        ASSERT_TRUE(config) << config.error().summary();
        EXPECT_EQ(config->public_url, expected);
    }
}

std::map<std::string, std::string> with_bucket(std::map<std::string, std::string> other = {}) {
    other.emplace("EVERLONG_S3_ENDPOINT", "https://s3.eu-central-1.amazonaws.com");
    other.emplace("EVERLONG_S3_BUCKET", "pictures");
    other.emplace("EVERLONG_S3_REGION", "eu-central-1");
    other.emplace("EVERLONG_S3_ACCESS_KEY_ID", "AKIDEXAMPLE");
    other.emplace("EVERLONG_S3_SECRET_ACCESS_KEY", "secret/key+");
    return other;
}

TEST_F(ConfigFile, TakesABucket) {
    EXPECT_FALSE(load()->bucket);
    const auto config = load(with_bucket());
    ASSERT_TRUE(config && config->bucket);
    EXPECT_EQ(config->bucket->name, "pictures");
    EXPECT_EQ(config->bucket->region, "eu-central-1");
    EXPECT_EQ(config->bucket->access_key_id, "AKIDEXAMPLE");
    EXPECT_EQ(config->bucket->secret_access_key.reveal(), "secret/key+");
    struct Case {
        const char* endpoint;
        const char* bucket;
        const char* path_style;
        const char* expected;
        bool is_path_style;
    };
    const Case cases[] = {
        {"https://s3.example.org", "pictures", "", "https://s3.example.org", false},
        {"HTTPS://S3.Example.org:443/", "pictures", "", "https://s3.example.org", false},
        {"https://s3.example.org:9000", "pictures", "true", "https://s3.example.org:9000", true},
        {"http://127.0.0.1:9000", "pictures", "", "http://127.0.0.1:9000", true},
        {"http://localhost:80", "pictures", "", "http://localhost", true},
        {"http://localhost:9000", "pictures", "false", "http://localhost:9000", false},
        {"https://203.0.113.7", "pictures", "", "https://203.0.113.7", true},
        {"https://[2001:db8::1]:9000", "pictures", "", "https://[2001:db8::1]:9000", true},
        {"https://example.org/Storage/v1/s3/", "pictures", "", "https://example.org/Storage/v1/s3", true},
        {"https://s3.example.org", "my.pictures", "", "https://s3.example.org", true},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.endpoint);
        const auto taken = load(with_bucket({{"EVERLONG_S3_ENDPOINT", c.endpoint},
                                             {"EVERLONG_S3_BUCKET", c.bucket},
                                             {"EVERLONG_S3_PATH_STYLE", c.path_style}}));
        ASSERT_TRUE(taken) << taken.error().summary();
        EXPECT_EQ(taken->bucket->endpoint, c.expected);
        EXPECT_EQ(taken->bucket->is_path_style, c.is_path_style);
    }
}

TEST_F(ConfigFile, TakesAllOfABucketOrNothing) {
    const auto one = load({{"EVERLONG_S3_BUCKET", "pictures"}});
    ASSERT_FALSE(one);
    EXPECT_EQ(one.error().code(), Code::kConfig);
    EXPECT_EQ(one.error().detail(), "EVERLONG_S3_ENDPOINT, EVERLONG_S3_REGION, EVERLONG_S3_ACCESS_KEY_ID, "
                                    "EVERLONG_S3_SECRET_ACCESS_KEY must be set, as other EVERLONG_S3_ settings are: a "
                                    "bucket needs them all");
    EXPECT_FALSE(load({{"EVERLONG_S3_PATH_STYLE", "true"}}));
    const std::pair<const char*, const char*> cases[] = {
        {"EVERLONG_S3_SECRET_ACCESS_KEY", ""},
        {"EVERLONG_S3_ENDPOINT", "http://s3.example.org"},
        {"EVERLONG_S3_ENDPOINT", "s3.example.org"},
        {"EVERLONG_S3_ENDPOINT", "https://key:secret@s3.example.org"},
        {"EVERLONG_S3_ENDPOINT", "https://s3.example.org/a?b"},
        {"EVERLONG_S3_BUCKET", "Pictures"},
        {"EVERLONG_S3_BUCKET", "pictures/cats"},
        {"EVERLONG_S3_REGION", "eu central"},
        {"EVERLONG_S3_PATH_STYLE", "perhaps"},
    };
    for (const auto& [name, value] : cases) {
        SCOPED_TRACE(name);
        SCOPED_TRACE(value);
        const auto config = load(with_bucket({{name, value}}));
        ASSERT_FALSE(config);
        EXPECT_EQ(config.error().code(), Code::kConfig);
        EXPECT_TRUE(config.error().detail().starts_with(name)) << config.error().detail();
    }
}

TEST_F(ConfigFile, GoesOnWithoutAFileThatIsNone) {
    write_env(std::string("META_APP_ID=1\0\n", 15));
    const auto config = load();
    ASSERT_TRUE(config);
    EXPECT_FALSE(config->warnings.empty());
}

TEST(LoopbackUrl, IsThisMachineOnly) {
    for (const char* url : {"http://127.0.0.1", "http://127.0.0.1:9190", "http://127.9.9.9:1/x",
                            "http://localhost:9190", "https://localhost", "http://[::1]:9190/"}) {
        EXPECT_TRUE(is_loopback_url(url)) << url;
    }
    for (const char* url : {"", "127.0.0.1", "http://127.0.0.1.example", "http://localhost.example", "http://10.0.0.1",
                            "http://x@127.0.0.1", "ftp://127.0.0.1", "http://[::2]", "http://127.1"}) {
        EXPECT_FALSE(is_loopback_url(url)) << url;
    }
}

TEST_F(ConfigFile, AWebhookHasAnAddressAndASecret) {
    constexpr const char* kSecret = "0123456789abcdef";
    EXPECT_FALSE(load()->webhook);
    const auto good =
        load({{"EVERLONG_WEBHOOK_URL", "https://app.example.org/hook"}, {"EVERLONG_WEBHOOK_SECRET", kSecret}});
    ASSERT_TRUE(good) << good.error().summary();
    EXPECT_EQ(good->webhook->url, "https://app.example.org/hook");
    EXPECT_EQ(good->webhook->secret.reveal(), kSecret);
    EXPECT_TRUE(load({{"EVERLONG_WEBHOOK_URL", "http://127.0.0.1:3000/hook"}, {"EVERLONG_WEBHOOK_SECRET", kSecret}}));
    for (const char* url : {"", "http://app.example.org/hook", "https://app.example.org/hook?key=1",
                            "https://ada:1@app.example.org/hook", "ftp://app.example.org"}) {
        const auto refused = load({{"EVERLONG_WEBHOOK_URL", url}, {"EVERLONG_WEBHOOK_SECRET", kSecret}});
        ASSERT_FALSE(refused) << url;
        EXPECT_EQ(refused.error().code(), Code::kConfig);
        EXPECT_EQ(refused.error().detail().find(kSecret), std::string::npos);
    }
    for (const char* secret : {"", "short"}) {
        EXPECT_FALSE(load({{"EVERLONG_WEBHOOK_URL", "https://app.example.org"}, {"EVERLONG_WEBHOOK_SECRET", secret}}));
    }
}

} // namespace
} // namespace everlong::app
