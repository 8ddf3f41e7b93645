#pragma once
// What the doctor sees: reads and questions only.

#include <engine/doctor/doctor.hpp>

namespace everlong::engine {

// The channel that holds a new token between Meta's answer and the file. Named after the old token, so that a run that
// was killed is taken up again; it goes when the file holds the new one.
inline constexpr std::string_view kPassage = "everlong-doctor-";
std::string passage_of(const Fingerprint& token);

struct Observed {
    core::DoctorObservations seen;
    Secret token; // cleaned; empty where there is none
    // What the token is where the next line was wrongly taken for its torn-off rest.
    Secret other_reading;
    std::optional<ports::EnvFile> file;
    // The channel that is looked at, or whose delivery the file is.
    std::optional<ports::Channel> channel;
    std::vector<ports::Delivery> deliveries; // as in seen.deliveries
};

Task<Observed> observe(World& world, ports::EnvFiles& env_files, const DoctorRequest& request);

// Fills in what Meta tells about the token. Error: kCancelled.
Task<void> ask_meta(World& world, core::DoctorObservations& seen, const Secret& token);

} // namespace everlong::engine
