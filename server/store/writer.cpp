#include "server/store/writer.h"

#include <algorithm>

#include "server/store/search_index.h"

namespace matinee::store {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t job_overhead_bytes = 256;
constexpr std::size_t heads_max = 50'000;
constexpr auto told_every = std::chrono::seconds(10);

std::uint64_t microseconds_since(Clock::time_point then) {
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - then).count());
}

// One post per executor, in the order of the jobs.
void answer_all(Jobs jobs) {
  while (!jobs.empty()) {
    const seams::Executor executor = jobs.front()->executor;
    const auto rest = std::stable_partition(jobs.begin(), jobs.end(), [&](const auto& job) { return job->executor == executor; });
    // std::function must be copyable, so the jobs are shared; nobody but the one call ever holds them.
    auto mine = std::make_shared<Jobs>(std::make_move_iterator(jobs.begin()), std::make_move_iterator(rest));
    jobs.erase(jobs.begin(), rest);
    executor([mine] {
      for (auto& job : *mine) job->answer();
      mine->clear();
    });
  }
}

}  // namespace

Writer::Writer(Options options)
    : options_(std::move(options)),
      connection_(options_.connection),
      queue_(options_.jobs_max, options_.bytes_max),
      thread_([this] { loop(); }) {}

Writer::~Writer() { stop(); }

void Writer::stop() {
  queue_.close();
  if (thread_.joinable()) thread_.join();
}

void Writer::push(std::unique_ptr<Job> job, std::size_t bytes) {
  if (queue_.push(job, bytes + job_overhead_bytes)) return;
  refused_jobs_.fetch_add(1, std::memory_order_relaxed);
  job->refuse();
  Jobs alone;
  alone.push_back(std::move(job));
  answer_all(std::move(alone));
}

void Writer::loop() {
  Jobs jobs;
  indexed_at_ = Clock::now();
  while (wait_for(jobs)) {
    const bool quiet = jobs.empty();
    if (!quiet) run_group(jobs);
    jobs.clear();
    if (index_behind() && (quiet || Clock::now() - indexed_at_ >= options_.index_overdue)) index_some();
  }
}

// With nothing to index it waits for jobs alone. After a fault the index can wait: what failed will fail again at once.
bool Writer::wait_for(Jobs& jobs) {
  if (!index_behind()) return queue_.drain(jobs, options_.group_max);
  const auto wait = index_failed_ ? std::chrono::milliseconds(told_every) : options_.index_quiet;
  return queue_.drain(jobs, options_.group_max, wait);
}

void Writer::index_some() {
  indexed_at_ = Clock::now();
  try {
    Query(connection_, "BEGIN IMMEDIATE").run();
    const bool more = index_more(connection_);
    Query(connection_, "COMMIT").run();
    index_behind_.store(more, std::memory_order_release);
    index_failed_ = false;
    return;
  } catch (const SQLite::Exception& fault) { tell_trouble(sentence(fault)); }
  index_failed_ = true;
  try {
    if (connection_.in_transaction()) Query(connection_, "ROLLBACK").run();
  } catch (const SQLite::Exception& fault) { tell_trouble(sentence(fault)); }
}

void Writer::run_group(Jobs& jobs) {
  std::vector<seams::SessionEvent> events;
  const bool committed = run_all(jobs, events);
  if (committed) {
    for (const auto& job : jobs) wait_.record(microseconds_since(job->asked_at));
    tell_subscribers(events);
    if (in_trouble_ && options_.warn) options_.warn("The data file can be written again.");
    in_trouble_ = false;
  } else {
    failed_groups_.fetch_add(1, std::memory_order_relaxed);
    for (const auto& job : jobs) job->refuse();
  }
  answer_all(std::move(jobs));
}

bool Writer::run_all(Jobs& jobs, std::vector<seams::SessionEvent>& events) {
  if (heads_.size() > heads_max) heads_.clear();
  bool behind = index_behind();
  Write write{connection_, heads_, events, behind};
  try {
    Query(connection_, "BEGIN IMMEDIATE").run();
    for (const auto& job : jobs) run_one(*job, write);
    const auto commit_began = Clock::now();
    Query(connection_, "COMMIT").run();
    commit_.record(microseconds_since(commit_began));
    index_behind_.store(behind, std::memory_order_release);
    if (write.fold_log) connection_.fold_log();
    return true;
  } catch (const SQLite::Exception& fault) { tell_trouble(sentence(fault)); }
  // What the writer knows by heart may come from the transaction that is now gone.
  heads_.clear();
  try {
    if (connection_.in_transaction()) Query(connection_, "ROLLBACK").run();
  } catch (const SQLite::Exception& fault) { tell_trouble(sentence(fault)); }
  return false;
}

void Writer::run_one(Job& job, Write& write) {
  if (job.one_statement()) {
    job.run(write);
    return;
  }
  const std::size_t told_before = write.events.size();
  Query(connection_, "SAVEPOINT job").run();
  bool keep = false;
  try {
    keep = job.run(write);
  } catch (const SQLite::Exception& fault) {
    // A fault of the disk or the file ends the whole group; anything else is this job's own.
    if (is_environment_fault(fault) || !connection_.in_transaction()) throw;
    job.refuse();
    if (options_.warn) options_.warn(sentence(fault));
  }
  if (!keep) {
    write.events.resize(told_before);
    write.heads.clear();
    Query(connection_, "ROLLBACK TO job").run();
  }
  Query(connection_, "RELEASE job").run();
}

void Writer::add_subscriber(std::shared_ptr<Subscriber> subscriber) {
  // Kept by the writer's thread alone; the owner keeps the only strong reference.
  std::weak_ptr<Subscriber> weak = subscriber;
  const seams::Executor executor = subscriber->executor;
  write<void>(
      executor, [](const seams::Result<void>&) {},
      [this, weak](Write&) -> seams::Result<void> {
        subscribers_.push_back(weak);
        return {};
      });
}

void Writer::tell_subscribers(const std::vector<seams::SessionEvent>& events) {
  if (events.empty()) return;
  std::erase_if(subscribers_, [](const auto& weak) { return weak.expired(); });
  for (const auto& weak : subscribers_) {
    const auto subscriber = weak.lock();
    if (subscriber == nullptr) continue;
    subscriber->executor([weak, events] {
      for (const auto& event : events) {
        const auto still = weak.lock();
        if (still != nullptr) still->heard(event);
      }
    });
  }
}

void Writer::tell_trouble(const std::string& sentence) {
  const auto now = Clock::now();
  const bool first = !in_trouble_;
  in_trouble_ = true;
  if (!options_.warn || (!first && now - told_at_ < told_every)) return;
  told_at_ = now;
  options_.warn(sentence);
}

CommitFigures Writer::figures() const {
  CommitFigures figures;
  figures.jobs = wait_.count();
  figures.groups = commit_.count();
  figures.failed_groups = failed_groups_.load(std::memory_order_relaxed);
  figures.refused_jobs = refused_jobs_.load(std::memory_order_relaxed);
  figures.wait_sum_us = wait_.sum_us();
  figures.wait_p50_us = wait_.quantile_us(0.50);
  figures.wait_p99_us = wait_.quantile_us(0.99);
  figures.commit_p50_us = commit_.quantile_us(0.50);
  figures.commit_p99_us = commit_.quantile_us(0.99);
  figures.queued_jobs = queue_.size();
  return figures;
}

}  // namespace matinee::store
