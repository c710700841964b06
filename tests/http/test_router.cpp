#include <catch2/catch.hpp>

#include <thread>

#include "server/http/form.h"
#include "server/http/security_headers.h"
#include "server/net/websocket.h"
#include "tests/http/router_fixture.h"

using namespace matinee;
using namespace matinee::http;
using namespace matinee::test;

namespace {

Handler say(std::string text) {
  return [text](const RequestPtr&, Responder responder) { responder.send(Response::text(200, text)); };
}

Handler say_param(std::string name) {
  return [name](const RequestPtr& request, Responder responder) {
    responder.send(Response::text(200, std::string(request->path_param(name))));
  };
}

}  // namespace

TEST_CASE("routes are found by literals first, then parameters, then the rest") {
  RouterFixture fixture([](Router& router) {
    router.get("/", say("home"));
    router.get("/rooms/new", say("new"));
    router.get("/rooms/{code}", say_param("code"));
    router.get("/rooms/{code}/people/{who}", say_param("who"));
    router.get("/rooms/new/x", say("new x"));
    router.get("/static/{name...}", say_param("name"));
  });
  RawClient client(fixture.port());
  CHECK(client.get("/").body == "home");
  CHECK(client.get("/rooms/new").body == "new");
  CHECK(client.get("/rooms/K7QM").body == "K7QM");
  CHECK(client.get("/rooms/a%20b").body == "a b");
  CHECK(client.get("/rooms/new/people/ann").body == "ann");
  CHECK(client.get("/rooms/new/x").body == "new x");
  CHECK(client.get("/static/js/a.js?v=1").body == "js/a.js");
  for (const char* nothing : {"/rooms", "/rooms/", "/rooms/a/", "/rooms/a/people/", "/other", "//", "/Rooms/new"}) {
    INFO(nothing);
    CHECK(client.get(nothing).status == 404);
  }
  CHECK(client.get("/rooms/a%2Fb").status == 400);
  CHECK(client.get("/rooms/%00").status == 400);
}

TEST_CASE("another method is 405 with what is allowed, HEAD is answered like GET") {
  RouterFixture fixture([](Router& router) {
    router.get("/thing", say("got"));
    router.post("/thing", say("posted"));
    router.post("/only-post", say("posted"));
  });
  RawClient client(fixture.port());
  client.send("DELETE /thing HTTP/1.1\r\nHost: a\r\n\r\n");
  const RawResponse refused = client.read_response();
  CHECK(refused.status == 405);
  CHECK(refused.headers.at("allow") == "GET, HEAD, POST");
  client.send("HEAD /thing HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(client.read_response(true).headers.at("content-length") == "3");
  CHECK(client.get("/only-post").status == 405);
}

TEST_CASE("a host that is not ours is 421") {
  RouterOptions options;
  options.allowed_host = [](std::string_view host) { return host == "test"; };
  RouterFixture fixture([](Router& router) { router.get("/", say("home")); }, options);
  RawClient client(fixture.port());
  CHECK(client.get("/").status == 200);
  client.send("GET / HTTP/1.1\r\nHost: evil\r\n\r\n");
  CHECK(client.read_response().status == 421);
  client.send("GET http://evil/ HTTP/1.1\r\nHost: test\r\n\r\n");
  CHECK(client.read_response().status == 421);
}

TEST_CASE("what belongs elsewhere is sent there, and nobody from a host that is not ours") {
  RouterOptions options;
  options.allowed_host = [](std::string_view host) { return host == "test"; };
  options.elsewhere = [](const Request& request) {
    return request.path() == "/here" ? std::string() : "https://" + request.host() + request.target();
  };
  RouterFixture fixture([](Router& router) { router.get("/here", say("here")); }, options);
  RawClient client(fixture.port());
  CHECK(client.get("/here").body == "here");
  const auto moved = client.get("/a?b=%20c");
  CHECK(moved.status == 308);
  CHECK(moved.headers.at("location") == "https://test/a?b=%20c");
  client.send("GET /a HTTP/1.1\r\nHost: evil\r\n\r\n");
  const auto refused = client.read_response();
  CHECK(refused.status == 421);
  CHECK(refused.headers.count("location") == 0);
}

TEST_CASE("every answer carries the amended headers, error pages are the application's") {
  RouterOptions options;
  options.amend = security_headers({});
  options.error_page = [](const Request&, int status, std::string_view reason) {
    return Response::html(status, "<p>" + std::string(reason) + "</p>");
  };
  RouterFixture fixture(
      [](Router& router) {
        router.get("/", say("home"));
        router.get("/throws", [](const RequestPtr&, const Responder&) { throw std::runtime_error("secret detail"); });
      },
      options);
  RawClient client(fixture.port());
  for (const auto& [target, status] : {std::pair{"/", 200}, {"/none", 404}, {"/throws", 500}}) {
    const RawResponse response = client.get(target);
    CHECK(response.status == status);
    CHECK(response.headers.at("x-content-type-options") == "nosniff");
    CHECK(response.headers.at("cache-control") == "no-store");
    CHECK(response.body.find("secret") == std::string::npos);
  }
  CHECK(client.get("/none").body.find("<p>") == 0);
}

TEST_CASE("a body up to its limit is read, a larger one is refused before it is read") {
  RouterFixture fixture([](Router& router) {
    router.post("/form", [](const RequestPtr& request, const Responder& responder) {
      request->read_body(10, [responder](tl::expected<std::string, BodyError> body) mutable {
        if (!body) return responder.send(Response::text(status_of(body.error()), "refused"));
        const auto form = Form::parse(*body);
        responder.send(Response::text(200, std::string(form->value_or_empty("a"))));
      });
    });
  });
  RawClient fits(fixture.port());
  fits.send("POST /form HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\na=12345678");
  CHECK(fits.read_response().body == "12345678");
  RawClient over(fixture.port());
  over.send("POST /form HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n");  // not a byte of it
  CHECK(over.read_response().status == 413);
  RawClient chunked_fits(fixture.port());
  chunked_fits.send("POST /form HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\na=123\r\n5\r\n45678\r\n0\r\n\r\n");
  CHECK(chunked_fits.read_response().body == "12345678");
  RawClient chunked_over(fixture.port());
  chunked_over.send("POST /form HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\na=123\r\n6\r\n456789\r\n0\r\n\r\n");
  CHECK(chunked_over.read_response().status == 413);
  RawClient malformed(fixture.port());
  malformed.send("POST /form HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n");
  CHECK(malformed.read_response().status == 400);
}

TEST_CASE("a handler may work on another thread and come back to answer") {
  RouterFixture fixture([](Router& router) {
    router.get("/slow", [](const RequestPtr& request, Responder responder) {
      std::thread([request, responder] {
        request->loop().post([responder]() mutable { responder.send(Response::text(200, "back")); });
      }).detach();
    });
  });
  RawClient client(fixture.port());
  for (int i = 0; i < 20; ++i) REQUIRE(client.get("/slow").body == "back");
}

TEST_CASE("a request tells query, cookies, origin and address") {
  RouterFixture fixture([](Router& router) {
    router.get("/ask", [](const RequestPtr& request, Responder responder) {
      std::string out = request->query_param("q").value_or("-") + "|" + request->query_param("r").value_or("-") + "|" +
                        std::string(request->cookie("s").value_or("-")) + "|" + request->own_origin() + "|" +
                        (request->same_origin() ? "same" : "other") + "|" + request->remote_address() + "|" +
                        std::string(request->header("x-more"));
      responder.send(Response::text(200, out));
    });
  });
  RawClient client(fixture.port());
  CHECK(client.get("/ask?q=a+b%21&q=second", "Cookie: a=1; s=xyz\r\nOrigin: http://test\r\nX-More: yes\r\n").body ==
        "a b!|-|xyz|http://test|same|127.0.0.1|yes");
  CHECK(client.get("/ask?r=", "Origin: http://evil\r\nSec-Fetch-Site: same-origin\r\n").body == "-||-|http://test|other|127.0.0.1|");
  CHECK(client.get("/ask", "Sec-Fetch-Site: same-origin\r\n").body == "-|-|-|http://test|same|127.0.0.1|");
  CHECK(client.get("/ask").body == "-|-|-|http://test|other|127.0.0.1|");
}

TEST_CASE("a WebSocket route may speak a subprotocol of its own") {
  struct Silent final : net::WebSocketHandler {
    void on_open(net::WebSocket&) override {}
    void on_message(net::WebSocket&, std::string_view) override {}
    void on_close(net::WebSocket&, std::uint16_t) override {}
  };
  RouterFixture fixture([](Router& router) {
    router.websocket(
        "/socket",
        [](const RequestPtr& request, net::UpgradeRequest upgrade) {
          net::WebSocket::adopt(request->loop(), std::move(upgrade), {}, std::make_shared<Silent>());
        },
        "other.v1");
  });
  const std::string handshake = std::string(websocket_handshake) + "Origin: http://test\r\n\r\n";
  RawClient usual(fixture.port());
  usual.send(handshake);
  CHECK(usual.read_response().status == 400);
  std::string own = handshake;
  own.replace(own.find("matinee.v1"), 10, "other.v1");
  RawClient client(fixture.port());
  client.send(own);
  const RawResponse opened = client.read_response();
  CHECK(opened.status == 101);
  CHECK(opened.headers.at("sec-websocket-protocol") == "other.v1");
}

TEST_CASE("a WebSocket route opens for a good handshake and tells what is wrong with others") {
  struct Greeter final : net::WebSocketHandler {
    void on_open(net::WebSocket& socket) override { socket.send("welcome"); }
    void on_message(net::WebSocket& socket, std::string_view text) override { socket.send(text); }
    void on_close(net::WebSocket&, std::uint16_t) override {}
  };
  RouterFixture fixture([](Router& router) {
    router.websocket("/rooms/{code}/socket", [](const RequestPtr& request, net::UpgradeRequest upgrade) {
      CHECK(request->path_param("code") == "K7QM");
      net::WebSocket::adopt(request->loop(), std::move(upgrade), {}, std::make_shared<Greeter>());
    });
  });
  std::string handshake(websocket_handshake);
  handshake.replace(handshake.find("/socket"), 7, "/rooms/K7QM/socket");
  RawClient client(fixture.port());
  client.send(handshake + "Origin: http://test\r\n\r\n");
  CHECK(client.read_response().status == 101);
  CHECK(client.read_frame().payload == "welcome");
  client.send_frame(RawFrame::text("hello"));
  CHECK(client.read_frame().payload == "hello");
  RawClient other(fixture.port());
  other.send(handshake + "Origin: http://evil\r\n\r\n");
  CHECK(other.read_response().status == 403);
  const RawResponse plain = other.get("/rooms/K7QM/socket");
  CHECK(plain.status == 426);
  CHECK(plain.headers.at("upgrade") == "websocket");
  CHECK(plain.headers.at("sec-websocket-version") == "13");
}
