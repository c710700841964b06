// The program: read the configuration, start, say where it listens, stop when asked to. Exit codes: 0 stopped well or said what was
// asked; 1 could not start; 2 a bad option or value.
#include <cstdio>
#include <string>
#include <vector>
#include "server/app/app.h"
#include "server/ops/config.h"
#include "server/ops/files.h"
#include "server/ops/log.h"
#include "server/ops/signals.h"

int main(int argc, char** argv) {
  using namespace matinee;
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  const ops::ConfigOutcome outcome = ops::parse_config(arguments, ops::process_environment());
  if (outcome.what == ops::ConfigOutcome::What::say) {
    std::fputs(outcome.text.c_str(), stdout);
    return 0;
  }
  if (outcome.what == ops::ConfigOutcome::What::refuse) {
    std::fprintf(stderr, "matinee: %s\n", outcome.text.c_str());
    return 2;
  }
  ops::protect_files();
  ops::Signals signals;  // before any other thread: they inherit the mask
  ops::configure_log({.level = *ops::log_level_from(outcome.config.log_level), .json = outcome.config.log_json, .output = {}});
  for (const std::string& warning : outcome.warnings) ops::log_warning("configuration", {{"what", warning}});
  std::string error;
  const auto app = app::App::start(outcome.config, error);
  if (!app) {
    std::fprintf(stderr, "matinee: %s\n", error.c_str());
    return 1;
  }
  std::fputs(app->greeting().c_str(), stdout);
  std::fflush(stdout);
  app->run_until(signals);
  return 0;
}
