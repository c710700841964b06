#include "rooms/emoji.h"
#include <catch2/catch.hpp>
#include <string>
#include "rooms/limits.h"

using namespace matinee::rooms;

TEST_CASE("one emoji is taken, however it is put together", "[rooms]") {
  for (const char* emoji : {"👍",
                            "❤️",
                            "❤",
                            "😂",
                            "🎬",
                            "👍🏽",
                            "👩‍💻",
                            "👨‍👩‍👧‍👦",
                            "🏳️‍🌈",
                            "👩🏽‍❤️‍💋‍👨🏽",
                            "🇩🇪",
                            "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
                            "1️⃣",
                            "#⃣",
                            "☕",
                            "©️",
                            "‼️",
                            "⏩",
                            "🫠",
                            "🕵🏿‍♂️"}) {
    CAPTURE(emoji);
    CHECK(is_emoji(emoji));
  }
}

TEST_CASE("what is no emoji, or more than one, is not taken", "[rooms]") {
  const std::string refused[] = {"",
                                 "a",
                                 "ä",
                                 "1",
                                 "#",
                                 "  ",
                                 "👍👍",
                                 "👍 ",
                                 " 👍",
                                 "👍a",
                                 "a👍",
                                 "日",
                                 "ا",
                                 "\n",
                                 std::string("\0", 1),
                                 "\x7F",
                                 "\xFF",
                                 "\xF0\x9F\x91",
                                 "\u200D",
                                 "👍\u200D",
                                 "\u200D👍",
                                 "\uFE0F",
                                 "🇩",
                                 "🇩🇪🇫🇷",
                                 "\u202E",
                                 "<b>",
                                 "1\uFE0F",
                                 "🏴\U000E0067",
                                 "👍\uFE0E",
                                 "\uFEFF👍"};
  for (const std::string& text : refused) {
    CAPTURE(text);
    CHECK_FALSE(is_emoji(text));
  }
}

TEST_CASE("an emoji has at most forty bytes", "[rooms]") {
  const std::string cup = "\u2615\uFE0F\u200D";  // 9 bytes
  const std::string forty = cup + cup + cup + cup + "\U0001F600";
  CHECK(forty.size() == limits::emoji_bytes_max);
  CHECK(is_emoji(forty));
  const std::string more = cup + cup + cup + "\U0001F600\u200D\U0001F600\uFE0F";
  CHECK(more.size() == limits::emoji_bytes_max + 1);
  CHECK_FALSE(is_emoji(more));
}
