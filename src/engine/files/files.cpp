#include <engine/files/files.hpp>

#include <utility>

namespace everlong::engine {
namespace {

constexpr int kSweptAtOnce = 100;
// What is held of a converted picture while it becomes a file.
constexpr std::size_t kPieceBytes = 1024 * 1024;
// Two who complete the same file write the same: the loser of the race reads what the winner has written.
constexpr int kSaveTries = 3;

// "cat.png" as "cat.jpg".
std::string name_of_jpeg(const std::string& name) {
    const std::size_t dot = name.rfind('.');
    return (dot == std::string::npos || dot == 0 ? name : name.substr(0, dot)) + ".jpg";
}

std::unexpected<Error> unknown_file(const core::FileId& id) {
    return fail(Code::kFileUnknown, Fault::kUsage, id.text().substr(0, kMostNameBytes));
}

} // namespace

Task<ports::MediaFile> Files::begin(std::string name, std::uint64_t size, std::string actor) {
    if (size == 0) co_return fail(Code::kUsage, Fault::kUsage, "the file is empty: it has at least one byte");
    if (size > kMostFileBytes) {
        co_return fail(Code::kFileTooLarge, Fault::kUsage, "it has " + std::to_string(size) + " bytes");
    }
    ports::MediaFile file;
    file.name = std::move(name);
    if (file.name.size() > kMostNameBytes) file.name.resize(kMostNameBytes);
    file.size = size;
    ports::AuditEvent event{world_.clock.now(), std::move(actor), "file-added", {}, file.name};
    co_return co_await world_.store.add_file(std::move(file), std::move(event));
}

Task<ports::MediaFile> Files::find(core::FileId id) {
    auto found = co_await world_.store.find_file(id);
    if (!found) co_return fail(found.error());
    if (!*found) co_return unknown_file(id);
    ports::MediaFile file = std::move(**found);
    if (file.is_whole() && file.facts) co_return file;
    auto length = co_await world_.shelf.length(id);
    if (!length) co_return fail(length.error());
    file.received = *length;
    if (!file.is_whole()) co_return file;
    co_return co_await complete(std::move(file));
}

Task<ports::MediaFile> Files::complete(ports::MediaFile file) {
    auto hash = co_await world_.shelf.sha256(file.id);
    if (!hash) co_return fail(hash.error());
    auto facts = co_await world_.tool.look(world_.shelf.path(file.id));
    if (!facts) co_return fail(facts.error());
    Result<ports::MediaFile> saved = fail(Code::kBusy, Fault::kConflict);
    for (int i = 0; i < kSaveTries; ++i) {
        file.received = file.size;
        file.sha256 = *hash;
        file.facts = *facts;
        saved = co_await world_.store.save_file(file);
        if (saved || saved.error().code() != Code::kBusy) co_return saved;
        auto fresh = co_await world_.store.find_file(file.id);
        if (!fresh) co_return fail(fresh.error());
        if (!*fresh) co_return unknown_file(file.id);
        file = std::move(**fresh);
    }
    co_return saved;
}

Task<std::uint64_t> Files::append(const ports::MediaFile& file, std::uint64_t offset, std::string bytes) {
    if (offset > file.size || bytes.size() > file.size - offset) {
        co_return fail(Code::kUsage, Fault::kUsage,
                       "more comes than the " + std::to_string(file.size) +
                           " bytes that were announced (Upload-Length): begin the upload anew with its whole size");
    }
    co_return co_await world_.shelf.append(file.id, offset, std::move(bytes));
}

Task<ports::MediaFile> Files::take_over(core::FileId converted, std::string name, std::string actor) {
    auto bytes = world_.shelf.open(converted);
    if (!bytes) co_return fail(bytes.error());
    auto file = co_await begin(std::move(name), (*bytes)->size(), std::move(actor));
    if (!file) co_return fail(file.error());
    for (std::uint64_t offset = 0; offset < file->size;) {
        auto piece = (*bytes)->read(offset, kPieceBytes);
        if (!piece) co_return fail(piece.error());
        auto length = co_await append(*file, offset, std::move(*piece));
        if (!length) co_return fail(length.error());
        offset = *length;
    }
    co_return co_await find(file->id);
}

Task<ports::MediaFile> Files::convert(core::FileId id, core::Conversion conversion, std::string actor) {
    auto source = co_await find(id);
    if (!source) co_return fail(source.error());
    // A name that no file of ours has; one that a crash left behind is out of the way.
    const core::FileId target("converted_" + std::to_string(++conversions_));
    if (auto cleared = co_await world_.shelf.remove(target); !cleared && cleared.error().code() != Code::kFileUnknown) {
        co_return fail(cleared.error());
    }
    auto made = co_await world_.tool.convert(world_.shelf.path(id), world_.shelf.path(target), std::move(conversion));
    if (!made) co_return fail(made.error());
    auto file = co_await take_over(target, name_of_jpeg(source->name), std::move(actor));
    auto cleared = co_await world_.shelf.remove(target);
    if (file && !cleared) co_return fail(cleared.error());
    co_return file;
}

Task<void> Files::remove(core::FileId id, std::string actor) {
    auto removed = co_await world_.store.remove_file(
        id, {world_.clock.now(), std::move(actor), "file-removed", {}, id.text().substr(0, kMostNameBytes)});
    if (!removed) co_return fail(removed.error());
    // The row first: bytes without a row are waste, a row without bytes would be a promise.
    co_return co_await world_.shelf.remove(id);
}

Task<int> Files::sweep() {
    auto files = co_await world_.store.list_unused_files(world_.clock.now() - kUnusedFileSpan, kSweptAtOnce);
    if (!files) co_return fail(files.error());
    int count = 0;
    for (const ports::MediaFile& file : *files) {
        auto removed = co_await remove(file.id, "engine");
        // A post may have taken it up meanwhile.
        if (!removed && removed.error().code() != Code::kFileInUse) co_return fail(removed.error());
        if (removed) ++count;
    }
    co_return count;
}

} // namespace everlong::engine
