#pragma once
// From bytes to a verdict: fetches what a container needs, judges it, and settles the container; and the same for bytes
// that were uploaded.

#include <simulator/media/media_fetch.hpp>
#include <simulator/publishing/publishing.hpp>
#include <simulator/sandbox.hpp>

#include <memory>

namespace everlong::simulator {

// The picture and the video of one container, fetched and settled. Begins when it is awaited or spawned; touches the
// sandbox only while the world that the job belongs to exists.
Async<void> run_media_job(Sandbox& sandbox, std::shared_ptr<MediaFetcher> fetcher, const MediaJob& job);

// The bytes of a whole upload are there: judges them.
void settle_upload(Sandbox& sandbox, Container& container);

} // namespace everlong::simulator
