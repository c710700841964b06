// What can go wrong under a running store: a killed process, a torn log, a full disk, a locked file, too much work.
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <SQLiteCpp/Database.h>

#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

#include "tests/store/file_world.h"

namespace matinee::test {

namespace {

// ---- a child process that writes until it is killed, telling each acknowledged number through a pipe

struct Acknowledged {
  std::int64_t room = 0;
  std::int64_t seq = 0;
};
constexpr std::int64_t child_rooms = 3;

std::string room_code(std::int64_t number) { return "ROOM000" + std::to_string(number); }

// Keeps 64 appends of each room under way; every outcome is told before the next append is made.
class Flood {
 public:
  Flood(FileWorld& world, int pipe) : world_(world), pipe_(pipe) {
    for (std::int64_t number = 0; number < child_rooms; ++number) {
      rooms_.push_back(world.serve(room_code(number)));
      next_.push_back(rooms_.back().last_seq.value + 1);
    }
  }
  void run() {
    for (std::int64_t number = 0; number < child_rooms; ++number) {
      for (int ahead = 0; ahead < 64; ++ahead) append(number);
    }
    world_.loop.run_until([] { return false; });
  }

 private:
  void append(std::int64_t number) {
    const auto index = static_cast<std::size_t>(number);
    world_.database->messages().append(FileWorld::message(rooms_[index], next_[index]++), world_.loop.executor(),
                                       [this, number](seams::AppendOutcome outcome) {
                                         if (outcome.what != What::appended) ::_exit(3);
                                         const Acknowledged told{number, outcome.seq.value};
                                         if (::write(pipe_, &told, sizeof told) != sizeof told) ::_exit(4);
                                         append(number);
                                       });
  }

  FileWorld& world_;
  int pipe_;
  std::vector<seams::RoomRecord> rooms_;
  std::vector<std::int64_t> next_;
};

// Lets a child write, kills it after `count` acknowledgements and answers all that were told.
std::vector<Acknowledged> kill_a_writer_after(FileWorld& world, std::size_t count) {
  std::array<int, 2> ends{};
  REQUIRE(::pipe(ends.data()) == 0);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::close(ends[0]);
    world.open();
    Flood(world, ends[1]).run();
    ::_exit(5);
  }
  ::close(ends[1]);
  std::vector<Acknowledged> told;
  Acknowledged one;
  bool killed = false;
  while (::read(ends[0], &one, sizeof one) == sizeof one) {
    told.push_back(one);
    if (told.size() < count || killed) continue;
    killed = ::kill(child, SIGKILL) == 0;
  }
  ::close(ends[0]);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFSIGNALED(status));
  return told;
}

// Lowers the size any file may grow to; restored at the end. This is a full disk that gets room again.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) {
    ::signal(SIGXFSZ, SIG_IGN);
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &usual_) == 0);
    const rlimit small{bytes, usual_.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  }
  ~FullDisk() {
    ::setrlimit(RLIMIT_FSIZE, &usual_);
    ::signal(SIGXFSZ, SIG_DFL);
  }

 private:
  rlimit usual_{};
};

}  // namespace

TEST_CASE("kill -9 at any time: every acknowledged message is there once, in order, without holes") {
  FileWorld world;
  std::set<std::pair<std::int64_t, std::int64_t>> acknowledged;
  for (const std::size_t count : {1U, 150U, 700U, 2'000U}) {
    for (const auto& told : kill_a_writer_after(world, count)) {
      INFO("room " << told.room << " seq " << told.seq);
      CHECK(acknowledged.insert({told.room, told.seq}).second);
    }
    world.open();
    for (std::int64_t number = 0; number < child_rooms; ++number) {
      const auto seqs = world.numbers(world.serve(room_code(number)));
      CHECK(FileWorld::whole(seqs));
      const auto last = acknowledged.upper_bound({number, INT64_MAX});
      if (last != acknowledged.begin() && std::prev(last)->first == number)
        CHECK(seqs.size() >= static_cast<std::size_t>(std::prev(last)->second));
    }
    world.database.reset();
  }
}

TEST_CASE("a torn write-ahead log loses at most its torn end, never the middle") {
  FileWorld world;
  world.open();
  const auto room = world.serve("K7QM3XFD");
  for (int seq = 1; seq <= 50; ++seq) REQUIRE(world.append(room, seq, 2'000).what == What::appended);
  const std::string file = bytes_of(world.file());
  const std::string log = bytes_of(world.file("matinee.sqlite3-wal"));
  REQUIRE(log.size() > 100'000);
  std::size_t most = 0;
  for (const std::size_t cut : {std::size_t{0}, std::size_t{1}, std::size_t{5'000}, log.size() / 2, log.size() - 100}) {
    CAPTURE(cut);
    FileWorld copy;
    std::filesystem::create_directories(copy.options.folder);
    std::ofstream(copy.file(), std::ios::binary) << file;
    // Half of the torn end is cut off, half of it is garbage, as a disk leaves it that lost power.
    std::ofstream(copy.file("matinee.sqlite3-wal"), std::ios::binary) << log.substr(0, log.size() - cut) << std::string(cut / 2, '\x5a');
    auto opened = store::Database::open(copy.options);
    REQUIRE(opened.has_value());
    copy.database = std::move(*opened);
    const auto again = copy.serve("K7QM3XFD");
    const auto seqs = copy.numbers(again);
    CHECK(FileWorld::whole(seqs));
    CHECK(again.last_seq.value == static_cast<std::int64_t>(seqs.size()));
    if (cut == 0) CHECK(seqs.size() == 50);
    if (cut == 1) CHECK(seqs.size() == 49);
    CHECK(copy.append(again, again.last_seq.value + 1).what == What::appended);
    most = std::max(most, seqs.size());
  }
  CHECK(most == 50);
}

TEST_CASE("on a full disk appends are refused, what was acknowledged stays readable, and the service returns by itself") {
  FileWorld world;
  std::mutex mutex;
  std::vector<std::string> warnings;
  world.options.warn = [&](std::string_view warning) {
    const std::lock_guard lock(mutex);
    warnings.emplace_back(warning);
  };
  world.open();
  const auto room = world.serve("K7QM3XFD");
  std::int64_t acknowledged = 0;
  std::int64_t refused = 0;
  {
    const FullDisk full(400'000);
    while (refused < 3 && acknowledged < 1'000) {
      const auto outcome = world.append(room, acknowledged + 1, 3'000);
      if (outcome.what == What::appended) {
        ++acknowledged;
      } else {
        CHECK(outcome.what == What::unavailable);
        ++refused;
      }
    }
    CHECK(world.numbers(room).size() == static_cast<std::size_t>(acknowledged));
  }
  CHECK(refused == 3);
  CHECK(acknowledged > 10);
  CHECK(world.append(room, acknowledged + 1, 3'000).what == What::appended);
  CHECK(world.database->figures().failed_groups == 3);
  world.open();
  const auto seqs = world.numbers(room);
  CHECK(FileWorld::whole(seqs));
  CHECK(seqs.size() == static_cast<std::size_t>(acknowledged) + 1);
  REQUIRE(warnings.size() >= 2);
  CHECK(warnings.front().find("disk") != std::string::npos);
  CHECK(warnings.back() == "The data file can be written again.");
}

TEST_CASE("a file at its largest size refuses everything that writes and goes on answering reads") {
  FileWorld world;
  world.options.pages_max = 60;
  world.open();
  const auto room = world.serve("K7QM3XFD");
  std::int64_t seq = 1;
  while (seq < 1'000 && world.append(room, seq, 3'000).what == What::appended) ++seq;
  CHECK(seq > 10);
  CHECK(seq < 1'000);
  const std::string big(100'000, 'x');
  CHECK(world.ask<seams::Result<void>>([&](auto executor, auto done) {
    world.database->rooms().save_snapshot({room.id, room.epoch}, big, 1, executor, done);
  }) == tl::unexpected(seams::StoreError::unavailable));
  CHECK(world.numbers(room).size() == static_cast<std::size_t>(seq - 1));
}

TEST_CASE("one job that cannot be stored does not spoil the others of its group") {
  FileWorld world;
  world.open();
  const auto room = world.serve("K7QM3XFD");
  std::vector<std::string> answers;
  const auto& executor = world.loop.executor();
  world.database->messages().append(FileWorld::message(room, 1), executor, [&](seams::AppendOutcome outcome) {
    answers.push_back(outcome.what == What::appended ? "kept" : "lost");
  });
  world.database->users().create_guest({seams::UserId{1LL << 53}, "Ben", "", 1}, executor,
                                       [&](const seams::Result<seams::User>& made) { answers.push_back(made ? "made" : "refused"); });
  world.database->messages().append(FileWorld::message(room, 2), executor, [&](seams::AppendOutcome outcome) {
    answers.push_back(outcome.what == What::appended ? "kept" : "lost");
  });
  world.loop.run_until([&] { return answers.size() == 3; });
  CHECK(answers == std::vector<std::string>{"kept", "refused", "kept"});
}

namespace {

// Another program, such as a backup script, that holds the file.
class Holder {
 public:
  explicit Holder(const std::filesystem::path& file) : database_(file, SQLite::OPEN_READWRITE) { database_.exec("BEGIN IMMEDIATE"); }
  void let_go() { database_.exec("ROLLBACK"); }

 private:
  SQLite::Database database_;
};

}  // namespace

TEST_CASE("while another program holds the file writes are refused after the time-out, reads go on, and it comes back by itself") {
  FileWorld world;
  world.options.busy_timeout_ms = 20;
  world.open();
  const auto room = world.serve("K7QM3XFD");
  CHECK(world.append(room, 1).what == What::appended);
  Holder holder(world.file());
  CHECK(world.append(room, 2).what == What::unavailable);
  CHECK(world.numbers(room).size() == 1);
  holder.let_go();
  CHECK(world.append(room, 2).what == What::appended);
}

TEST_CASE("a queue that is full refuses at once, and what it took is stored") {
  FileWorld world;
  world.options.busy_timeout_ms = 60'000;
  world.options.queued_jobs_max = 3;
  world.open();
  const auto room = world.serve("K7QM3XFD");
  Holder holder(world.file());
  std::vector<std::pair<std::int64_t, What>> answers;
  const auto append = [&](std::int64_t seq) {
    world.database->messages().append(FileWorld::message(room, seq), world.loop.executor(),
                                      [&answers, seq](seams::AppendOutcome outcome) { answers.emplace_back(seq, outcome.what); });
  };
  append(1);
  while (world.database->figures().queued_jobs > 0) std::this_thread::yield();
  for (std::int64_t seq = 2; seq <= 4; ++seq) append(seq);
  append(5);
  using Answers = std::vector<std::pair<std::int64_t, What>>;
  world.loop.run_until([&] { return !answers.empty(); });
  CHECK(answers == Answers{{5, What::unavailable}});
  CHECK(world.database->figures().refused_jobs == 1);
  holder.let_go();
  world.loop.run_until([&] { return answers.size() == 5; });
  CHECK(answers == Answers{{5, What::unavailable}, {1, What::appended}, {2, What::appended}, {3, What::appended}, {4, What::appended}});
}

TEST_CASE("the queue is bounded in bytes too, but one large write always fits an empty one") {
  FileWorld world;
  world.options.queued_bytes_max = 10'000;
  world.open();
  const auto room = world.serve("K7QM3XFD");
  CHECK(world.append(room, 1, 100'000).what == What::appended);
}

TEST_CASE("stopping stores and answers what was queued, and refuses what comes after") {
  FileWorld world;
  world.open();
  const auto room = world.serve("K7QM3XFD");
  int appended = 0;
  for (int seq = 1; seq <= 500; ++seq) {
    world.database->messages().append(FileWorld::message(room, seq), world.loop.executor(),
                                      [&](seams::AppendOutcome outcome) { appended += outcome.what == What::appended ? 1 : 0; });
  }
  world.database->stop();
  world.loop.run_ready();
  CHECK(appended == 500);
  CHECK(world.append(room, 501).what == What::unavailable);
  CHECK(world.ask<seams::Result<rooms::Seq>>([&](auto executor, auto done) { world.database->messages().last(room.id, executor, done); }) ==
        tl::unexpected(seams::StoreError::unavailable));
  world.open();
  CHECK(world.numbers(room).size() == 500);
}

TEST_CASE("the figures count what was stored, in how many groups, and how long it waited") {
  FileWorld world;
  world.options.busy_timeout_ms = 60'000;
  world.open();
  const auto room = world.serve("K7QM3XFD");
  const auto before = world.database->figures();
  int answered = 0;
  const auto append = [&](std::int64_t seq) {
    world.database->messages().append(FileWorld::message(room, seq), world.loop.executor(), [&](seams::AppendOutcome) { ++answered; });
  };
  // The first has a group of its own, which is held; all that come meanwhile share the next.
  Holder holder(world.file());
  append(1);
  while (world.database->figures().queued_jobs > 0) std::this_thread::yield();
  for (int seq = 2; seq <= 300; ++seq) append(seq);
  const std::size_t posts_before = world.loop.posts();
  holder.let_go();
  world.loop.run_until([&] { return answered == 300; });
  CHECK(world.loop.posts() - posts_before == 2);
  const auto after = world.database->figures();
  CHECK(after.jobs - before.jobs == 300);
  CHECK(after.groups - before.groups == 2);
  CHECK(after.wait_p50_us > 0);
  CHECK(after.wait_p99_us >= after.wait_p50_us);
  CHECK(after.commit_p99_us >= after.commit_p50_us);
  CHECK(after.queued_jobs == 0);
}

TEST_CASE("a histogram's quantiles are right within 15 percent") {
  store::Histogram histogram;
  CHECK(histogram.quantile_us(0.5) == 0);
  for (std::uint64_t value = 1; value <= 100'000; ++value) histogram.record(value);
  CHECK(histogram.count() == 100'000);
  CHECK(histogram.quantile_us(0.50) == Approx(50'000).epsilon(0.15));
  CHECK(histogram.quantile_us(0.99) == Approx(99'000).epsilon(0.15));
  CHECK(histogram.sum_us() == 5'000'050'000);
  histogram.record(1ULL << 60);
  CHECK(histogram.count() == 100'001);
}

TEST_CASE("reads beyond the queue are refused at once, and what it took is answered") {
  FileWorld world;
  world.options.readers = 1;
  world.options.queued_reads_max = 3;
  world.open();
  const auto room = world.serve("K7QM3XFD");
  // The only reader is held in the delivery of its first answer, so that nothing moves while the queue fills.
  std::mutex mutex;
  std::condition_variable changed;
  bool held = false;
  bool released = false;
  const seams::Executor holding([&](const seams::Executor::Work&) {
    std::unique_lock lock(mutex);
    held = true;
    changed.notify_all();
    changed.wait(lock, [&] { return released; });
  });
  world.database->messages().last(room.id, holding, [](const seams::Result<rooms::Seq>&) {});
  {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return held; });
  }
  std::vector<bool> answers;
  for (int i = 0; i < 4; ++i) {
    world.database->messages().last(room.id, world.loop.executor(),
                                    [&answers](const seams::Result<rooms::Seq>& seq) { answers.push_back(seq.has_value()); });
  }
  world.loop.run_until([&] { return !answers.empty(); });
  CHECK(answers == std::vector<bool>{false});
  {
    const std::lock_guard lock(mutex);
    released = true;
    changed.notify_all();
  }
  world.loop.run_until([&] { return answers.size() == 4; });
  CHECK(answers == std::vector<bool>{false, true, true, true});
}

}  // namespace matinee::test
