// Readers: a few threads, each with its own connection, that answer reads from the last committed state, beside the writer. Private
// to store/.
// Thread rule: read() from any thread; the work runs on a reader's thread.
#pragma once
#include <functional>
#include <memory>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>
#include "server/seams/bounded_queue.h"
#include "server/seams/executor.h"
#include "server/store/connection.h"

namespace matinee::store {

class Readers {
 public:
  struct Options {
    ConnectionOptions connection;
    unsigned threads = 2;
    std::size_t reads_max = 0;
    std::function<void(std::string_view)> warn;
  };
  explicit Readers(Options options);
  ~Readers();
  Readers(const Readers&) = delete;
  Readers& operator=(const Readers&) = delete;

  template <class T>
  void read(seams::Executor executor, seams::Done<T> done, std::function<seams::Result<T>(Connection&)> work);
  void stop();  // answers what waits

 private:
  using Work = std::function<void(Connection&)>;
  void push(Work work, std::function<void()> refuse);
  void loop(Connection& connection);
  void tell_trouble(const SQLite::Exception& fault) const;

  Options options_;
  std::vector<std::unique_ptr<Connection>> connections_;
  seams::BoundedQueue<Work> queue_;
  std::vector<std::thread> threads_;
};

template <class T>
void Readers::read(seams::Executor executor, seams::Done<T> done, std::function<seams::Result<T>(Connection&)> work) {
  auto refuse = [executor, done] { executor([done] { done(tl::unexpected(seams::StoreError::unavailable)); }); };
  auto run = [this, executor, done, work = std::move(work)](Connection& connection) {
    seams::Result<T> result = tl::unexpected(seams::StoreError::unavailable);
    try {
      result = work(connection);
    } catch (const SQLite::Exception& fault) { tell_trouble(fault); }
    executor([done, result = std::move(result)]() mutable { done(std::move(result)); });
  };
  push(std::move(run), std::move(refuse));
}

}  // namespace matinee::store
