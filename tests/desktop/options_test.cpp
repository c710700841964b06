// The command line: what is understood, and the sentence for what is not.
#include "videoproto/desktop/options.h"

#include <catch2/catch.hpp>

namespace matinee::desktop {
namespace {

using What = OptionsOutcome::What;
const std::string letters = "MFRGGZDFMZTWQ2LKAAAQEAYEAUDAOCAJBIFQYDIOB4";

}  // namespace

TEST_CASE("the pasted line is understood as it stands") {
  const auto outcome = parse_options({"join", "films.example.org:8081", "k7qm-3xfd", "--pair", letters});
  INFO(outcome.text);
  REQUIRE(outcome.what == What::run);
  CHECK(outcome.options.command == Command::join);
  CHECK(outcome.options.server == Address{"films.example.org", 8081});
  CHECK(outcome.options.room == "K7QM3XFD");
  CHECK(outcome.options.pair->code == letters.substr(0, 16));
  CHECK(outcome.options.pin.size() == short_print_bytes);
  CHECK_FALSE(outcome.options.allow_sending);
}

TEST_CASE("send takes exactly one source") {
  CHECK(std::get<CameraChoice>(parse_options({"send", "K7QM3XFD", "--camera", "2"}).options.source).index == 2);
  CHECK(std::get<FileChoice>(parse_options({"send", "K7QM3XFD", "--file", "a.mp4", "--loop"}).options.source).loop);
  CHECK(std::holds_alternative<ScreenChoice>(parse_options({"send", "K7QM3XFD", "--screen"}).options.source));
  CHECK(std::get<LinkChoice>(parse_options({"send", "K7QM3XFD", "--url", "https://e.org/a.mp4"}).options.source).link ==
        "https://e.org/a.mp4");
  CHECK(parse_options({"send", "K7QM3XFD"}).what == What::refuse);
  CHECK(parse_options({"send", "K7QM3XFD", "--screen", "--camera", "0"}).what == What::refuse);
  CHECK(parse_options({"send", "h:1", "K7QM3XFD", "--screen", "--microphone"}).options.microphone == "");
  CHECK_FALSE(parse_options({"send", "h:1", "K7QM3XFD", "--screen"}).options.microphone);
}

TEST_CASE("what cannot be understood is refused by a sentence that names it") {
  struct Row {
    std::vector<std::string> words;
    std::string names;
  };
  const std::vector<Row> rows{{{"join", "K7QM3XF"}, "K7QM3XF"},
                              {{"join", "nowhere", "K7QM3XFD"}, "nowhere"},
                              {{"join", "h:1", "K7QM3XFD", "--server", "h:2"}, "--server"},
                              {{"join", "h:1", "K7QM3XFD", "--pair", "ABC"}, "--pair"},
                              {{"join", "K7QM3XFD", "--pair", letters}, "--pair"},
                              {{"join", "10.0.0.1:1", "K7QM3XFD", "--plain"}, "--plain"},
                              {{"join", "h:1", "K7QM3XFD", "--certificate", "12"}, "--certificate"},
                              {{"watch", "K7QM3XFD", "--frames-to", "d"}, "--headless"},
                              {{"watch", "K7QM3XFD", "--stats", "xml"}, "--stats"},
                              {{"watch", "K7QM3XFD", "--camera", "0"}, "--camera"},
                              {{"send", "K7QM3XFD", "--screen", "--quality", "100"}, "--quality"},
                              {{"login", "ftp://e.org"}, "ftp://e.org"},
                              {{"dance"}, "dance"},
                              {{}, "--help"}};
  for (const Row& row : rows) {
    const auto outcome = parse_options(row.words);
    INFO(outcome.text);
    CHECK(outcome.what == What::refuse);
    CHECK(outcome.text.find(row.names) != std::string::npos);
    CHECK(outcome.text.find('\n') == std::string::npos);
  }
}

TEST_CASE("help and version are said on demand") {
  const auto all = parse_options({"--help"});
  CHECK(all.what == What::say);
  for (const char* word : {"login", "join", "send", "watch", "devices", "EXIT STATUS", "KEYS"})
    CHECK(all.text.find(word) != std::string::npos);
  const auto send = parse_options({"send", "--help"});
  CHECK(send.what == What::say);
  CHECK(send.text.find("--camera") != std::string::npos);
  CHECK(parse_options({"--version"}).text.starts_with("matinee-video "));
}

}  // namespace matinee::desktop
