// bench_store: how many chat messages a second the store commits, and how long each waits, at several amounts of work under way.
// A real data folder (--folder, default: a fresh one beside the program, because /tmp may be memory), real flushes.
// Every run checks that what was acknowledged is there once and in order. Prints one table row per setting.
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <deque>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "server/store/database.h"

namespace {

using namespace matinee;
using Clock = std::chrono::steady_clock;

// The loop of the one client: answers are posted here and run on the main thread.
class Loop {
 public:
  [[nodiscard]] const seams::Executor& executor() const { return executor_; }
  template <class Predicate>
  void run_until(Predicate done) {
    while (!done()) {
      std::deque<seams::Executor::Work> ready;
      {
        std::unique_lock lock(mutex_);
        arrived_.wait(lock, [this] { return !work_.empty(); });
        ready.swap(work_);
      }
      for (auto& work : ready) work();
    }
  }

 private:
  void post(seams::Executor::Work work) {
    {
      const std::lock_guard lock(mutex_);
      work_.push_back(std::move(work));
    }
    arrived_.notify_one();
  }
  std::mutex mutex_;  // guards work_
  std::condition_variable arrived_;
  std::deque<seams::Executor::Work> work_;
  seams::Executor executor_{[this](seams::Executor::Work work) { post(std::move(work)); }};
};

struct Setting {
  int rooms = 1;
  int under_way = 1;  // appends a room keeps waiting for the disk
  std::size_t body_bytes = 120;
  double seconds = 3;
};

struct Result {
  double per_second = 0;
  double p50_ms = 0;
  double p99_ms = 0;
  double group_size = 0;
  bool sound = true;
};

[[noreturn]] void stop(const std::string& why) {
  std::fprintf(stderr, "bench_store: %s\n", why.c_str());
  std::exit(1);
}

class Run {
 public:
  Run(const std::filesystem::path& folder, Setting setting) : setting_(setting) {
    store::Options options;
    options.folder = folder;
    auto opened = store::Database::open(options);
    if (!opened) stop(opened.error().sentence);
    database_ = std::move(*opened);
    make_rooms();
  }

  Result measure() {
    const auto before = database_->figures();
    const auto began = Clock::now();
    end_ = began + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(setting_.seconds));
    for (auto& room : rooms_) {
      for (int number = 0; number < setting_.under_way; ++number) append(room);
    }
    loop_.run_until([this] { return waiting_ == 0; });
    const double took = std::chrono::duration<double>(Clock::now() - began).count();
    const auto after = database_->figures();
    std::sort(waits_us_.begin(), waits_us_.end());
    Result result;
    result.per_second = static_cast<double>(waits_us_.size()) / took;
    result.p50_ms = quantile_ms(0.50);
    result.p99_ms = quantile_ms(0.99);
    result.group_size =
        static_cast<double>(after.jobs - before.jobs) / static_cast<double>(std::max<std::uint64_t>(1, after.groups - before.groups));
    result.sound = sound_ && all_there();
    return result;
  }

 private:
  struct Room {
    seams::RoomRecord record;
    std::int64_t sent = 0;
    std::int64_t acknowledged = 0;
  };

  template <class T, class Call>
  T ask(Call call) {
    std::optional<seams::Result<T>> answer;
    call(loop_.executor(), [&](seams::Result<T> given) { answer = std::move(given); });
    loop_.run_until([&] { return answer.has_value(); });
    if (!*answer) stop(std::string(to_string(answer->error())));
    return std::move(**answer);
  }

  void make_rooms() {
    const seams::UserId owner{1};
    ask<seams::User>([&](auto executor, auto done) { database_->users().create_guest({owner, "Bench", "", 1}, executor, done); });
    for (int number = 0; number < setting_.rooms; ++number) {
      const std::string code = "BENCH" + std::to_string(100 + number);
      ask<seams::RoomRecord>([&](auto executor, auto done) {
        database_->rooms().create({code, "Bench", owner, {}, "", 1}, executor, done);
      });
      rooms_.push_back({ask<seams::RoomRecord>([&](auto executor, auto done) { database_->rooms().raise_epoch(code, executor, done); })});
    }
  }

  void append(Room& room) {
    seams::AppendRequest request;
    request.room = room.record.id;
    request.epoch = room.record.epoch;
    request.seq = rooms::Seq{++room.sent};
    request.author = seams::UserId{1};
    request.message_id = "bench-id-" + std::to_string(room.sent);
    request.body.assign(setting_.body_bytes, 'x');
    request.extra = R"({"name":"Bench"})";
    request.at_ms = room.sent;
    ++waiting_;
    database_->messages().append(std::move(request), loop_.executor(), [this, &room, asked = Clock::now()](seams::AppendOutcome outcome) {
      --waiting_;
      const auto now = Clock::now();
      waits_us_.push_back(std::chrono::duration<double, std::micro>(now - asked).count());
      sound_ = sound_ && outcome == seams::AppendOutcome{seams::AppendOutcome::What::appended, rooms::Seq{++room.acknowledged}};
      if (now < end_) append(room);
    });
  }

  bool all_there() {
    for (const auto& room : rooms_) {
      rooms::Seq seen;
      while (true) {
        const auto page = ask<std::vector<seams::StoredMessage>>([&](auto executor, auto done) {
          database_->messages().read({room.record.id, seen, {}, 10'000}, executor, done);
        });
        if (page.empty()) break;
        for (const auto& message : page) {
          if (message.seq.value != seen.value + 1) return false;
          seen = message.seq;
        }
      }
      if (seen.value != room.acknowledged) return false;
    }
    return true;
  }

  [[nodiscard]] double quantile_ms(double quantile) const {
    if (waits_us_.empty()) return 0;
    const auto index = static_cast<std::size_t>(quantile * static_cast<double>(waits_us_.size() - 1));
    return waits_us_[index] / 1'000;
  }

  Setting setting_;
  Loop loop_;
  std::unique_ptr<store::Database> database_;
  std::vector<Room> rooms_;
  std::vector<double> waits_us_;
  Clock::time_point end_;
  int waiting_ = 0;
  bool sound_ = true;
};

}  // namespace

int main(int count, char** arguments) {
  std::string parent = std::filesystem::canonical(arguments[0]).parent_path().string();
  double seconds = 3;
  for (int index = 1; index + 1 < count; index += 2) {
    if (std::strcmp(arguments[index], "--folder") == 0) parent = arguments[index + 1];
    else if (std::strcmp(arguments[index], "--seconds") == 0) seconds = std::strtod(arguments[index + 1], nullptr);
    else stop("options are --folder FOLDER and --seconds N");
  }
  std::printf(
      "| rooms | under way | body | messages/s | wait p50 ms | wait p99 ms | a commit | once and in order "
      "|\n|---|---|---|---|---|---|---|---|\n");
  bool sound = true;
  for (const auto& [rooms, under_way] : {std::pair{1, 1}, std::pair{1, 32}, std::pair{20, 8}, std::pair{200, 2}, std::pair{200, 10}}) {
    std::string folder = parent + "/bench-data-XXXXXX";
    if (::mkdtemp(folder.data()) == nullptr) stop("cannot make a folder in " + parent);
    Result result;
    {
      const Setting setting{rooms, under_way, 120, seconds};
      result = Run(folder, setting).measure();
    }
    std::filesystem::remove_all(folder);
    std::printf("| %d | %d | 120 | %.0f | %.2f | %.2f | %.1f | %s |\n", rooms, rooms * under_way, result.per_second, result.p50_ms,
                result.p99_ms, result.group_size, result.sound ? "yes" : "NO");
    std::fflush(stdout);
    sound = sound && result.sound;
  }
  return sound ? 0 : 1;
}
