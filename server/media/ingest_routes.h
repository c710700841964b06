// Where streams come in:
//   POST /ingest/{stream}          Authorization: Bearer KEY; a cookie counts for nothing
//   POST /ingest/{stream}/{key}    the same for programs that can say no more than an address
//   POST /live/{stream}/chunks     ?s=SESSION&seq=N: numbered chunks of a page of ours, whose person made the stream and may go live
//   POST /live/{stream}/thumb.jpg  a still of what such a page publishes
// Whether a key fits is said before the body is read; who tries wrong ones again and again is asked to wait. docs/protocol.md, "Live
// streams". Thread rule: add once at start. A request is read on its own loop; its bytes go to the stream's home loop.
#pragma once
#include "server/auth/throttle.h"
#include "server/http/router.h"
#include "server/media/live_routes.h"

namespace matinee::media {

struct IngestServices {
  std::function<Relay&(const std::string& code)> home_of_room;
  FindStored find_stored;
  std::function<void(net::Loop& loop, const net::RequestHead& head, std::function<void(seams::Result<seams::Visit>)> done)> find_visitor;
  std::function<bool(const http::Request& request)> is_from_here;
  auth::Throttle& throttle;
  std::function<std::int64_t()> now_ms;
};

void add_ingest(http::Router& router, IngestServices services);

}  // namespace matinee::media
