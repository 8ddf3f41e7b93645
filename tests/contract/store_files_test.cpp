// ports/post_store.hpp: the files that posts show.

#include "store_posts_suite.hpp"

namespace everlong::test {
namespace {

using core::FileId;
using ports::MediaFile;
using testing::ElementsAre;
using testing::IsEmpty;

class StoreFiles : public StorePosts {
protected:
    MediaFile add_file(std::string name = "cat.jpg", Instant at = day(0)) {
        MediaFile file;
        file.name = std::move(name);
        file.size = 100;
        return get(posts().add_file(std::move(file), event("file-added", at)));
    }
    Post showing(const FileId& id) const {
        Post post = draft(day(3));
        post.content.media[0].url.clear();
        post.content.media[0].file = id;
        return post;
    }
    std::vector<std::string> unused(Instant before, int limit = 10) {
        std::vector<std::string> names;
        for (const MediaFile& file : get(posts().list_unused_files(before, limit)))
            names.push_back(file.name);
        return names;
    }
    Error removal_error(const FileId& id) { return error_of(posts().remove_file(id, event("file-removed"))); }
};

core::MediaFacts video_facts() {
    core::MediaFacts facts;
    facts.type = core::MediumType::kVideo;
    facts.format = "mp4";
    facts.bytes = 1'073'741'824;
    facts.width = 1080;
    facts.height = 1920;
    facts.is_multi_picture = true;
    facts.colour_space = "srgb";
    facts.has_metadata = true;
    facts.lies_on_its_side = true;
    facts.has_transparency = true;
    facts.problem = "cut \xff";
    facts.video = core::VideoFacts{.duration = Milliseconds(90'001),
                                   .codec = "h264",
                                   .pixel_format = "yuv420p",
                                   .frame_rate = 30000.0 / 1001.0,
                                   .bit_rate = 25'000'000,
                                   .is_interlaced = true,
                                   .has_edit_list = true,
                                   .is_index_first = true,
                                   .has_open_gop = true,
                                   .has_sound = true,
                                   .audio_codec = "aac",
                                   .sample_rate_hz = 48'000,
                                   .channels = 2,
                                   .audio_bit_rate = 128'000};
    return facts;
}

void expect_same(const core::MediaFacts& read, const core::MediaFacts& written) {
    EXPECT_EQ(read.type, written.type);
    EXPECT_EQ(read.format, written.format);
    EXPECT_EQ(read.bytes, written.bytes);
    EXPECT_EQ(read.width, written.width);
    EXPECT_EQ(read.height, written.height);
    EXPECT_EQ(read.is_multi_picture, written.is_multi_picture);
    EXPECT_EQ(read.colour_space, written.colour_space);
    EXPECT_EQ(read.has_metadata, written.has_metadata);
    EXPECT_EQ(read.lies_on_its_side, written.lies_on_its_side);
    EXPECT_EQ(read.has_transparency, written.has_transparency);
    EXPECT_EQ(read.problem, written.problem);
    ASSERT_TRUE(read.video);
    const auto members = [](const core::VideoFacts& video) {
        return std::tie(video.duration, video.codec, video.pixel_format, video.frame_rate, video.bit_rate,
                        video.is_interlaced, video.has_edit_list, video.is_index_first, video.has_open_gop,
                        video.has_sound, video.audio_codec, video.sample_rate_hz, video.channels, video.audio_bit_rate);
    };
    EXPECT_TRUE(members(*read.video) == members(*written.video));
}

TEST_F(StoreFiles, SurviveARestartWithEverythingThatIsKnown) {
    MediaFile file = add_file("caf\xff.mp4", day(1));
    EXPECT_TRUE(file.id.text().starts_with("file_"));
    EXPECT_EQ(file.id.text().size(), 25U);
    EXPECT_EQ(file.created_at, day(1));
    EXPECT_EQ(file.created_by, "engine");
    EXPECT_NE(file.id, add_file().id);
    file.received = 100;
    file.sha256 = std::string(64, 'a');
    file.facts = video_facts();
    file.public_name = "unguessable";
    file.public_until = day(2);
    file = get(posts().save_file(file));
    EXPECT_EQ(file.revision, 2);
    sqlite_.reopen();
    const auto read = get(posts().find_file_by_public_name("unguessable"));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->id, file.id);
    EXPECT_EQ(read->revision, 2);
    EXPECT_EQ(read->name, "caf\xff.mp4");
    EXPECT_EQ(read->size, 100U);
    EXPECT_TRUE(read->is_whole());
    EXPECT_EQ(read->sha256, file.sha256);
    ASSERT_TRUE(read->facts);
    expect_same(*read->facts, *file.facts);
    EXPECT_EQ(read->public_until, day(2));
    EXPECT_EQ(read->created_at, day(1));
    EXPECT_EQ(read->created_by, "engine");
    EXPECT_EQ(get(posts().find_file(file.id))->public_name, "unguessable");
    EXPECT_FALSE(get(posts().find_file_by_public_name(""))) << "what is not shown is not found";
    EXPECT_FALSE(get(posts().find_file(FileId("file_aaaaaaaaaaaaaaaaaaaa"))));
}

TEST_F(StoreFiles, RefuseToWriteOverAChange) {
    const MediaFile file = add_file();
    get(posts().save_file(file));
    const Error error = error_of(posts().save_file(file));
    EXPECT_EQ(error.code(), Code::kBusy);
    EXPECT_EQ(error.fault(), Fault::kConflict);
    MediaFile gone = file;
    gone.id = FileId("file_aaaaaaaaaaaaaaaaaaaa");
    EXPECT_EQ(error_of(posts().save_file(gone)).code(), Code::kFileUnknown);
    EXPECT_EQ(removal_error(gone.id).code(), Code::kFileUnknown);
}

TEST_F(StoreFiles, StayWhileAPostThatIsNotFinalShowsThem) {
    const MediaFile cat = add_file("cat.jpg");
    const MediaFile cover = add_file("cover.jpg");
    Post post = showing(cat.id);
    post.content.media.push_back(post.content.media[0]); // the same twice
    post.content.reel.cover_file = cover.id;
    post = add(post);
    const Post other = add(showing(cat.id));
    for (const FileId& id : {cat.id, cover.id}) {
        const Error error = removal_error(id);
        EXPECT_EQ(error.code(), Code::kFileInUse);
        EXPECT_EQ(error.fault(), Fault::kConflict);
        EXPECT_TRUE(error.detail().contains(post.id.text())) << error.detail();
    }
    post.content.reel.cover_file = FileId();
    post = save(post);
    get(posts().remove_file(cover.id, event("file-removed")));
    EXPECT_FALSE(get(posts().find_file(cover.id)));
    post.state = PostState::kPublished;
    post = save(post);
    EXPECT_EQ(removal_error(cat.id).code(), Code::kFileInUse) << "the other one";
    Post cancelled = other;
    cancelled.state = PostState::kCancelled;
    cancelled = save(cancelled);
    get(posts().remove_file(cat.id, event("file-removed")));
    // A final post goes on without its file, but cannot be taken up again without it.
    EXPECT_EQ(save(post).content.media[0].file, cat.id);
    cancelled.state = PostState::kScheduled;
    EXPECT_EQ(error_of(posts().save_post(cancelled, {}, std::nullopt)).code(), Code::kFileUnknown);
    EXPECT_EQ(error_of(posts().add_post(showing(cat.id), "", {}, event("x"))).code(), Code::kFileUnknown);
    EXPECT_EQ(get(posts().list_posts({})).posts.size(), 2U);
}

TEST_F(StoreFiles, ThatArriveMeanwhileMakeNoOtherRequest) {
    MediaFile clip = add_file("clip.mp4");
    Post asked = showing(clip.id);
    asked.state = PostState::kDraft; // a post needs the whole file
    const Post first = add(asked, "key");
    clip.received = clip.size;
    clip.sha256 = std::string(64, 'a');
    get(posts().save_file(clip));
    EXPECT_EQ(get(posts().add_post(asked, "key", {}, event("x"))).post.id, first.id);
    asked.content.media[0].file = add_file("another.mp4").id;
    EXPECT_EQ(error_of(posts().add_post(asked, "key", {}, event("x"))).code(), Code::kIdempotency);
}

TEST_F(StoreFiles, AreUnusedOnceNobodyHasShownThemForAWhile) {
    add_file("never shown", day(1));
    const MediaFile cat = add_file("cat", day(2));
    const MediaFile dog = add_file("dog", day(2));
    EXPECT_THAT(unused(day(1)), IsEmpty());
    EXPECT_THAT(unused(day(9)), ElementsAre("never shown", "cat", "dog"));
    EXPECT_THAT(unused(day(9), 1), ElementsAre("never shown"));
    Post post = add(showing(cat.id), "", day(3));
    add(showing(dog.id), "", day(3));
    EXPECT_THAT(unused(day(9)), ElementsAre("never shown"));
    post.state = PostState::kPublished;
    save(post, event("post-settled", day(6)));
    EXPECT_THAT(unused(day(6)), ElementsAre("never shown"));
    EXPECT_THAT(unused(day(7)), ElementsAre("never shown", "cat"));
    // A post that goes with its channel has shown its files until then.
    get(sqlite_.store().remove_channel(shop_, event("channel-removed", day(8))));
    EXPECT_THAT(unused(day(8)), ElementsAre("never shown", "cat"));
    EXPECT_THAT(unused(day(9)), ElementsAre("never shown", "cat", "dog"));
    get(posts().remove_file(dog.id, event("file-removed")));
}

} // namespace
} // namespace everlong::test
