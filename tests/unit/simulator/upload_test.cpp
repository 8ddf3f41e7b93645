// rupload.facebook.com: offsets, resumption, interruption, and memory that does not grow (graph-api.md, 8.6).
#include <unit/simulator/media_host.hpp>

#include <base/digest.hpp>
#include <http/client.hpp>
#include <http/request_reader.hpp>

#include <cstring>

namespace everlong::simulator {
namespace {

struct Uploader : Publisher {
    using Publisher::Publisher;

    // A container for an upload; fills in `address`.
    std::string begin(http::Parameters parameters = {{"media_type", "REELS"}}) {
        parameters.emplace_back("upload_type", "resumable");
        const Answer made = create(std::move(parameters));
        address = made.text("uri");
        return made.text("id");
    }
    http::Request part(const std::string& bytes, const http::Parameters& headers) {
        http::Request request =
            Bench::request("POST", address.substr(std::string("http://127.0.0.1:9190").size()), bytes);
        request.headers.add("Authorization", "OAuth " + token);
        for (const auto& [name, value] : headers)
            request.headers.add(name, value);
        return request;
    }
    Answer upload(const std::string& bytes, const http::Parameters& headers) { return send(part(bytes, headers)); }
    Answer upload(const std::string& bytes, std::size_t offset, std::size_t size) {
        return upload(bytes, {{"offset", std::to_string(offset)}, {"file_size", std::to_string(size)}});
    }

    std::string address;
};

TEST(Upload, WholeInOneCall) {
    Uploader uploader;
    const std::string id = uploader.begin();
    EXPECT_EQ(uploader.address, "http://127.0.0.1:9190/rupload.facebook.com/ig-api-upload/v25.0/" + id);
    EXPECT_EQ(uploader.read(id, "video_status").response.body,
              R"({"video_status":{"uploading_phase":{"status":"not_started","bytes_transferred":0},"processing_phase":)"
              R"({"status":"not_started"}},"id":")" +
                  id + "\"}");
    const std::string video = test::make_video();
    // Bytes that look like a form, under a form's content type, are bytes (clients.md, 11).
    const Answer done = uploader.upload(video, {{"Offset", "0"},
                                                {"FILE_SIZE", std::to_string(video.size())},
                                                {"Content-Type", "application/x-www-form-urlencoded"}});
    EXPECT_EQ(done.response.body, R"({"success":true,"message":"Upload successful."})");
    EXPECT_EQ(uploader.status(id), "IN_PROGRESS");
    uploader.bench.advance(2);
    EXPECT_EQ(uploader.status(id), "FINISHED");
    EXPECT_EQ(uploader.read(id, "video_status").text("video_status.processing_phase.status"), "complete");
    const std::string digest = to_hex(sha256(video).data(), 32);
    EXPECT_EQ(uploader.bench.ledger().text("containers.0.sha256"), digest);
    EXPECT_EQ(uploader.publish(id).status(), 200);
}

TEST(Upload, ResumesAtItsOffsetOnly) {
    Uploader uploader;
    const std::string id = uploader.begin();
    const std::string video = test::make_video();
    const Answer partial = uploader.upload(video.substr(0, 1000), 0, video.size());
    EXPECT_EQ(partial.status(), 400);
    EXPECT_EQ(partial.text("debug_info.type"), "PartialRequestError");
    EXPECT_EQ(uploader.read(id, "video_status").number("video_status.uploading_phase.bytes_transferred"), 1000);
    EXPECT_EQ(uploader.upload(video, 0, video.size()).text("debug_info.type"), "OffsetInvalidError");
    EXPECT_EQ(uploader.upload(video.substr(999), 999, video.size()).text("debug_info.type"), "OffsetInvalidError");
    EXPECT_EQ(uploader.upload(video.substr(1000), 1000, video.size() + 1).text("debug_info.type"),
              "ProcessingFailedError");
    EXPECT_EQ(uploader.upload(video.substr(1000) + "more", 1000, video.size()).text("debug_info.type"),
              "ProcessingFailedError");
    EXPECT_EQ(uploader.upload(video.substr(1000), 1000, video.size()).status(), 200);
    EXPECT_EQ(uploader.settled(id), "FINISHED");
}

TEST(Upload, RefusalsComeInTheirOwnEnvelope) {
    Uploader uploader;
    uploader.begin();
    const std::string token = std::exchange(uploader.token, "EAAnonsense");
    const Answer stranger = uploader.upload("x", 0, 1);
    EXPECT_EQ(stranger.status(), 400);
    EXPECT_EQ(stranger.response.body,
              R"({"debug_info":{"retriable":false,"type":"ProcessingFailedError","message":"{\"success\":false,)"
              R"(\"error\":{\"message\":\"unauthorized user request\"}}"}})");
    uploader.token = uploader.bench.token(R"({"login":"facebook","account":"other_shop"})");
    EXPECT_EQ(uploader.upload("x", 0, 1).text("debug_info.type"), "ProcessingFailedError");
    uploader.token = token;
    EXPECT_EQ(uploader.upload("x", {{"file_size", "1"}}).text("debug_info.type"), "OffsetInvalidError");
    EXPECT_EQ(uploader.upload("x", {{"offset", "0"}}).text("debug_info.type"), "ProcessingFailedError");
    EXPECT_EQ(uploader.upload("x", {{"offset", "0"}, {"file_size", "-1"}}).text("debug_info.type"),
              "ProcessingFailedError");
    uploader.set("upload_failure_status", "200");
    EXPECT_EQ(uploader.upload("x", {{"offset", "0"}}).status(), 200);
}

TEST(Upload, ABearerHeaderAndAnyVersionWillDo) {
    Uploader uploader;
    const std::string id = uploader.begin();
    uploader.address = "http://127.0.0.1:9190/rupload.facebook.com/ig-api-upload/v13.0/" + id;
    const std::string video = test::make_video();
    http::Request request = uploader.part(video, {{"offset", "0"}, {"file_size", std::to_string(video.size())}});
    request.headers.set("Authorization", "Bearer " + uploader.token);
    EXPECT_EQ(uploader.send(request).status(), 200);
    EXPECT_EQ(uploader.settled(id), "FINISHED");
}

TEST(Upload, AHostedFileIsFetched) {
    Uploader uploader;
    const std::string id = uploader.begin();
    EXPECT_EQ(uploader.upload("", {{"file_url", uploader.host.video()}}).status(), 200);
    EXPECT_EQ(uploader.settled(id), "FINISHED");
    EXPECT_EQ(uploader.upload("", {{"file_url", "gopher://127.0.0.1/"}}).text("debug_info.type"),
              "ProcessingFailedError");
}

TEST(Upload, OfTheInstagramLoginIsAsSwitched) {
    Uploader uploader(R"({"login":"instagram"})");
    const Answer refused = uploader.create({{"media_type", "REELS"}, {"upload_type", "resumable"}});
    EXPECT_TRUE(refused.text("error.message").contains("video_url is required"));
    uploader.set("instagram_resumable", "works");
    const std::string id = uploader.begin();
    const std::string video = test::make_video();
    EXPECT_EQ(uploader.upload(video, 0, video.size()).status(), 200);
    EXPECT_EQ(uploader.settled(id), "FINISHED");
}

TEST(Upload, IsCutHalfWayOnceWhereSwitched) {
    Uploader uploader;
    uploader.set("upload_cut", "half");
    const std::string id = uploader.begin();
    const std::string video = test::make_video();
    const Answer cut = uploader.upload(video, 0, video.size());
    EXPECT_EQ(cut.response.transmission, http::Transmission::kDrop);
    const auto arrived = static_cast<std::size_t>(
        uploader.read(id, "video_status").number("video_status.uploading_phase.bytes_transferred"));
    EXPECT_EQ(arrived, video.size() / 2);
    EXPECT_EQ(uploader.upload(video.substr(arrived), arrived, video.size()).status(), 200);
    EXPECT_EQ(uploader.settled(id), "FINISHED");
}

// The way that a server's connection goes: the plan is asked at the head, pieces are taken as they come.
TEST(Upload, WhatArrivedBeforeTheConnectionWasCutIsKept) {
    Uploader uploader;
    const std::string id = uploader.begin();
    const std::string video = test::make_video();
    const std::string head = "POST " + uploader.address.substr(std::string("http://127.0.0.1:9190").size()) +
                             " HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: OAuth " + uploader.token +
                             "\r\noffset: 0\r\nfile_size: " + std::to_string(video.size()) +
                             "\r\nContent-Length: " + std::to_string(video.size()) + "\r\n\r\n";
    http::ServerLimits limits;
    limits.body_bytes = 16; // far below: a taken body has a limit of its own
    {
        http::RequestReader reader(limits, false, uploader.bench.simulator().body_plan());
        const std::string bytes = head + video.substr(0, 2000);
        for (std::size_t at = 0; at < bytes.size(); at += 100) {
            const auto room = reader.prepare();
            const std::string_view piece = std::string_view(bytes).substr(at, 100);
            std::memcpy(room.data(), piece.data(), piece.size());
            reader.commit(piece.size());
            const auto step = reader.advance();
            EXPECT_TRUE(step == http::RequestReader::Step::kNeedsHead || step == http::RequestReader::Step::kNeedsBody);
        }
    }
    EXPECT_EQ(uploader.read(id, "video_status").number("video_status.uploading_phase.bytes_transferred"), 2000);
    EXPECT_EQ(uploader.upload(video.substr(2000), 2000, video.size()).status(), 200);
    EXPECT_EQ(uploader.settled(id), "FINISHED");
}

TEST(Upload, PassesThroughAServerInConstantMemory) {
    Uploader uploader;
    const std::string id = uploader.begin();
    auto server = http::Server::make(uploader.bench.io().get_executor(), {}, [&](http::Request request) {
        EXPECT_TRUE(request.body.empty());
        return uploader.bench.simulator().handle(std::move(request));
    });
    server->set_body_plan(uploader.bench.simulator().body_plan());
    const std::uint16_t port = server->listen_tcp("127.0.0.1", 0).value();
    test::VideoSample wish;
    wish.duration_ms = 60'000;
    wish.media_bytes = 20 * 1024 * 1024; // twenty times what a request may hold
    const std::string video = test::make_video(wish);
    auto client = http::Client::make(uploader.bench.io().get_executor());
    http::OutgoingRequest request;
    request.method = "POST";
    request.url = "http://127.0.0.1:" + std::to_string(port) + "/rupload.facebook.com/ig-api-upload/v25.0/" + id;
    request.headers.add("Authorization", "OAuth " + uploader.token);
    request.headers.add("offset", "0");
    request.headers.add("file_size", std::to_string(video.size()));
    request.body = video;
    const auto answer = test::run(uploader.bench.io(), client->send(std::move(request)));
    ASSERT_TRUE(answer) << answer.error().summary();
    EXPECT_EQ(answer->body, R"({"success":true,"message":"Upload successful."})");
    EXPECT_EQ(uploader.settled(id), "FINISHED");
    test::run(uploader.bench.io(), server->stop(Milliseconds(0)));
}

} // namespace
} // namespace everlong::simulator
