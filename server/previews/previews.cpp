#include "server/previews/previews.h"

#include <sys/random.h>

#include <array>
#include <cstdlib>
#include <map>
#include <mutex>
#include <thread>
#include <vector>
#include "server/previews/look_up.h"
#include "server/seams/bounded_queue.h"

namespace matinee::previews {
namespace {

struct Waiter {
  seams::Executor executor;
  Previews::Looked done;
};

struct Job {
  rooms::MediaRef media;                    // a look …
  std::string subtitles_url;                // … or subtitles
  std::optional<seams::Executor> executor;  // subtitles only
  std::function<void(Previews::Subtitles)> done = {};
};

std::string random_key() {
  std::array<unsigned char, 16> bytes{};
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) std::abort();  // a guessable key would be worse
  constexpr char digits[] = "0123456789abcdef";
  std::string key;
  for (const unsigned char byte : bytes) key.append({digits[byte >> 4], digits[byte & 15]});
  return key;
}

std::int64_t kept_ms(const Preview& preview) {
  if (!preview.known) return limits::kept_unknown_ms;
  return preview.refusal == Refusal::none ? limits::kept_ms : limits::kept_refused_ms;
}

void answer(const Waiter& waiter, const std::optional<Preview>& preview) {
  waiter.executor([done = waiter.done, preview] { done(preview); });
}

void answer(const Job& job, Previews::Subtitles subtitles) {
  (*job.executor)([done = job.done, subtitles = std::move(subtitles)] { done(subtitles); });
}

}  // namespace

struct Previews::State {
  explicit State(PreviewsOptions with)
      : options(std::move(with)),
        fetcher({.allowed = [local = options.local_network](const Address& address) { return may_be_asked(address, local); },
                 .any_port = options.local_network,
                 .user_agent = options.user_agent}),
        jobs(options.queued_max),
        cache(limits::cached_max, limits::cached_bytes_max) {
    for (std::size_t i = 0; i < options.workers; ++i) threads.emplace_back([this] { work(); });
  }

  void work() {
    while (auto job = jobs.pop()) {
      if (job->executor) answer(*job, fetch_subtitles(fetcher, job->subtitles_url));
      else finish(job->media.url, look_up(fetcher, job->media, options.oembed_url));
    }
  }

  void finish(const std::string& url, LookedUp found) {
    std::shared_ptr<const Picture> picture;
    if (!found.picture.empty()) {
      found.preview.picture_key = random_key();
      picture = std::make_shared<const Picture>(Picture{std::move(found.picture), std::move(found.picture_type)});
    }
    std::vector<Waiter> waiters;
    {
      const std::lock_guard lock(mutex);
      cache.put(url, found.preview, std::move(picture), options.now_ms() + kept_ms(found.preview));
      waiters = take_waiters(url);
    }
    for (const Waiter& waiter : waiters) answer(waiter, found.preview);
  }

  std::vector<Waiter> take_waiters(const std::string& url) {
    const auto asked = waiting.find(url);
    if (asked == waiting.end()) return {};
    std::vector<Waiter> waiters = std::move(asked->second);
    waiting.erase(asked);
    waiting_count -= waiters.size();
    return waiters;
  }

  PreviewsOptions options;
  Fetcher fetcher;
  seams::BoundedQueue<Job> jobs;
  std::mutex mutex;  // guards the three below; never held while a site is asked
  Cache cache;
  std::map<std::string, std::vector<Waiter>> waiting;  // by canonical URL: who waits for the answer that is being fetched
  std::size_t waiting_count = 0;
  std::vector<std::thread> threads;
};

Previews::Previews(PreviewsOptions options) : state_(std::make_unique<State>(std::move(options))) {}

Previews::~Previews() {
  state_->fetcher.stop();
  const std::vector<Job> left = state_->jobs.close_and_empty();
  for (std::thread& thread : state_->threads) thread.join();
  for (const Job& job : left)
    if (job.executor) answer(job, std::nullopt);
  for (const auto& [url, waiters] : state_->waiting)
    for (const Waiter& waiter : waiters) answer(waiter, std::nullopt);
}

std::optional<Preview> Previews::known(const rooms::MediaRef& media) {
  const std::lock_guard lock(state_->mutex);
  return state_->cache.find(media.url, state_->options.now_ms());
}

std::string Previews::title(const std::string& canonical_url) {
  const std::lock_guard lock(state_->mutex);
  return state_->cache.title(canonical_url);
}

std::shared_ptr<const Picture> Previews::picture(const std::string& key) {
  const std::lock_guard lock(state_->mutex);
  return state_->cache.picture(key);
}

void Previews::look(rooms::MediaRef media, seams::Executor executor, Looked done) {
  Waiter waiter{std::move(executor), std::move(done)};
  std::optional<Preview> found;
  {
    const std::lock_guard lock(state_->mutex);
    found = state_->cache.find(media.url, state_->options.now_ms());
    const bool full = state_->waiting_count >= limits::waiting_max;
    if (!found && !full) {
      const auto asked = state_->waiting.find(media.url);
      const bool first = asked == state_->waiting.end();
      Job job{media, {}, std::nullopt};
      if (!first || state_->jobs.push(job)) {
        state_->waiting[media.url].push_back(std::move(waiter));
        ++state_->waiting_count;
        return;
      }
    }
  }
  answer(waiter, found);
}

void Previews::subtitles(std::string url, seams::Executor executor, std::function<void(Subtitles)> done) {
  Job job{{}, std::move(url), std::move(executor), std::move(done)};
  if (!state_->jobs.push(job)) answer(job, std::nullopt);
}

}  // namespace matinee::previews
