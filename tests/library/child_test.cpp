// Child processes: what they may take, and that none outlives its bounds.
#include <unistd.h>
#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <thread>

#include "server/library/child.h"
#include "tests/support/temp_folder.h"

namespace matinee::test {

using library::ChildLimits;
using library::ChildResult;
using library::run_child;
using End = ChildResult::End;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

const std::atomic<bool> nobody_stops{false};

ChildLimits wide() {
  return {.wall = milliseconds(10'000), .cpu_s = 10, .memory_bytes = 1ULL << 32, .file_bytes = 1 << 20, .output_bytes = 1'000};
}

ChildResult shell(const std::string& script, const ChildLimits& limits = wide()) {
  return run_child({"/bin/sh", "-c", script}, limits, nobody_stops);
}

}  // namespace

TEST_CASE("a child's output is what it said, and its end how it went") {
  CHECK(shell("echo hello").output == "hello\n");
  CHECK(shell("echo hello").end == End::succeeded);
  CHECK(shell("exit 3").end == End::failed);
  CHECK(run_child({"/nowhere/at/all"}, wide(), nobody_stops).end == End::not_started);
}

TEST_CASE("a child inherits no variable, no descriptor and no input of ours") {
  ::setenv("MATINEE_SECRET", "secret", 1);
  CHECK(shell("echo \"$MATINEE_SECRET\"; cat").output == "\n");
  ::unsetenv("MATINEE_SECRET");
  const int ours = ::dup(2);  // not to be closed by itself at the start of another program
  const std::string open = shell("for f in /proc/$$/fd/*; do echo ${f##*/}; done").output;
  ::close(ours);
  CHECK((open == "0\n1\n2\n" || open == "0\n1\n2\n3\n"));  // 3: the shell's own look
}

TEST_CASE("a child says as much as the bound and not one byte more") {
  CHECK(shell("head -c 1000 /dev/zero").end == End::succeeded);
  CHECK(shell("head -c 1001 /dev/zero").end == End::too_much);
}

TEST_CASE("a child that takes too long is ended with whatever it started") {
  ChildLimits limits = wide();
  limits.wall = milliseconds(300);
  const auto begun = steady_clock::now();
  CHECK(shell("sleep 30 & sleep 30; wait", limits).end == End::timed_out);
  CHECK(steady_clock::now() - begun < milliseconds(5'000));
  // One that closes its output and goes on.
  CHECK(shell("exec >&-; sleep 30", limits).end == End::failed);
}

TEST_CASE("a child's time, memory and files are bounded by the system") {
  ChildLimits limits = wide();
  limits.cpu_s = 1;
  CHECK(shell("while :; do :; done", limits).end == End::failed);
  limits = wide();
  limits.file_bytes = 1'000;
  const TempFolder folder;
  CHECK(shell("head -c 1000 /dev/zero > " + folder.path() + "/a", limits).end == End::succeeded);
  CHECK(shell("head -c 1001 /dev/zero > " + folder.path() + "/b", limits).end == End::failed);
  limits = wide();
  limits.memory_bytes = 64 << 20;
  CHECK(shell("head -c 200000000 /dev/zero | tail -c 150000000 > /dev/null", limits).end == End::failed);
}

TEST_CASE("a child ends at once when the server does") {
  std::atomic<bool> stopping{false};
  const auto begun = steady_clock::now();
  std::thread later([&] { stopping = true; });
  CHECK(run_child({"/bin/sleep", "30"}, wide(), stopping).end == End::stopped);
  later.join();
  CHECK(steady_clock::now() - begun < milliseconds(5'000));
}

}  // namespace matinee::test
