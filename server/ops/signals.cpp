#include "server/ops/signals.h"

#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <system_error>

namespace matinee::ops {
namespace {

sigset_t heard_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGHUP);
  return set;
}

}  // namespace

Signals::Signals() {
  const sigset_t set = heard_signals();
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  fd_ = ::signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
  if (fd_ < 0) throw std::system_error(errno, std::generic_category(), "signalfd");
}

Signals::~Signals() {
  ::close(fd_);
  const sigset_t set = heard_signals();
  ::pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

std::optional<Signal> Signals::take() {
  signalfd_siginfo info{};
  if (::read(fd_, &info, sizeof info) != static_cast<ssize_t>(sizeof info)) return std::nullopt;
  return info.ssi_signo == static_cast<std::uint32_t>(SIGHUP) ? Signal::reload : Signal::stop;
}

std::optional<Signal> Signals::wait(std::optional<std::chrono::milliseconds> at_most) {
  using clock = std::chrono::steady_clock;
  const clock::time_point start = clock::now();
  while (true) {
    if (auto signal = take()) return signal;
    int left_ms = -1;
    if (at_most) {
      const auto left = *at_most - std::chrono::duration_cast<std::chrono::milliseconds>(clock::now() - start);
      if (left.count() <= 0) return std::nullopt;
      left_ms = static_cast<int>(left.count());
    }
    pollfd ready{fd_, POLLIN, 0};
    if (::poll(&ready, 1, left_ms) < 0 && errno != EINTR) return std::nullopt;
  }
}

}  // namespace matinee::ops
