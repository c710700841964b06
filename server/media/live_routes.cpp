#include "server/media/live_routes.h"

#include <memory>
#include <optional>
#include <utility>

#include "server/auth/csrf.h"
#include "server/http/form.h"
#include "server/media/hls_routes.h"
#include "server/media/live_door.h"
#include "server/media/live_viewers.h"
#include "server/media/media_http_view.h"
#include "server/media/media_socket_view.h"
#include "server/media/mjpeg_view.h"
#include "server/media/socket_view.h"
#include "videoproto/connection.h"

namespace matinee::media {
namespace {

// "7.webm" of a path.
struct Named {
  std::int64_t stream = 0;
  rooms::LiveForm form = rooms::LiveForm::mjpeg;
};
std::optional<Named> read_named(std::string_view name) {
  constexpr std::pair<std::string_view, rooms::LiveForm> endings[] = {
      {".mjpg", rooms::LiveForm::mjpeg}, {".ts", rooms::LiveForm::ts}, {".webm", rooms::LiveForm::webm}, {".mp4", rooms::LiveForm::mp4}};
  for (const auto& [ending, form] : endings) {
    if (!name.ends_with(ending)) continue;
    const auto stream = read_stream(name.substr(0, name.size() - ending.size()));
    return stream ? std::optional(Named{*stream, form}) : std::nullopt;
  }
  return std::nullopt;
}

// A stream that somebody may watch: of a desktop program, or one that comes in a container.
struct Found {
  std::shared_ptr<StreamHub> pictures;
  std::shared_ptr<MediaHub> media;
  explicit operator bool() const { return pictures || media; }
  [[nodiscard]] const std::string& room() const { return pictures ? pictures->room() : media->room(); }
  [[nodiscard]] rooms::LiveForm form() const { return pictures ? rooms::LiveForm::mjpeg : media->program()->form; }
};

std::string_view ending_of(rooms::LiveForm form) { return form == rooms::LiveForm::mjpeg ? "mjpg" : rooms::to_string(form); }

void refuse_form(const http::Responder& responder, rooms::LiveForm form) {
  http::Response response = http::Response::json(
      406, "{\"error\":\"not_in_this_form\",\"sentence\":\"This stream is not to be had in this form.\",\"forms\":[\"" +
               std::string(rooms::to_string(form)) + "\"]}");
  responder.send(std::move(response).with("Cache-Control", "no-store"));
}

class LiveRoutes : public std::enable_shared_from_this<LiveRoutes> {
 public:
  LiveRoutes(http::Router& router, LiveServices services)
      : router_(router), services_(services), door_(std::make_shared<const LiveDoor>(std::move(services))) {}
  void add();

 private:
  using OnHome = std::function<void(Relay& home, Found stream, Watcher who)>;  // nothing found: not for them, or none

  // Goes to the stream's home, on its loop.
  void at_home(const http::RequestPtr& request, std::int64_t stream, OnHome then);
  void refuse(const http::RequestPtr& request, const http::Responder& responder) const;

  void lead(const http::RequestPtr& request, const http::Responder& responder, std::int64_t stream);
  void body(const http::RequestPtr& request, const http::Responder& responder, Named named);
  void socket(const http::RequestPtr& request, net::UpgradeRequest upgrade);
  void media_socket(const http::RequestPtr& request, net::UpgradeRequest upgrade, bool ts);
  void thumb(const http::RequestPtr& request, const http::Responder& responder);
  void make_still(Relay& home, const std::shared_ptr<MediaHub>& hub, LiveStill::OnStill then);
  void token(const http::RequestPtr& request, const http::Responder& responder);
  void make_token(const http::RequestPtr& request, const http::Responder& responder, std::int64_t stream, const std::string& csrf);

  http::Router& router_;
  const LiveServices services_;
  const std::shared_ptr<const LiveDoor> door_;  // shared with questions under way
};

void LiveRoutes::add() {
  const auto self = shared_from_this();
  router_.get("/live/{name}", [self](const http::RequestPtr& request, const http::Responder& responder) {
    if (const auto stream = read_stream(request->path_param("name"))) return self->lead(request, responder, *stream);
    const auto named = read_named(request->path_param("name"));
    if (!named) return self->refuse(request, responder);
    self->body(request, responder, *named);
  });
  router_.get("/live/{stream}/thumb.jpg",
              [self](const http::RequestPtr& request, const http::Responder& responder) { self->thumb(request, responder); });
  router_.post("/live/{stream}/token",
               [self](const http::RequestPtr& request, const http::Responder& responder) { self->token(request, responder); });
  router_.websocket(
      "/live/{stream}/socket",
      [self](const http::RequestPtr& request, net::UpgradeRequest upgrade) { self->socket(request, std::move(upgrade)); },
      "matinee.live.v1");
  router_.websocket(
      "/live/{stream}/ts",
      [self](const http::RequestPtr& request, net::UpgradeRequest upgrade) { self->media_socket(request, std::move(upgrade), true); }, "");
  router_.websocket(
      "/live/{stream}/media",
      [self](const http::RequestPtr& request, net::UpgradeRequest upgrade) { self->media_socket(request, std::move(upgrade), false); }, "");
}

void LiveRoutes::at_home(const http::RequestPtr& request, std::int64_t stream, OnHome then) {
  door_->find_asker(*request, request->loop(), stream, [self = shared_from_this(), request, stream, then](std::optional<LiveAsker> asker) {
    std::optional<Watcher> who;
    if (asker && !asker->too_late) who = std::move(asker->who);
    self->door_->find_home(request->loop(), stream, [stream, then, who = std::move(who)](Relay& home) {
      home.loop().post([&home, stream, then, who]() mutable {
        Found found;
        if (who && stream < seams::first_stored_stream) found.pictures = home.find(static_cast<std::uint32_t>(stream));
        else if (who) found.media = home.find_media(stream);
        // Until the publisher's first bytes have said what it is there is nothing to watch.
        if (found.media && !found.media->program()) found = {};
        if (found && !home.viewers()->admits(found.room(), *who)) found = {};
        then(home, std::move(found), who ? std::move(*who) : Watcher{});
      });
    });
  });
}

void LiveRoutes::refuse(const http::RequestPtr& request, const http::Responder& responder) const {
  responder.send(router_.error(*request, 404, "There is nothing at this address.").with("Cache-Control", "no-store"));
}

// A link to the stream, opened as a page: its room, for who is in it.
void LiveRoutes::lead(const http::RequestPtr& request, const http::Responder& responder, std::int64_t stream) {
  at_home(request, stream, [self = shared_from_this(), request, responder](Relay&, const Found& found, const Watcher&) {
    request->loop().post([self, request, responder, room = found ? found.room() : std::string()] {
      if (room.empty()) return self->refuse(request, responder);
      responder.send({303, {{"Location", "/rooms/" + room}, {"Cache-Control", "no-store"}}, {}});
    });
  });
}

void LiveRoutes::body(const http::RequestPtr& request, const http::Responder& responder, Named named) {
  at_home(request, named.stream, [self = shared_from_this(), request, responder, named](Relay& home, const Found& stream, Watcher who) {
    if (!stream) return request->loop().post([=] { self->refuse(request, responder); });
    if (stream.form() != named.form) return request->loop().post([=, form = stream.form()] { refuse_form(responder, form); });
    if (request->method() == "HEAD") {
      auto headers = stream.pictures ? MjpegView::headers() : MediaHttpView::headers(*stream.media->program());
      return request->loop().post([responder, headers = std::move(headers)] {
        responder.start(200, headers);
        responder.finish();
      });
    }
    if (stream.pictures) {
      const auto view = std::make_shared<MjpegView>(home.viewers(), std::move(who), responder);
      view->open();
      return home.viewers()->add(view, stream.pictures);
    }
    const auto view = std::make_shared<MediaHttpView>(home.viewers(), std::move(who), responder);
    view->open(*stream.media->program());
    home.viewers()->keep(view);
    view->start(stream.media);
  });
}

void LiveRoutes::socket(const http::RequestPtr& request, net::UpgradeRequest upgrade) {
  const auto stream = read_stream(request->path_param("stream"));
  if (!stream) return ViewSocket::refuse(request->loop(), std::move(upgrade));
  const auto held = std::make_shared<net::UpgradeRequest>(std::move(upgrade));  // move only, and the ways there copy
  at_home(request, *stream, [held](Relay& home, const Found& found, Watcher who) {
    if (!found.pictures) return ViewSocket::refuse(home.loop(), std::move(*held));
    const auto view = std::make_shared<SocketView>(home.viewers(), std::move(who));
    if (SocketView::open(view, home.loop(), std::move(*held))) home.viewers()->add(view, found.pictures);
  });
}

void LiveRoutes::media_socket(const http::RequestPtr& request, net::UpgradeRequest upgrade, bool ts) {
  const auto stream = read_stream(request->path_param("stream"));
  if (!stream) return ViewSocket::refuse(request->loop(), std::move(upgrade));
  const auto held = std::make_shared<net::UpgradeRequest>(std::move(upgrade));
  at_home(request, *stream, [held, ts](Relay& home, const Found& found, Watcher who) {
    if (!found.media || (found.form() == rooms::LiveForm::ts) != ts) return ViewSocket::refuse(home.loop(), std::move(*held));
    const auto view = std::make_shared<MediaSocketView>(home.viewers(), std::move(who), !ts);
    if (!MediaSocketView::open(view, home.loop(), std::move(*held))) return;
    home.viewers()->keep(view);
    view->start(found.media);
  });
}

void LiveRoutes::thumb(const http::RequestPtr& request, const http::Responder& responder) {
  const auto stream = read_stream(request->path_param("stream"));
  if (!stream) return refuse(request, responder);
  at_home(request, *stream, [self = shared_from_this(), request, responder](Relay& home, const Found& found, const Watcher&) {
    if (found.media) {
      const LiveStill::OnStill answer = [self, request, responder](LiveStill::Jpeg still) {
        request->loop().post([self, request, responder, still = std::move(still)] {
          if (!still) return self->refuse(request, responder);
          responder.send({200, {{"Content-Type", "image/jpeg"}, {"Cache-Control", "no-store"}}, *still});
        });
      };
      return found.media->still() ? answer(found.media->still()) : self->make_still(home, found.media, answer);
    }
    const auto unit = found.pictures ? found.pictures->last_picture() : std::nullopt;
    if (!unit) return request->loop().post([=] { self->refuse(request, responder); });
    const auto bytes = unit->picture.bytes();
    http::Response response{200, {{"Content-Type", "image/jpeg"}, {"Cache-Control", "no-store"}}, {}};
    response.body.assign(reinterpret_cast<const char*>(bytes.data()), bytes.size());  // NOLINT: bytes as bytes
    request->loop().post([responder, response = std::move(response)]() mutable { responder.send(std::move(response)); });
  });
}

// Of a publisher that sends none, from its newest key frame; the bytes are put together where the picture is made.
void LiveRoutes::make_still(Relay& home, const std::shared_ptr<MediaHub>& hub, LiveStill::OnStill then) {
  if (!services_.make_still || hub->ring().init() == std::nullopt) return then(nullptr);
  if (!hub->made_still().ask(videoproto::monotonic_us(), std::move(then))) return;
  auto group = hub->key_group();
  const auto bytes = [group = std::move(group)] {
    std::string all = group.before;
    for (const SharedUnit& unit : group.units) all.append(unit->message->bytes, unit->at);
    return all;
  };
  const auto done = [&home, weak = std::weak_ptr(hub)](std::string jpeg) {
    home.loop().post([weak, jpeg = std::move(jpeg)]() mutable {
      if (const auto alive = weak.lock()) alive->made_still().made(std::move(jpeg));
    });
  };
  const auto form = hub->program()->form;
  const std::string format = form == rooms::LiveForm::webm ? "matroska" : form == rooms::LiveForm::mp4 ? "mov" : "mpegts";
  if (!services_.make_still(format, bytes, done)) hub->made_still().made({});
}

void LiveRoutes::token(const http::RequestPtr& request, const http::Responder& responder) {
  const auto stream = read_stream(request->path_param("stream"));
  if (!stream) return refuse(request, responder);
  if (!services_.is_from_here(*request)) return responder.send(router_.error(*request, 403, "This form is not from here."));
  request->read_body(limits::view_token_body_bytes_max, [self = shared_from_this(), request, responder,
                                                         stream = *stream](const tl::expected<std::string, http::BodyError>& body) {
    if (!body) return responder.send(self->router_.error(*request, http::status_of(body.error()), "The body cannot be read."));
    const auto form = http::Form::parse(*body);
    if (!form) return responder.send(self->router_.error(*request, 400, "The form cannot be read."));
    self->make_token(request, responder, stream, std::string(form->value_or_empty("csrf")));
  });
}

void LiveRoutes::make_token(const http::RequestPtr& request, const http::Responder& responder, std::int64_t stream,
                            const std::string& csrf) {
  at_home(request, stream, [self = shared_from_this(), request, responder, stream, csrf](Relay&, const Found& found, const Watcher& who) {
    // Who came by a token gets no further one: it would never end.
    if (!found || who.by_token) return request->loop().post([=] { self->refuse(request, responder); });
    const seams::Visit& visit = who.visit;
    if (!self->services_.form_tokens.check_session(visit.session, csrf)) {
      return request->loop().post([=] { responder.send(self->router_.error(*request, 403, "This form is too old.")); });
    }
    const std::string token = self->services_.view_tokens.make(
        {stream, visit.person.id, visit.person.kind, visit.session, self->services_.now_ms() + limits::view_token_ms});
    request->loop().post([=, form = found.form()] {
      const std::string url =
          self->services_.base_url(*request) + "/live/" + std::to_string(stream) + "." + std::string(ending_of(form)) + "?token=" + token;
      responder.send(
          http::Response::json(200, "{\"url\":\"" + url + "\",\"expires_s\":" + std::to_string(limits::view_token_ms / 1'000) + "}")
              .with("Cache-Control", "no-store"));
    });
  });
}

}  // namespace

void add_live(http::Router& router, LiveServices services) {
  add_hls(router, services);
  std::make_shared<LiveRoutes>(router, std::move(services))->add();
}

}  // namespace matinee::media
