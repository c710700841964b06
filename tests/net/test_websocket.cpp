#include <catch2/catch.hpp>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <vector>

#include "server/net/upgrade.h"
#include "tests/net/websocket_fixture.h"

using namespace matinee;
using namespace matinee::test;
using namespace std::chrono_literals;

namespace {

void mask_and_send(RawClient& client, const RawFrame& frame) { client.send_frame(frame); }

RawFrame control(int opcode, std::string payload) { return {true, 0, opcode, true, std::move(payload)}; }
RawFrame part(int opcode, bool fin, std::string payload) { return {fin, 0, opcode, true, std::move(payload)}; }

// The close code the peer is shown; pings and data before it are skipped.
std::uint16_t close_code_of(RawClient& client) {
  while (true) {
    const RawFrame frame = client.read_frame();
    if (frame.opcode == 8) return frame.close_code();
  }
}

}  // namespace

TEST_CASE("a WebSocket opens and echoes text of every length form") {
  net::WebSocketLimits limits;
  limits.message_bytes_max = 100'000;
  WebSocketFixture fixture(limits);
  RawClient client(fixture.port());
  const RawResponse response = open_websocket(client);
  CHECK(response.status == 101);
  CHECK(response.headers.at("sec-websocket-accept") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  CHECK(response.headers.at("sec-websocket-protocol") == "matinee.v1");
  CHECK(response.headers.count("server") == 0);
  for (const std::size_t size : {0u, 1u, 125u, 126u, 255u, 256u, 257u, 65'535u, 65'536u, 100'000u}) {
    const std::string text(size, 'a');
    client.send_frame(RawFrame::text(text));
    const RawFrame echo = client.read_frame();
    CHECK(echo.opcode == 1);
    CHECK(echo.fin);
    CHECK_FALSE(echo.masked);
    CHECK(echo.payload == text);
  }
}

TEST_CASE("frames that come with the handshake are answered after it, in order") {
  WebSocketFixture fixture;
  RawClient client(fixture.port());
  client.send(std::string(websocket_handshake) + "\r\n" + RawFrame::text("one").bytes() + RawFrame::text("two").bytes());
  CHECK(client.read_response().status == 101);
  CHECK(client.read_frame().payload == "one");
  CHECK(client.read_frame().payload == "two");
  client.send_frame(RawFrame::text("three"));
  CHECK(client.read_frame().payload == "three");
}

TEST_CASE("bytes that come one at a time make the same messages") {
  WebSocketFixture fixture;
  RawClient client(fixture.port());
  open_websocket(client);
  const std::string bytes = RawFrame::text("hello").bytes() + RawFrame::text(std::string(200, 'x')).bytes();
  for (const char c : bytes) client.send({&c, 1});
  CHECK(client.read_frame().payload == "hello");
  CHECK(client.read_frame().payload == std::string(200, 'x'));
}

TEST_CASE("a fragmented message arrives whole, with a ping answered in between") {
  WebSocketFixture fixture;
  RawClient client(fixture.port());
  open_websocket(client);
  mask_and_send(client, part(1, false, "hel"));
  mask_and_send(client, control(9, "ping"));
  mask_and_send(client, part(0, true, "lo"));
  const RawFrame pong = client.read_frame();
  CHECK(pong.opcode == 10);
  CHECK(pong.payload == "ping");
  CHECK(client.read_frame().payload == "hello");
}

TEST_CASE("a close by the peer is confirmed with its code, and the handler hears it once") {
  WebSocketFixture fixture;
  RawClient client(fixture.port());
  open_websocket(client);
  mask_and_send(client, control(8, std::string("\x0f\xa1", 2) + "bye"));
  CHECK(client.read_frame().close_code() == 4001);
  CHECK(client.ends());
  CHECK(fixture.wait_for_close() == 4001);
  CHECK(fixture.closes() == 1);
}

TEST_CASE("a peer that disappears without a close frame is 1006") {
  WebSocketFixture fixture;
  RawClient gone(fixture.port());
  open_websocket(gone);
  gone.reset();
  CHECK(fixture.wait_for_close() == 1006);
}

TEST_CASE("our close goes out after what was sent before it, nothing follows it") {
  WebSocketFixture fixture;
  RawClient client(fixture.port());
  open_websocket(client);
  fixture.on_socket([](net::WebSocket& socket) {
    socket.send("last words");
    socket.close(1012, "restart");
    socket.send("too late");
    socket.send(net::make_text_frame("too late"));
    CHECK_FALSE(socket.open());
    CHECK(socket.sink().blocked());
  });
  CHECK(client.read_frame().payload == "last words");
  const RawFrame close = client.read_frame();
  CHECK(close.opcode == 8);
  CHECK(close.close_code() == 1012);
  CHECK(close.payload.substr(2) == "restart");
  mask_and_send(client, close.masked ? close : control(8, close.payload));
  CHECK(client.ends());
  CHECK(fixture.wait_for_close() == 1012);
}

TEST_CASE("a peer that never confirms our close is shut after the time for it") {
  net::WebSocketLimits limits;
  limits.close_max = 50ms;
  WebSocketFixture fixture(limits);
  RawClient client(fixture.port());
  open_websocket(client);
  fixture.on_socket([](net::WebSocket& socket) { socket.close(4003, "removed"); });
  CHECK(client.read_frame().close_code() == 4003);
  CHECK(client.ends());
  CHECK(fixture.wait_for_close() == 4003);
}

TEST_CASE("a close whose frame cannot be sent ends after the time for it") {
  net::WebSocketLimits limits;
  limits.close_max = 50ms;
  limits.tail_bytes_max = 64 * 1024 * 1024;
  WebSocketFixture fixture(limits);
  RawClient client(fixture.port(), RawClient::Transport::plain, 4096);
  open_websocket(client);
  fixture.on_socket([](net::WebSocket& socket) {
    socket.send(net::make_text_frame(std::string(16 * 1024 * 1024, 'x')));
    socket.close(1012, "restart");
  });
  CHECK(fixture.wait_for_close() == 1012);
}

TEST_CASE("protocol errors close with 1002") {
  const std::pair<const char*, RawFrame> table[] = {
      {"RSV1", {true, 4, 1, true, "x"}},
      {"RSV2", {true, 2, 1, true, "x"}},
      {"RSV3", {true, 1, 1, true, "x"}},
      {"unmasked", {true, 0, 1, false, "x"}},
      {"reserved opcode 3", {true, 0, 3, true, "x"}},
      {"reserved opcode 11", {true, 0, 11, true, ""}},
      {"continuation of nothing", {true, 0, 0, true, "x"}},
      {"fragmented ping", {false, 0, 9, true, "x"}},
      {"long ping", {true, 0, 9, true, std::string(126, 'x')}},
      {"close of one byte", {true, 0, 8, true, "x"}},
      {"reserved close code", {true, 0, 8, true, std::string("\x03\xed", 2)}},
  };
  for (const auto& [name, frame] : table) {
    INFO(name);
    WebSocketFixture fixture;
    RawClient client(fixture.port());
    open_websocket(client);
    client.send_frame(frame);
    CHECK(close_code_of(client) == 1002);
    CHECK(client.ends());
    fixture.wait_for_close();
    CHECK(fixture.messages().empty());
  }
}

TEST_CASE("a length that is not in its shortest form closes the socket") {
  for (const std::string& head : {std::string("\x81\xfe\x00\x7d", 4), std::string("\x81\xff\x00\x00\x00\x00\x00\x00\x00\x7d", 10)}) {
    WebSocketFixture fixture;
    RawClient client(fixture.port());
    open_websocket(client);
    client.send(head + "mask" + std::string(125, 'x'));
    CHECK(close_code_of(client) == 1011);
    fixture.wait_for_close();
    CHECK(fixture.messages().empty());
  }
}

TEST_CASE("whole messages, pings and fragments in one read are answered in order") {
  WebSocketFixture fixture;
  RawClient client(fixture.port());
  open_websocket(client);
  const std::string long_text(300, 'y');
  client.send(RawFrame::text("one").bytes() + control(9, "p").bytes() + RawFrame::text(long_text).bytes() + part(1, false, "tw").bytes() +
              part(0, true, "o").bytes() + RawFrame::text("three").bytes() + RawFrame::text("four").bytes().substr(0, 7));
  CHECK(client.read_frame().payload == "one");
  CHECK(client.read_frame().opcode == 10);
  CHECK(client.read_frame().payload == long_text);
  CHECK(client.read_frame().payload == "two");
  CHECK(client.read_frame().payload == "three");
  client.send(RawFrame::text("four").bytes().substr(7) + RawFrame::text("five").bytes());
  CHECK(client.read_frame().payload == "four");
  CHECK(client.read_frame().payload == "five");
}

TEST_CASE("a new message inside an unfinished one is a protocol error") {
  WebSocketFixture fixture;
  RawClient client(fixture.port());
  open_websocket(client);
  mask_and_send(client, part(1, false, "a"));
  mask_and_send(client, part(1, true, "b"));
  CHECK(close_code_of(client) == 1002);
}

TEST_CASE("invalid UTF-8 is closed with 1007, also a character cut off at the end of a fragmented message") {
  const std::vector<std::vector<RawFrame>> table = {
      {part(1, true, "\xff")},
      {part(1, true, "\xc0\xaf")},
      {part(1, true, "\xed\xa0\x80")},
      {part(1, true, "caf\xc3")},
      {part(1, false, "caf\xc3"), part(0, true, "")},
      {part(1, false, "caf"), part(0, true, "\xc3")},
      {part(1, false, "\xf0\x9f"), part(0, true, "\x98")},
  };
  for (const auto& frames : table) {
    WebSocketFixture fixture;
    RawClient client(fixture.port());
    open_websocket(client);
    std::string bytes;
    for (const RawFrame& frame : frames) bytes += frame.bytes();
    client.send(bytes);
    CHECK(close_code_of(client) == 1007);
    fixture.wait_for_close();
    CHECK(fixture.messages().empty());
  }
  WebSocketFixture fixture;
  RawClient client(fixture.port());
  open_websocket(client);
  mask_and_send(client, part(1, false, "caf\xc3"));
  mask_and_send(client, part(0, true, "\xa9"));
  CHECK(client.read_frame().payload == "caf\xc3\xa9");
}

TEST_CASE("a message of the largest size is taken, a larger one is refused by its declared length alone") {
  WebSocketFixture fixture;
  RawClient fits(fixture.port());
  open_websocket(fits);
  fits.send_frame(RawFrame::text(std::string(16 * 1024, 'x')));
  CHECK(fits.read_frame().payload.size() == 16 * 1024);
  RawClient over(fixture.port());
  open_websocket(over);
  over.send(RawFrame::text(std::string(16 * 1024 + 1, 'x')).bytes().substr(0, 8));  // the header only
  CHECK(close_code_of(over) == 1009);
  CHECK(over.ends());
}

TEST_CASE("fragments count together, and a length that overflows is refused") {
  WebSocketFixture fixture;
  RawClient together(fixture.port());
  open_websocket(together);
  together.send_frame(part(1, false, std::string(16 * 1024, 'x')));
  together.send_frame(part(0, true, "y"));
  CHECK(close_code_of(together) == 1009);
  RawClient overflow(fixture.port());
  open_websocket(overflow);
  overflow.send_frame(part(1, false, "xx"));
  overflow.send(std::string("\x80\xff\xff\xff\xff\xff\xff\xff\xff\xff\x12\x34\x56\x78", 14));
  CHECK(close_code_of(overflow) == 1009);
}

TEST_CASE("64 fragments make a message, 65 close with 1008") {
  WebSocketFixture fixture;
  RawClient client(fixture.port());
  open_websocket(client);
  const auto message_of = [](int fragments) {
    std::string bytes;
    for (int i = 0; i < fragments; ++i) bytes += part(i == 0 ? 1 : 0, i == fragments - 1, "x").bytes();
    return bytes;
  };
  client.send(message_of(64));
  CHECK(client.read_frame().payload.size() == 64);
  client.send(message_of(64));
  CHECK(client.read_frame().payload.size() == 64);
  client.send(message_of(65));
  CHECK(close_code_of(client) == 1008);
}

TEST_CASE("10 control frames in a second are answered, the 11th closes with 1008") {
  WebSocketFixture fixture;
  RawClient client(fixture.port());
  open_websocket(client);
  std::string pings;
  for (int i = 0; i < 10; ++i) pings += control(9, "p").bytes();
  client.send(pings);
  for (int i = 0; i < 10; ++i) CHECK(client.read_frame().opcode == 10);
  WebSocketFixture other;
  RawClient flood(other.port());
  open_websocket(flood);
  flood.send(pings + control(9, "p").bytes());
  CHECK(close_code_of(flood) == 1008);
}

TEST_CASE("binary messages are refused with 1003") {
  WebSocketFixture fixture;
  RawClient client(fixture.port());
  open_websocket(client);
  mask_and_send(client, part(2, true, "x"));
  CHECK(close_code_of(client) == 1003);
}

TEST_CASE("the server pings, and a peer that stays silent is gone") {
  net::WebSocketLimits limits;
  limits.ping_every = 40ms;
  limits.silent_max = 100ms;
  WebSocketFixture fixture(limits);
  RawClient client(fixture.port());
  open_websocket(client);
  CHECK(client.read_frame().opcode == 9);
  CHECK(fixture.wait_for_close() == 1006);
}

TEST_CASE("a peer that answers pings stays") {
  net::WebSocketLimits limits;
  limits.ping_every = 40ms;
  limits.silent_max = 2000ms;
  WebSocketFixture fixture(limits);
  RawClient client(fixture.port());
  open_websocket(client);
  for (int i = 0; i < 5; ++i) {
    CHECK(client.read_frame().opcode == 9);
    mask_and_send(client, control(10, ""));
  }
  CHECK(fixture.closes() == 0);
}

TEST_CASE("a peer that does not read is closed with 1013 when its tail is over the bound, and can read that") {
  net::WebSocketLimits limits;
  limits.tail_bytes_max = 100'000;
  WebSocketFixture fixture(limits);
  RawClient client(fixture.port(), RawClient::Transport::plain, 4096);
  open_websocket(client);
  const net::SharedFrame frame = net::make_text_frame(std::string(50'000, 'x'));
  std::size_t sent = 0;
  bool failed = false;
  while (!failed) {
    fixture.on_socket([&](net::WebSocket& socket) {
      for (int i = 0; i < 100 && !(failed = socket.sink().failed()); ++i, ++sent) {
        socket.send(frame);
        CHECK((socket.sink().failed() || socket.sink().tail_bytes() <= 100'000));
      }
    });
  }
  CHECK(sent > 2);
  std::size_t whole_frames = 0;
  RawFrame got;
  while ((got = client.read_frame()).opcode == 1) {
    CHECK(got.payload.size() == 50'000);
    ++whole_frames;
  }
  CHECK(whole_frames < sent);
  CHECK(got.close_code() == 1013);
  CHECK(fixture.wait_for_close() == 1013);
}

TEST_CASE("while a peer does not take our bytes we stop reading its") {
  net::WebSocketLimits limits;
  limits.read_pause_tail_bytes = 1000;
  limits.tail_bytes_max = 64 * 1024 * 1024;
  WebSocketFixture fixture(limits);
  RawClient client(fixture.port(), RawClient::Transport::plain, 4096);
  open_websocket(client);
  fixture.on_socket([](net::WebSocket& socket) { socket.send(net::make_text_frame(std::string(16 * 1024 * 1024, 'x'))); });
  client.send_frame(RawFrame::text("noticed"));
  fixture.wait_for_messages(1);
  client.send_frame(RawFrame::text("not read yet"));
  fixture.on_socket([](net::WebSocket& socket) { CHECK(socket.sink().tail_bytes() > 1000); });
  RawClient second(fixture.port());  // two more turns of the same loop
  open_websocket(second);
  second.send_frame(RawFrame::text("hello"));
  CHECK(second.read_frame().payload == "hello");
  CHECK(fixture.messages() == std::vector<std::string>{"noticed", "hello"});
  CHECK(client.read_frame().payload.size() == 16 * 1024 * 1024);
  CHECK(client.read_frame().payload == "noticed");
  CHECK(client.read_frame().payload == "not read yet");
}

TEST_CASE("a socket that the handler drops ends without a close frame") {
  WebSocketFixture fixture;
  RawClient client(fixture.port());
  open_websocket(client);
  fixture.on_socket([](net::WebSocket& socket) { socket.drop(); });
  CHECK(client.ends());
  CHECK(fixture.wait_for_close() == 1006);
}

TEST_CASE("an upgrade handed to another loop goes on there") {
  LoopThread home;
  WebSocketFixture fixture(net::WebSocketLimits{}, nullptr, &home.loop());
  RawClient client(fixture.port());
  client.send(std::string(websocket_handshake) + "\r\n" + RawFrame::text("early").bytes());
  CHECK(client.read_response().status == 101);
  CHECK(client.read_frame().payload == "early");
  client.send_frame(RawFrame::text("later"));
  CHECK(client.read_frame().payload == "later");
  client.reset();
  CHECK(fixture.wait_for_close() == 1006);
  home.run([] {});
}

TEST_CASE("handshakes are taken or refused by the table") {
  const std::string good = std::string(websocket_handshake);
  const auto replaced = [&](std::string_view what, std::string_view by) {
    std::string text = good;
    const std::size_t at = text.find(what);
    REQUIRE(at != text.npos);
    return text.replace(at, what.size(), by);
  };
  const std::string key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
  const std::pair<std::string, int> table[] = {
      {good, 101},
      {replaced("Connection: Upgrade", "Connection: keep-alive, upgrade"), 101},
      {replaced("Upgrade: websocket", "Upgrade: WebSocket"), 101},
      {replaced("Protocol: matinee.v1", "Protocol: other, matinee.v1"), 101},
      {good + "Origin: http://test\r\n", 101},
      {replaced("GET", "POST"), 400},
      {replaced("HTTP/1.1", "HTTP/1.0"), 400},
      {replaced("Upgrade: websocket", "Upgrade: h2c"), 426},
      {replaced("Connection: Upgrade", "Connection: close"), 426},
      {replaced("Version: 13", "Version: 8"), 426},
      {replaced("Version: 13", "Version: 0"), 426},
      {replaced("Sec-WebSocket-Version: 13\r\n", ""), 426},
      {replaced(key, ""), 400},
      {good + key, 400},
      {replaced("dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZQ="), 400},
      {replaced("dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZQ==="), 400},
      {replaced("dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZR=="), 400},
      {replaced("dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25j!Q=="), 400},
      {replaced("Protocol: matinee.v1", "Protocol: matinee.v2"), 400},
      {replaced("Protocol: matinee.v1", "Protocol: Matinee.v1"), 400},
      {replaced("Sec-WebSocket-Protocol: matinee.v1\r\n", ""), 400},
      {good + "Content-Length: 1\r\n", 400},
  };
  WebSocketFixture fixture;
  for (const auto& [head, status] : table) {
    INFO(head);
    RawClient client(fixture.port());
    client.send(head + "\r\n");
    CHECK(client.read_response(true).status == status);
  }
}

TEST_CASE("the Origin must be this very site") {
  net::RequestHead head;
  head.method = "GET";
  head.host = "matinee.test:8080";
  head.fields = {{"upgrade", "websocket"},
                 {"connection", "Upgrade"},
                 {"sec-websocket-version", "13"},
                 {"sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="},
                 {"sec-websocket-protocol", "matinee.v1"}};
  CHECK(net::check_upgrade(head, false, {}).status == 403);
  head.fields.push_back({"origin", ""});
  for (const char* own : {"http://matinee.test:8080", "http://MATINEE.test:8080"}) {
    head.fields.back().value = own;
    CHECK(net::check_upgrade(head, false, {}).status == 0);
  }
  for (const char* foreign : {"null", "https://matinee.test:8080", "http://matinee.test", "http://evil.matinee.test:8080",
                              "http://matinee.test:8080.evil", "http://matinee.test:8080/"}) {
    head.fields.back().value = foreign;
    CHECK(net::check_upgrade(head, false, {}).status == 403);
  }
  head.secure = true;
  head.fields.back().value = "https://matinee.test:8080";
  CHECK(net::check_upgrade(head, false, {}).status == 0);
  head.fields.push_back({"origin", "https://matinee.test:8080"});
  CHECK(net::check_upgrade(head, false, {}).status == 403);
}
