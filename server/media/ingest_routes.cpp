#include "server/media/ingest_routes.h"

#include <charconv>
#include <memory>
#include <optional>
#include <utility>

#include "rooms/text.h"
#include "server/auth/digest.h"
#include "server/media/chunk_upload.h"
#include "server/media/ingest.h"
#include "server/media/limits.h"
#include "videoproto/jpeg_head.h"

namespace matinee::media {
namespace {

template <class Number>
std::optional<Number> read_number(std::string_view text) {
  Number number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

std::string bearer_of(const http::Request& request) {
  constexpr std::string_view scheme = "Bearer ";
  const std::string_view field = request.header("authorization");
  return field.starts_with(scheme) ? std::string(field.substr(scheme.size())) : std::string();
}

bool is_set(const http::Request& request, std::string_view name) { return request.query_param(name) == "1"; }

void refuse_unknown(const http::Responder& responder) {
  responder.send(refusal(404, "no_such_stream", "You have no such stream in a room that you are in."));
}

void refuse_unavailable(const http::Responder& responder) {
  responder.send(refusal(503, "unavailable", "Storage does not answer. Come back in a moment."));
}

class IngestRoutes : public std::enable_shared_from_this<IngestRoutes> {
 public:
  IngestRoutes(http::Router& router, IngestServices services) : router_(router), services_(std::move(services)) {}
  void add();

 private:
  void publish(const http::RequestPtr& request, const http::Responder& responder, std::string key);
  void chunk(const http::RequestPtr& request, const http::Responder& responder);
  void still(const http::RequestPtr& request, const http::Responder& responder);
  // A stream that the person of this request made; whoever is none of it is answered.
  void find_own(const http::RequestPtr& request, const http::Responder& responder,
                std::function<void(Relay& home, seams::StreamRecord stream, rooms::PersonId person)> use);

  http::Router& router_;
  const IngestServices services_;
};

void IngestRoutes::add() {
  const auto self = shared_from_this();
  router_.post("/ingest/{stream}", [self](const http::RequestPtr& request, const http::Responder& responder) {
    self->publish(request, responder, bearer_of(*request));
  });
  router_.post("/ingest/{stream}/{key}", [self](const http::RequestPtr& request, const http::Responder& responder) {
    self->publish(request, responder, std::string(request->path_param("key")));
  });
  router_.post("/live/{stream}/chunks",
               [self](const http::RequestPtr& request, const http::Responder& responder) { self->chunk(request, responder); });
  router_.post("/live/{stream}/thumb.jpg",
               [self](const http::RequestPtr& request, const http::Responder& responder) { self->still(request, responder); });
}

// A stream that does not exist, one that has ended and a wrong key are one answer. The key is compared as a hash, in constant time.
// The try is taken first and given back for whatever was no wrong key: cameras that come again and again with the right one never wait
// for each other, and parallel wrong ones count too. A try that is refused takes nothing, so whoever waited comes in.
void IngestRoutes::publish(const http::RequestPtr& request, const http::Responder& responder, std::string key) {
  const std::string address = auth::address_key(request->remote_address());
  const auth::Allowance allowance = services_.throttle.take(auth::Limit::stream_key_address, address, services_.now_ms());
  if (!allowance.allowed) {
    http::Response wait = refusal(429, "slow_down", "Too many wrong keys came from your address. Wait a moment.");
    wait.with("Retry-After", std::to_string(allowance.retry_after_s));
    return responder.send(std::move(wait));
  }
  const auto wrong = [responder] { responder.send(refusal(403, "wrong_key", "There is no stream here that this key opens.")); };
  const auto id = read_number<std::int64_t>(request->path_param("stream"));
  if (!id || *id < seams::first_stored_stream) return wrong();
  services_.find_stored(
      request->loop(), seams::StreamId{*id},
      [self = shared_from_this(), request, responder, wrong, address, key = std::move(key)](seams::Result<seams::StreamRecord> found) {
        const auto was_harmless = [&self, &address] {
          self->services_.throttle.give_back(auth::Limit::stream_key_address, address, self->services_.now_ms());
        };
        if (!found && found.error() != seams::StoreError::not_found) {
          was_harmless();
          return refuse_unavailable(responder);
        }
        if (!found || found->ended_at_ms != 0) return wrong();
        const auth::Sha256 hash = auth::sha256(key);
        if (!auth::equal_in_constant_time(auth::as_text(hash), auth::as_text(found->key_hash))) return wrong();
        was_harmless();
        if (found->room_closed || found->owner_blocked)
          return responder.send(refusal(403, "forbidden", "The room of this stream is closed, or its owner is blocked there."));
        Relay& home = self->services_.home_of_room(found->room_code);
        std::make_shared<Ingest>(request, responder, home)->start(std::move(*found), is_set(*request, "takeover"));
      });
}

void IngestRoutes::find_own(const http::RequestPtr& request, const http::Responder& responder,
                            std::function<void(Relay& home, seams::StreamRecord stream, rooms::PersonId person)> use) {
  const auto id = read_number<std::int64_t>(request->path_param("stream"));
  if (!id || *id < seams::first_stored_stream) return refuse_unknown(responder);
  services_.find_visitor(
      request->loop(), request->head(),
      [self = shared_from_this(), request, responder, id, use = std::move(use)](const seams::Result<seams::Visit>& visit) {
        if (!visit) return responder.send(refusal(401, "not_logged_in", "You are logged out. Reload the page."));
        self->services_.find_stored(request->loop(), seams::StreamId{*id},
                                    [self, responder, use, person = visit->person.id](seams::Result<seams::StreamRecord> found) {
                                      if (!found && found.error() != seams::StoreError::not_found) return refuse_unavailable(responder);
                                      if (!found || found->owner != person) return refuse_unknown(responder);
                                      Relay& home = self->services_.home_of_room(found->room_code);
                                      use(home, std::move(*found), person);
                                    });
      });
}

void IngestRoutes::chunk(const http::RequestPtr& request, const http::Responder& responder) {
  if (!services_.is_from_here(*request)) return responder.send(refusal(403, "not_from_here", "This request is not from our own pages."));
  const auto number = read_number<std::uint64_t>(request->query_param("seq").value_or(""));
  const std::string session = request->query_param("s").value_or("");
  if (!number || !rooms::is_message_id(session))
    return responder.send(refusal(400, "bad_request", "A chunk has a session of 8 to 36 letters and a number."));
  const auto declared = read_number<std::uint64_t>(request->header("content-length"));
  if (declared && *declared > limits::chunk_bytes_max) return responder.send(refusal(413, "too_large", "The chunk is too large."));
  ChunkAsked asked{session, *number, is_set(*request, "takeover"), is_set(*request, "last")};
  find_own(request, responder, [request, responder, asked](Relay& home, seams::StreamRecord stream, rooms::PersonId person) {
    std::make_shared<ChunkUpload>(request, responder, home, asked)->start(std::move(stream), person);
  });
}

void IngestRoutes::still(const http::RequestPtr& request, const http::Responder& responder) {
  if (!services_.is_from_here(*request)) return responder.send(refusal(403, "not_from_here", "This request is not from our own pages."));
  find_own(request, responder, [request, responder](Relay& home, const seams::StreamRecord& stream, rooms::PersonId person) {
    request->read_body(
        limits::still_bytes_max, [&home, request, responder, stream, person](const tl::expected<std::string, http::BodyError>& body) {
          if (!body)
            return responder.send(refusal(http::status_of(body.error()), "bad_body", "The picture did not come whole, or is too large."));
          if (!videoproto::scan_jpeg(std::as_bytes(std::span(*body))))
            return responder.send(refusal(422, "bad_picture", "This is no JPEG."));
          home.loop().post([&home, request, responder, stream, person, jpeg = std::make_shared<const std::string>(*body)] {
            const auto standing = home.standing(stream.room_code, person);
            const auto hub = standing && standing->may_publish ? home.find_media(stream.id.value) : nullptr;
            if (hub) hub->set_still(jpeg);
            request->loop().post([responder, taken = hub != nullptr] {
              if (!taken) return refuse_unknown(responder);
              responder.send({204, {{"Cache-Control", "no-store"}}, {}});
            });
          });
        });
  });
}

}  // namespace

void add_ingest(http::Router& router, IngestServices services) { std::make_shared<IngestRoutes>(router, std::move(services))->add(); }

}  // namespace matinee::media
