#include <adapters/media_host/detail/shown_names.hpp>

#include <core/publishing/media_names.hpp>

namespace everlong::adapters::detail {
namespace {

// Of a name's chance: 192 bits, more than anybody can try.
constexpr std::size_t kNameBytes = 24;
constexpr int kSaveTries = 5;

} // namespace

std::string make_shown_name(ports::Random& random, const ports::MediaFile& file) {
    std::string name = random.id(kNameBytes);
    if (file.facts) name += core::ending_of(file.facts->format);
    return name;
}

Task<ports::MediaFile> change_row(ports::PostStore& store, ports::MediaFile file,
                                  std::function<bool(ports::MediaFile&)> change) {
    for (int i = 0; i < kSaveTries; ++i) {
        if (!change(file)) co_return file;
        const core::FileId id = file.id;
        auto saved = co_await store.save_file(std::move(file));
        if (saved || saved.error().code() != Code::kBusy) co_return saved;
        auto fresh = co_await store.find_file(id);
        if (!fresh) co_return fail(fresh.error());
        if (!*fresh) co_return fail(Code::kFileUnknown, Fault::kUsage, id.text());
        file = std::move(**fresh);
    }
    co_return fail(Code::kBusy, Fault::kConflict, "the file is being changed");
}

} // namespace everlong::adapters::detail
