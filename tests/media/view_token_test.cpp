// View tokens: whose, for which stream, until when; and nothing that was touched.
#include "server/media/view_token.h"

#include <catch2/catch.hpp>

namespace matinee::media::test {
namespace {

constexpr std::int64_t now_ms = 1'790'000'000'000;
const ViewTokens tokens("the server's secret");

ViewPass pass() { return {7, rooms::PersonId{42}, rooms::PersonKind::guest, seams::SessionId{9}, now_ms + 60'000}; }

}  // namespace

TEST_CASE("a view token says who made it and for which stream, until its minute is over and not longer") {
  const std::string token = tokens.make(pass());
  for (const std::int64_t at : {now_ms, now_ms + 59'999}) {
    const auto read = tokens.read(token, 7, at);
    REQUIRE(read);
    CHECK(read->stream == 7);
    CHECK(read->person == rooms::PersonId{42});
    CHECK(read->kind == rooms::PersonKind::guest);
    CHECK(read->session == seams::SessionId{9});
  }
  CHECK_FALSE(tokens.read(token, 7, now_ms + 60'000));
  ViewPass account = pass();
  account.kind = rooms::PersonKind::account;
  CHECK(tokens.read(tokens.make(account), 7, now_ms)->kind == rooms::PersonKind::account);
}

TEST_CASE("a view token opens no other stream, and not on a server with another secret") {
  const std::string token = tokens.make(pass());
  CHECK_FALSE(tokens.read(token, 8, now_ms));
  CHECK_FALSE(ViewTokens("another secret").read(token, 7, now_ms));
}

TEST_CASE("a view token with any character changed, cut or added is none") {
  const std::string token = tokens.make(pass());
  for (std::size_t i = 0; i < token.size(); ++i) {
    std::string other = token;
    other[i] = other[i] == '1' ? '2' : '1';
    INFO(other);
    CHECK_FALSE(tokens.read(other, 7, now_ms));
    CHECK_FALSE(tokens.read(token.substr(0, i), 7, now_ms));
  }
  CHECK_FALSE(tokens.read(token + "1", 7, now_ms));
  for (const char* text : {"", ".", "7", "7.42.1.9.1.", "......", "7.42.1.9"}) CHECK_FALSE(tokens.read(text, 7, now_ms));
}

TEST_CASE("a view token is safe in an address as it is") {
  CHECK(tokens.make(pass()).find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.") == std::string::npos);
}

}  // namespace matinee::media::test
