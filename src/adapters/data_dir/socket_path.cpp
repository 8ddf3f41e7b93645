#include <adapters/data_dir/socket_path.hpp>

#include <fcntl.h>
#include <sys/un.h>
#include <unistd.h>

namespace everlong::adapters {
namespace {

constexpr const char* kName = "everlong.sock";

} // namespace

SocketPath::SocketPath(const std::filesystem::path& directory) : text_((directory / kName).string()) {
    if (text_.size() < sizeof(sockaddr_un{}.sun_path)) return;
    directory_ = open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
    text_ = "/proc/self/fd/" + std::to_string(directory_) + "/" + kName;
}

SocketPath::~SocketPath() {
    if (directory_ >= 0) close(directory_);
}

} // namespace everlong::adapters
