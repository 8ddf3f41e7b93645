#pragma once
// Pictures and videos that are brought to Everlong: their rows and their bytes, from the first piece to the look at the
// whole, and their end when no post needs them.

#include <ports/clock.hpp>
#include <ports/media_shelf.hpp>
#include <ports/media_tool.hpp>
#include <ports/post_store.hpp>

#include <cstdint>
#include <string>

namespace everlong::engine {

// Of one file: more than any reel or story that Meta takes (graph-api.md, 8.2: 1 GB).
inline constexpr std::uint64_t kMostFileBytes = 1024ULL * 1024 * 1024;
// Of its name, which is for people only.
inline constexpr std::size_t kMostNameBytes = 255;
// How long a file that no open post shows is kept: a person may compose over a weekend, and look at a post that failed.
inline constexpr Milliseconds kUnusedFileSpan = Days(7);

// Everything outlives it.
struct FileWorld {
    ports::Clock& clock;
    ports::PostStore& store;
    ports::MediaShelf& shelf;
    ports::MediaTool& tool;
};

class Files {
public:
    explicit Files(FileWorld world) : world_(world) {}

    // A file of that size is to come. kFileTooLarge (kUsage); kUsage for an empty one.
    Task<ports::MediaFile> begin(std::string name, std::uint64_t size, std::string actor);
    // With what is on the shelf by now. A file that is whole and was not looked at yet is looked at here: a crash may have
    // come between. kFileUnknown (kUsage).
    Task<ports::MediaFile> find(core::FileId id);
    // The next bytes; gives how many there are then. They must not go beyond its size: kUsage (kUsage). Errors of
    // MediaShelf::append.
    Task<std::uint64_t> append(const ports::MediaFile& file, std::uint64_t offset, std::string bytes);
    // A new file: the picture, changed. It is looked at. kFileUnknown (kUsage); errors of MediaTool::convert.
    Task<ports::MediaFile> convert(core::FileId id, core::Conversion conversion, std::string actor);
    // kFileUnknown (kUsage), kFileInUse (kConflict).
    Task<void> remove(core::FileId id, std::string actor);
    // Removes what nobody has needed for kUnusedFileSpan; gives how many.
    Task<int> sweep();

    ports::MediaShelf& shelf() { return world_.shelf; }

private:
    Task<ports::MediaFile> complete(ports::MediaFile file);

    Task<ports::MediaFile> take_over(core::FileId converted, std::string name, std::string actor);

    FileWorld world_;
    std::uint64_t conversions_ = 0; // since the start: each has a name of its own on the shelf while it is made
};

} // namespace everlong::engine
