// What the load generators share: a clock, an end with a sentence, and what the server's process has used.
#pragma once
#include <sys/epoll.h>
#include <time.h>
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace matinee::bench {

inline std::int64_t now_us() {
  timespec t{};
  ::clock_gettime(CLOCK_MONOTONIC, &t);
  return std::int64_t{t.tv_sec} * 1'000'000 + t.tv_nsec / 1'000;
}

[[noreturn]] inline void die(const std::string& sentence) {
  std::fprintf(stderr, "%s\n", sentence.c_str());
  std::exit(1);
}

struct ServerUse {
  double cpu_s = 0;
  long rss_kib = 0;
};
// schedstat counts nanoseconds; the ticks of /proc/PID/stat miss most of what runs in short bursts.
inline ServerUse use_of(int pid) {
  ServerUse use;
  if (pid == 0) return use;
  const std::string process = "/proc/" + std::to_string(pid);
  for (const auto& task : std::filesystem::directory_iterator(process + "/task")) {
    std::ifstream file(task.path() / "schedstat");
    std::int64_t ran_ns = 0;
    file >> ran_ns;
    use.cpu_s += static_cast<double>(ran_ns) / 1e9;
  }
  std::ifstream status(process + "/status");
  for (std::string line; std::getline(status, line);)
    if (line.rfind("VmRSS:", 0) == 0) use.rss_kib = std::atol(line.c_str() + 6);
  return use;
}

// The value below which `part` of them lie; sorts them.
inline std::uint32_t quantile(std::vector<std::uint32_t>& values, double part) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(part * static_cast<double>(values.size() - 1))];
}

}  // namespace matinee::bench
