#include <core/facts/platform.hpp>

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace everlong::core {
namespace {

TEST(Platform, KnowsWhenVersionsEnd) {
    const GraphVersion* version = find_graph_version("v25.0");
    ASSERT_NE(version, nullptr);
    EXPECT_EQ(to_rfc3339(version->released_at), "2026-02-18T00:00:00Z");
    ASSERT_TRUE(version->ends_at.has_value());
    EXPECT_EQ(to_rfc3339(*version->ends_at), "2028-07-29T00:00:00Z");
    EXPECT_EQ(to_rfc3339(*find_graph_version("v20.0")->ends_at), "2026-09-24T00:00:00Z");
    EXPECT_FALSE(find_graph_version("v26.0")->ends_at.has_value());
    EXPECT_EQ(find_graph_version("v3.2"), nullptr);
    EXPECT_EQ(kDefaultGraphVersion, "v25.0");
}

TEST(Platform, TakesOnlyVersionsThatAreSafeInAPath) {
    for (const char* good : {"v25.0", "v3.2", "v100.10"}) {
        EXPECT_TRUE(is_graph_version(good)) << good;
    }
    for (const char* bad : {"", "v", "25.0", "v25", "v25.", "v.0", "v25.0/", "v25.0.1", "v2 5.0", "../x", "v1234.0"}) {
        EXPECT_FALSE(is_graph_version(bad)) << bad;
    }
}

TEST(Platform, PutsTokensInUrlsOnlyWhereMetaTakesThemNowhereElse) {
    std::string in_url;
    for (const CallFacts& call : call_facts()) {
        if (call.token_place == TokenPlace::kQuery) in_url += std::string(call.path) + " ";
    }
    EXPECT_EQ(in_url, "/access_token /refresh_access_token /debug_token ");
}

TEST(Platform, SendsProofsToFacebookOnly) {
    for (const CallFacts& call : call_facts()) {
        SCOPED_TRACE(call.path);
        if (call.login == LoginPath::kInstagram) EXPECT_FALSE(call.takes_proof);
        if (call.sends_app_secret) EXPECT_FALSE(call.takes_proof);
        EXPECT_EQ(call.token_place == TokenPlace::kHeader, call.token_parameter.empty());
    }
    EXPECT_EQ(host_name(graph_host(LoginPath::kFacebook)), "graph.facebook.com");
    EXPECT_EQ(host_name(graph_host(LoginPath::kInstagram)), "graph.instagram.com");
}

TEST(Platform, HasNoInspectionForTheInstagramLogin) {
    EXPECT_EQ(find_call(GraphCall::kInspect, LoginPath::kInstagram), nullptr);
    EXPECT_EQ(find_call(GraphCall::kListPages, LoginPath::kInstagram), nullptr);
    EXPECT_EQ(find_call(GraphCall::kRefresh, LoginPath::kFacebook), nullptr);
    ASSERT_NE(find_call(GraphCall::kRefresh, LoginPath::kInstagram), nullptr);
    EXPECT_FALSE(find_call(GraphCall::kRefresh, LoginPath::kInstagram)->is_versioned);
}

} // namespace
} // namespace everlong::core
