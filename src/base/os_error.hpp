#pragma once
// An errno as an Error: which of our codes it is, with the system's own words.

#include <base/result.hpp>

#include <string_view>

namespace everlong {

// "cannot sync /data/everlong.db: No space left on device". ENOSPC and EDQUOT are kDiskFull, EROFS kReadOnly, EACCES and
// EPERM kPermissions, anything else kIo; always Fault::kLocal.
Error os_error(int number, std::string_view what);

// A path as it can stand in a line for a shell: quoted where it has to be.
std::string shell_quoted(std::string_view text);

} // namespace everlong
