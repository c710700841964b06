// The command line of matinee-video as values. A wrong option or value is answered by one sentence that says what is allowed.
// Pure: reads no file and no environment. No thread rule.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "videoproto/desktop/address.h"
#include "videoproto/desktop/pairing.h"

namespace matinee::desktop {

enum class Command : std::uint8_t { login, join, send, watch, devices };

struct CameraChoice {
  int index = 0;
};
struct FileChoice {
  std::string path;
  bool loop = false;
};
struct ScreenChoice {};
struct LinkChoice {
  std::string link;
};
using SourceChoice = std::variant<std::monostate, CameraChoice, FileChoice, ScreenChoice, LinkChoice>;

// Upper bounds of what is sent; 0 = as the source has it.
struct PictureWishes {
  int width = 0;
  int fps = 0;
  int quality = 80;
};

struct Options {
  Command command = Command::devices;

  std::optional<Address> server;  // absent: that of the token file
  std::string room;               // canonical code
  std::optional<Pairing> pair;
  Pin pin;             // --certificate
  bool plain = false;  // without TLS; loopback only
  std::string token_file;
  std::int64_t retry_s = 600;  // a lost connection is tried again for so long

  std::string login_url, login_name;

  SourceChoice source;
  PictureWishes wishes;
  std::string title;
  std::optional<std::string> microphone;  // empty = the default one
  bool sound = true;                      // false: --mute, neither sent nor played

  bool allow_sending = false;  // join: ASK is welcome for what others put on, too
  std::string resolver;        // empty: yt-dlp when it is installed

  bool headless = false;
  std::string frames_to;
  std::int64_t frames_max = 0;  // end after so many; 0 = no end
  bool stats_json = false;
  bool overlay = true;
  bool full_screen = false;
};

struct OptionsOutcome {
  enum class What : std::uint8_t { run, say, refuse };
  What what = What::run;
  Options options;
  std::string text;  // say: for standard output, then exit 0 · refuse: one sentence, then exit 2
};

// `arguments` without the program's name.
[[nodiscard]] OptionsOutcome parse_options(std::vector<std::string> arguments);

}  // namespace matinee::desktop
