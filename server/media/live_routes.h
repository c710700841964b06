// What browsers and other HTTP clients get of a stream:
//   GET  /live/{stream}.mjpg       multipart MJPEG
//   GET  /live/{stream}/socket     WebSocket, subprotocol matinee.live.v1: the pictures of a desktop program
//   GET  /live/{stream}/thumb.jpg  the last of them; of a page that publishes the still that it sent
//   GET  /live/{stream}.ts, .webm, .mp4   the container that the publisher sends
//   GET  /live/{stream}/ts, /media        the same as a WebSocket
//   GET  /live/{stream}/hls/…             HLS of it (hls_routes.h)
//   POST /live/{stream}/token      {"url", "expires_s"}: an address with a view token in it
// Who: the session cookie of somebody who is in the stream's room, or ?token=. A stream that does not exist and one that is not for
// the asker are the same 404 (the socket: closed with 4004). docs/protocol.md, "Live streams".
// Thread rule: add once at start. A request is read on its own loop and served from the stream's home loop.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include "server/http/router.h"
#include "server/media/relay.h"
#include "server/media/view_token.h"

namespace matinee::auth {
class FormTokens;
}

namespace matinee::media {

using FindStored =
    std::function<void(net::Loop& loop, seams::StreamId stream, std::function<void(seams::Result<seams::StreamRecord>)> done)>;

// A JPEG of a stream's key frame; `done` on any thread, or never when false is answered.
using MakeStill = std::function<bool(std::string format, std::function<std::string()> bytes, std::function<void(std::string jpeg)> done)>;

struct LiveServices {
  // The relay at the home of a desktop program's stream: (id − 1) % loops. Whether there is such a stream is found out there.
  std::function<Relay&(std::uint32_t stream)> home_of;
  std::function<Relay&(const std::string& code)> home_of_room;
  // A stored stream. Called on the request's loop, answers there.
  FindStored find_stored;
  // Who the cookie of a request says it is. Called on the request's loop, answers there.
  std::function<void(net::Loop& loop, const net::RequestHead& head, std::function<void(seams::Result<seams::Visit>)> done)> find_visitor;
  std::function<bool(const http::Request& request)> is_from_here;     // a form of our own pages: Origin
  std::function<std::string(const http::Request& request)> base_url;  // "https://HOST", where others reach this server
  std::function<std::int64_t()> now_ms;                               // server time
  MakeStill make_still;                                               // empty: none are made
  const auth::FormTokens& form_tokens;
  ViewTokens view_tokens;
};

// The router outlives the requests that it hands out.
void add_live(http::Router& router, LiveServices services);

}  // namespace matinee::media
