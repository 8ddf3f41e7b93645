#pragma once
// What the doctor mends without a person. The token in use is never given up for one that is not verified, and a new
// one is stored before it is written anywhere (laws 1 and 2).

#include <engine/doctor/observe.hpp>

namespace everlong::engine {

struct Mended {
    std::vector<std::string> done;
    std::optional<Error> problem;
    std::string kept_as;
    std::optional<Secret> env_text;
};

// Errors: the store's own; what Meta or the file refuses stands in Mended::problem.
Task<Mended> mend(World& world, ports::EnvFiles& env_files, const DoctorRequest& request, const Observed& observed);

} // namespace everlong::engine
