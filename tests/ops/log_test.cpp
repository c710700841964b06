#include "server/ops/log.h"

#include <catch2/catch.hpp>
#include <mutex>
#include <vector>

using namespace matinee::ops;

TEST_CASE("a text line is time, level, event and key=value pairs") {
  CHECK(format_log_line(false, 1'700'000'000'123, LogLevel::info, "listening", {{"address", "::"}, {"port", 8080}, {"tls", false}}) ==
        "2023-11-14T22:13:20.123Z info listening address=:: port=8080 tls=false");
}

TEST_CASE("a JSON line is one object") {
  CHECK(format_log_line(true, 1'700'000'000'000, LogLevel::warning, "slow", {{"ms", 12.5}, {"who", std::string("a \"b\"")}}) ==
        R"({"time":"2023-11-14T22:13:20.000Z","level":"warning","event":"slow","ms":12.5,"who":"a \"b\""})");
}

TEST_CASE("a value cannot forge a line or a field") {
  const std::string evil = "x\n2023 info fake=1";
  CHECK(format_log_line(false, 0, LogLevel::info, "e", {{"path", evil}}) ==
        "1970-01-01T00:00:00.000Z info e path=\"x\\u000a2023 info fake=1\"");
  CHECK(format_log_line(false, 0, LogLevel::info, "e", {{"path", "a=b"}}) == "1970-01-01T00:00:00.000Z info e path=\"a=b\"");
  CHECK(format_log_line(false, 0, LogLevel::info, "e", {{"path", ""}}) == "1970-01-01T00:00:00.000Z info e path=\"\"");
  CHECK(format_log_line(true, 0, LogLevel::info, "e\x1b[31m", {}).find('\x1b') == std::string::npos);
}

TEST_CASE("values under the name of a secret are hidden") {
  const auto name = GENERATE("password", "session_token", "cookie", "csrf", "stream_key", "text", "password_hash", "client_secret");
  const std::string line = format_log_line(GENERATE(true, false), 0, LogLevel::info, "e", {{name, "hunter2"}});
  CHECK(line.find("hunter2") == std::string::npos);
  CHECK(line.find("[hidden]") != std::string::npos);
}

TEST_CASE("a value of 300 bytes is written whole, a longer one is cut between characters") {
  const std::string whole(300, 'a');
  CHECK(format_log_line(false, 0, LogLevel::info, "e", {{"v", whole}}).find(whole) != std::string::npos);
  const std::string longer = std::string(299, 'a') + "é";
  const std::string line = format_log_line(false, 0, LogLevel::info, "e", {{"v", longer}});
  CHECK(line.find(std::string(299, 'a') + "…\"") != std::string::npos);
}

TEST_CASE("lines below the level are not written") {
  std::mutex mutex;
  std::vector<std::string> lines;
  configure_log({LogLevel::warning, false, [&](const std::string& line) {
                   const std::lock_guard lock(mutex);
                   lines.push_back(line);
                 }});
  log_info("quiet");
  log_warning("loud", {{"n", 1}});
  configure_log({});
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].find("warning loud n=1") != std::string::npos);
}

TEST_CASE("levels have names") {
  CHECK(log_level_from("error") == LogLevel::error);
  CHECK_FALSE(log_level_from("loud"));
}
