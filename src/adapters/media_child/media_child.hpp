#pragma once
// ports::MediaTool by everlong-media, a process for each file: no decoder runs in the service. The file goes there as a
// descriptor, the environment does not. Whatever brings that process down (a crash, its limits, our deadline) is an answer
// about the file.

#include <ports/clock.hpp>
#include <ports/media_tool.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <memory>
#include <string>

namespace everlong::adapters {

struct MediaChildSettings {
    std::string program; // path of everlong-media
    // Wall-clock, a good deal above the limits of CPU time that the program sets itself: the machine may be busy.
    Milliseconds look_time = Seconds(30);
    Milliseconds convert_time = Seconds(90);
    // At once: one working, one starting or reading. Each may take gigabytes.
    int most_children = 2;
};

// Beside our own executable; EVERLONG_MEDIA_TOOL names another.
std::string media_program();

std::unique_ptr<ports::MediaTool> make_media_child(boost::asio::any_io_executor executor, ports::Monotonic& monotonic,
                                                   MediaChildSettings settings);

} // namespace everlong::adapters
