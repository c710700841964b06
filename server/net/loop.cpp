#include "server/net/loop.h"

#include <signal.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdlib>
#include <map>
#include <system_error>
#include <thread>
#include <vector>

#include "server/net/sink.h"

namespace matinee::net {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

struct Watch {
  int fd;
  std::shared_ptr<IoTarget> target;  // the Loop keeps it alive while it is watched
  Watch* previous;
  Watch* next;
};

struct Timer::Entry {
  std::function<void()> fn;
  std::unique_ptr<asio::steady_timer> precise;  // absent in coarse ones
};

Timer::Timer(std::shared_ptr<Entry> entry) : entry_(std::move(entry)) {}
Timer& Timer::operator=(Timer&& other) noexcept {
  if (this != &other) {
    cancel();
    entry_ = std::move(other.entry_);
  }
  return *this;
}
Timer::~Timer() { cancel(); }
void Timer::cancel() {
  if (!entry_) return;
  const auto entry = std::move(entry_);
  entry->fn = nullptr;
  if (entry->precise) entry->precise->cancel();
}
bool Timer::running() const { return entry_ && entry_->fn; }

namespace {

constexpr std::int64_t bucket_ms = 16;

std::int64_t bucket_after(std::chrono::milliseconds after) {
  const auto due = (Clock::now() + after).time_since_epoch();
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(due).count();
  return ms / bucket_ms + 1;
}

std::uint32_t events_of(bool read, bool write) { return (read ? std::uint32_t{EPOLLIN} : 0u) | (write ? std::uint32_t{EPOLLOUT} : 0u); }

}  // namespace

struct Loop::Impl {
  std::unique_ptr<asio::io_context> io = std::make_unique<asio::io_context>(1);
  std::unique_ptr<asio::posix::stream_descriptor> readiness;  // the nested epoll set, as Asio sees it
  std::unique_ptr<asio::steady_timer> bucket_timer;
  std::map<std::int64_t, std::vector<std::shared_ptr<Timer::Entry>>> buckets;
  std::int64_t armed_bucket = 0;  // 0 = not armed
  std::atomic<std::thread::id> thread;
  int epoll = -1;
  Watch* watches = nullptr;
  std::vector<Watch*> retired;  // freed when no event of this round can name them any more
  bool dispatching = false;
  bool purge_posted = false;
  std::atomic<bool> closed{false};
  TailBudget tails;
  std::vector<char> scratch = std::vector<char>(scratch_bytes);
  std::shared_ptr<void> websocket_engine;

  void arm_readiness();
  void dispatch_ready();
  void purge();
  void arm_buckets();
  void run_due_buckets();
};

Loop::Loop() : impl_(std::make_unique<Impl>()) {
  // OpenSSL writes with write(2), which has no MSG_NOSIGNAL.
  ::signal(SIGPIPE, SIG_IGN);
  impl_->epoll = ::epoll_create1(EPOLL_CLOEXEC);
  if (impl_->epoll < 0) throw std::system_error(errno, std::generic_category(), "epoll_create1");
  impl_->readiness = std::make_unique<asio::posix::stream_descriptor>(*impl_->io, impl_->epoll);
  impl_->bucket_timer = std::make_unique<asio::steady_timer>(*impl_->io);
  impl_->arm_readiness();
}

Loop::~Loop() {
  // Targets and tasks may refer to this Loop when they go, so they go while all of it still stands.
  impl_->closed = true;
  while (impl_->watches) {
    Watch* watch = impl_->watches;
    const auto target = watch->target;
    target->on_loop_end();
    if (impl_->watches == watch) unwatch(watch);
  }
  impl_->purge();
  impl_->buckets.clear();
  impl_->websocket_engine.reset();
  impl_->bucket_timer.reset();
  impl_->readiness.reset();  // closes the epoll set
  impl_->epoll = -1;
  impl_->io.reset();
  impl_->purge();
}

void Loop::run() {
  impl_->thread = std::this_thread::get_id();
  const auto work = asio::make_work_guard(*impl_->io);
  impl_->io->run();
  impl_->io->restart();  // a stopped Loop may run again
  impl_->io->restart();  // may be run again; a stop() that comes before run() still counts
}

void Loop::stop() { impl_->io->stop(); }

void Loop::post(Task task) {
  if (impl_->closed) return;
  asio::post(*impl_->io, [task = std::move(task)]() mutable { task(); });
}

bool Loop::in_loop_thread() const { return impl_->thread.load() == std::this_thread::get_id(); }

Timer Loop::start_timer(std::chrono::milliseconds after, std::function<void()> fn) {
  auto entry = std::make_shared<Timer::Entry>();
  entry->fn = std::move(fn);
  if (!impl_->closed) {
    impl_->buckets[bucket_after(after)].push_back(entry);
    impl_->arm_buckets();
  }
  return Timer(std::move(entry));
}

Timer Loop::start_precise_timer(std::chrono::nanoseconds after, std::function<void()> fn) {
  auto entry = std::make_shared<Timer::Entry>();
  entry->fn = std::move(fn);
  if (!impl_->closed) {
    entry->precise = std::make_unique<asio::steady_timer>(*impl_->io, after);
    entry->precise->async_wait([weak = std::weak_ptr(entry)](boost::system::error_code) {
      const auto alive = weak.lock();
      if (!alive || !alive->fn) return;
      const auto due = std::move(alive->fn);
      alive->fn = nullptr;
      due();
    });
  }
  return Timer(std::move(entry));
}

void Loop::Impl::arm_buckets() {
  if (buckets.empty() || closed) return;
  const std::int64_t first = buckets.begin()->first;
  if (armed_bucket != 0 && armed_bucket <= first) return;
  armed_bucket = first;
  bucket_timer->expires_at(Clock::time_point(std::chrono::milliseconds(first * bucket_ms)));
  bucket_timer->async_wait([this](boost::system::error_code error) {
    if (error) return;
    armed_bucket = 0;
    run_due_buckets();
    arm_buckets();
  });
}

void Loop::Impl::run_due_buckets() {
  const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now().time_since_epoch()).count();
  while (!buckets.empty() && buckets.begin()->first * bucket_ms <= now) {
    const auto due = std::move(buckets.begin()->second);
    buckets.erase(buckets.begin());
    for (const auto& entry : due) {
      if (!entry->fn) continue;
      const auto fn = std::move(entry->fn);
      entry->fn = nullptr;
      fn();
    }
  }
}

std::int64_t Loop::coarse_now_ms() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  return std::int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
}

Watch* Loop::watch(int fd, std::shared_ptr<IoTarget> target, bool read, bool write) {
  auto* watch = new Watch{fd, std::move(target), nullptr, impl_->watches};  // owned by the list until purge()
  if (impl_->watches) impl_->watches->previous = watch;
  impl_->watches = watch;
  epoll_event event{};
  event.events = events_of(read, write);
  event.data.ptr = watch;
  if (::epoll_ctl(impl_->epoll, EPOLL_CTL_ADD, fd, &event) != 0) {
    // The kernel is out of memory or watches: the target learns it like any lost peer.
    post([lost = watch->target] { lost->on_ready(true, false, true); });
  }
  return watch;
}

void Loop::rewatch(Watch* watch, bool read, bool write) {
  epoll_event event{};
  event.events = events_of(read, write);
  event.data.ptr = watch;
  ::epoll_ctl(impl_->epoll, EPOLL_CTL_MOD, watch->fd, &event);
}

void Loop::unwatch(Watch* watch) {
  ::epoll_ctl(impl_->epoll, EPOLL_CTL_DEL, watch->fd, nullptr);
  watch->fd = -1;
  if (watch->previous) watch->previous->next = watch->next;
  else impl_->watches = watch->next;
  if (watch->next) watch->next->previous = watch->previous;
  impl_->retired.push_back(watch);
  if (impl_->dispatching || impl_->purge_posted || impl_->closed) return;
  impl_->purge_posted = true;
  post([this] {
    impl_->purge_posted = false;
    impl_->purge();
  });
}

void Loop::Impl::purge() {
  // A target's end may unwatch others.
  while (!retired.empty()) {
    const auto gone = std::move(retired);
    retired.clear();
    for (Watch* watch : gone) delete watch;
  }
}

void Loop::Impl::arm_readiness() {
  readiness->async_wait(asio::posix::stream_descriptor::wait_read, [this](boost::system::error_code error) {
    if (error) return;
    dispatch_ready();
    arm_readiness();
  });
}

void Loop::Impl::dispatch_ready() {
  std::array<epoll_event, 256> events;
  const int count = ::epoll_wait(epoll, events.data(), static_cast<int>(events.size()), 0);
  dispatching = true;
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    auto* watch = static_cast<Watch*>(event.data.ptr);
    if (watch->fd < 0) continue;  // unwatched earlier in this round
    const bool gone = (event.events & (std::uint32_t{EPOLLERR} | std::uint32_t{EPOLLHUP})) != 0;
    watch->target->on_ready((event.events & EPOLLIN) != 0, (event.events & EPOLLOUT) != 0, gone);
  }
  dispatching = false;
  purge();
}

std::span<char> Loop::scratch() { return impl_->scratch; }
TailBudget& Loop::tails() { return impl_->tails; }
std::shared_ptr<void>& Loop::websocket_engine() { return impl_->websocket_engine; }
asio::io_context& Loop::io() { return *impl_->io; }

}  // namespace matinee::net
