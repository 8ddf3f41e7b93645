#pragma once
// Deliveries into .env files (law 9). The work is done on a worker's thread; it is finished even when its caller is
// cancelled meanwhile.

#include <async/worker.hpp>
#include <ports/sink.hpp>

#include <memory>

namespace everlong::adapters {

// `worker` must outlive the sink and the tasks begun on it. read() of a file that is absent gives a reading without
// token; its errors are those of write() that concern reading.
std::unique_ptr<ports::DotenvSink> make_dotenv_sink(Worker& worker);

// Opens what env_path.hpp resolves, with its warnings. `worker` as above. A file that cannot be adopted for what it is
// (a directory, a device) is kEnvUnreadable; one with hard links or mounted by itself opens, with a warning.
std::unique_ptr<ports::EnvFiles> make_env_files(Worker& worker);

} // namespace everlong::adapters
