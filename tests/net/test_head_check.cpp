#include <catch2/catch.hpp>
#include <string>

#include "server/net/head_check.h"

using namespace matinee::net;

namespace {

const HttpLimits limits;

int status_of(const std::string& head) { return check_head(head, limits).status; }
int status_of_fields(const std::string& fields) { return status_of("GET / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n"); }
int status_of_line(const std::string& line) { return status_of(line + "\r\nHost: a\r\n\r\n"); }

struct Row {
  std::string text;
  int status;
};

}  // namespace

TEST_CASE("request lines are taken or refused by the table") {
  const Row table[] = {
      {"GET / HTTP/1.1", 0},
      {"GET /a?b=c&d=%20 HTTP/1.0", 0},
      {"OPTIONS * HTTP/1.1", 0},
      {"GET http://a/b HTTP/1.1", 0},
      {"GET HTTPS://a HTTP/1.1", 0},
      {"GET / HTTP/1.2", 505},
      {"GET / HTTP/2.0", 505},
      {"GET / http/1.1", 400},
      {"GET / HTTP/1.1 ", 400},
      {"GET  / HTTP/1.1", 400},
      {"GET /", 400},
      {"GET", 400},
      {" GET / HTTP/1.1", 400},
      {"G(T / HTTP/1.1", 400},
      {"GET * HTTP/1.1", 400},
      {"GET a HTTP/1.1", 400},
      {"CONNECT a:443 HTTP/1.1", 400},
      {"GET /a#b HTTP/1.1", 400},
      {"GET /\x80 HTTP/1.1", 400},
      {"GET /\xC3\xA9 HTTP/1.1", 400},
      {"GET /\x7F HTTP/1.1", 400},
      {"GET /\t HTTP/1.1", 400},
      {"GET /a b HTTP/1.1", 400},
      {std::string("GET /\0 HTTP/1.1", 15), 400},
      {"GET /\r HTTP/1.1", 400},
      {"GET /\nX: y HTTP/1.1", 400},
  };
  for (const Row& row : table) {
    INFO(row.text);
    CHECK(status_of_line(row.text) == row.status);
  }
}

TEST_CASE("fields that smuggling is made of are refused by the table") {
  const Row table[] = {
      {"", 0},
      {"X: y\r\n", 0},
      {"X:y\r\n", 0},
      {"X:\r\n", 0},
      {"X: \t a\tb \r\n", 0},
      {"X: caf\xC3\xA9\r\n", 0},
      {"X : y\r\n", 400},
      {" X: y\r\n", 400},
      {"X: y\r\n folded\r\n", 400},
      {"X: y\r\n\tfolded\r\n", 400},
      {": y\r\n", 400},
      {"X\r\n", 400},
      {"X(: y\r\n", 400},
      {"X\x80: y\r\n", 400},
      {"X: a\rb\r\n", 400},
      {"X: a\nb\r\n", 400},
      {"X: a\n", 400},
      {std::string("X: a\0b\r\n", 8), 400},
      {"X: a\x7F\r\n", 400},
      {"Host: a\r\n", 400},
      {"hOST: b\r\n", 400},
      {"Content-Length: 5\r\n", 0},
      {"Content-Length: 5\r\nContent-Length: 5\r\n", 400},
      {"Content-Length: 1, 1\r\n", 400},
      {"Content-Length: +1\r\n", 400},
      {"Content-Length: -1\r\n", 400},
      {"Content-Length: 0x1\r\n", 400},
      {"Content-Length: \r\n", 400},
      {"Content-Length: 999999999999999999\r\n", 0},
      {"Content-Length: 9999999999999999999\r\n", 400},
      {"Transfer-Encoding: chunked\r\n", 0},
      {"Transfer-Encoding: Chunked\r\n", 0},
      {"Transfer-Encoding: gzip\r\n", 501},
      {"Transfer-Encoding: gzip, chunked\r\n", 501},
      {"Transfer-Encoding: xchunked\r\n", 501},
      {"Transfer-Encoding: chunked, chunked\r\n", 501},
      {"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", 400},
      {"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", 400},
      {"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", 400},
  };
  for (const Row& row : table) {
    INFO(row.text);
    CHECK(status_of_fields(row.text) == row.status);
  }
}

TEST_CASE("a Host is there exactly once and holds nothing but a host") {
  CHECK(status_of("GET / HTTP/1.1\r\n\r\n") == 400);
  CHECK(status_of("GET / HTTP/1.0\r\n\r\n") == 0);
  CHECK(status_of("GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n") == 400);
  for (const char* host : {"a", "a.b:80", "[::1]:8080", "192.0.2.1", "a_b"})
    CHECK(status_of("GET / HTTP/1.1\r\nHost: " + std::string(host) + "\r\n\r\n") == 0);
  for (const char* host : {"", "a b", "a/b", "u@a", "a,b", "a?b", "a\\b", "a\"b"}) {
    INFO(host);
    CHECK(status_of("GET / HTTP/1.1\r\nHost: " + std::string(host) + "\r\n\r\n") == 400);
  }
}

TEST_CASE("chunked does not exist in HTTP/1.0") { CHECK(status_of("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n") == 400); }

TEST_CASE("100 fields are taken and 101 refused") {
  std::string fields;
  for (int i = 0; i < 99; ++i) fields += "X: y\r\n";
  CHECK(status_of_fields(fields) == 0);
  CHECK(status_of_fields(fields + "X: y\r\n") == 431);
}

TEST_CASE("a target of 8 KiB is taken and one byte more refused") {
  CHECK(status_of_line("GET /" + std::string(8191, 'a') + " HTTP/1.1") == 0);
  CHECK(status_of_line("GET /" + std::string(8192, 'a') + " HTTP/1.1") == 414);
}

TEST_CASE("a head of 16,000 bytes is taken and one byte more refused") {
  const std::string start = "GET / HTTP/1.1\r\nHost: a\r\nX: ";
  const std::string end = "\r\n\r\n";
  const std::string fits = start + std::string(16'000 - start.size() - end.size(), 'x') + end;
  HeadVerdict verdict;
  CHECK(find_head_end(fits, limits, verdict) == 16'000);
  CHECK(check_head(fits, limits).status == 0);
  const std::string over = start + std::string(16'001 - start.size() - end.size(), 'x') + end;
  CHECK(find_head_end(over, limits, verdict) == 0);
  CHECK(verdict.status == 431);
  CHECK(check_head(over, limits).status == 431);
}

TEST_CASE("a head that can never become valid is refused before it is complete") {
  HeadVerdict verdict;
  CHECK(find_head_end("GET / HTTP/1.1\r\nHos", limits, verdict) == 0);
  CHECK(verdict.status == 0);
  CHECK(find_head_end("GET / HTTP/1.1\n", limits, verdict) == 0);
  CHECK(verdict.status == 400);
  CHECK(find_head_end(std::string("GET /\0", 6), limits, verdict) == 0);
  CHECK(verdict.status == 400);
  CHECK(find_head_end("GET /" + std::string(9000, 'a'), limits, verdict) == 0);
  CHECK(verdict.status == 414);
}

TEST_CASE("the end of the head is found where it is") {
  HeadVerdict verdict;
  CHECK(find_head_end("GET / HTTP/1.1\r\n\r\nGET", limits, verdict) == 18);
  CHECK(verdict.status == 0);
}
