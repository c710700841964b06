#include "rooms/text.h"
#include <catch2/catch.hpp>

using namespace matinee::rooms;

TEST_CASE("text is counted in code points", "[rooms]") {
  CHECK(shape_of("")->code_points == 0);
  CHECK(shape_of("abc")->code_points == 3);
  CHECK(shape_of("\xC3\xA4\xE2\x82\xAC\xF0\x9F\x8E\xAC")->code_points == 3);  // ä € 🎬
}

TEST_CASE("only UTF-8 is text", "[rooms]") {
  const std::string bad[] = {"\x80",
                             "\xBF",
                             "\xC0\x80",
                             "\xC1\xBF",
                             "\xC2",
                             "\xC2 ",
                             "\xE0\x9F\xBF",
                             "\xE2\x82",
                             "\xED\xA0\x80",
                             "\xED\xBF\xBF",
                             "\xF0\x8F\xBF\xBF",
                             "\xF4\x90\x80\x80",
                             "\xF5\x80\x80\x80",
                             "\xFF",
                             "ok\xFE",
                             "\xF0\x9F\x8E"};
  for (const std::string& text : bad) {
    CAPTURE(text.size());
    CHECK_FALSE(shape_of(text));
  }
  for (const std::string text :
       {"\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80", "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    CHECK(shape_of(text)->code_points == 1);
  }
}

TEST_CASE("newline and tab are no control characters here, the others are", "[rooms]") {
  CHECK_FALSE(shape_of("a\n\tb")->controls);
  CHECK(shape_of("a\n")->line_breaks);
  CHECK(shape_of(std::string_view("\0", 1))->controls);
  CHECK(shape_of("\r")->controls);
  CHECK(shape_of("\x1B[31m")->controls);
  CHECK(shape_of("\x7F")->controls);
  CHECK(shape_of("\xC2\x80")->controls);
  CHECK(shape_of("\xC2\x9F")->controls);
  CHECK_FALSE(shape_of("\xC2\xA0")->controls);
}

TEST_CASE("blank text is told from text", "[rooms]") {
  CHECK(shape_of("")->blank);
  CHECK(shape_of(" \n\t ")->blank);
  for (const char* unseen : {"\u200B", "\u00A0", "\u2028\u2029", "\u2800", "\u3164", "\uFEFF", "\u3000\u2003", "\u200B \u2060"}) CHECK(shape_of(unseen)->blank);
  CHECK_FALSE(shape_of("\u200Bx")->blank);
  CHECK_FALSE(shape_of("\u2801")->blank);
  CHECK_FALSE(shape_of(" . ")->blank);
}

TEST_CASE("a message id has 8 to 36 letters, digits, dashes and underscores", "[rooms]") {
  CHECK(is_message_id("abcdefgh"));
  CHECK_FALSE(is_message_id("abcdefg"));
  CHECK(is_message_id(std::string(36, 'Z')));
  CHECK_FALSE(is_message_id(std::string(37, 'Z')));
  CHECK(is_message_id("0123_-azAZ"));
  for (const char* id : {"abcdefg.", "abcdefg ", "abcdefg\xC3\xA4", "abcd/efgh", ""}) CHECK_FALSE(is_message_id(id));
}
