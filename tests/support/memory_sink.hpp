#pragma once
// Sinks in memory: what was delivered where, and a way to make deliveries fail.

#include <ports/sink.hpp>

#include <base/digest.hpp>

#include <map>
#include <string>

namespace everlong::test {

class MemorySink final : public ports::DotenvSink {
public:
    Task<void> write(const ports::DotenvTarget& target, const Secret& token, const IgUserId& id) override {
        if (failures_left_ > 0) {
            --failures_left_;
            co_return fail(Code::kDiskFull, Fault::kLocal, target.path);
        }
        ++writes_;
        tokens_[target.path] = std::string(token.reveal());
        ids_[target.path] = id.text();
        co_return Result<void>{};
    }
    Task<void> write_token(const ports::DotenvTarget& target, const Secret& token) override {
        co_return co_await write(target, token, IgUserId(ids_[target.path]));
    }
    Task<ports::SinkReading> read(const ports::DotenvTarget& target) override {
        ports::SinkReading reading;
        if (!tokens_[target.path].empty()) reading.token = fingerprint_of(tokens_[target.path]);
        reading.ig_user_id = ids_[target.path];
        reading.is_clean = true;
        co_return reading;
    }

    // Somebody else writes the file.
    void put(const std::string& path, std::string token) { tokens_[path] = std::move(token); }
    void fail_next(int count) { failures_left_ = count; }
    const std::string& token_at(const std::string& path) { return tokens_[path]; }
    int writes() const { return writes_; }

private:
    std::map<std::string, std::string> tokens_;
    std::map<std::string, std::string> ids_;
    int failures_left_ = 0;
    int writes_ = 0;
};

} // namespace everlong::test
