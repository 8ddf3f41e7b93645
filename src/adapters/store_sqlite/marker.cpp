#include <adapters/store_sqlite/detail/marker.hpp>

namespace everlong::adapters::detail {
namespace {

// Not "everlong.db…": whoever copies the store back by its name leaves this one as it is.
constexpr std::string_view kFileName = "store.mark";

Result<core::StoreMark> read_mark(Database& database) {
    auto mark = database.find<core::StoreMark>("SELECT id, epoch FROM store_mark", [](Row row) {
        return Result<core::StoreMark>({row.text(0), row.number(1)});
    });
    if (!mark) return fail(mark.error());
    if (!*mark) return fail(Code::kStoreCorrupt, Fault::kCorrupt, "the store has no mark");
    return **std::move(mark);
}

} // namespace

Result<std::unique_ptr<Marker>> Marker::open(Database& database, const std::filesystem::path& store) {
    auto mark = read_mark(database);
    if (!mark) return fail(mark.error());
    std::unique_ptr<Marker> marker(new Marker(store.parent_path() / kFileName, *std::move(mark)));
    auto beside = marker->file_.read();
    if (!beside) return fail(beside.error());
    marker->why_older_ = core::why_older_copy(marker->mark_, *beside);
    if (beside->mark) marker->floor_ = beside->mark->epoch;
    if (!beside->mark && !marker->is_older()) {
        if (auto made = marker->file_.write(marker->mark_); !made) return fail(made.error());
    }
    return marker;
}

Result<void> Marker::raise(Database& database, bool is_start) {
    if (is_older() && !is_start) {
        return fail(Code::kStoreRestored, Fault::kLocal, why_older_ + ", and the store was not started");
    }
    auto raised = database.run("UPDATE store_mark SET epoch = max(epoch, ?1) + 1", floor_);
    if (!raised) return fail(raised.error());
    auto mark = read_mark(database);
    if (!mark) return fail(mark.error());
    mark_ = *std::move(mark);
    return {};
}

Result<void> Marker::follow() {
    why_older_.clear();
    return file_.write(mark_);
}

} // namespace everlong::adapters::detail
