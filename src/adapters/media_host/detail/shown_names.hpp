#pragma once
// The unguessable names under which files are shown, in their rows.

#include <async/task.hpp>
#include <ports/post_store.hpp>
#include <ports/random.hpp>

#include <functional>
#include <string>

namespace everlong::adapters::detail {

// Of 192 bits of chance, with the ending of the file's format. Of base64url's signs and a dot.
std::string make_shown_name(ports::Random& random, const ports::MediaFile& file);

// Gives the row as `change` leaves it, saved where it says true; as often as somebody else was faster, it gets the row as
// it is then. Errors: those of PostStore::save_file; kFileUnknown (kUsage) where it has gone meanwhile.
Task<ports::MediaFile> change_row(ports::PostStore& store, ports::MediaFile file,
                                  std::function<bool(ports::MediaFile&)> change);

} // namespace everlong::adapters::detail
