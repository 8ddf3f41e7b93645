#pragma once
// Writing a .env file without replacing it, for a file that is mounted by itself. Readers can meet a half-written file
// here, so it happens only where it was asked for. Two files beside it make up for that: ".NAME.everlong-backup" holds
// the last bytes before ours (it stays), ".NAME.everlong-next" what a killed writer had begun to write.

#include <adapters/sinks/detail/replace_file.hpp>

namespace everlong::adapters::detail {

// `old` must have been opened with O_RDWR and be present.
// Errors: kDiskFull, kReadOnly, kPermissions, kIo (kLocal). After one of them the old bytes are in the file again, or
// else in the backup.
Result<Swap> overwrite_in_place(Files& files, const EnvDirectory& place, const Snapshot& old, const Secret& bytes);

// Finishes what a killed writer left half-written. True where it changed the file, which is then to be read again.
Result<bool> finish_torn_write(Files& files, const EnvDirectory& place, const Snapshot& now);

// True where `now` is `fresh` up to some byte and `old` from there on: the trace of a write that did not end.
bool is_torn_between(std::string_view now, std::string_view old, std::string_view fresh);

} // namespace everlong::adapters::detail
