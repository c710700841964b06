#include "server/media/hls_routes.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "server/media/hls_streams.h"
#include "server/media/live_door.h"

namespace matinee::media {
namespace {

struct Said {
  int status = 503;
  std::string_view code, sentence;
};
Said said(HlsRefusal why) {
  switch (why) {
    case HlsRefusal::unfit: return {406, "not_in_this_form", "This stream's coding cannot be had as HLS."};
    case HlsRefusal::broken: return {503, "unreadable", "What this stream sends cannot be read."};
    case HlsRefusal::full: return {503, "full", "Too many streams are read as HLS just now. Try again later."};
    case HlsRefusal::not_yet: return {503, "not_yet", "Nothing has come of this stream yet. Try again in a moment."};
    case HlsRefusal::none:
    case HlsRefusal::stopping: break;
  }
  return {503, "restart", "The server restarts. Try again in a moment."};
}

class HlsRoutes : public std::enable_shared_from_this<HlsRoutes> {
 public:
  HlsRoutes(http::Router& router, LiveServices services) : router_(router), door_(std::make_shared<const LiveDoor>(std::move(services))) {}

  void add() {
    const auto self = shared_from_this();
    router_.get("/live/{stream}/hls/index.m3u8",
                [self](const http::RequestPtr& request, const http::Responder& responder) { self->playlist(request, responder); });
    router_.get("/live/{stream}/hls/{file}",
                [self](const http::RequestPtr& request, const http::Responder& responder) { self->file(request, responder); });
  }

 private:
  using OnHome = std::function<void(Relay& home, LiveAsker asker)>;

  // Goes to the stream's home, on its loop; refuses whoever may watch nothing.
  void at_home(const http::RequestPtr& request, const http::Responder& responder, std::int64_t stream, OnHome then) {
    door_->find_asker(*request, request->loop(), stream,
                      [self = shared_from_this(), request, responder, stream, then](std::optional<LiveAsker> asker) {
                        if (!asker) return self->refuse(request, responder);
                        self->door_->find_home(request->loop(), stream, [then, asker = std::move(*asker)](Relay& home) {
                          home.loop().post([&home, then, asker] { then(home, asker); });
                        });
                      });
  }

  void playlist(const http::RequestPtr& request, const http::Responder& responder) {
    const auto stream = read_stream(request->path_param("stream"));
    if (!stream || *stream < seams::first_stored_stream) return refuse(request, responder);
    at_home(request, responder, *stream, [self = shared_from_this(), request, responder, stream = *stream](Relay& home, LiveAsker asker) {
      auto hub = home.find_media(stream);
      if (hub && (!hub->program() || hub->ended())) hub = nullptr;
      home.hls().playlist(stream, hub, std::move(asker), [self, request, responder](tl::expected<std::string, HlsRefusal> made) {
        request->loop().post(
            [self, request, responder, made = std::move(made)]() mutable { self->answer(request, responder, std::move(made)); });
      });
    });
  }

  void answer(const http::RequestPtr& request, const http::Responder& responder, tl::expected<std::string, HlsRefusal> made) const {
    if (made)
      return responder.send({200, {{"Content-Type", "application/vnd.apple.mpegurl"}, {"Cache-Control", "no-cache"}}, std::move(*made)});
    if (made.error() == HlsRefusal::none) return refuse(request, responder);
    const auto [status, code, sentence] = said(made.error());
    auto response =
        http::Response::json(status, "{\"error\":\"" + std::string(code) + "\",\"sentence\":\"" + std::string(sentence) + "\"}");
    response.with("Cache-Control", "no-store");
    if (status == 503) response.with("Retry-After", "2");
    responder.send(std::move(response));
  }

  void file(const http::RequestPtr& request, const http::Responder& responder) {
    const auto stream = read_stream(request->path_param("stream"));
    if (!stream || *stream < seams::first_stored_stream) return refuse(request, responder);
    const std::string name(request->path_param("file"));
    at_home(request, responder, *stream,
            [self = shared_from_this(), request, responder, stream = *stream, name](Relay& home, const LiveAsker& asker) {
              auto bytes = home.hls().file(stream, asker, name);
              request->loop().post([self, request, responder, bytes = std::move(bytes)] {
                if (!bytes) return self->refuse(request, responder);
                // A name is never given to other bytes.
                responder.send_shared(200, {{"Content-Type", "video/mp4"}, {"Cache-Control", "private, max-age=3600, immutable"}}, bytes);
              });
            });
  }

  void refuse(const http::RequestPtr& request, const http::Responder& responder) const {
    responder.send(router_.error(*request, 404, "There is nothing at this address.").with("Cache-Control", "no-store"));
  }

  http::Router& router_;
  const std::shared_ptr<const LiveDoor> door_;  // shared with questions under way
};

}  // namespace

void add_hls(http::Router& router, LiveServices services) { std::make_shared<HlsRoutes>(router, std::move(services))->add(); }

}  // namespace matinee::media
