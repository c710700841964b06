#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include "server/ops/files.h"
#include "server/ops/metrics.h"
#include "server/ops/server_time.h"
#include "server/ops/signals.h"

using namespace matinee::ops;
using Catch::Matchers::Contains;

namespace {

class Folder {
 public:
  Folder() {
    char name[] = "/tmp/matinee-ops-XXXXXX";
    path_ = ::mkdtemp(name);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  [[nodiscard]] std::string at(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

}  // namespace

TEST_CASE("signals arrive through the descriptor, in order, and do not end the process") {
  Signals signals;
  CHECK_FALSE(signals.take());
  ::raise(SIGTERM);
  pollfd ready{signals.fd(), POLLIN, 0};
  CHECK(::poll(&ready, 1, 0) == 1);
  CHECK(signals.take() == Signal::stop);
  ::raise(SIGHUP);
  CHECK(signals.wait() == Signal::reload);
  ::raise(SIGINT);
  CHECK(signals.wait(std::chrono::milliseconds(1000)) == Signal::stop);
  CHECK_FALSE(signals.take());
}

TEST_CASE("waiting for a signal ends after the time given") {
  Signals signals;
  CHECK_FALSE(signals.wait(std::chrono::milliseconds(1)));
}

TEST_CASE("a write to a closed pipe is an error, not the end of the process") {
  const Signals signals;
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  ::close(ends[0]);
  CHECK(::write(ends[1], "x", 1) == -1);
  CHECK(errno == EPIPE);
  ::close(ends[1]);
}

TEST_CASE("metrics of one name are added up and written in the text format") {
  Metrics metrics;
  Counter& one = metrics.counter("matinee_messages_total", "Chat messages");
  Counter& two = metrics.counter("matinee_messages_total", "Chat messages");
  metrics.counter("matinee_http_total", "Answers", R"(code="200")").add(3);
  metrics.counter("matinee_http_total", "Answers", R"(code="404")").add();
  Gauge& open = metrics.gauge("matinee_connections", "Open\nconnections");
  metrics.gauge_of("matinee_load", "Load", [] { return 0.5; });
  metrics.counter_of("matinee_pictures_total", "Pictures", [] { return 9.0; });
  one.add();
  two.add(41);
  open.set(7);
  open.add(-2);
  CHECK(metrics.text() ==
        "# HELP matinee_messages_total Chat messages\n# TYPE matinee_messages_total counter\nmatinee_messages_total 42\n"
        "# HELP matinee_http_total Answers\n# TYPE matinee_http_total counter\nmatinee_http_total{code=\"200\"} "
        "3\nmatinee_http_total{code=\"404\"} 1\n"
        "# HELP matinee_connections Open\\nconnections\n# TYPE matinee_connections gauge\nmatinee_connections 5\n"
        "# HELP matinee_load Load\n# TYPE matinee_load gauge\nmatinee_load 0.5\n"
        "# HELP matinee_pictures_total Pictures\n# TYPE matinee_pictures_total counter\nmatinee_pictures_total 9\n");
}

TEST_CASE("server time starts at Unix time and only grows") {
  const auto unix_ms = [] {
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  };
  const std::int64_t before = unix_ms();
  const ServerTime time;
  const std::int64_t now = time.now_ms();
  CHECK(now >= before);
  CHECK(now <= unix_ms() + 1000);
  double last = time.now_fine_ms();
  for (int i = 0; i < 1000; ++i) {
    const double next = time.now_fine_ms();
    REQUIRE(next >= last);
    last = next;
  }
}

TEST_CASE("what the process writes is for its own user only") {
  const Folder folder;
  const mode_t before = ::umask(0);
  protect_files();
  std::ofstream(folder.at("file")) << "x";
  ::umask(before);
  struct stat status {};
  REQUIRE(::stat(folder.at("file").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
}

TEST_CASE("a private file is replaced whole and readable by its owner only") {
  const Folder folder;
  CHECK(write_private_file(folder.at("cookies"), "one").empty());
  CHECK(write_private_file(folder.at("cookies"), "two").empty());
  std::stringstream content;
  content << std::ifstream(folder.at("cookies")).rdbuf();
  CHECK(content.str() == "two");
  struct stat status {};
  REQUIRE(::stat(folder.at("cookies").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
  CHECK_THAT(write_private_file(folder.at("no/such/folder"), "x"), Contains("cannot be written"));
}

TEST_CASE("the data folder is made when missing, and a file in its place is named") {
  const Folder folder;
  CHECK(prepare_data_folder(folder.at("a/b")).empty());
  CHECK(std::filesystem::is_directory(folder.at("a/b")));
  CHECK(prepare_data_folder(folder.at("a/b")).empty());
  std::ofstream(folder.at("file")) << "x";
  CHECK_THAT(prepare_data_folder(folder.at("file")), Contains("is not a folder") && Contains("--data"));
  CHECK_THAT(prepare_data_folder(folder.at("file/below")), Contains("cannot be made") && Contains("--data"));
}

TEST_CASE("the descriptor limit rises as far as the system allows and never falls") {
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  CHECK(raise_descriptor_limit(16) == before.rlim_cur);
  const std::size_t reached = raise_descriptor_limit(before.rlim_cur + 1);
  CHECK(reached >= before.rlim_cur);
  rlimit after{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &after) == 0);
  CHECK(after.rlim_cur == reached);
}

TEST_CASE("a port that cannot be had is explained with what to do") {
  CHECK(listen_problem("", 8080, EADDRINUSE) == "Another program already uses port 8080. Stop it, or start with --port 8081.");
  CHECK_THAT(listen_problem("", 80, EACCES), Contains("--port 8080"));
  CHECK_THAT(listen_problem("192.0.2.1", 8080, EADDRNOTAVAIL), Contains("192.0.2.1") && Contains("--address"));
}
