#include "rooms/link_text.h"
#include <catch2/catch.hpp>
#include "rooms/youtube_link.h"

using namespace matinee::rooms::link;

TEST_CASE("blanks, quotes and brackets around a link are taken off", "[rooms]") {
  for (const char* pasted : {"link", "  link ", "\tlink\r\n", "\"link\"", "'link'", "<link>", " \"<link>\" ", "\xC2\xA0link\xE2\x80\x8B",
                             "\xEF\xBB\xBFlink", "\xE2\x80\x9Clink\xE2\x80\x9D", "\xC2\xABlink\xC2\xBB", "`link`"}) {
    CAPTURE(pasted);
    CHECK(trim(pasted) == "link");
  }
  CHECK(trim("").empty());
  CHECK(trim(" \" ").empty());
  CHECK(trim("a b") == "a b");
}

TEST_CASE("what RFC 3986 does not know is escaped, and what is escaped stays", "[rooms]") {
  const auto rest = [](const char* pasted) { return clean(pasted)->rest; };
  CHECK(rest("https://h/a b") == "/a%20b");
  CHECK(rest("https://h/a%20b") == "/a%20b");
  CHECK(rest("https://h/100%") == "/100%25");
  CHECK(rest("https://h/%zz") == "/%25zz");
  CHECK(rest("https://h/a|b[c]{d}^`") == "/a%7Cb%5Bc%5D%7Bd%7D%5E");
  CHECK(rest("https://h/\xC3\xA4") == "/%C3%A4");
  CHECK(rest("https://h/it's.mp4") == "/it%27s.mp4");
  CHECK(rest("https://h/a#b#c") == "/a#b%23c");
  CHECK(rest("https://h/?q=\\x") == "/?q=%5Cx");
}

TEST_CASE("start times are read in every usual way", "[rooms]") {
  struct Row {
    const char* value;
    std::int64_t ms;
  };
  const Row rows[] = {{"90", 90'000},
                      {"90s", 90'000},
                      {"1m30s", 90'000},
                      {"1m30", 90'000},
                      {"1h2m3s", 3'723'000},
                      {"1h", 3'600'000},
                      {"2m", 120'000},
                      {"1H2M3S", 3'723'000},
                      {"1:30", 90'000},
                      {"1:02:03", 3'723'000},
                      {"90.5", 90'500},
                      {"0", 0},
                      {"604800", 604'800'000},
                      {"604801", 0},
                      {"", 0},
                      {"abc", 0},
                      {"-5", 0},
                      {"1x", 0},
                      {"5s5x", 0},
                      {"99999999999", 0},
                      {"s", 0}};
  for (const Row& row : rows) {
    CAPTURE(row.value);
    CHECK(read_start_ms(row.value) == row.ms);
  }
}

TEST_CASE("escapes are read once", "[rooms]") {
  CHECK(percent_decode("%41%2541%4") == "A%41%4");
  CHECK(percent_decode("%zz%") == "%zz%");
}
