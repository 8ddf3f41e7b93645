#include <base/os_error.hpp>

#include <cerrno>
#include <system_error>

namespace everlong {

Error os_error(int number, std::string_view what) {
    Code code = Code::kIo;
    if (number == ENOSPC || number == EDQUOT) code = Code::kDiskFull;
    if (number == EROFS) code = Code::kReadOnly;
    if (number == EACCES || number == EPERM) code = Code::kPermissions;
    return Error(code, Fault::kLocal, std::string(what) + ": " + std::generic_category().message(number));
}

std::string shell_quoted(std::string_view text) {
    constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+:@%=,";
    if (!text.empty() && text.find_first_not_of(kPlain) == std::string_view::npos) return std::string(text);
    std::string quoted = "'";
    for (const char character : text) {
        if (character == '\'')
            quoted += "'\\''";
        else
            quoted += character;
    }
    return quoted + "'";
}

} // namespace everlong
