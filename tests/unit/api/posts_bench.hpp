#pragma once
// Posts as callers make them: two channels, a picture, and quick ways to /v1/posts.

#include "publishing_bench.hpp"

#include <cstddef>
#include <string>

namespace everlong::api {

class Posts : public PublishingBench {
protected:
    Posts() {
        create_channel("shop");
        create_channel("other");
    }
    json::object picture_post(const std::string& channel = "shop") {
        return {{"channel", channel},
                {"kind", "image"},
                {"media", json::array{json::object{{"file", bring_picture()}, {"alt_text", "a cat"}}}},
                {"caption", "Hello"},
                {"at", "2026-12-24T18:00"},
                {"zone", "Europe/Berlin"}};
    }
    json::object create(const json::object& body) {
        const auto answer = local("POST", "/v1/posts", body);
        EXPECT_EQ(answer.status, 201) << answer.body;
        return body_of(answer);
    }
    // "rule ~warning ", errors first.
    static std::string rules_of(const json::object& answer) {
        std::string rules;
        for (const auto& finding : answer.at("findings").as_array()) {
            const bool is_error = finding.at("severity") == "error";
            rules += (is_error ? "" : "~") + std::string(finding.at("rule").as_string()) + " ";
        }
        return rules;
    }
    static std::string id_of(const json::object& post) { return std::string(post.at("id").as_string()); }
    std::size_t count() { return body_of(local("GET", "/v1/posts")).at("posts").as_array().size(); }
    http::Response import(const std::string& table, const std::string& query = "", const Fields& fields = {}) {
        return bring("POST", "/v1/posts/import" + query, fields, table);
    }
};

} // namespace everlong::api
