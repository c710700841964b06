// HLS of a stream that comes in a container (RFC 8216):
//   GET /live/{stream}/hls/index.m3u8   the playlist; the first one waits until there is a segment
//   GET /live/{stream}/hls/{file}       init and media segments, by the names that the playlist gives
// Who: as for the other forms; a view token goes on to the addresses in the playlist. docs/protocol.md, "Live streams".
// Thread rule: add once at start. A request is read on its own loop and served from the stream's home loop.
#pragma once
#include "server/http/router.h"
#include "server/media/live_routes.h"

namespace matinee::media {

// The router outlives the requests that it hands out.
void add_hls(http::Router& router, LiveServices services);

}  // namespace matinee::media
