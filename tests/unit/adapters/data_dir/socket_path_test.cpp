#include <adapters/data_dir/socket_path.hpp>

#include <support/temp_dir.hpp>

#include <gtest/gtest.h>

#include <fstream>

namespace everlong::adapters {
namespace {

TEST(SocketPathName, IsThePathItselfWhereThatFits) {
    EXPECT_EQ(SocketPath("/tmp/data").text(), "/tmp/data/everlong.sock");
}

TEST(SocketPathName, ReachesADeepDirectoryByAShortName) {
    const test::TempDir temp;
    const std::filesystem::path deep = temp.path() / std::string(100, 'd') / std::string(100, 'e');
    std::filesystem::create_directories(deep);
    std::ofstream(deep / "everlong.sock") << "here";
    const SocketPath path(deep);
    EXPECT_LT(path.text().size(), 108u);
    std::string content;
    std::ifstream(path.text()) >> content;
    EXPECT_EQ(content, "here");
}

} // namespace
} // namespace everlong::adapters
