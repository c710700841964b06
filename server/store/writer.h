// Writer: the one thread that writes. It takes everything that waits, runs it in one transaction, flushes, and only then answers; it
// never waits for more to come, so a lone write costs one flush and a busy server shares it. When nothing waits it indexes new messages
// for the search, a bounded number at a time. Private to store/.
// Thread rule: write() and push() from any thread; Write, Job::run and Heads only on the writer's thread.
#pragma once
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>
#include "server/seams/bounded_queue.h"
#include "server/seams/executor.h"
#include "server/seams/session_store.h"
#include "server/store/commit_statistics.h"
#include "server/store/connection.h"

namespace matinee::store {

// What the writer knows by heart about the rooms that are written to, so that an append is one INSERT and no SELECT.
struct Head {
  std::int64_t epoch = 0;
  std::int64_t last_seq = 0;
  std::int64_t last_change = 0;
};
using Heads = std::unordered_map<std::int64_t, Head>;

// What a job may use while its transaction is open.
struct Write {
  Connection& db;
  Heads& heads;
  std::vector<seams::SessionEvent>& events;  // told to the subscribers after the commit, before the answers
  bool& index_behind;                        // there are messages that the search index does not hold yet
  bool fold_log = false;  // after the commit the write-ahead log is folded into the file and cut: it holds what was overwritten there
};

class Job {
 public:
  explicit Job(seams::Executor caller) : executor(std::move(caller)) {}
  virtual ~Job() = default;
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;

  virtual bool run(Write& write) = 0;                                 // false: refused, undo what it did. Throws SQLite::Exception
  virtual void refuse() = 0;                                          // the answer is `unavailable`
  virtual void answer() = 0;                                          // on the caller's loop
  [[nodiscard]] virtual bool one_statement() const { return false; }  // needs no savepoint of its own

  const seams::Executor executor;
  std::chrono::steady_clock::time_point asked_at = std::chrono::steady_clock::now();
};
using Jobs = std::vector<std::unique_ptr<Job>>;

class Writer {
 public:
  struct Options {
    ConnectionOptions connection;
    std::size_t jobs_max = 0;
    std::size_t bytes_max = 0;
    std::size_t group_max = 0;
    std::chrono::milliseconds index_quiet{0};    // new messages are indexed when nothing was written for so long …
    std::chrono::milliseconds index_overdue{0};  // … or, while it never is quiet, so often
    std::function<void(std::string_view)> warn;
  };
  explicit Writer(Options options);
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  void push(std::unique_ptr<Job> job, std::size_t bytes);
  template <class T>
  void write(seams::Executor executor, seams::Done<T> done, std::function<seams::Result<T>(Write&)> work, std::size_t bytes = 0);

  // In the order of the queue: told of everything that is committed after it was added.
  void add_subscriber(std::shared_ptr<struct Subscriber> subscriber);

  void stop();  // commits what waits; afterwards everything is refused
  [[nodiscard]] CommitFigures figures() const;
  [[nodiscard]] bool index_behind() const { return index_behind_.load(std::memory_order_acquire); }

 private:
  void loop();
  [[nodiscard]] bool wait_for(Jobs& jobs);
  void index_some();
  void run_group(Jobs& jobs);
  bool run_all(Jobs& jobs, std::vector<seams::SessionEvent>& events);
  void run_one(Job& job, Write& write);
  void tell_subscribers(const std::vector<seams::SessionEvent>& events);
  void tell_trouble(const std::string& sentence);

  Options options_;
  Connection connection_;
  Heads heads_;
  std::vector<std::weak_ptr<struct Subscriber>> subscribers_;
  seams::BoundedQueue<std::unique_ptr<Job>> queue_;
  Histogram wait_;
  Histogram commit_;
  std::atomic<std::uint64_t> failed_groups_{0};
  std::atomic<std::uint64_t> refused_jobs_{0};
  std::atomic<bool> index_behind_{true};  // what an earlier process left is looked at first
  std::chrono::steady_clock::time_point indexed_at_{};
  bool index_failed_ = false;
  bool in_trouble_ = false;
  std::chrono::steady_clock::time_point told_at_{};
  std::thread thread_;
};

struct Subscriber {
  seams::Executor executor;
  std::function<void(seams::SessionEvent)> heard;
};

template <class T>
class WriteJob final : public Job {
 public:
  WriteJob(seams::Executor caller, seams::Done<T> done, std::function<seams::Result<T>(Write&)> work)
      : Job(std::move(caller)), done_(std::move(done)), work_(std::move(work)) {}
  bool run(Write& write) override {
    result_ = work_(write);
    return result_.has_value();
  }
  void refuse() override { result_ = tl::unexpected(seams::StoreError::unavailable); }
  void answer() override { done_(std::move(result_)); }

 private:
  seams::Done<T> done_;
  std::function<seams::Result<T>(Write&)> work_;
  seams::Result<T> result_ = tl::unexpected(seams::StoreError::unavailable);
};

template <class T>
void Writer::write(seams::Executor executor, seams::Done<T> done, std::function<seams::Result<T>(Write&)> work, std::size_t bytes) {
  push(std::make_unique<WriteJob<T>>(std::move(executor), std::move(done), std::move(work)), bytes);
}

}  // namespace matinee::store
