// One child process with bounds on time, memory, file size and output; never through a shell. Its standard input is empty, its errors
// go nowhere, it inherits no descriptor and no variable of ours but PATH.
// Source: posix_spawn(3), prlimit(2). The bounds are set right after the start, while the program is still being loaded.
// Thread rule: any thread; it blocks until the child has ended.
#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace matinee::library {

struct ChildLimits {
  std::chrono::milliseconds wall{};
  std::int64_t cpu_s = 0;
  std::uint64_t memory_bytes = 0;
  std::uint64_t file_bytes = 0;  // of each file it writes
  std::size_t output_bytes = 0;  // of its standard output; more ends it
  int nice = 0;
};

struct ChildResult {
  enum class End : std::uint8_t {
    succeeded,  // exit code 0
    failed,     // another exit code, or a signal: its own, or that of a bound
    timed_out,
    too_much,  // output
    stopped,   // we are ending
    not_started,
  };
  End end = End::not_started;
  std::string output;
};

// words: the program's path and its arguments. `stopping`: looked at a few times a second.
[[nodiscard]] ChildResult run_child(const std::vector<std::string>& words, const ChildLimits& limits, const std::atomic<bool>& stopping);

// The path of a program in PATH, or empty.
[[nodiscard]] std::string find_program(const std::string& name);

}  // namespace matinee::library
