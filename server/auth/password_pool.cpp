#include "server/auth/password_pool.h"

#include <argon2.h>
#include <openssl/crypto.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <thread>
#include <vector>

#include "server/auth/random.h"
#include "server/seams/bounded_queue.h"

namespace matinee::auth {
namespace {

constexpr std::size_t salt_bytes = 16;
constexpr std::size_t hash_bytes = 32;

std::size_t threads_for(std::size_t wanted) {
  if (wanted > 0) return wanted;
  const std::size_t cores = std::thread::hardware_concurrency();
  return cores > 1 ? cores - 1 : 1;
}

std::uint32_t number_after(std::string_view text, std::string_view label) {
  const auto at = text.find(label);
  if (at == std::string_view::npos) return 0;
  std::uint32_t number = 0;
  std::from_chars(text.data() + at + label.size(), text.data() + text.size(), number);
  return number;
}

// "$argon2id$v=19$m=65536,t=3,p=1$salt$hash"
bool made_cheaper_than(std::string_view encoded, const Argon2Cost& cost) {
  return !encoded.starts_with("$argon2id$") || number_after(encoded, "$m=") < cost.memory_kib || number_after(encoded, ",t=") < cost.passes;
}

std::optional<std::string> encode(const std::string& password, const Argon2Cost& cost) {
  std::array<std::uint8_t, salt_bytes> salt{};
  random_bytes(salt);
  std::string encoded(argon2_encodedlen(cost.passes, cost.memory_kib, cost.lanes, salt_bytes, hash_bytes, Argon2_id), '\0');
  const int result = argon2id_hash_encoded(cost.passes, cost.memory_kib, cost.lanes, password.data(), password.size(), salt.data(),
                                           salt.size(), hash_bytes, encoded.data(), encoded.size());
  if (result != ARGON2_OK) return std::nullopt;
  encoded.resize(std::string_view(encoded.c_str()).size());
  return encoded;
}

// Passwords do not stay in freed memory.
class Secret {
 public:
  explicit Secret(std::string text) : text_(std::move(text)) {}
  Secret(Secret&&) = default;
  Secret& operator=(Secret&&) = default;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret() { OPENSSL_cleanse(text_.data(), text_.size()); }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
};

struct Job {
  Secret password;
  std::string encoded;  // verify only
  seams::Executor executor;
  PasswordPool::HashDone hashed;  // one of the two is set
  std::function<void(Verified)> verified;

  void answer(std::string hash, std::optional<PasswordError> error) const {
    executor([done = hashed, hash = std::move(hash), error] { done(hash, error); });
  }
  void answer(Verified what) const {
    executor([done = verified, what = std::move(what)] { done(what); });
  }
  void refuse() const {
    if (hashed) return answer({}, PasswordError::busy);
    answer({Verified::What::busy, {}});
  }
};

}  // namespace

Argon2Cost at_least_floor(Argon2Cost cost) {
  return {std::max(cost.memory_kib, argon2_floor.memory_kib), std::max(cost.passes, argon2_floor.passes),
          std::max(cost.lanes, argon2_floor.lanes)};
}

struct PasswordPool::State {
  explicit State(PasswordPoolOptions with) : options(with), jobs(with.queue_max), nobody(encode_nobody(with.cost)) {
    for (std::size_t number = 0; number < threads_for(options.threads); ++number) {
      threads.emplace_back([this] { loop(); });
    }
  }

  // A hash that nobody's password has: random bytes in the place of a result, so it costs nothing to make and all to check.
  static std::string encode_nobody(const Argon2Cost& cost) {
    static constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const auto base64 = [](std::size_t bytes) {
      std::string text;
      std::uint64_t bits = 0;
      for (std::size_t index = 0; index < bytes / 3 * 4; ++index) {
        if (index % 8 == 0) bits = random_bits();
        text += alphabet[bits & 63];
        bits >>= 8;
      }
      return text;
    };
    return "$argon2id$v=19$m=" + std::to_string(cost.memory_kib) + ",t=" + std::to_string(cost.passes) +
           ",p=" + std::to_string(cost.lanes) + "$" + base64(15) + "$" + base64(30);
  }

  void push(Job job) {
    if (!jobs.push(job)) job.refuse();
  }

  void loop() {
    // Linux gives each thread its own niceness: chat and pages come first. It is a wish; without it all works.
    (void)::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), options.nice);
    while (auto job = jobs.pop()) run(*job);
  }

  void run(const Job& job) const {
    if (job.hashed) {
      auto hash = encode(job.password.text(), options.cost);
      return hash ? job.answer(std::move(*hash), std::nullopt) : job.answer({}, PasswordError::failed);
    }
    job.answer(check(job));
  }

  [[nodiscard]] Verified check(const Job& job) const {
    const auto& password = job.password.text();
    const int result = job.encoded.empty() ? ARGON2_DECODING_FAIL : argon2id_verify(job.encoded.c_str(), password.data(), password.size());
    if (result == ARGON2_VERIFY_MISMATCH) return {Verified::What::no_match, {}};
    if (result == ARGON2_MEMORY_ALLOCATION_ERROR) return {Verified::What::failed, {}};
    if (result != ARGON2_OK) {
      // Nobody, or a damaged hash: spend the same time on a check that cannot succeed.
      (void)argon2id_verify(nobody.c_str(), password.data(), password.size());
      return {Verified::What::no_match, {}};
    }
    if (!made_cheaper_than(job.encoded, options.cost)) return {Verified::What::match, {}};
    return {Verified::What::match, encode(password, options.cost).value_or(std::string())};
  }

  const PasswordPoolOptions options;
  seams::BoundedQueue<Job> jobs;
  const std::string nobody;
  std::vector<std::thread> threads;
};

PasswordPool::PasswordPool(PasswordPoolOptions options) : state_(std::make_unique<State>(options)) {}

PasswordPool::~PasswordPool() {
  for (const Job& job : state_->jobs.close_and_empty()) job.refuse();
  for (auto& thread : state_->threads) thread.join();
}

void PasswordPool::hash(std::string password, seams::Executor executor, HashDone done) {
  state_->push({Secret(std::move(password)), {}, std::move(executor), std::move(done), {}});
}

void PasswordPool::verify(std::string password, std::string encoded, seams::Executor executor, std::function<void(Verified)> done) {
  state_->push({Secret(std::move(password)), std::move(encoded), std::move(executor), {}, std::move(done)});
}

std::size_t PasswordPool::waiting() const { return state_->jobs.size(); }

}  // namespace matinee::auth
