// First bytes of files: what they are and how long they play; of texts and JSON: what is taken from them.
#include "server/previews/media_head.h"
#include <bit>
#include <catch2/catch.hpp>
#include "server/previews/limits.h"
#include "server/previews/oembed.h"
#include "server/previews/preview.h"

using namespace matinee::previews;
using namespace std::string_literals;

namespace {

std::string number(std::uint64_t value, int bytes) {
  std::string text;
  for (int i = bytes - 1; i >= 0; --i) text.push_back(static_cast<char>(value >> (8 * i)));
  return text;
}
std::string box(const std::string& type, const std::string& content) { return number(8 + content.size(), 4) + type + content; }
std::string mvhd(std::uint32_t scale, std::uint32_t length) {
  return box("mvhd", number(0, 4) + number(1, 4) + number(2, 4) + number(scale, 4) + number(length, 4) + std::string(80, '\0'));
}
std::string mp4(const std::string& header) { return box("ftyp", "isom") + box("free", "") + box("moov", header + box("trak", "x")); }
std::string element(std::uint64_t id, int id_bytes, const std::string& content) {
  return number(id, id_bytes) + number(0x4000 | content.size(), 2) + content;
}
std::string webm(const std::string& info) {
  return element(0x1A45DFA3, 4, "x") + number(0x18538067, 4) + number(0x01FF'FFFF'FFFF'FFFF, 8) + element(0xEC, 1, "void") +
         element(0x1549A966, 4, info);
}

}  // namespace

TEST_CASE("an MP4 with its index at the front tells how long it plays, in both forms of its header") {
  CHECK(duration_ms_of(mp4(mvhd(1000, 60'000))) == 60'000);
  CHECK(duration_ms_of(mp4(mvhd(90'000, 90'045))) == 1'001);
  const std::string wide = box("mvhd", number(1, 1) + number(0, 3) + number(1, 8) + number(2, 8) + number(600, 4) + number(600 * 90, 8));
  CHECK(duration_ms_of(mp4(wide)) == 90'000);
  CHECK(duration_ms_of(number(1, 4) + "free" + number(24, 8) + "12345678" + mp4(mvhd(1000, 5))) == 5);
}

TEST_CASE("an MP4 that does not say it, or says nonsense, has no length") {
  CHECK_FALSE(duration_ms_of(mp4(mvhd(0, 5))));
  CHECK_FALSE(duration_ms_of(mp4(mvhd(1000, 0))));
  CHECK_FALSE(duration_ms_of(mp4(mvhd(1000, 0xffff'ffff))));
  CHECK_FALSE(duration_ms_of(mp4(box("mvhd", "short"))));
  CHECK_FALSE(duration_ms_of(box("ftyp", "isom") + number(1'000'000, 4) + "mdat" + "the index comes last"));
  CHECK_FALSE(duration_ms_of(number(7, 4) + "moov"));
  CHECK_FALSE(duration_ms_of(""));
  const std::string whole = mp4(mvhd(1000, 60'000));
  for (std::size_t cut = 0; cut < whole.find("mvhd") + 24; ++cut) CHECK_FALSE(duration_ms_of(whole.substr(0, cut)));
}

TEST_CASE("a length of seven days is told and a longer one is not") {
  CHECK(duration_ms_of(mp4(mvhd(1000, static_cast<std::uint32_t>(limits::duration_ms_max)))) == limits::duration_ms_max);
  CHECK_FALSE(duration_ms_of(mp4(mvhd(1000, static_cast<std::uint32_t>(limits::duration_ms_max) + 1))));
}

TEST_CASE("a WebM tells how long it plays, in its own unit") {
  const std::string length = element(0x4489, 2, number(std::bit_cast<std::uint64_t>(2'500.0), 8));
  CHECK(duration_ms_of(webm(length)) == 2'500);
  CHECK(duration_ms_of(webm(element(0x2AD7B1, 3, number(2'000'000, 3)) + length)) == 5'000);
  CHECK(duration_ms_of(webm(element(0x4489, 2, number(std::bit_cast<std::uint32_t>(40.0F), 4)))) == 40);
  CHECK_FALSE(duration_ms_of(webm("")));
  CHECK_FALSE(duration_ms_of(webm(element(0x4489, 2, number(0x7ff8'0000'0000'0000, 8)))));  // not a number
  CHECK_FALSE(duration_ms_of(webm(element(0x4489, 2, number(0x7ff0'0000'0000'0000, 8)))));  // infinite
}

TEST_CASE("pictures are passed on only when their first bytes are those of a JPEG, PNG or WebP") {
  CHECK(picture_type("\xFF\xD8\xFF\xE0 rest") == "image/jpeg");
  CHECK(picture_type("\x89PNG\r\n\x1A\n rest") == "image/png");
  CHECK(picture_type("RIFF1234WEBPVP8 ") == "image/webp");
  for (const std::string& other :
       {""s, "<svg onload=alert(1)>"s, "<html>"s, "GIF89a"s, "\xFF\xD8"s, "RIFF1234WAVEfmt "s, "BM"s, "\x1f\x8b\x08"s})
    CHECK(picture_type(other).empty());
}

TEST_CASE("subtitles are told from pages and binary files") {
  CHECK(looks_like_subtitles("WEBVTT\n\n00:01.000 --> 00:02.000\nHello"));
  CHECK(looks_like_subtitles("1\r\n00:00:01,000 --> 00:00:02,000\r\nHello"));
  CHECK(looks_like_subtitles("\xFF\xFE\x31\0\n\0-\0-\0>\0"s));
  CHECK_FALSE(looks_like_subtitles("<!DOCTYPE html><!-- x --> page"));
  CHECK_FALSE(looks_like_subtitles("\0\0\0\x18 ftyp -->"s));
  CHECK_FALSE(looks_like_subtitles("root:x:0:0:root:/root:/bin/bash"));
  CHECK_FALSE(looks_like_subtitles(""));
}

TEST_CASE("a title is one line of at most 200 characters") {
  CHECK(clean_title(" A\nB\tC\x7F ") == "A B C");
  std::string longest;
  for (std::size_t i = 0; i < limits::title_code_points_max; ++i) longest += "\xC3\xA4";
  CHECK(clean_title(longest) == longest);
  CHECK(clean_title(longest + "x") == longest);
  CHECK(clean_title("\xFF\xFE").empty());
}

TEST_CASE("oEmbed: what is text is taken, all else is left") {
  const auto answer = read_oembed(
      R"({"title":"A \u003cb\u003e film","author_name":"Ann","thumbnail_url":"https://i.ytimg.com/vi/x/hqdefault.jpg","html":"<script>"})");
  REQUIRE(answer);
  CHECK((answer->title == "A <b> film" && answer->author == "Ann" && answer->picture_url == "https://i.ytimg.com/vi/x/hqdefault.jpg"));
  CHECK(read_oembed(R"({"title":7,"author_name":null,"thumbnail_url":["x"]})")->title.empty());
  CHECK(read_oembed(R"({"thumbnail_url":")" + std::string(limits::link_bytes_max + 1, 'x') + "\"}")->picture_url.empty());
  for (const std::string& broken : {""s, "[]"s, "null"s, "{\"title\":"s, "{\"a\":[[[[[1]]]]]}"s, "\x1f\x8b\x08"s, "{\"title\":\"\xFF\"}"s})
    CHECK_FALSE(read_oembed(broken));
  CHECK(oembed_address("https://www.youtube.com/oembed", "dQw4w9WgXcQ") ==
        "https://www.youtube.com/oembed?format=json&url=https%3A%2F%2Fwww.youtube.com%2Fwatch%3Fv%3DdQw4w9WgXcQ");
}

TEST_CASE("a preview is JSON that no title can break out of") {
  Preview preview;
  preview.title = "\"},{\"kind\":\"<script>\n";
  preview.refusal = Refusal::not_embeddable;
  CHECK(preview_json(preview) == R"({"kind":"file","host":"","known":false,"title":"\"},{\"kind\":\"<script>\n",)"
                                 R"("refusal":{"code":"not_embeddable","text":"Its owner does not allow other sites to play it."}})");
}
