#include "server/library/child.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>

namespace matinee::library {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds look_every{100};

struct Child {
  pid_t pid = -1;
  int output = -1;
};

// Blocked and ignored signals would be inherited; the child gets a group of its own, so that whatever it starts can be ended with it.
void set_up(posix_spawnattr_t& how) {
  sigset_t none;
  sigset_t all;
  ::sigemptyset(&none);
  ::sigfillset(&all);
  ::posix_spawnattr_init(&how);
  ::posix_spawnattr_setsigmask(&how, &none);
  ::posix_spawnattr_setsigdefault(&how, &all);
  ::posix_spawnattr_setpgroup(&how, 0);
  ::posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
}

void bound(pid_t pid, const ChildLimits& limits) {
  const auto set = [pid](__rlimit_resource what, rlim_t value) {
    const rlimit limit{value, value};
    (void)::prlimit(pid, what, &limit, nullptr);
  };
  set(RLIMIT_CPU, static_cast<rlim_t>(limits.cpu_s));
  set(RLIMIT_AS, limits.memory_bytes);
  set(RLIMIT_FSIZE, limits.file_bytes);
  set(RLIMIT_CORE, 0);
  (void)::setpriority(PRIO_PROCESS, static_cast<id_t>(pid), limits.nice);
}

Child start(const std::vector<std::string>& words) {
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const char* path = std::getenv("PATH");  // NOLINT(concurrency-mt-unsafe): nobody changes the environment
  std::string path_variable = std::string("PATH=") + (path == nullptr ? "/usr/bin:/bin" : path);
  std::string language = "LC_ALL=C";
  char* environment[] = {path_variable.data(), language.data(), nullptr};
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return {};
  posix_spawn_file_actions_t files;
  posix_spawnattr_t how;
  ::posix_spawn_file_actions_init(&files);
  ::posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&files, ends[1], 1);
  ::posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
  ::posix_spawn_file_actions_addclosefrom_np(&files, 3);  // also what whoever started us left open
  set_up(how);
  Child child{-1, ends[0]};
  const int failed = ::posix_spawn(&child.pid, arguments.front(), &files, &how, arguments.data(), environment);
  ::posix_spawnattr_destroy(&how);
  ::posix_spawn_file_actions_destroy(&files);
  ::close(ends[1]);
  if (failed == 0) return child;
  ::close(ends[0]);
  return {};
}

// Until the child closes its output, or a bound is reached.
ChildResult listen(int output, const ChildLimits& limits, const std::atomic<bool>& stopping) {
  ChildResult result;
  const auto until = steady_clock::now() + limits.wall;
  for (;;) {
    if (stopping.load(std::memory_order_relaxed)) {
      result.end = ChildResult::End::stopped;
      return result;
    }
    if (steady_clock::now() >= until) {
      result.end = ChildResult::End::timed_out;
      return result;
    }
    pollfd wait{output, POLLIN, 0};
    const int ready = ::poll(&wait, 1, static_cast<int>(look_every.count()));
    if (ready == 0 || (ready < 0 && errno == EINTR)) continue;
    char bytes[16 * 1024];
    const ssize_t n = ready < 0 ? -1 : ::read(output, bytes, sizeof bytes);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    if (result.output.size() + static_cast<std::size_t>(n) > limits.output_bytes) {
      result.end = ChildResult::End::too_much;
      return result;
    }
    result.output.append(bytes, static_cast<std::size_t>(n));
  }
  result.end = ChildResult::End::succeeded;
  return result;
}

}  // namespace

ChildResult run_child(const std::vector<std::string>& words, const ChildLimits& limits, const std::atomic<bool>& stopping) {
  const Child child = start(words);
  if (child.pid < 0) return {};
  bound(child.pid, limits);
  ChildResult result = listen(child.output, limits, stopping);
  ::close(child.output);
  const bool by_itself = result.end == ChildResult::End::succeeded;
  // One that has closed its output is about to end; one that does not is ended by its bound on time, here again.
  if (!by_itself) ::kill(-child.pid, SIGKILL);
  int status = 0;
  const auto until = steady_clock::now() + limits.wall;
  for (;;) {
    const pid_t ended = ::waitpid(child.pid, &status, by_itself ? WNOHANG : 0);
    if (ended == child.pid || (ended < 0 && errno != EINTR)) break;
    if (ended == 0 && steady_clock::now() >= until) ::kill(-child.pid, SIGKILL);
    if (ended == 0) (void)::poll(nullptr, 0, 1);
  }
  if (by_itself && !(WIFEXITED(status) && WEXITSTATUS(status) == 0)) result.end = ChildResult::End::failed;
  return result;
}

std::string find_program(const std::string& name) {
  const char* path = std::getenv("PATH");  // NOLINT(concurrency-mt-unsafe): nobody changes the environment
  std::string folders = path == nullptr ? "" : path;
  while (!folders.empty()) {
    const std::size_t end = std::min(folders.find(':'), folders.size());
    const std::string file = folders.substr(0, end) + "/" + name;
    if (end > 0 && ::access(file.c_str(), X_OK) == 0) return file;
    folders.erase(0, std::min(end + 1, folders.size()));
  }
  return {};
}

}  // namespace matinee::library
