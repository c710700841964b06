#include "server/media/live_routes.h"

#include <charconv>
#include <memory>
#include <optional>
#include <utility>

#include "server/auth/csrf.h"
#include "server/auth/throttle.h"
#include "server/http/form.h"
#include "server/media/live_viewers.h"
#include "server/media/mjpeg_view.h"
#include "server/media/socket_view.h"
#include "server/ops/network.h"

namespace matinee::media {
namespace {

// "7" of a path; nothing for any other spelling, so that a stream has one address.
std::optional<std::uint32_t> read_stream(std::string_view text) {
  std::uint32_t id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (error != std::errc() || end != text.data() + text.size() || id == 0 || text.front() == '0') return std::nullopt;
  return id;
}

class LiveRoutes : public std::enable_shared_from_this<LiveRoutes> {
 public:
  LiveRoutes(http::Router& router, LiveServices services) : router_(router), services_(std::move(services)) {}
  void add();

 private:
  using OnHome = std::function<void(Relay& home, std::shared_ptr<StreamHub> hub, Watcher who)>;  // hub is null: not for them, or none

  void find_watcher(const http::Request& request, net::Loop& loop, std::uint32_t stream, std::function<void(std::optional<Watcher>)> done);
  // Goes to the stream's home, on its loop.
  void at_home(const http::RequestPtr& request, std::uint32_t stream, OnHome then);
  void refuse(const http::RequestPtr& request, const http::Responder& responder) const;

  void mjpeg(const http::RequestPtr& request, const http::Responder& responder, std::uint32_t stream);
  void socket(const http::RequestPtr& request, net::UpgradeRequest upgrade);
  void thumb(const http::RequestPtr& request, const http::Responder& responder);
  void token(const http::RequestPtr& request, const http::Responder& responder);
  void make_token(const http::RequestPtr& request, const http::Responder& responder, std::uint32_t stream, const std::string& csrf);

  http::Router& router_;
  const LiveServices services_;
};

void LiveRoutes::add() {
  const auto self = shared_from_this();
  router_.get("/live/{name}", [self](const http::RequestPtr& request, const http::Responder& responder) {
    const std::string_view name = request->path_param("name");
    const auto stream = name.ends_with(".mjpg") ? read_stream(name.substr(0, name.size() - 5)) : std::nullopt;
    if (!stream) return self->refuse(request, responder);
    self->mjpeg(request, responder, *stream);
  });
  router_.get("/live/{stream}/thumb.jpg",
              [self](const http::RequestPtr& request, const http::Responder& responder) { self->thumb(request, responder); });
  router_.post("/live/{stream}/token",
               [self](const http::RequestPtr& request, const http::Responder& responder) { self->token(request, responder); });
  router_.websocket(
      "/live/{stream}/socket",
      [self](const http::RequestPtr& request, net::UpgradeRequest upgrade) { self->socket(request, std::move(upgrade)); },
      "matinee.live.v1");
}

void LiveRoutes::find_watcher(const http::Request& request, net::Loop& loop, std::uint32_t stream,
                              std::function<void(std::optional<Watcher>)> done) {
  if (const auto token = request.query_param("token")) {
    const auto pass = services_.view_tokens.read(*token, stream, services_.now_ms());
    if (!pass) return done(std::nullopt);
    Watcher who;
    who.by_token = true;
    who.visit.person.id = pass->person;
    who.visit.person.kind = pass->kind;
    // As for the pages: behind a proxy on this machine everybody has one address, then only the id counts.
    if (!ops::is_loopback(request.remote_address())) who.visit.person.address = auth::address_key(request.remote_address());
    who.visit.session = pass->session;
    return done(std::move(who));
  }
  services_.find_visitor(loop, request.head(), [done = std::move(done)](seams::Result<seams::Visit> found) {
    if (!found) return done(std::nullopt);
    done(Watcher{std::move(*found), false});
  });
}

void LiveRoutes::at_home(const http::RequestPtr& request, std::uint32_t stream, OnHome then) {
  find_watcher(*request, request->loop(), stream, [self = shared_from_this(), stream, then = std::move(then)](std::optional<Watcher> who) {
    Relay& home = self->services_.home_of(stream);
    home.loop().post([&home, stream, then, who = std::move(who)]() mutable {
      auto hub = who ? home.find(stream) : nullptr;
      if (hub && !home.viewers()->admits(*hub, *who)) hub = nullptr;
      then(home, std::move(hub), who ? std::move(*who) : Watcher{});
    });
  });
}

void LiveRoutes::refuse(const http::RequestPtr& request, const http::Responder& responder) const {
  responder.send(router_.error(*request, 404, "There is nothing at this address.").with("Cache-Control", "no-store"));
}

void LiveRoutes::mjpeg(const http::RequestPtr& request, const http::Responder& responder, std::uint32_t stream) {
  at_home(request, stream, [self = shared_from_this(), request, responder](Relay& home, std::shared_ptr<StreamHub> hub, Watcher who) {
    if (!hub) return request->loop().post([=] { self->refuse(request, responder); });
    if (request->method() == "HEAD") {
      return request->loop().post([responder] {
        responder.start(200, MjpegView::headers());
        responder.finish();
      });
    }
    const auto view = std::make_shared<MjpegView>(home.viewers(), std::move(who), responder);
    view->open();
    home.viewers()->add(view, hub);
  });
}

void LiveRoutes::socket(const http::RequestPtr& request, net::UpgradeRequest upgrade) {
  const auto stream = read_stream(request->path_param("stream"));
  if (!stream) return SocketView::refuse(request->loop(), std::move(upgrade));
  const auto held = std::make_shared<net::UpgradeRequest>(std::move(upgrade));  // move only, and the ways there copy
  at_home(request, *stream, [held](Relay& home, std::shared_ptr<StreamHub> hub, Watcher who) {
    if (!hub) return SocketView::refuse(home.loop(), std::move(*held));
    const auto view = std::make_shared<SocketView>(home.viewers(), std::move(who));
    if (SocketView::open(view, home.loop(), std::move(*held))) home.viewers()->add(view, hub);
  });
}

void LiveRoutes::thumb(const http::RequestPtr& request, const http::Responder& responder) {
  const auto stream = read_stream(request->path_param("stream"));
  if (!stream) return refuse(request, responder);
  at_home(request, *stream, [self = shared_from_this(), request, responder](Relay&, const std::shared_ptr<StreamHub>& hub, const Watcher&) {
    const auto unit = hub ? hub->last_picture() : std::nullopt;
    if (!unit) return request->loop().post([=] { self->refuse(request, responder); });
    const auto bytes = unit->picture.bytes();
    http::Response response{200, {{"Content-Type", "image/jpeg"}, {"Cache-Control", "no-store"}}, {}};
    response.body.assign(reinterpret_cast<const char*>(bytes.data()), bytes.size());  // NOLINT: bytes as bytes
    request->loop().post([responder, response = std::move(response)]() mutable { responder.send(std::move(response)); });
  });
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

void LiveRoutes::make_token(const http::RequestPtr& request, const http::Responder& responder, std::uint32_t stream,
                            const std::string& csrf) {
  at_home(request, stream,
          [self = shared_from_this(), request, responder, stream, csrf](Relay&, const std::shared_ptr<StreamHub>& hub, const Watcher& who) {
            // Who came by a token gets no further one: it would never end.
            if (!hub || who.by_token) return request->loop().post([=] { self->refuse(request, responder); });
            const seams::Visit& visit = who.visit;
            if (!self->services_.form_tokens.check_session(visit.session, csrf)) {
              return request->loop().post([=] { responder.send(self->router_.error(*request, 403, "This form is too old.")); });
            }
            const std::string token = self->services_.view_tokens.make(
                {stream, visit.person.id, visit.person.kind, visit.session, self->services_.now_ms() + limits::view_token_ms});
            request->loop().post([=] {
              const std::string url = self->services_.base_url(*request) + "/live/" + std::to_string(stream) + ".mjpg?token=" + token;
              responder.send(
                  http::Response::json(200, "{\"url\":\"" + url + "\",\"expires_s\":" + std::to_string(limits::view_token_ms / 1'000) + "}")
                      .with("Cache-Control", "no-store"));
            });
          });
}

}  // namespace

void add_live(http::Router& router, LiveServices services) { std::make_shared<LiveRoutes>(router, std::move(services))->add(); }

}  // namespace matinee::media
