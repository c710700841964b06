// Which files are taken, by their first bytes and by what ffprobe says of them.
#include <catch2/catch.hpp>
#include <string>

#include "server/library/limits.h"
#include "server/library/probe.h"

namespace matinee::test {

using library::Container;
using library::judge;
using library::judge_beginning;
using library::note_of;
using library::sniff;
using namespace std::string_literals;

namespace {

std::string stream(int index, const std::string& type, const std::string& codec, const std::string& pixels = "yuv420p",
                   bool cover = false) {
  const std::string of = "streams.stream." + std::to_string(index) + ".";
  return of + "codec_name=\"" + codec + "\"\n" + of + "codec_type=\"" + type + "\"\n" +
         (type == "video" ? of + "width=640\n" + of + "height=360\n" + of + "pix_fmt=\"" + pixels + "\"\n" : "") + of +
         "disposition.attached_pic=" + (cover ? "1" : "0") + "\n";
}

std::string refusal(Container container, const std::string& output) {
  const auto judged = judge(container, output);
  return judged ? "" : note_of(judged.error());
}

}  // namespace

TEST_CASE("a file is told by its first bytes") {
  CHECK(sniff("\0\0\0\x20"s + "ftypisom") == Container::mp4);
  CHECK(sniff("\0\0\0\x14"s + "ftypqt  ") == Container::mp4);
  CHECK(sniff("\x1A\x45\xDF\xA3\x9F\x42\x86\x81\x01\x42\x82\x84webm"s) == Container::webm);
  CHECK(sniff("\x1A\x45\xDF\xA3\xA3\x42\x86\x81\x01\x42\x82\x88matroska"s) == Container::matroska);
  CHECK(sniff("RIFF\0\0\0\0AVI LIST"s) == Container::avi);
  CHECK(sniff("\0\0\0\x20"s + "ftypM4A ") == Container::sound);
  CHECK(sniff("ID3\x04") == Container::sound);
  CHECK(sniff("OggS") == Container::ogg);
  CHECK(sniff("#EXTM3U\nfile:///etc/passwd") == Container::other);
  CHECK(sniff("<html><video>ftyp") == Container::other);
  CHECK(sniff("") == Container::other);
}

TEST_CASE("what no browser plays is refused by its first bytes, and named") {
  CHECK(judge_beginning("\0\0\0\x20"s + "ftypisom").has_value());
  CHECK(note_of(judge_beginning("\x1A\x45\xDF\xA3\xA3\x42\x82\x88matroska").error()) == "container:MKV");
  CHECK(note_of(judge_beginning("FLV\x01").error()) == "container:FLV");
  CHECK(note_of(judge_beginning("hello").error()) == "not_video");
  CHECK(note_of(judge_beginning("fLaC").error()) == "sound");
}

TEST_CASE("what browsers play is taken with its length and size") {
  const auto facts = judge(Container::mp4, stream(0, "video", "h264") + stream(1, "audio", "aac") + "format.duration=\"30.040000\"\n");
  REQUIRE(facts.has_value());
  CHECK(*facts == seams::LibraryFacts{"video/mp4", 30'040, 640, 360, false});
  CHECK(judge(Container::webm, stream(0, "video", "vp9", "yuv420p10le") + stream(1, "audio", "opus"))->type == "video/webm");
  CHECK(judge(Container::mp4, stream(0, "video", "av1"))->duration_ms == 0);
  CHECK(judge(Container::mp4, stream(0, "video", "mjpeg", "yuvj420p", true) + stream(1, "video", "h264")).has_value());
}

TEST_CASE("codecs, depths and sounds that browsers do not play are refused by name") {
  CHECK(refusal(Container::mp4, stream(0, "video", "hevc")) == "codec:HEVC (H.265)");
  CHECK(refusal(Container::mp4, stream(0, "video", "vp8")) == "codec:VP8");
  CHECK(refusal(Container::webm, stream(0, "video", "h264")) == "codec:H264");
  CHECK(refusal(Container::mp4, stream(0, "video", "h264", "yuv420p10le")) == "depth");
  CHECK(refusal(Container::mp4, stream(0, "video", "h264", "yuv422p")) == "depth");
  CHECK(refusal(Container::mp4, stream(0, "video", "h264") + stream(1, "audio", "ac3")) == "sound_codec:Dolby Digital");
  CHECK(refusal(Container::mp4, stream(0, "audio", "aac")) == "sound");
  CHECK(refusal(Container::mp4, stream(0, "video", "mjpeg", "yuvj420p", true) + stream(1, "audio", "aac")) == "sound");
  CHECK(refusal(Container::mp4, "") == "broken");
}

TEST_CASE("what a program says is read as far as it makes sense, and never believed further") {
  CHECK(refusal(Container::mp4, "streams.stream.99999999999.codec_type=\"video\"\n=\n\nstreams.stream.\nrubbish") == "broken");
  CHECK(refusal(Container::mp4, stream(32, "video", "h264")) == "broken");
  CHECK(judge(Container::mp4, stream(31, "video", "h264")).has_value());
  CHECK(refusal(Container::mp4, stream(0, "video", "a<b>&\"c")) == "codec:ABC");
  for (const char* const duration : {"N/A", "-1", "nan", "inf", "1e400", "", "12 s"})
    CHECK(judge(Container::mp4, stream(0, "video", "h264") + "format.duration=\"" + duration + "\"\n")->duration_ms == 0);
}

TEST_CASE("a length of seven days is kept and a longer one is not known") {
  const auto length = [](const std::string& seconds) {
    return judge(Container::mp4, stream(0, "video", "h264") + "format.duration=\"" + seconds + "\"\n")->duration_ms;
  };
  CHECK(length("604800.000") == library::limits::duration_ms_max);
  CHECK(length("604800.001") == 0);
}

}  // namespace matinee::test
