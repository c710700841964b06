#include <atomic>
#include <catch2/catch.hpp>
#include <vector>

#include "server/net/chunked.h"
#include "tests/net/http_fixture.h"

using namespace matinee;
using namespace matinee::test;
using namespace std::chrono_literals;

namespace {

void echo_target(const std::shared_ptr<net::Exchange>& exchange) {
  answer_text(*exchange, 200, exchange->head().method + " " + exchange->head().target);
}

void collect(const std::shared_ptr<net::Exchange>& exchange, const std::shared_ptr<std::string>& body) {
  exchange->read_some([exchange, body](net::BodyError error, std::string_view piece) {
    if (error == net::BodyError::timeout) return answer_text(*exchange, 408, "slow");
    if (error != net::BodyError::none) return answer_text(*exchange, 400, "bad body");
    if (piece.empty()) return answer_text(*exchange, 200, *body);
    body->append(piece);
    collect(exchange, body);
  });
}

void echo_body(const std::shared_ptr<net::Exchange>& exchange) { collect(exchange, std::make_shared<std::string>()); }

}  // namespace

TEST_CASE("a request gets its answer with length, date and no version banner") {
  HttpFixture fixture(echo_target);
  RawClient client(fixture.port());
  const RawResponse response = client.get("/hello?x=1");
  CHECK(response.status == 200);
  CHECK(response.body == "GET /hello?x=1");
  CHECK(response.headers.at("content-type") == "text/plain");
  CHECK(response.headers.at("date").size() == 29);
  CHECK(response.headers.count("server") == 0);
}

TEST_CASE("a connection serves one request after the other") {
  HttpFixture fixture(echo_target);
  RawClient client(fixture.port());
  for (int i = 0; i < 5; ++i) CHECK(client.get("/" + std::to_string(i)).body == "GET /" + std::to_string(i));
  CHECK(fixture.server().sessions() == 1);
}

TEST_CASE("pipelined requests are answered in their order, however late the first answer comes") {
  std::vector<std::shared_ptr<net::Exchange>> held;
  HttpFixture fixture([&](const std::shared_ptr<net::Exchange>& exchange) {
    if (exchange->head().target == "/first") held.push_back(exchange);
    else echo_target(exchange);
  });
  RawClient client(fixture.port());
  client.send("GET /first HTTP/1.1\r\nHost: a\r\n\r\nGET /second HTTP/1.1\r\nHost: a\r\n\r\nGET /third HTTP/1.1\r\nHost: a\r\n\r\n");
  RawClient(fixture.port()).get("/by-then-the-first-has-been-read");
  fixture.thread().run([&] {
    answer_text(*held.at(0), 200, "first");
    held.clear();
  });
  CHECK(client.read_response().body == "first");
  CHECK(client.read_response().body == "GET /second");
  CHECK(client.read_response().body == "GET /third");
}

TEST_CASE("HEAD gets the head of the answer and no body") {
  HttpFixture fixture(echo_target);
  RawClient client(fixture.port());
  client.send("HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n");
  const RawResponse response = client.read_response(true);
  CHECK(response.headers.at("content-length") == "7");
  CHECK(client.get("/next").body == "GET /next");
}

TEST_CASE("a body with a length is read whole, and the next request after it") {
  HttpFixture fixture(echo_body);
  RawClient client(fixture.port());
  const std::string body(200'000, 'b');
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n" + body +
              "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nok");
  CHECK(client.read_response().body == body);
  CHECK(client.read_response().body == "ok");
}

TEST_CASE("a chunked body is decoded, its extensions and trailer ignored") {
  HttpFixture fixture(echo_body);
  RawClient client(fixture.port());
  client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n1\r\n!\r\n0\r\nX: y\r\n\r\n");
  CHECK(client.read_response().body == "hello!");
  CHECK(client.get("/").status == 200);
}

TEST_CASE("a chunked body that comes one byte at a time is the same, and what is no chunk is refused by the table") {
  const auto decode = [](const std::string& bytes, std::size_t piece) {
    net::ChunkedDecoder decoder;
    std::string out;
    for (std::size_t at = 0; at < bytes.size() && !decoder.done(); at += piece)
      if (!decoder.put(std::string_view(bytes).substr(at, piece), out)) return std::string("malformed");
    return out + (decoder.done() ? "." : "…");
  };
  const std::string ignored_max(net::ChunkedDecoder::extension_bytes_max, 'e');
  const std::string trailer_max(net::ChunkedDecoder::trailer_bytes_max, 't');
  const std::pair<std::string, std::string> table[] = {
      {"0\r\n\r\n", "."},
      {"5\r\nhello\r\n0\r\n\r\n", "hello."},
      {"005\r\nhello\r\n000\r\n\r\n", "hello."},
      {"A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n", "01234567890123456789."},
      {"1;" + ignored_max + "\r\nx\r\n0\r\n\r\n", "x."},
      {"1;" + ignored_max + "e\r\nx\r\n0\r\n\r\n", "malformed"},
      {"0\r\n" + trailer_max + "\r\n\r\n", "."},
      {"0\r\n" + trailer_max + "\r\nt\r\n\r\n", "malformed"},
      {"fffffffffffffff\r\nx", "x…"},
      {"1000000000000000\r\nx", "malformed"},
      {"\r\n", "malformed"},
      {";a\r\n", "malformed"},
      {"5\nhello", "malformed"},
      {"5 \r\nhello", "malformed"},
      {"0x5\r\nhello", "malformed"},
      {"5\r\nhello\n0\r\n\r\n", "malformed"},
      {"5\r\nhello\r0\r\n\r\n", "malformed"},
      {"5\r\nhello0\r\n\r\n", "malformed"},
      {"0\r\nX: y\n\r\n", "malformed"},
      {"0\r\n\rX", "malformed"},
      {"5;a\x01\r\nhello", "malformed"},
  };
  for (const auto& [bytes, expected] : table) {
    INFO(bytes.substr(0, 40));
    CHECK(decode(bytes, bytes.size()) == expected);
    CHECK(decode(bytes, 1) == expected);
  }
}

TEST_CASE("bad chunks are refused and end the connection") {
  for (const char* chunks : {"zz\r\nhello\r\n", "5\r\nhelloX\r\n0\r\n\r\n", "-1\r\n", "5\nhello\r\n", "ffffffffffffffff1\r\nx"}) {
    INFO(chunks);
    HttpFixture fixture(echo_body);
    RawClient client(fixture.port());
    client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + std::string(chunks));
    const RawResponse response = client.read_response();
    CHECK(response.status == 400);
    CHECK(response.headers.at("connection") == "close");
    CHECK(client.ends());
  }
}

TEST_CASE("who expects 100-continue is told to go on when the body is wanted") {
  HttpFixture fixture(echo_body);
  RawClient client(fixture.port());
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  CHECK(client.read_response().status == 100);
  client.send("ok");
  CHECK(client.read_response().body == "ok");
}

TEST_CASE("who expects 100-continue and is refused instead loses the connection, since the body may or may not follow") {
  HttpFixture fixture([](const std::shared_ptr<net::Exchange>& exchange) { answer_text(*exchange, 413, "no"); });
  RawClient client(fixture.port());
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  const RawResponse response = client.read_response();
  CHECK(response.status == 413);
  CHECK(response.headers.at("connection") == "close");
  CHECK(client.ends());
}

TEST_CASE("other expectations are refused") {
  HttpFixture fixture(echo_body);
  RawClient client(fixture.port());
  CHECK(client.get("/", "Expect: wonders\r\n").status == 417);
}

TEST_CASE("a body that the handler leaves unread is skipped up to a bound") {
  net::HttpLimits limits;
  limits.unread_body_bytes_max = 1000;
  HttpFixture fixture([](const std::shared_ptr<net::Exchange>& exchange) { answer_text(*exchange, 200, "done"); }, limits);
  RawClient fits(fixture.port());
  fits.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n" + std::string(1000, 'x'));
  CHECK(fits.read_response().body == "done");
  CHECK(fits.get("/").body == "done");
  RawClient over(fixture.port());
  over.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9000\r\n\r\n" + std::string(5000, 'x'));
  CHECK(over.read_response().body == "done");
  CHECK(over.ends());
}

TEST_CASE("HTTP/1.0 closes after the answer unless it asked to stay") {
  HttpFixture fixture(echo_target);
  RawClient closes(fixture.port());
  closes.send("GET / HTTP/1.0\r\n\r\n");
  CHECK(closes.read_response().headers.at("connection") == "close");
  CHECK(closes.ends());
  RawClient stays(fixture.port());
  stays.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  CHECK(stays.read_response().headers.at("connection") == "keep-alive");
  CHECK(stays.get("/2").status == 200);
}

TEST_CASE("who closes the writing side after a request still gets the answer") {
  HttpFixture fixture(echo_target);
  RawClient client(fixture.port());
  client.send("GET /a HTTP/1.1\r\nHost: a\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n");
  client.half_close();
  CHECK(client.read_response().body == "GET /a");
  CHECK(client.read_response().body == "GET /b");
  CHECK(client.ends());
}

TEST_CASE("malformed heads get their status as an answer that arrives, then the connection ends") {
  HttpFixture fixture(echo_target);
  const std::pair<std::string, int> table[] = {
      {"GET / HTTP/1.1\r\nHost: a\r\nX : y\r\n\r\n", 400},
      {"GET / HTTP/1.1\nHost: a\n\n", 400},
      {"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 501},
      {"GET /" + std::string(9000, 'x') + " HTTP/1.1\r\nHost: a\r\n\r\n", 414},
      {"GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n", 431},
      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc" + std::string(30'000, 'x'), 400},
  };
  for (const auto& [bytes, status] : table) {
    INFO(bytes.substr(0, 60));
    RawClient client(fixture.port());
    client.send(bytes);
    const RawResponse response = client.read_response();
    CHECK(response.status == status);
    CHECK(response.headers.at("connection") == "close");
    CHECK(client.ends());
  }
}

TEST_CASE("an answer without a length is chunked, and ends by closing in HTTP/1.0") {
  HttpFixture fixture([](const std::shared_ptr<net::Exchange>& exchange) {
    exchange->start({200, {}}, std::nullopt);
    exchange->write("one ", [exchange](bool ok) {
      CHECK(ok);
      exchange->write("two", [exchange](bool) { exchange->finish(); });
    });
  });
  RawClient client(fixture.port());
  const RawResponse response = client.get("/");
  CHECK(response.headers.at("transfer-encoding") == "chunked");
  CHECK(response.body == "one two");
  CHECK(client.get("/").body == "one two");
  RawClient old(fixture.port());
  old.send("GET / HTTP/1.0\r\n\r\n");
  CHECK(old.read_response().body == "one two");
}

TEST_CASE("a piece that answers share goes out between what is each one's own, in one chunk, from where it is asked for") {
  const auto shared = net::make_frame("not this|" + std::string(100'000, 's'));
  HttpFixture fixture([shared](const std::shared_ptr<net::Exchange>& exchange) {
    exchange->start({200, {}}, std::nullopt);
    exchange->write(net::SharedPiece{"before ", shared, 9, " after"}, [exchange, shared](bool ok) {
      CHECK(ok);
      exchange->write(net::SharedPiece{"", shared, shared->bytes.size(), ""}, [exchange](bool) { exchange->finish(); });
    });
  });
  RawClient client(fixture.port());
  for (int i = 0; i < 2; ++i) CHECK(client.get("/").body == "before " + std::string(100'000, 's') + " after");
  client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(client.read_response(true).body.empty());
  CHECK(client.get("/").status == 200);
}

TEST_CASE("an answer that falls short of its announced length is cut off visibly") {
  HttpFixture fixture([](const std::shared_ptr<net::Exchange>& exchange) {
    exchange->start({200, {}}, 10);
    exchange->write("short", [exchange](bool) { exchange->finish(); });
  });
  RawClient client(fixture.port());
  client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK_THROWS(client.read_response());
}

TEST_CASE("a handler that forgets to answer becomes a 500, also when it forgets on another thread") {
  HttpFixture fixture([](std::shared_ptr<net::Exchange> exchange) {
    if (exchange->head().target == "/here") return;
    std::thread([held = std::move(exchange)]() mutable { held.reset(); }).detach();
  });
  RawClient client(fixture.port());
  CHECK(client.get("/here").status == 500);
  CHECK(client.get("/there").status == 500);
  CHECK(client.get("/here").status == 500);
}

TEST_CASE("answers to a peer that is gone are ignored and waiting callbacks are told") {
  std::shared_ptr<net::Exchange> held;
  std::promise<void> arrived;
  std::promise<net::BodyError> body_told;
  HttpFixture fixture([&](const std::shared_ptr<net::Exchange>& exchange) {
    held = exchange;
    exchange->read_some([&](net::BodyError error, std::string_view) { body_told.set_value(error); });
    arrived.set_value();
  });
  RawClient client(fixture.port());
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n");
  arrived.get_future().wait();
  client.reset();
  CHECK(body_told.get_future().get() == net::BodyError::gone);
  std::promise<bool> write_told;
  fixture.thread().run([&] {
    CHECK_FALSE(held->open());
    answer_text(*held, 200, "nobody");
    held->write("x", [&](bool ok) { write_told.set_value(ok); });
  });
  CHECK_FALSE(write_told.get_future().get());
  fixture.thread().run([&] { held.reset(); });
}

TEST_CASE("a writer hears that the peer is gone even when its orderly end was heard before") {
  std::promise<void> arrived;
  std::promise<bool> told;
  std::shared_ptr<net::Exchange> held;
  HttpFixture fixture([&](const std::shared_ptr<net::Exchange>& exchange) {
    held = exchange;
    exchange->start({200, {}}, std::nullopt);
    exchange->write(std::string(32 * 1024 * 1024, 'x'), [&](bool ok) { told.set_value(ok); });
    arrived.set_value();
  });
  RawClient client(fixture.port(), RawClient::Transport::plain, 4096);
  client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  client.half_close();
  arrived.get_future().wait();
  fixture.thread().run([] {});
  client.reset();
  CHECK_FALSE(told.get_future().get());
  fixture.thread().run([&] { held.reset(); });
}

TEST_CASE("a head that does not come in time is answered with 408") {
  net::HttpLimits limits;
  limits.head_max = 50ms;
  HttpFixture fixture(echo_target, limits);
  RawClient client(fixture.port());
  client.send("GET / HTTP/1.1\r\nHos");
  CHECK(client.read_response().status == 408);
  CHECK(client.ends());
}

TEST_CASE("a body that stops coming is a timeout for the handler") {
  net::HttpLimits limits;
  limits.body_progress_max = 50ms;
  HttpFixture fixture(echo_body, limits);
  RawClient client(fixture.port());
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
  const RawResponse response = client.read_response();
  CHECK(response.status == 408);
  CHECK(client.ends());
}

TEST_CASE("an idle connection is closed without a word") {
  net::HttpLimits limits;
  limits.idle_max = 50ms;
  HttpFixture fixture(echo_target, limits);
  RawClient fresh(fixture.port());
  CHECK(fresh.ends());
  RawClient used(fixture.port());
  CHECK(used.get("/").status == 200);
  CHECK(used.ends());
}

TEST_CASE("a peer that takes nothing of an answer is dropped") {
  net::HttpLimits limits;
  limits.write_progress_max = 100ms;
  std::atomic<bool> told_gone = false;
  std::promise<void> gone;
  HttpFixture fixture(
      [&](const std::shared_ptr<net::Exchange>& exchange) {
        exchange->start({200, {}}, std::nullopt);
        exchange->write(std::string(32 * 1024 * 1024, 'x'), [&](bool ok) {
          told_gone = !ok;
          gone.set_value();
        });
      },
      limits);
  RawClient client(fixture.port(), RawClient::Transport::plain, 4096);
  client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  gone.get_future().wait();
  CHECK(told_gone);
}

TEST_CASE("a peer that sends ahead without bound is no longer read") {
  net::HttpLimits limits;
  limits.pipelined_bytes_max = 4096;
  std::shared_ptr<net::Exchange> held;
  std::promise<void> arrived;
  HttpFixture fixture(
      [&](const std::shared_ptr<net::Exchange>& exchange) {
        if (held || exchange->head().target != "/first") return echo_target(exchange);
        held = exchange;
        arrived.set_value();
      },
      limits);
  RawClient client(fixture.port());
  const std::string one = "GET /next HTTP/1.1\r\nHost: a\r\n\r\n";
  std::string many = "GET /first HTTP/1.1\r\nHost: a\r\n\r\n";
  for (int i = 0; i < 2000; ++i) many += one;
  client.send(many);
  arrived.get_future().wait();
  fixture.thread().run([&] { answer_text(*held, 200, "first"); });
  CHECK(client.read_response().body == "first");
  for (int i = 0; i < 2000; ++i) REQUIRE(client.read_response().body == "GET /next");
  fixture.thread().run([&] { held.reset(); });
}

TEST_CASE("draining closes idle connections now and busy ones after their answer") {
  std::shared_ptr<net::Exchange> held;
  std::promise<void> arrived;
  HttpFixture fixture([&](const std::shared_ptr<net::Exchange>& exchange) {
    if (exchange->head().target != "/busy") return echo_target(exchange);
    held = exchange;
    arrived.set_value();
  });
  RawClient idle(fixture.port());
  CHECK(idle.get("/").status == 200);
  RawClient busy(fixture.port());
  busy.send("GET /busy HTTP/1.1\r\nHost: a\r\n\r\n");
  arrived.get_future().wait();
  fixture.thread().run([&] { fixture.server().drain(); });
  CHECK(idle.ends());
  fixture.thread().run([&] {
    answer_text(*held, 200, "done");
    held.reset();
  });
  CHECK(busy.read_response().headers.at("connection") == "close");
  CHECK(busy.ends());
}

TEST_CASE("fields that would break out of their line are left out") {
  HttpFixture fixture([](const std::shared_ptr<net::Exchange>& exchange) {
    exchange->send({200, {{"X-Bad", "a\r\nSet-Cookie: evil=1"}, {"X-Good", "b"}}}, std::string("body"));
  });
  RawClient client(fixture.port());
  const RawResponse response = client.get("/");
  CHECK(response.headers.count("set-cookie") == 0);
  CHECK(response.headers.count("x-bad") == 0);
  CHECK(response.headers.at("x-good") == "b");
}

TEST_CASE("an absolute-form target names host and path") {
  HttpFixture fixture([](const std::shared_ptr<net::Exchange>& exchange) {
    answer_text(*exchange, 200, exchange->head().host + " " + exchange->head().target);
  });
  RawClient client(fixture.port());
  CHECK(client.get("http://other:1/a?b").body == "other:1 /a?b");
  CHECK(client.get("http://other?b").body == "other /?b");
}
