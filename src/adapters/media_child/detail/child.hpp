#pragma once
// One confined child: started with descriptors and without our environment, read to its end, never outliving its owner.

#include <ports/clock.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace everlong::adapters::detail {

// Closes it.
class Descriptor {
public:
    Descriptor() = default;
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(Descriptor&& other) noexcept : number_(other.release()) {}
    Descriptor& operator=(Descriptor&& other) noexcept;
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor();

    bool is_open() const { return number_ >= 0; }
    int number() const { return number_; }
    int release();

private:
    int number_ = -1;
};

// The numbers by which the child knows its files.
inline constexpr int kChildInput = 3;
inline constexpr int kChildOutput = 4;

struct Ending {
    enum class How { kExited, kKilled, kTimeout, kTooMuchOutput, kUnknown } how = How::kUnknown;
    int number = 0; // exit code or signal
    std::string output;
};

class Child {
public:
    // Kills it where it lives.
    ~Child();
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    // `output` may be closed (absent). kMediaTool (kLocal) where it cannot be started.
    static Result<std::unique_ptr<Child>> start(boost::asio::any_io_executor executor, const std::string& program,
                                                std::vector<std::string> arguments, const Descriptor& input,
                                                const Descriptor& output);

    // Reads what it writes until it has ended; once.
    Async<Ending> finish(ports::Monotonic& monotonic, Milliseconds most);

private:
    Child(boost::asio::any_io_executor executor, int id, Descriptor handle, Descriptor answer);

    Async<bool> read_to_end(std::string& output);
    void kill();
    // Waits, which after kill() takes no time to speak of.
    Ending collect();

    int id_;
    bool is_collected_ = false;
    boost::asio::posix::stream_descriptor handle_; // a pidfd: ready to read once it has ended
    boost::asio::posix::stream_descriptor answer_;
};

} // namespace everlong::adapters::detail
