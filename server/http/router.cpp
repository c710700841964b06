#include "server/http/router.h"

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <map>

namespace matinee::http {

struct Router::Route {
  std::string method;  // "GET" for WebSockets too
  std::vector<std::string> names;
  Handler handler;
  UpgradeHandler upgrade;                       // set = a WebSocket route …
  std::optional<std::string> subprotocol = {};  // … with one of its own; nothing = that of the options
};

// A trie over path segments; literals are tried before a parameter, a parameter before "the rest".
struct Router::Table {
  struct Node {
    std::map<std::string, std::unique_ptr<Node>, std::less<>> literals;
    std::unique_ptr<Node> parameter;
    std::vector<Route> routes;       // of the path that ends here
    std::vector<Route> rest_routes;  // "{name...}"
  };
  struct Match {
    const std::vector<Route>* routes = nullptr;
    std::vector<std::string_view> values;
  };
  Node root;

  static std::string_view cut_segment(std::string_view& path) {
    path.remove_prefix(1);  // the '/'
    const std::size_t end = std::min(path.find('/'), path.size());
    const std::string_view segment = path.substr(0, end);
    path.remove_prefix(end);
    return segment;
  }

  static bool find(const Node& node, std::string_view path, Match& match) {
    if (path.empty()) {
      if (node.routes.empty()) return false;
      match.routes = &node.routes;
      return true;
    }
    std::string_view after = path;
    const std::string_view segment = cut_segment(after);
    const auto literal = node.literals.find(segment);
    if (literal != node.literals.end() && find(*literal->second, after, match)) return true;
    if (node.parameter && !segment.empty()) {
      match.values.push_back(segment);
      if (find(*node.parameter, after, match)) return true;
      match.values.pop_back();
    }
    if (node.rest_routes.empty()) return false;
    match.values.push_back(path.substr(1));
    match.routes = &node.rest_routes;
    return true;
  }
};

Router::Router(RouterOptions options)
    : options_(std::move(options)), amend_(std::make_shared<const Responder::Amend>(options_.amend)), table_(std::make_unique<Table>()) {}

Router::~Router() = default;

namespace {

bool is_parameter(std::string_view segment) { return segment.size() > 2 && segment.front() == '{' && segment.back() == '}'; }

}  // namespace

void Router::add(std::string_view method, std::string_view pattern, Handler handler) {
  insert(pattern, Route{std::string(method), {}, std::move(handler), nullptr, {}});
}

void Router::websocket(std::string_view pattern, UpgradeHandler handler, std::optional<std::string_view> subprotocol) {
  insert(pattern, Route{"GET", {}, nullptr, std::move(handler), subprotocol ? std::optional<std::string>(*subprotocol) : std::nullopt});
}

void Router::insert(std::string_view pattern, Route route) {
  if (pattern.empty() || pattern.front() != '/') std::abort();  // a bug in the table, found at start
  Table::Node* node = &table_->root;
  std::vector<Route>* place = nullptr;
  while (!pattern.empty()) {
    const std::string_view segment = Table::cut_segment(pattern);
    if (is_parameter(segment) && segment.ends_with("...}")) {
      route.names.emplace_back(segment.substr(1, segment.size() - 5));
      place = &node->rest_routes;
      break;
    }
    if (is_parameter(segment)) route.names.emplace_back(segment.substr(1, segment.size() - 2));
    auto& next = is_parameter(segment) ? node->parameter : node->literals[std::string(segment)];
    if (!next) next = std::make_unique<Table::Node>();
    node = next.get();
  }
  if (!place) place = &node->routes;
  const bool twice = std::any_of(place->begin(), place->end(), [&](const Route& r) { return r.method == route.method; });
  if (twice) std::abort();  // likewise
  place->push_back(std::move(route));
}

void Router::on_request(std::shared_ptr<net::Exchange> exchange) {
  auto request = std::make_shared<Request>(exchange);
  Responder responder(std::move(exchange), amend_);
  if (options_.allowed_host && !options_.allowed_host(request->host()))
    return responder.send(error(*request, 421, "This server does not answer for that host name."));
  if (!request->valid()) return responder.send(error(*request, 400, "This address is malformed."));
  if (options_.elsewhere) {
    if (const std::string address = options_.elsewhere(*request); !address.empty())
      return responder.send(Response::text(308, "This server is reached by https: " + address + "\n").with("Location", address));
  }
  try {
    dispatch(request, responder);
  } catch (const std::exception&) { responder.send(error(*request, 500, "Something went wrong here.")); }
}

void Router::dispatch(const RequestPtr& request, Responder responder) {
  Table::Match match;
  if (request->path_.empty() || request->path_.front() != '/' || !Table::find(table_->root, request->path_, match))
    return responder.send(error(*request, 404, "There is nothing at this address."));
  const auto by_method = [&](std::string_view method) {
    return std::find_if(match.routes->begin(), match.routes->end(), [&](const Route& r) { return r.method == method; });
  };
  auto route = by_method(request->method());
  if (route == match.routes->end() && request->method() == "HEAD") route = by_method("GET");
  if (route == match.routes->end()) {
    std::string allow;
    for (const Route& r : *match.routes) allow.append(allow.empty() ? "" : ", ").append(r.method).append(r.method == "GET" ? ", HEAD" : "");
    return responder.send(error(*request, 405, "This address does not take that method.").with("Allow", allow));
  }
  for (std::size_t i = 0; i < route->names.size(); ++i) request->path_params_.emplace_back(route->names[i], match.values[i]);
  if (route->upgrade) return upgrade(*route, request, std::move(responder));
  route->handler(request, std::move(responder));
}

void Router::upgrade(const Route& route, const RequestPtr& request, Responder responder) {
  const net::RequestHead& head = request->head();
  net::UpgradeRules rules = options_.upgrade;
  if (route.subprotocol) rules.subprotocol = *route.subprotocol;
  const net::UpgradeVerdict verdict = net::check_upgrade(head, request->exchange_->has_body(), rules);
  if (verdict.status != 0) {
    Response refusal = error(*request, verdict.status, verdict.reason);
    if (verdict.status == 426) refusal.with("Upgrade", "websocket").with("Connection", "Upgrade").with("Sec-WebSocket-Version", "13");
    return responder.send(std::move(refusal));
  }
  auto stream = request->exchange_->release_stream();
  if (!stream) return responder.send(error(*request, 400, "This connection cannot become a WebSocket."));
  route.upgrade(request, net::UpgradeRequest{head, std::string(verdict.key), rules.subprotocol, std::move(*stream)});
}

Response Router::error(const Request& request, int status, std::string_view reason) const {
  if (options_.error_page) return options_.error_page(request, status, reason);
  return Response::text(status, std::string(reason) + "\n");
}

}  // namespace matinee::http
