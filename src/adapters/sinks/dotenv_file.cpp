#include <adapters/sinks/dotenv_file.hpp>

#include <adapters/sinks/detail/dotenv_writer.hpp>
#include <adapters/sinks/env_path.hpp>
#include <core/dotenv.hpp>

#include <exception>
#include <set>
#include <utility>

namespace everlong::adapters {
namespace {

class DotenvFileSink final : public ports::DotenvSink {
public:
    explicit DotenvFileSink(Worker& worker) : worker_(worker) {}

    Task<void> write(const ports::DotenvTarget& target, const Secret& token, const IgUserId& id) override {
        auto work = [this, target, secret = token.clone(), id]() -> Result<void> {
            try {
                detail::Files files(hooks_);
                return note(target, detail::write_dotenv(files, target, secret, id, doubtful_.contains(target.path)));
            } catch (const std::exception& exception) {
                return fail(Code::kInternal, Fault::kLocal, exception.what());
            }
        };
        co_return co_await worker_.run(std::move(work));
    }

    Task<void> write_token(const ports::DotenvTarget& target, const Secret& token) override {
        auto work = [this, target, secret = token.clone()]() -> Result<void> {
            try {
                detail::Files files(hooks_);
                return note(target, detail::write_dotenv_token(files, target, secret, doubtful_.contains(target.path)));
            } catch (const std::exception& exception) {
                return fail(Code::kInternal, Fault::kLocal, exception.what());
            }
        };
        co_return co_await worker_.run(std::move(work));
    }

    Task<ports::SinkReading> read(const ports::DotenvTarget& target) override {
        auto work = [this, target]() -> Result<ports::SinkReading> {
            try {
                detail::Files files(hooks_);
                return detail::read_dotenv(files, target);
            } catch (const std::exception& exception) {
                return fail(Code::kInternal, Fault::kLocal, exception.what());
            }
        };
        co_return co_await worker_.run(std::move(work));
    }

private:
    // What became of a write, remembered for the next one. Only on the worker's thread.
    Result<void> note(const ports::DotenvTarget& target, Result<void> written) {
        if (written) {
            doubtful_.erase(target.path);
        } else if (written.error().code() == Code::kIo || written.error().code() == Code::kDiskFull) {
            doubtful_.insert(target.path);
        }
        return written;
    }

    Worker& worker_;
    detail::FileHooks hooks_;
    // Files whose last write may not have reached the disk.
    std::set<std::string> doubtful_;
};

class WorkerEnvFiles final : public ports::EnvFiles {
public:
    explicit WorkerEnvFiles(Worker& worker) : worker_(worker) {}

    Task<ports::EnvFile> open(std::string path) override {
        auto work = [path = std::move(path)]() -> Result<ports::EnvFile> {
            try {
                return open_now(path);
            } catch (const std::exception& exception) {
                return fail(Code::kInternal, Fault::kLocal, exception.what());
            }
        };
        co_return co_await worker_.run(std::move(work));
    }

private:
    static Result<ports::EnvFile> open_now(const std::string& path) {
        auto adopted = resolve_env_path(path);
        if (!adopted) return fail(adopted.error());
        auto content = read_env_file(adopted->path, core::kDotenvLimitBytes);
        if (!content) return fail(content.error());
        return ports::EnvFile{std::move(adopted->path), *std::move(content), std::move(adopted->warnings)};
    }

    Worker& worker_;
};

} // namespace

std::unique_ptr<ports::EnvFiles> make_env_files(Worker& worker) {
    return std::make_unique<WorkerEnvFiles>(worker);
}

std::unique_ptr<ports::DotenvSink> make_dotenv_sink(Worker& worker) {
    return std::make_unique<DotenvFileSink>(worker);
}

} // namespace everlong::adapters
