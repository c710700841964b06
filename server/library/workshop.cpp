#include "server/library/workshop.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <map>
#include <thread>

#include "server/library/ask.h"
#include "server/library/child.h"
#include "server/library/index.h"
#include "server/library/limits.h"
#include "server/library/recordings.h"
#include "server/library/samples.h"
#include "server/ops/files.h"
#include "server/ops/log.h"
#include "server/seams/bounded_queue.h"

namespace matinee::library {
namespace {

using seams::LibraryItem;
using seams::LibraryState;
using seams::LibraryStep;
using seams::Result;
using std::chrono::steady_clock;

constexpr std::string_view from_drop = "drop:";
constexpr std::size_t unfinished_at_once = 1'000;

// As it was seen last; a file that somebody still writes into looks different each time.
struct Seen {
  std::int64_t size_bytes = 0;
  std::int64_t changed_ns = 0;
  bool told = false;  // why it stays there was logged
  bool operator==(const Seen& other) const { return size_bytes == other.size_bytes && changed_ns == other.changed_ns; }
};

// A lease is only given on a file that nobody has open for writing (fcntl(2)); where we may not ask, the looks alone decide.
bool is_being_written(int fd) {
  const bool leased = ::fcntl(fd, F_SETLEASE, F_RDLCK) == 0;
  if (leased) (void)::fcntl(fd, F_SETLEASE, F_UNLCK);
  return !leased && errno == EAGAIN;
}

}  // namespace

struct Workshop::State {
  explicit State(WorkshopParts with) : parts(std::move(with)), thread([this] { work(); }) {}

  struct Job {
    std::string id;
    bool remove = false;
  };

  void work() {
    sweep();
    std::vector<Job> next;
    while (jobs.drain(next, 1, parts.drop_look_every)) {
      const bool quiet = next.empty();
      for (const Job& job : next) {
        if (job.remove) remove(job.id);
        else check(job.id);
      }
      next.clear();
      const auto now = steady_clock::now();
      if (now >= drop_due) look_at_drop();
      if (now >= sweep_due) sweep();
      if (quiet) make_samples();
      if (stopping) return;
    }
  }

  // ---- one item

  Result<void> step(LibraryStep step) {
    step.at_ms = parts.now_ms();
    return ask<void>([&](auto executor, auto done) { parts.store.advance(std::move(step), executor, done); });
  }

  void remove(const std::string& id) {
    parts.shelf.remove(id);
    (void)ask<void>([&](auto executor, auto done) { parts.store.forget(id, executor, done); });
  }

  void retire_and_remove(const std::string& id) {
    const auto retired = ask<void>([&](auto executor, auto done) { parts.store.retire(id, executor, done); });
    if (retired) remove(id);
  }

  void check(const std::string& id) {
    const auto item = ask<LibraryItem>([&](auto executor, auto done) { parts.store.find(id, executor, done); });
    if (!item || item->state != LibraryState::checking) return;
    const auto file = Shelf::open(parts.shelf.file(id));
    if (!file) return retire_and_remove(id);  // its row was made, and then the power went
    ::close(file->fd);
    if (item->source == from_recording) give_index(*item);
    if (stopping) return;
    const auto looked = look_into(parts.tools, parts.shelf.file(id), stopping);
    if (stopping) return;
    if (!looked && looked.error().why == NotPlayable::Why::slow && ++slow_looks[id] < limits::looks_max) return look_again(id);
    slow_looks.erase(id);
    if (!looked) return refuse(*item, note_of(looked.error()));
    seams::LibraryFacts facts = looked->facts;
    if (facts.picture) facts.picture = ops::write_private_file(parts.shelf.picture(id).string(), looked->picture).empty();
    const auto taken = step({.id = id, .from = LibraryState::checking, .to = LibraryState::ready, .facts = facts});
    if (taken) ops::log_info("library: taken in", {{"id", id}, {"bytes", item->size_bytes}, {"duration_ms", facts.duration_ms}});
  }

  // Of a recording whose server was killed meanwhile, too; one that cannot be given an index stays as it is, which plays as well.
  void give_index(const LibraryItem& item) {
    const std::filesystem::path file = parts.shelf.file(item.id);
    const auto size = library::give_index(parts.tools, file, parts.shelf.file("scratch"), parts.shelf.free_bytes(), stopping);
    if (size) (void)resize(item.id, static_cast<std::int64_t>(*size));
  }

  Result<void> resize(const std::string& id, std::int64_t bytes) {
    return ask<void>([&](auto executor, auto done) { parts.store.resize(id, bytes, parts.quota, executor, done); });
  }

  // After whatever else waits.
  void look_again(const std::string& id) {
    Job job{id, false};
    (void)jobs.push(job);
  }

  void refuse(const LibraryItem& item, const std::string& note) {
    ops::log_info("library: refused", {{"id", item.id}, {"why", note}, {"bytes", item.size_bytes}});
    if (item.source.starts_with(from_drop)) return put_back(item, note);
    const auto taken = step({.id = item.id, .from = LibraryState::checking, .to = LibraryState::refused, .note = note});
    if (taken) parts.shelf.remove(item.id);
  }

  // Whoever put a file there may have no other copy.
  void put_back(const LibraryItem& item, const std::string& note) {
    const std::string name = item.source.substr(from_drop.size());
    const std::filesystem::path to = parts.shelf.refused() / name;
    if (::renameat2(AT_FDCWD, parts.shelf.file(item.id).c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) != 0 &&
        ::rename(parts.shelf.file(item.id).c_str(), (parts.shelf.refused() / (item.id + "-" + name)).c_str()) != 0)
      return;  // it stays where it is; the next round tries again
    ops::log_warning("library: a dropped file is no video that browsers play; it lies in drop/refused", {{"file", name}, {"why", note}});
    retire_and_remove(item.id);
  }

  // ---- what was left undone

  void sweep() {
    sweep_due = steady_clock::now() + limits::sweep_every;
    const auto items =
        ask<std::vector<LibraryItem>>([&](auto executor, auto done) { parts.store.unfinished(unfinished_at_once, executor, done); });
    if (!items) return;
    for (const LibraryItem& item : *items) {
      if (stopping) return;
      finish(item);
    }
  }

  void finish(const LibraryItem& item) {
    const std::int64_t rested_ms = parts.now_ms() - item.changed_at_ms;
    switch (item.state) {
      case LibraryState::going: return remove(item.id);
      case LibraryState::checking: return check(item.id);
      case LibraryState::ready: return;
      case LibraryState::refused:
        if (rested_ms > limits::refused_kept_ms) retire_and_remove(item.id);
        return;
      case LibraryState::arriving: return finish_arriving(item, rested_ms);
      case LibraryState::recording: return finish_recording(item);
    }
  }

  // The last byte came, and then the server was killed; or nobody sends any more.
  void finish_arriving(const LibraryItem& item, std::int64_t rested_ms) {
    std::error_code error;
    const auto there = std::filesystem::file_size(parts.shelf.file(item.id), error);
    const bool whole = !error && there == static_cast<std::uint64_t>(item.size_bytes);
    if (whole) {
      if (step({.id = item.id, .from = LibraryState::arriving, .to = LibraryState::checking})) check(item.id);
    } else if (rested_ms > limits::upload_kept_ms) {
      ops::log_info("library: an upload that nobody goes on with is forgotten", {{"id", item.id}});
      retire_and_remove(item.id);
    }
  }

  // Whoever wrote it is no more: what is whole of it is taken in.
  void finish_recording(const LibraryItem& item) {
    const auto file = Shelf::open(parts.shelf.file(item.id));
    if (!file) return retire_and_remove(item.id);
    const bool left = is_left_behind(file->fd);
    const std::uint64_t whole = left ? whole_bytes(file->fd, file->size_bytes) : 0;
    ::close(file->fd);
    if (!left) return;
    if (whole == 0) return retire_and_remove(item.id);
    std::error_code error;
    std::filesystem::resize_file(parts.shelf.file(item.id), whole, error);
    (void)resize(item.id, static_cast<std::int64_t>(whole));
    ops::log_info("library: a recording that was cut off is taken in", {{"id", item.id}, {"bytes", static_cast<std::int64_t>(whole)}});
    if (step({.id = item.id, .from = LibraryState::recording, .to = LibraryState::checking})) check(item.id);
  }

  // ---- the drop folder

  void look_at_drop() {
    drop_due = steady_clock::now() + parts.drop_look_every;
    std::map<std::string, Seen> now;
    std::error_code error;
    for (std::filesystem::directory_iterator entry(parts.shelf.drop(), error), end; !error && entry != end; entry.increment(error)) {
      const std::string name = entry->path().filename().string();
      struct stat what {};
      if (name.starts_with('.') || ::lstat(entry->path().c_str(), &what) != 0 || !S_ISREG(what.st_mode)) continue;
      if (now.size() == limits::drop_files_max) break;
      Seen& seen = now[name];
      seen.size_bytes = what.st_size;
      seen.changed_ns = what.st_mtim.tv_sec * 1'000'000'000LL + what.st_mtim.tv_nsec;
      const auto before = dropped.find(name);
      if (before == dropped.end() || !(before->second == seen)) continue;
      seen.told = before->second.told;
      if (stopping) return;
      take_dropped(entry->path(), name, seen);
    }
    dropped = std::move(now);
  }

  void take_dropped(const std::filesystem::path& path, const std::string& name, Seen& seen) {
    const auto say = [&](std::string_view why) {
      if (!seen.told) ops::log_warning("library: a dropped file stays where it is", {{"file", name}, {"why", why}});
      seen.told = true;
    };
    const auto file = Shelf::open(path);
    if (!file) return say("it cannot be read");
    const bool written = is_being_written(file->fd);
    ::close(file->fd);
    if (written) return;
    LibraryItem item{.id = draw_id(),
                     .owner = {},
                     .owner_name = {},
                     .title = title_of(name),
                     .state = LibraryState::checking,
                     .size_bytes = seen.size_bytes,
                     .source = std::string(from_drop) + name,
                     .note = {},
                     .facts = {},
                     .created_at_ms = parts.now_ms(),
                     .changed_at_ms = 0};
    const auto added = ask<void>([&](auto executor, auto done) { parts.store.add(item, parts.quota, executor, done); });
    if (!added) return say(added.error() == seams::StoreError::quota_all ? "the library is full" : "the data cannot be written");
    if (::rename(path.c_str(), parts.shelf.file(item.id).c_str()) != 0) {
      retire_and_remove(item.id);
      return say("it cannot be moved");
    }
    (void)::chmod(parts.shelf.file(item.id).c_str(), 0600);
    check(item.id);
  }

  // ---- samples

  void make_samples() {
    if (samples_seen || !parts.samples) return;
    samples_seen = true;
    for (const Sample& sample : samples()) {
      const std::string key = "library.sample." + sample.key;
      const auto made = ask<std::optional<std::string>>([&](auto executor, auto done) { parts.settings.get(key, executor, done); });
      if (!made || *made) continue;
      if (parts.tools.ffmpeg.empty()) return ops::log_info("library: no sample clips, because there is no ffmpeg");
      if (!make(sample)) return;
      (void)ask<void>([&](auto executor, auto done) { parts.settings.put(key, "made", executor, done); });
    }
  }

  bool make(const Sample& sample) {
    const std::string id = draw_id();
    const std::filesystem::path scratch = parts.shelf.file("scratch");
    std::error_code error;
    std::filesystem::create_directories(scratch, error);
    const std::filesystem::path output = scratch / "sample.mp4";
    const auto begun = steady_clock::now();
    const ChildResult result = run_child(sample_words(sample, parts.tools.ffmpeg, find_font(), scratch, output),
                                         {.wall = limits::sample_max,
                                          .cpu_s = limits::sample_cpu_s,
                                          .memory_bytes = limits::child_memory_bytes_max,
                                          .file_bytes = limits::sample_bytes_max,
                                          .output_bytes = limits::probe_output_bytes_max,
                                          .nice = limits::sample_nice},
                                         stopping);
    const bool made = result.end == ChildResult::End::succeeded && put_on_shelf(sample, id, output);
    std::filesystem::remove_all(scratch, error);
    if (!made && !stopping) ops::log_warning("library: a sample clip could not be made", {{"sample", sample.key}});
    if (!made) return false;
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - begun).count();
    ops::log_info("library: a sample clip was made", {{"sample", sample.key}, {"ms", took}});
    check(id);
    return true;
  }

  bool put_on_shelf(const Sample& sample, const std::string& id, const std::filesystem::path& output) {
    std::error_code error;
    const auto size = std::filesystem::file_size(output, error);
    if (error) return false;
    LibraryItem item{.id = id,
                     .owner = {},
                     .owner_name = {},
                     .title = sample.title,
                     .state = LibraryState::checking,
                     .size_bytes = static_cast<std::int64_t>(size),
                     .source = "sample:" + sample.key,
                     .note = {},
                     .facts = {},
                     .created_at_ms = parts.now_ms(),
                     .changed_at_ms = 0};
    const auto added = ask<void>([&](auto executor, auto done) { parts.store.add(item, parts.quota, executor, done); });
    return added && ::rename(output.c_str(), parts.shelf.file(id).c_str()) == 0;
  }

  const WorkshopParts parts;
  std::atomic<bool> stopping{false};
  seams::BoundedQueue<Job> jobs{limits::work_waiting_max};
  std::map<std::string, Seen> dropped;  // of the thread alone, like all that follows
  std::map<std::string, int> slow_looks;
  steady_clock::time_point drop_due{};
  steady_clock::time_point sweep_due{};
  bool samples_seen = false;
  std::thread thread;  // last: everything else is there when it starts
};

Workshop::Workshop(WorkshopParts parts) : state_(std::make_unique<State>(std::move(parts))) {}

Workshop::~Workshop() {
  state_->stopping = true;
  (void)state_->jobs.close_and_empty();
  state_->thread.join();
}

// Full: it is found at the next round.
void Workshop::check(std::string id) {
  State::Job job{std::move(id), false};
  (void)state_->jobs.push(job);
}

void Workshop::remove(std::string id) {
  State::Job job{std::move(id), true};
  (void)state_->jobs.push(job);
}

}  // namespace matinee::library
