#include <adapters/log_spdlog/log.hpp>

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

namespace everlong::adapters {
namespace {

// Words, ids and abbreviated hashes are shorter; API keys (47), our other secrets (43) and tokens of Meta are not.
constexpr std::size_t kSuspiciousRun = 43;

bool is_token_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

class StderrLog final : public ports::Log {
public:
    StderrLog() : logger_("everlong", std::make_shared<spdlog::sinks::stderr_color_sink_mt>()) {
        logger_.set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %^%l%$ %v");
    }
    void info(std::string_view text) override { logger_.info("{}", redact(text)); }
    void warn(std::string_view text) override { logger_.warn("{}", redact(text)); }
    void error(std::string_view text) override { logger_.error("{}", redact(text)); }

private:
    spdlog::logger logger_;
};

} // namespace

std::string redact(std::string_view text) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string clean;
    clean.reserve(text.size());
    std::size_t run_start = 0;
    const auto end_run = [&] {
        if (clean.size() - run_start >= kSuspiciousRun) clean.replace(run_start, std::string::npos, "<redacted>");
    };
    for (const char c : text) {
        if (is_token_char(c)) {
            clean += c;
            continue;
        }
        end_run();
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7f) {
            clean += "\\x";
            clean += kDigits[byte >> 4];
            clean += kDigits[byte & 15];
        } else {
            clean += c;
        }
        run_start = clean.size();
    }
    end_run();
    return clean;
}

std::unique_ptr<ports::Log> make_stderr_log() {
    return std::make_unique<StderrLog>();
}

} // namespace everlong::adapters
