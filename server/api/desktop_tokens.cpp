#include "server/api/desktop_tokens.h"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <memory>
#include <optional>
#include <utility>
#include "rooms/text.h"

namespace matinee::api {
namespace {

namespace json = boost::json;

http::Response refusal(int status, std::string_view error, std::string_view sentence, std::int64_t retry_after_s = 0) {
  http::Response response = http::Response::json(status, json::serialize(json::object{{"error", error}, {"sentence", sentence}}));
  response.with("Cache-Control", "no-store");
  if (retry_after_s > 0) response.with("Retry-After", std::to_string(retry_after_s));
  return response;
}

http::Response refusal_of(const auth::Refusal& why) {
  using Why = auth::Refusal::Why;
  const std::string_view sentence = auth::sentence(why.why);
  switch (why.why) {
    case Why::wrong: return refusal(401, "wrong", sentence);
    case Why::slow_down: return refusal(429, "slow_down", sentence, why.retry_after_s);
    case Why::busy: return refusal(503, "busy", sentence, why.retry_after_s);
    case Why::unavailable: return refusal(503, "unavailable", sentence, 5);
    case Why::fields:
    case Why::not_allowed: break;
  }
  return refusal(403, "not_allowed", sentence);
}

struct Wanted {
  std::string name;
  std::string password;
  std::string client;
};

bool is_client(const std::string& text) {
  const auto shape = rooms::shape_of(text);
  return text.size() <= desktop_client_bytes_max && shape && !shape->controls && !shape->unseen && !shape->line_breaks && !shape->blank;
}

std::optional<Wanted> read(const std::string& body) {
  boost::system::error_code failure;
  const json::value value = json::parse(body, failure);
  if (failure || !value.is_object()) return std::nullopt;
  Wanted wanted;
  for (const auto& [key, place] :
       {std::pair{"name", &wanted.name}, std::pair{"password", &wanted.password}, std::pair{"client", &wanted.client}}) {
    const json::value* field = value.get_object().if_contains(key);
    if (field == nullptr || !field->is_string() || field->get_string().empty()) return std::nullopt;
    *place = std::string(field->get_string());
  }
  if (!is_client(wanted.client)) return std::nullopt;
  return wanted;
}

bool is_json(const http::Request& request) {
  const std::string_view type = request.header("content-type");
  return type.substr(0, type.find(';')) == "application/json";
}

void log_in(const DesktopTokenServices& services, const http::RequestPtr& request, const http::Responder& responder, Wanted wanted) {
  auth::Client client{request->remote_address(), std::move(wanted.client), seams::SessionKind::device};
  services.accounts(request->loop())
      .log_in({std::move(wanted.name), std::move(wanted.password)}, std::nullopt, std::move(client),
              [responder, port = services.video_port,
               fingerprint = services.fingerprint](const tl::expected<auth::Started, auth::Refusal>& started) {
                if (!started) return responder.send(refusal_of(started.error()));
                http::Response response = http::Response::json(
                    200,
                    json::serialize(json::object{
                        {"token", started->token}, {"name", started->identity.name}, {"video_port", port}, {"fingerprint", fingerprint}}));
                response.with("Cache-Control", "no-store");
                responder.send(std::move(response));
              });
}

}  // namespace

void add_desktop_tokens(http::Router& router, DesktopTokenServices services) {
  // Shared by the requests under way.
  const auto shared = std::make_shared<const DesktopTokenServices>(std::move(services));
  router.post("/api/desktop-tokens", [shared](const http::RequestPtr& request, const http::Responder& responder) {
    if (!is_json(*request)) return responder.send(refusal(415, "bad_request", "Send application/json."));
    request->read_body(desktop_token_body_bytes_max, [shared, request, responder](const tl::expected<std::string, http::BodyError>& body) {
      if (!body) return responder.send(refusal(http::status_of(body.error()), "bad_request", "The body cannot be read."));
      auto wanted = read(*body);
      if (!wanted) return responder.send(refusal(400, "bad_request", "Send name, password and client (up to 100 bytes) as JSON."));
      log_in(*shared, request, responder, std::move(*wanted));
    });
  });
}

}  // namespace matinee::api
