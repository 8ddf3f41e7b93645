#pragma once
// The delivery into a .env file as one blocking call: read, change, replace, read back; again where a rival was faster.

#include <adapters/sinks/detail/files.hpp>
#include <ports/sink.hpp>

namespace everlong::adapters::detail {

// As ports::DotenvSink::write(). `is_doubtful`: the file is written even where it already says so, because an earlier
// write of it could not be brought to the disk (a second fsync may claim success for bytes that were dropped).
Result<void> write_dotenv(Files& files, const ports::DotenvTarget& target, const Secret& token, const IgUserId& id,
                          bool is_doubtful);
// As ports::DotenvSink::write_token().
Result<void> write_dotenv_token(Files& files, const ports::DotenvTarget& target, const Secret& token, bool is_doubtful);
Result<ports::SinkReading> read_dotenv(Files& files, const ports::DotenvTarget& target);

} // namespace everlong::adapters::detail
