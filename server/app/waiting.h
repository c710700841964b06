// Waiting for one asynchronous answer while nothing else runs yet: start-up is a straight line, the seams are not.
// Thread rule: before the shards run, or after they have stopped; `loop` must not be running.
#pragma once
#include <optional>
#include <utility>
#include "server/net/loop.h"
#include "server/seams/executor.h"

namespace matinee::app {

// Calls `ask(executor, done)` and runs `loop` until `done` was called.
template <class Answer, class Ask>
Answer wait_for(net::Loop& loop, Ask&& ask) {
  std::optional<Answer> answer;
  const seams::Executor executor([&loop](seams::Executor::Work work) { loop.post(std::move(work)); });
  ask(executor, [&](Answer given) {
    answer.emplace(std::move(given));
    loop.stop();
  });
  loop.run();
  return std::move(*answer);
}

}  // namespace matinee::app
