// Which adapters the suite of store_suite.hpp runs on.

#include "store_suite.hpp"

namespace everlong::test {
namespace {

class SqliteBackend final : public StoreBackend {
public:
    ports::Store& store() override { return sqlite_.store(); }
    ports::AccessStore& access() override { return sqlite_.access(); }
    void reopen() override { sqlite_.reopen(); }
    Result<std::int64_t> verify_audit() override { return adapters::verify_sqlite_audit(sqlite_.file()); }

private:
    SqliteStore sqlite_;
};

INSTANTIATE_TEST_SUITE_P(Adapter, StoreContract,
                         testing::Values(StoreAdapter{"sqlite", [] { return std::make_unique<SqliteBackend>(); }}),
                         [](const auto& info) { return std::string(info.param.name); });

} // namespace
} // namespace everlong::test
