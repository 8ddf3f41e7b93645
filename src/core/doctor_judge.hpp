#pragma once
// How the doctor's checks are put together; what its files share.

#include <core/doctor.hpp>

#include <initializer_list>

namespace everlong::core {

// The checks so far, and the one that is being decided.
class Judge {
public:
    explicit Judge(const DoctorObservations& seen) : seen_(seen) {}

    std::vector<Check> run();

private:
    // By what is looked at; each gives the finished check.
    Check env_file() const;
    Check token_present() const;
    Check token_format() const;
    Check token_valid() const;
    Check token_app() const;
    Check token_kind() const;
    Check token_lifetime() const;
    Check token_expiry() const;
    Check data_access() const;
    Check permissions() const;
    Check account_id() const;
    Check account_kind() const;
    Check publish_quota() const;
    Check clock() const;
    Check delivery() const;

    Check account_kind_of_none() const;
    Check end_of_life(CheckId id, const Expiry& expiry, std::string_view what, bool is_renewable) const;

    // A skip that names the first of these checks that did not pass; nothing where all did.
    std::optional<Check> blocked(CheckId id, std::initializer_list<CheckId> by) const;
    const Check* find(CheckId id) const;
    bool has_failed(CheckId id) const;
    bool is_env() const;       // values stand in a .env that can be written
    bool can_exchange() const; // by --fix: with an app, and a place for the new token
    Instant best_time() const; // Meta's where ours is far off

    const DoctorObservations& seen_;
    std::vector<Check> checks_;
};

Check pass(CheckId id, std::string what);
Check skip(CheckId id, std::string why, std::optional<CheckId> depends_on = {});
// With the words of cause and remedy, taxonomy's or core/messages.cpp's.
Check found(CheckId id, CheckStatus status, Cause cause, Remedy remedy, std::string what);
Check found(CheckId id, CheckStatus status, Code code, std::string what);
// As Meta's own error says.
Check found(CheckId id, CheckStatus status, const Error& error, LoginPath login, std::string what);

void add(Check& check, std::string name, std::string value);
void add(Check& check, std::string name, std::int64_t value);
void add(Check& check, std::string name, bool value);
void add(Check& check, std::string name, std::vector<std::string> value);
// Names who or where: stays out of reports.
void add_private(Check& check, std::string name, std::string value);

// May the same question be answered later without anybody changing anything?
bool is_passing(const Error& error);
std::string joined(const std::vector<std::string>& words, std::string_view between = ", ");
std::string described(const Account& account);
// How far our clock is from Meta's; nothing where Meta's was not heard.
std::optional<Milliseconds> clock_error(const DoctorObservations& seen);

} // namespace everlong::core
