// The desktop client: reads its options and runs one command. See docs/desktop.md.
#include <cstdio>
#include <string>
#include <vector>

#include "videoproto/desktop/exit_codes.h"
#include "videoproto/desktop/options.h"

int main(int count, char** words) {
  using namespace matinee::desktop;
  const OptionsOutcome outcome = parse_options(std::vector<std::string>(words + 1, words + count));
  if (outcome.what == OptionsOutcome::What::say) {
    std::fputs(outcome.text.c_str(), stdout);
    return 0;
  }
  if (outcome.what == OptionsOutcome::What::refuse) {
    std::fprintf(stderr, "matinee-video: %s\n", outcome.text.c_str());
    return static_cast<int>(ExitCode::usage);
  }
  return 0;
}
