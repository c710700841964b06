// The desktop client: reads its options and runs one command. See docs/desktop.md.
#include <malloc.h>

#include <cstdio>
#include <string>
#include <vector>

#include "videoproto/desktop/exit_codes.h"
#include "videoproto/desktop/login.h"
#include "videoproto/desktop/options.h"
#include "videoproto/desktop/picture_source.h"
#include "videoproto/desktop/session_app.h"
#include "videoproto/desktop/sound_output.h"
#include "videoproto/desktop/sound_source.h"

namespace {
using namespace matinee::desktop;

void list(const char* title, const std::vector<std::string>& lines, const char* none) {
  std::printf("%s\n", title);
  for (const std::string& line : lines) std::printf("  %s\n", line.c_str());
  if (lines.empty()) std::printf("  %s\n", none);
}

Ending devices() {
  list("Cameras (--camera INDEX)", camera_lines(), "none found");
  list("Screens (--screen)", screen_lines(), "none that can be sent (no X11 session)");
  list("Microphones (--microphone NAME)", microphone_lines(), "none found");
  list("Speakers", speaker_lines(), "none found");
  return {};
}

Ending run(Options options) {
  if (options.command == Command::devices) return devices();
  if (options.command == Command::login) return log_in(options);
  return SessionApp(std::move(options)).run();
}

}  // namespace

int main(int count, char** words) {
  // Pictures of some MB come and go thirty times a second: kept by malloc instead of mapped anew each time.
  ::mallopt(M_MMAP_THRESHOLD, 64 * 1024 * 1024);
  ::mallopt(M_TRIM_THRESHOLD, 128 * 1024 * 1024);
  OptionsOutcome outcome = parse_options(std::vector<std::string>(words + 1, words + count));
  if (outcome.what == OptionsOutcome::What::say) {
    std::fputs(outcome.text.c_str(), stdout);
    return 0;
  }
  const Ending ending =
      outcome.what == OptionsOutcome::What::refuse ? Ending{ExitCode::usage, outcome.text} : run(std::move(outcome.options));
  if (!ending.sentence.empty()) std::fprintf(stderr, "matinee-video: %s\n", ending.sentence.c_str());
  return static_cast<int>(ending.code);
}
