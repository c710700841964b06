// What the server answers to a login.
#include "videoproto/desktop/login.h"

#include <catch2/catch.hpp>

namespace matinee::desktop {

TEST_CASE("a good answer becomes credentials for the video port of the same host") {
  const std::string print(64, 'a');
  const auto kept =
      read_login_answer(200, R"({"token":"t1","name":"Ada","video_port":8081,"fingerprint":")" + print + "\"}", "films.example.org");
  REQUIRE(kept);
  CHECK(*kept == Credentials{{"films.example.org", 8081}, Pin(32, std::byte{0xaa}), "t1"});
}

TEST_CASE("a refusal is told in the server's words, and an answer of something else is not believed") {
  CHECK(read_login_answer(401, R"({"error":"wrong","sentence":"Wrong."})", "h").error() == "Wrong.");
  for (const char* body : {"", "<html>", "[]", "{}", R"({"token":"t","video_port":0,"fingerprint":"aa"})", R"({"token":1})"}) {
    INFO(body);
    CHECK(read_login_answer(200, body, "h").error().find("no Matinee server") != std::string::npos);
  }
  CHECK(read_login_answer(404, "", "h").error().find("404") != std::string::npos);
}

TEST_CASE("the host is taken from the address of the pages") {
  CHECK(host_of_url("https://films.example.org:8443/x") == "films.example.org");
  CHECK(host_of_url("http://[::1]:8080") == "::1");
  CHECK(host_of_url("https://a@b/").empty());
  CHECK(host_of_url("films").empty());
}

}  // namespace matinee::desktop
