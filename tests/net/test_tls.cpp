#include <catch2/catch.hpp>

#include <fcntl.h>

#include "tests/net/websocket_fixture.h"
#include "tests/support/self_signed.h"
#include "tests/support/temp_folder.h"

using namespace matinee;
using namespace matinee::test;
using namespace std::chrono_literals;

namespace {

struct Certificate {
  Certificate() {
    write_self_signed(folder.path(), "a");
    std::string error;
    tls = net::TlsContext::load(folder.path() + "/a.crt", folder.path() + "/a.key", error);
    REQUIRE(error.empty());
  }
  TempFolder folder;
  std::shared_ptr<const net::TlsContext> tls;
};

std::array<std::byte, 32> print_seen_by(const RawClient& client) {
  std::array<std::byte, 32> print{};
  X509* certificate = ::SSL_get1_peer_certificate(client.ssl());
  ::X509_digest(certificate, ::EVP_sha256(), reinterpret_cast<unsigned char*>(print.data()), nullptr);
  ::X509_free(certificate);
  return print;
}

void echo_target(const std::shared_ptr<net::Exchange>& exchange) {
  answer_text(*exchange, 200, (exchange->head().secure ? "secure " : "plain ") + exchange->head().target);
}

}  // namespace

TEST_CASE("certificate problems are told in one sentence") {
  TempFolder folder;
  write_self_signed(folder.path(), "a");
  write_self_signed(folder.path(), "b");
  folder.write("junk", "no certificate");
  const std::string base = folder.path() + "/";
  std::string error;
  CHECK(net::TlsContext::load(base + "missing.crt", base + "a.key", error) == nullptr);
  CHECK(error.find("The certificate file " + base + "missing.crt cannot be used") == 0);
  CHECK(net::TlsContext::load(base + "junk", base + "a.key", error) == nullptr);
  CHECK(error.find("junk cannot be used") != error.npos);
  CHECK(net::TlsContext::load(base + "a.crt", base + "junk", error) == nullptr);
  CHECK(error.find("The key file") == 0);
  CHECK(net::TlsContext::load(base + "a.crt", base + "b.key", error) == nullptr);
  CHECK(error.find("b.key") != error.npos);
}

TEST_CASE("HTTP over TLS keeps the connection and knows that it is secure") {
  Certificate certificate;
  HttpFixture fixture(echo_target, {}, certificate.tls);
  RawClient client(fixture.port(), RawClient::Transport::tls);
  CHECK(client.get("/a").body == "secure /a");
  CHECK(client.get("/b").body == "secure /b");
}

TEST_CASE("ALPN chooses http/1.1 and the version is 1.2 at least") {
  Certificate certificate;
  HttpFixture fixture(echo_target, {}, certificate.tls);
  RawClient client(fixture.port(), RawClient::Transport::tls);
  const unsigned char* chosen = nullptr;
  unsigned size = 0;
  ::SSL_get0_alpn_selected(client.ssl(), &chosen, &size);
  CHECK(std::string(reinterpret_cast<const char*>(chosen), size) == "http/1.1");
  CHECK(::SSL_version(client.ssl()) >= TLS1_2_VERSION);
}

TEST_CASE("large bodies pass both ways over TLS") {
  Certificate certificate;
  HttpFixture fixture(
      [](const std::shared_ptr<net::Exchange>& exchange) {
        const auto body = std::make_shared<std::string>();
        const auto next = std::make_shared<std::function<void()>>();
        *next = [exchange, body, next] {
          exchange->read_some([exchange, body, next](net::BodyError error, std::string_view piece) {
            body->append(piece);
            if (error == net::BodyError::none && !piece.empty()) return (*next)();
            exchange->send({200, {}}, *body);
            *next = nullptr;
          });
        };
        (*next)();
      },
      {}, certificate.tls);
  RawClient client(fixture.port(), RawClient::Transport::tls);
  std::string body(3'000'000, 'x');
  for (std::size_t i = 0; i < body.size(); i += 997) body[i] = static_cast<char>('a' + i % 26);
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3000000\r\n\r\n" + body);
  CHECK(client.read_response().body == body);
}

TEST_CASE("where plain text may come too, the first byte tells it from TLS") {
  Certificate certificate;
  net::ConnectionLimits limits;
  limits.tls_handshake_max = 80ms;
  HttpFixture fixture(echo_target, {}, certificate.tls, limits, true);
  RawClient plain(fixture.port());
  CHECK(plain.get("/a").body == "plain /a");
  RawClient slow(fixture.port());
  slow.send("G");
  slow.send("ET /b HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(slow.read_response().body == "plain /b");
  RawClient secure(fixture.port(), RawClient::Transport::tls);
  CHECK(secure.get("/c").body == "secure /c");
  RawClient silent(fixture.port()), stalls(fixture.port()), leaves(fixture.port());
  stalls.send("\x16");
  CHECK(silent.ends());
  CHECK(stalls.ends());
}

TEST_CASE("another certificate is shown to whoever comes from then on; who is there stays") {
  Certificate first, second;
  HttpFixture fixture(echo_target, {}, first.tls);
  RawClient before(fixture.port(), RawClient::Transport::tls);
  CHECK(before.get("/a").body == "secure /a");
  fixture.listener().show(second.tls);
  fixture.thread().run([] {});  // what was posted before has run
  RawClient after(fixture.port(), RawClient::Transport::tls);
  CHECK(after.get("/b").body == "secure /b");
  CHECK(before.get("/c").body == "secure /c");
  CHECK(print_seen_by(before) == first.tls->fingerprint());
  CHECK(print_seen_by(after) == second.tls->fingerprint());
  CHECK(first.tls->fingerprint() != second.tls->fingerprint());
}

TEST_CASE("a certificate tells from when and until when it is good") {
  Certificate certificate;
  const auto validity = certificate.tls->validity();
  CHECK(validity.until_s - validity.from_s == 3600);
  CHECK(std::abs(validity.from_s - std::time(nullptr)) < 60);
}

TEST_CASE("a plain request to the TLS port and a handshake that stalls end the connection") {
  Certificate certificate;
  net::ConnectionLimits limits;
  limits.tls_handshake_max = 50ms;
  HttpFixture fixture(echo_target, {}, certificate.tls, limits);
  RawClient plain(fixture.port());
  plain.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(plain.read_to_end().find("HTTP/") == std::string::npos);
  RawClient stalls(fixture.port());
  stalls.send("\x16");
  CHECK(stalls.ends());
}

TEST_CASE("a WebSocket over TLS echoes, moves to another loop with what was already read, and closes cleanly") {
  Certificate certificate;
  LoopThread home;
  WebSocketFixture fixture(net::WebSocketLimits{}, certificate.tls, &home.loop());
  RawClient client(fixture.port(), RawClient::Transport::tls);
  client.send(std::string(websocket_handshake) + "\r\n" + RawFrame::text("early").bytes());
  CHECK(client.read_response().status == 101);
  CHECK(client.read_frame().payload == "early");
  for (const std::size_t size : {1u, 125u, 1000u, 16'384u}) {
    client.send_frame(RawFrame::text(std::string(size, 'x')));
    CHECK(client.read_frame().payload.size() == size);
  }
  client.send_frame({true, 0, 8, true, std::string("\x03\xe8", 2)});
  CHECK(client.read_frame().close_code() == 1000);
  CHECK(client.ends());
  CHECK(fixture.wait_for_close() == 1000);
}

TEST_CASE("a slow TLS reader gets every byte in order") {
  Certificate certificate;
  net::WebSocketLimits limits;
  limits.tail_bytes_max = 64 * 1024 * 1024;
  WebSocketFixture fixture(limits, certificate.tls);
  RawClient client(fixture.port(), RawClient::Transport::tls, 4096);
  open_websocket(client);
  fixture.on_socket([](net::WebSocket& socket) {
    for (int i = 0; i < 400; ++i) socket.send(std::to_string(i) + std::string(20'000, 'x'));
    CHECK(socket.sink().blocked());
    CHECK(socket.sink().is_tls());
  });
  for (int i = 0; i < 400; ++i) REQUIRE(client.read_frame().payload == std::to_string(i) + std::string(20'000, 'x'));
  client.send_frame(RawFrame::text("alive"));
  CHECK(client.read_frame().payload == "alive");
}

TEST_CASE("a file goes out over TLS as it does plain") {
  Certificate certificate;
  TempFolder folder;
  std::string bytes(5'000'000, 'f');
  for (std::size_t i = 0; i < bytes.size(); i += 1001) bytes[i] = static_cast<char>('a' + i % 26);
  const std::string path = folder.write("file", bytes);
  const auto handler = [&](const std::shared_ptr<net::Exchange>& exchange) {
    const bool part = exchange->head().target == "/part";
    exchange->send_file({part ? 206 : 200, {}}, ::open(path.c_str(), O_RDONLY | O_CLOEXEC), part ? 1'234'567 : 0,
                        part ? 2'000'000 : bytes.size());
  };
  for (const bool secure : {false, true}) {
    INFO((secure ? "TLS" : "plain"));
    HttpFixture fixture(handler, {}, secure ? certificate.tls : nullptr);
    RawClient client(fixture.port(), secure ? RawClient::Transport::tls : RawClient::Transport::plain);
    CHECK(client.get("/whole").body == bytes);
    CHECK(client.get("/part").body == bytes.substr(1'234'567, 2'000'000));
    client.send("HEAD /whole HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(client.read_response(true).headers.at("content-length") == "5000000");
    CHECK(client.get("/part").body.size() == 2'000'000);
  }
}

TEST_CASE("a file that became shorter cuts the answer off visibly") {
  TempFolder folder;
  const std::string path = folder.write("file", "only this");
  HttpFixture fixture([&](const std::shared_ptr<net::Exchange>& exchange) {
    exchange->send_file({200, {}}, ::open(path.c_str(), O_RDONLY | O_CLOEXEC), 0, 1000);
  });
  RawClient client(fixture.port());
  client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK_THROWS(client.read_response());
}
