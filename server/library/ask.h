// ask: the store's answer, waited for. It comes on a thread of the store's, where all that happens is that it is put into the promise.
// Thread rule: a thread of the library's own that may wait; never a loop, and never the store's.
#pragma once
#include <functional>
#include <future>
#include <memory>
#include <utility>

#include "server/seams/executor.h"
#include "server/seams/result.h"

namespace matinee::library {

template <class T>
seams::Result<T> ask(const std::function<void(seams::Executor, seams::Done<T>)>& call) {
  const auto answer = std::make_shared<std::promise<seams::Result<T>>>();  // shared with an answer that is under way
  auto waiting = answer->get_future();
  call(seams::Executor([](seams::Executor::Work work) { work(); }),
       [answer](seams::Result<T> result) { answer->set_value(std::move(result)); });
  return waiting.get();
}

}  // namespace matinee::library
