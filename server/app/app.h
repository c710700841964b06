// App: the composition root. Builds the parts in order (data, files, people, shards, listeners), runs until somebody asks it to
// stop, then drains: no new connections, sockets told 1012, rooms saved, the log flushed.
// Thread rule: made, run and destroyed on the main thread.
#pragma once
#include <memory>
#include <string>
#include "server/ops/config.h"

namespace matinee::ops {
class Signals;
}

namespace matinee::app {

class App {
 public:
  // On failure nullptr and one sentence for the operator in `error`.
  [[nodiscard]] static std::unique_ptr<App> start(const ops::Config& config, std::string& error);
  ~App();
  App(const App&) = delete;
  App& operator=(const App&) = delete;

  // What to print once everything listens: the links, and the one-time admin link while there is no admin.
  [[nodiscard]] const std::string& greeting() const;
  void run_until(ops::Signals& signals);

 private:
  struct State;
  explicit App(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace matinee::app
