// One table of routes: method, pattern, handler. Unknown path 404, known path with another method 405 with Allow, HEAD answered
// by GET's handler, wrong Host 421, undecodable target 400. A WebSocket route gets its handshake checked and the open stream.
// Filled before serving, read-only after; each Loop's Http1Server may share one Router, so handlers run on many threads.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/http/request.h"
#include "server/http/response.h"
#include "server/net/exchange.h"
#include "server/net/upgrade.h"

namespace matinee::http {

using Handler = std::function<void(RequestPtr, Responder)>;
// Runs on the Loop that read the request; post `upgrade` to the room's home Loop and adopt it there.
using UpgradeHandler = std::function<void(RequestPtr, net::UpgradeRequest upgrade)>;

struct RouterOptions {
  // Host (with port, as sent) → ours? Empty = every host.
  std::function<bool(std::string_view host)> allowed_host;
  // Where a request belongs instead, as a whole address (308, RFC 9110, 15.4.9: method and body are kept); "" = here. Empty = always here.
  std::function<std::string(const Request&)> elsewhere;
  // The page for an error status that the router itself answers. Empty = one plain sentence.
  std::function<Response(const Request&, int status, std::string_view reason)> error_page;
  // Amends the headers of every answer (see security_headers.h).
  Responder::Amend amend;
  net::UpgradeRules upgrade;
};

class Router final : public net::HttpHandler {
 public:
  explicit Router(RouterOptions options = {});
  ~Router() override;

  // Patterns: "/rooms/{code}/messages"; a parameter is one segment and never empty; a last "{name...}" takes the rest.
  // Literal segments win over parameters. Asserts that the pair is new.
  void add(std::string_view method, std::string_view pattern, Handler handler);
  void get(std::string_view pattern, Handler handler) { add("GET", pattern, std::move(handler)); }
  void post(std::string_view pattern, Handler handler) { add("POST", pattern, std::move(handler)); }
  // `subprotocol`: instead of that of the options' rules; "": none, for players that offer none.
  void websocket(std::string_view pattern, UpgradeHandler handler, std::optional<std::string_view> subprotocol = std::nullopt);

  void on_request(std::shared_ptr<net::Exchange> exchange) override;
  // The answer that on_request would give for this status; for handlers that refuse.
  [[nodiscard]] Response error(const Request& request, int status, std::string_view reason) const;

 private:
  struct Route;
  struct Table;
  void insert(std::string_view pattern, Route route);
  void dispatch(const RequestPtr& request, Responder responder);
  void upgrade(const Route& route, const RequestPtr& request, Responder responder);
  RouterOptions options_;
  std::shared_ptr<const Responder::Amend> amend_;  // shared with the Responders
  std::unique_ptr<Table> table_;
};

}  // namespace matinee::http
