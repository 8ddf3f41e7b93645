#pragma once
// Videos, by libavformat: its demuxers of films only, its decoders of the codecs that Meta takes only.

#include <media/report.hpp>

namespace everlong::media {

Report look_at_video(int file);

} // namespace everlong::media
