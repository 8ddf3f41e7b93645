#include <core/dotenv.hpp>

#include <unit/core/dotenv_files.hpp>

#include <algorithm>
#include <gtest/gtest.h>

namespace everlong::core {
namespace {

using namespace dotenv_test;

// The file's bytes with the values of these keys left out: what no writing may change.
std::string foreign_bytes(const std::string& bytes, const Dotenv& file) {
    std::string foreign;
    std::size_t done = 0;
    for (const DotenvEntry& entry : file.entries()) {
        if (file.key_of(entry) != "TOKEN" && file.key_of(entry) != "ID") continue;
        foreign += bytes.substr(done, entry.raw_begin - done) + "<>";
        done = entry.raw_end;
        // The one byte that may come in: a blank that keeps a comment a comment.
        if (entry.has_comment && bytes[done] == '#') foreign += ' ';
    }
    return foreign + bytes.substr(done);
}

TEST(DotenvProperty, OnlyTheBytesOfOurValuesChange) {
    int written_files = 0;
    int refused_files = 0;
    for (unsigned seed = 1; seed <= 6000; ++seed) {
        Random random(seed);
        const std::string before = make_file(random);
        const std::string token = make_value(random);
        const std::string id = make_value(random);
        SCOPED_TRACE(testing::Message() << "seed " << seed << ", file " << testing::PrintToString(before));
        const DotenvAssignment assignments[] = {{"TOKEN", token}, {"ID", id}};
        const auto written = set_values(before, assignments);
        if (!written) {
            EXPECT_TRUE(written.error().code() == Code::kEnvSyntax || written.error().code() == Code::kValueUnsafe);
            ++refused_files;
            continue;
        }
        ++written_files;
        const std::string after(written->reveal());
        const auto old_file = parse_dotenv(before);
        const auto new_file = parse_dotenv(after);
        ASSERT_TRUE(old_file.has_value() && new_file.has_value());

        // What was there stays, in its order; behind it at most our two new lines.
        const std::string old_foreign = foreign_bytes(before, *old_file);
        const std::string new_foreign = foreign_bytes(after, *new_file);
        ASSERT_TRUE(new_foreign.starts_with(old_foreign)) << testing::PrintToString(after);
        std::string added = new_foreign.substr(old_foreign.size());
        std::erase_if(added, [](char c) { return c == '\r' || c == '\n'; });
        const bool has_token = old_file->read("TOKEN")->occurrences > 0;
        const bool has_id = old_file->read("ID")->occurrences > 0;
        for (const std::string_view name : {"export ", "TOKEN=<>", "ID=<>"}) {
            for (std::size_t at = added.find(name); at != std::string::npos; at = added.find(name))
                added.erase(at, name.size());
        }
        EXPECT_EQ(added, "") << testing::PrintToString(after);

        EXPECT_EQ(new_file->read("TOKEN")->value.reveal(), token);
        EXPECT_EQ(new_file->read("ID")->value.reveal(), id);
        EXPECT_EQ(new_file->entries().size(), old_file->entries().size() + (has_token ? 0 : 1) + (has_id ? 0 : 1));
        const auto again = set_values(after, assignments);
        ASSERT_TRUE(again.has_value());
        EXPECT_EQ(again->reveal(), after);
    }
    EXPECT_GT(written_files, 2400);
    EXPECT_GT(refused_files, 300);
}

TEST(DotenvProperty, AnyBytesAreReadOrRefused) {
    for (unsigned seed = 1; seed <= 6000; ++seed) {
        Random random(seed);
        std::string bytes = make_file(random);
        for (std::size_t changes = pick(random, 6); changes > 0 && !bytes.empty(); --changes) {
            bytes[pick(random, bytes.size())] = static_cast<char>(pick(random, 256));
        }
        const auto file = parse_dotenv(bytes);
        EXPECT_EQ(file.has_value(), !bytes.contains('\0'));
        if (!file) continue;
        std::size_t last = 0;
        for (const DotenvEntry& entry : file->entries()) {
            EXPECT_LE(last, entry.key_begin);
            EXPECT_LT(entry.key_begin, entry.key_end);
            EXPECT_LT(entry.key_end, entry.raw_begin);
            EXPECT_LE(entry.raw_begin, entry.raw_end);
            EXPECT_LE(entry.raw_end, bytes.size());
            EXPECT_LE(entry.text_begin, entry.text_end);
            last = entry.raw_end;
        }
    }
}

} // namespace
} // namespace everlong::core
