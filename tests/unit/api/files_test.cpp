// Files are brought whole or by the tus protocol, in constant memory, by those who may; Meta fetches them by their names.
#include "publishing_bench.hpp"

#include <api/detail/byte_range.hpp>

namespace everlong::api {
namespace {

const std::string kTusPiece = "application/offset+octet-stream";

class Files : public PublishingBench {
protected:
    Fields piece_at(std::size_t offset) {
        return {{"Tus-Resumable", "1.0.0"}, {"Content-Type", kTusPiece}, {"Upload-Offset", std::to_string(offset)}};
    }
    std::string begin(std::size_t length) {
        const auto made = bring("POST", "/v1/files",
                                {{"Tus-Resumable", "1.0.0"},
                                 {"Upload-Length", std::to_string(length)},
                                 {"Upload-Metadata", "filetype aW1hZ2UvanBlZw==,filename Y2F0IDEuanBn"}},
                                "");
        EXPECT_EQ(made.status, 201) << made.body;
        EXPECT_EQ(made.headers.find("Tus-Resumable"), "1.0.0");
        return std::string(made.headers.find("Location").value_or(""));
    }
};

TEST_F(Files, APictureIsBroughtWithOneRequest) {
    const auto answer = bring("POST", "/v1/files?name=cat.jpg", {{"Content-Type", "image/jpeg"}}, "JPEG of a cat");
    ASSERT_EQ(answer.status, 201) << answer.body;
    const auto file = body_of(answer);
    EXPECT_EQ(file.at("name"), "cat.jpg");
    EXPECT_EQ(file.at("whole"), true);
    EXPECT_EQ(file.at("size"), 13);
    EXPECT_EQ(file.at("facts").at("format"), "jpeg");
    EXPECT_EQ(file.at("sha256").as_string().size(), 64U);
    EXPECT_EQ(answer.headers.find("Location"), "/v1/files/" + std::string(file.at("id").as_string()));
    EXPECT_EQ(code_of(bring("POST", "/v1/files", {}, "")), "E_USAGE");
    EXPECT_EQ(code_of(bring("POST", "/v1/files", {{"Content-Type", "multipart/form-data; boundary=x"}}, "--x")),
              "E_USAGE");
}

TEST_F(Files, WhatIsNoPictureHasNoType) {
    const auto facts_of = [&](const std::string& bytes) {
        return body_of(bring("POST", "/v1/files", {}, bytes)).at("facts").as_object();
    };
    EXPECT_EQ(facts_of("JPEG of a cat").at("type"), "image");
    EXPECT_EQ(facts_of("%PDF-1.7").at("type"), nullptr);
    EXPECT_EQ(facts_of("%PDF-1.7").at("format"), nullptr);
}

TEST_F(Files, AnUploadGoesOnWhereItBrokeOff) {
    std::string bytes = "JPEG";
    while (bytes.size() < 10'000)
        bytes += std::to_string(bytes.size());
    const std::string address = begin(bytes.size());
    EXPECT_EQ(stream("PATCH", address, piece_at(0), bytes.substr(0, 4000)).status, 204);
    const auto asked = bring("HEAD", address, {{"Tus-Resumable", "1.0.0"}}, "");
    EXPECT_EQ(asked.headers.find("Upload-Offset"), "4000");
    EXPECT_EQ(asked.headers.find("Upload-Length"), std::to_string(bytes.size()));
    EXPECT_EQ(body_of(asked).at("name"), "cat 1.jpg");
    EXPECT_EQ(body_of(asked).at("facts"), nullptr);
    // Elsewhere than it ended, nothing is taken.
    for (const std::size_t wrong : {0, 3999, 4001, 20'000}) {
        EXPECT_EQ(code_of(stream("PATCH", address, piece_at(wrong), bytes.substr(4000, 10))), "E_FILE_OFFSET");
    }
    const auto more = stream("PATCH", address, piece_at(4000), bytes);
    EXPECT_EQ(code_of(more), "E_USAGE");
    EXPECT_TRUE(std::string_view(body_of(more).at("detail").as_string()).contains("Upload-Length")) << more.body;
    const auto done = stream("PATCH", address, piece_at(4000), bytes.substr(4000), 7);
    EXPECT_EQ(done.status, 204);
    EXPECT_EQ(done.headers.find("Upload-Offset"), std::to_string(bytes.size()));
    EXPECT_EQ(done.headers.find("Tus-Resumable"), "1.0.0");
    EXPECT_EQ(body_of(bring("GET", address, {}, "")).at("facts").at("format"), "jpeg");
    EXPECT_EQ(tool_.looks, 1);
    EXPECT_EQ(bring("DELETE", address, {{"Tus-Resumable", "1.0.0"}}, "").status, 204);
    EXPECT_EQ(bring("HEAD", address, {{"Tus-Resumable", "1.0.0"}}, "").status, 404);
}

TEST_F(Files, WhoComposesSeesTheBytes) {
    const std::string id = bring_picture("JPEG of a cat");
    const auto whole = bring("GET", "/v1/files/" + id + "/content", {}, "");
    EXPECT_EQ(whole.status, 200);
    EXPECT_EQ(whole.headers.find("Content-Type"), "image/jpeg");
    EXPECT_EQ(whole.headers.find("Cache-Control"), "private, no-cache");
    EXPECT_EQ(read_stream(whole), "JPEG of a cat");
    const auto part = bring("GET", "/v1/files/" + id + "/content", {{"Range", "bytes=0-3"}}, "");
    EXPECT_EQ(part.status, 206);
    EXPECT_EQ(read_stream(part), "JPEG");
    EXPECT_EQ(bring("GET", begin(10) + "/content", {}, "").status, 404);
    // What could be read as a page or a script is never called one.
    const std::string page = bring_picture("<script>alert(1)</script>");
    EXPECT_EQ(bring("GET", "/v1/files/" + page + "/content", {}, "").headers.find("Content-Type"),
              "application/octet-stream");
}

TEST_F(Files, APictureIsConvertedIntoANewFile) {
    const std::string id(body_of(bring("POST", "/v1/files?name=cat.png", {}, "PNG of a cat")).at("id").as_string());
    const std::string address = "/v1/files/" + id;
    const auto fixed = bring("POST", address + "/fix", {}, R"({"kind":"image","fit":"none"})");
    ASSERT_EQ(fixed.status, 201) << fixed.body;
    EXPECT_EQ(body_of(fixed).at("name"), "cat.jpg");
    EXPECT_EQ(body_of(fixed).at("facts").at("format"), "jpeg");
    const std::string other(body_of(fixed).at("id").as_string());
    EXPECT_NE(other, id);
    EXPECT_EQ(read_stream(bring("GET", "/v1/files/" + other + "/content", {}, "")), "JPEG of PNG of a cat");
    EXPECT_EQ(read_stream(bring("GET", address + "/content", {}, "")), "PNG of a cat") << "the old one stays";
    // Nothing to mend.
    const auto same = bring("POST", "/v1/files/" + other + "/fix", {}, "{}");
    EXPECT_EQ(same.status, 200);
    EXPECT_EQ(body_of(same).at("id").as_string(), other);
    EXPECT_EQ(code_of(bring("POST", address + "/fix", {}, R"({"fit":"stretch"})")), "E_HTTP_BODY");
    tool_.is_converting = false;
    EXPECT_EQ(code_of(bring("POST", address + "/fix", {}, "{}")), "E_MEDIA_TOOL");
}

TEST_F(Files, TheProtocolsRefusalsAreItsOwn) {
    const std::string address = begin(10);
    const auto other = bring("HEAD", address, {{"Tus-Resumable", "0.2.2"}}, "");
    EXPECT_EQ(other.status, 412);
    EXPECT_EQ(other.headers.find("Tus-Version"), "1.0.0");
    EXPECT_EQ(bring("PATCH", address, {{"Tus-Resumable", "1.0.0"}, {"Upload-Offset", "0"}}, "x").status, 415);
    const auto lengthless = bring("POST", "/v1/files", {{"Tus-Resumable", "1.0.0"}}, "");
    EXPECT_EQ(lengthless.status, 400);
    // Nothing is said of bodies of JSON or of clients of no good standing.
    for (const auto& refused : {other, lengthless})
        EXPECT_EQ(body_of(refused).at("code"), "E_USAGE") << refused.body;
    const auto large = bring("POST", "/v1/files", {{"Tus-Resumable", "1.0.0"}, {"Upload-Length", "1073741825"}}, "");
    EXPECT_EQ(code_of(large), "E_FILE_TOO_LARGE");
    const auto told = bring("OPTIONS", "/v1/files", {}, "");
    EXPECT_EQ(told.status, 204);
    EXPECT_EQ(told.headers.find("Tus-Extension"), "creation,creation-with-upload,termination");
    EXPECT_EQ(told.headers.find("Tus-Max-Size"), "1073741824");
    // Where only POST comes through.
    auto fields = piece_at(0);
    fields.emplace_back("X-HTTP-Method-Override", "PATCH");
    EXPECT_EQ(stream("POST", address, fields, "JPEG of x.").status, 204);
    EXPECT_EQ(bring("POST", address, {{"X-HTTP-Method-Override", "PUT"}}, "").status, 405);
}

TEST_F(Files, WhoMayNotIsAnsweredBeforeABytesIsKept) {
    EXPECT_EQ(stream("POST", "/v1/files", {}, "JPEG", 1000, "evl_nobody").status, 401);
    EXPECT_EQ(stream("POST", "/v1/files", {}, "JPEG", 1000, key_for({"posts:read"})).status, 403);
    EXPECT_TRUE(std::filesystem::is_empty(store_.directory() / "media"));
    EXPECT_EQ(stream("POST", "/v1/files", {}, "JPEG", 1000, key_for({"posts:write"})).status, 201);
}

TEST_F(Files, AKeyForOneChannelSeesItsOwnFilesOnly) {
    create_channel("shop");
    const std::string id = bring_picture();
    const std::string own = key_for({"posts:read", "posts:write"}, "shop");
    EXPECT_EQ(with_key(own, "GET", "/v1/files/" + id).status, 404);
    EXPECT_EQ(with_key(own, "DELETE", "/v1/files/" + id).status, 404);
    const auto mine = stream("POST", "/v1/files", {}, "JPEG", 1000, own);
    ASSERT_EQ(mine.status, 201);
    EXPECT_EQ(with_key(own, "GET", "/v1/files/" + std::string(body_of(mine).at("id").as_string())).status, 200);
}

TEST_F(Files, WhatNobodyNeedsIsRemovedAfterAWhile) {
    const std::string id = bring_picture();
    EXPECT_EQ(test::must(test::run(io_, brought_.sweep())), 0);
    clock_.at += engine::kUnusedFileSpan + Hours(1);
    EXPECT_EQ(test::must(test::run(io_, brought_.sweep())), 1);
    EXPECT_EQ(local("GET", "/v1/files/" + id).status, 404);
    EXPECT_TRUE(std::filesystem::is_empty(store_.directory() / "media"));
}

class Media : public PublishingBench {
protected:
    Media() {
        file_ = test::must(test::run(io_, brought_.find(core::FileId(bring_picture()))));
        file_.public_name = "anUnguessableName.jpg";
        file_.public_until = clock_.at + Hours(2);
        file_ = test::must(test::run(io_, store_.posts().save_file(file_)));
    }
    http::Response fetch(const std::string& method = "GET", const Fields& fields = {},
                         const std::string& name = "anUnguessableName.jpg") {
        return send(method, "/media/" + name, fields);
    }
    ports::MediaFile file_;
};

TEST_F(Media, IsServedToWhoeverHasTheName) {
    const auto answer = fetch();
    ASSERT_EQ(answer.status, 200);
    EXPECT_EQ(answer.headers.find("Content-Type"), "image/jpeg");
    EXPECT_EQ(answer.headers.find("X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(answer.headers.find("Cache-Control"), "public, max-age=3600");
    EXPECT_EQ(answer.headers.find("Accept-Ranges"), "bytes");
    EXPECT_FALSE(answer.headers.find("Set-Cookie"));
    EXPECT_EQ(answer.stream_length, 13U);
    EXPECT_EQ(read_stream(answer), "JPEG of a cat");
    const std::string etag(answer.headers.find("ETag").value_or(""));
    EXPECT_EQ(fetch("GET", {{"If-None-Match", etag}}).status, 304);
    EXPECT_EQ(fetch("HEAD").stream_length, 13U);
    EXPECT_EQ(fetch("POST").status, 405);
}

TEST_F(Media, IsServedInPieces) {
    const auto piece = fetch("GET", {{"Range", "bytes=5-6"}});
    EXPECT_EQ(piece.status, 206);
    EXPECT_EQ(piece.headers.find("Content-Range"), "bytes 5-6/13");
    EXPECT_EQ(read_stream(piece), "of");
    EXPECT_EQ(read_stream(fetch("GET", {{"Range", "bytes=-3"}})), "cat");
    const auto none = fetch("GET", {{"Range", "bytes=13-"}});
    EXPECT_EQ(none.status, 416);
    EXPECT_EQ(none.headers.find("Content-Range"), "bytes */13");
}

TEST_F(Media, EndsWithItsTime) {
    EXPECT_EQ(fetch("GET", {}, "anUnguessableNam.jpg").status, 404);
    EXPECT_EQ(fetch("GET", {}, file_.id.text()).status, 404);
    clock_.at += Hours(2) - Seconds(1);
    EXPECT_EQ(fetch().headers.find("Cache-Control"), "public, max-age=1");
    clock_.at += Seconds(1);
    EXPECT_EQ(fetch().status, 404);
}

TEST(ByteRange, IsReadAsTheStandardSays) {
    struct Row {
        std::string given;
        int status;
        std::uint64_t first;
        std::uint64_t last;
    };
    const Row rows[] = {{"", 200, 0, 9},
                        {"bytes=0-0", 206, 0, 0},
                        {"bytes=3-", 206, 3, 9},
                        {"bytes=3-99", 206, 3, 9},
                        {"bytes=-4", 206, 6, 9},
                        {"bytes=-99", 206, 0, 9},
                        {"bytes=10-", 416, 0, 0},
                        {"bytes=-0", 416, 0, 0},
                        {"bytes=5-3", 200, 0, 9},
                        {"bytes=0-1,3-4", 200, 0, 9},
                        {"bytes=a-b", 200, 0, 9},
                        {"items=0-1", 200, 0, 9},
                        {"bytes=", 200, 0, 9},
                        {"bytes=-", 200, 0, 9},
                        {"bytes=99999999999999999999-", 200, 0, 9}};
    for (const Row& row : rows) {
        http::Headers headers;
        if (!row.given.empty()) headers.add("Range", row.given);
        const auto answer = detail::read_range(headers, "\"e\"", 10);
        EXPECT_EQ(answer.status, row.status) << row.given;
        EXPECT_EQ(answer.range.first, row.first) << row.given;
        EXPECT_EQ(answer.range.last, row.last) << row.given;
    }
    http::Headers conditional;
    conditional.add("Range", "bytes=0-0");
    conditional.add("If-Range", "\"another\"");
    EXPECT_EQ(detail::read_range(conditional, "\"e\"", 10).status, 200);
    conditional.set("If-Range", "\"e\"");
    EXPECT_EQ(detail::read_range(conditional, "\"e\"", 10).status, 206);
}

} // namespace
} // namespace everlong::api
