#include "server/auth/throttle.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <set>
#include <unordered_map>

#include "server/auth/digest.h"

namespace matinee::auth {
namespace {

constexpr std::int64_t second = 1'000;
constexpr std::int64_t minute = 60 * second;

// In the order of Limit. A person who mistypes never meets them; guessing at their pace is hopeless.
constexpr std::array<LimitRule, limit_count> rules{{
    {"log_in_account", 10, minute, true},
    {"log_in_address", 30, 20 * second, true},
    {"sign_up_address", 10, 6 * minute, false},
    {"guest_address", 30, 30 * second, false},
    {"room_code_address", 20, 10 * second, false},
    {"room_code_account", 20, 10 * second, false},
    {"room_new_address", 20, 2 * minute, false},
    {"preview_person", 20, 2 * second, false},
    {"preview_address", 60, second, false},
    {"room_password", 10, minute, true},
    {"profile_person", 30, 10 * second, false},
    {"export_person", 3, 10 * minute, false},
    {"upload_person", 60, 10 * second, false},
    {"stream_key_address", 20, 3 * second, false},
}};

// Digests, so that a name or address typed into a form is neither kept in the clear nor kept at its length.
std::string table_key(Limit limit, std::string_view key) {
  const Sha256 hash = sha256(key);
  std::string text(rule_of(limit).name);
  text += ':';
  text += base64url(std::span(hash).first<16>());
  return text;
}

}  // namespace

const LimitRule& rule_of(Limit limit) { return rules[static_cast<std::size_t>(limit)]; }

struct Throttle::State {
  using Table = std::unordered_map<std::string, std::int64_t>;

  Options options;
  seams::ThrottleStore* store = nullptr;
  seams::Executor executor;
  mutable std::mutex mutex;                                        // guards the two tables
  Table free_at;                                                   // key → when all of its tries are given back
  std::set<std::pair<std::int64_t, const std::string*>> in_order;  // the same, soonest free first; points at the keys of free_at

  State(Options with, seams::ThrottleStore* persisted, seams::Executor on) : options(with), store(persisted), executor(std::move(on)) {}

  [[nodiscard]] std::int64_t room_ms(const LimitRule& rule) const {
    return std::max<std::int64_t>(1, rule.burst * options.factor_percent / 100) * rule.refill_ms;
  }

  [[nodiscard]] std::int64_t free_moment(const std::string& key, std::int64_t now_ms) const {
    const auto known = free_at.find(key);
    return known == free_at.end() ? now_ms : std::max(known->second, now_ms);
  }

  void erase(Table::iterator entry) {
    in_order.erase({entry->second, &entry->first});
    free_at.erase(entry);
  }

  void set(const std::string& key, std::int64_t moment, std::int64_t now_ms) {
    const auto known = free_at.find(key);
    if (known != free_at.end()) erase(known);
    if (moment <= now_ms) return;
    const auto crowded = [&] { return in_order.begin()->first <= now_ms || free_at.size() >= options.keys; };
    while (!in_order.empty() && crowded()) erase(free_at.find(*in_order.begin()->second));
    const auto added = free_at.emplace(key, moment).first;
    in_order.emplace(moment, &added->first);
  }

  [[nodiscard]] Allowance judge(const LimitRule& rule, std::int64_t used_until, std::int64_t now_ms) const {
    const std::int64_t over_ms = used_until - now_ms - room_ms(rule);
    if (options.unlimited || over_ms <= 0) return {};
    return {false, (over_ms + second - 1) / second};
  }

  void persist(const LimitRule& rule, const std::string& key, std::int64_t moment) const {
    if (store == nullptr || !rule.persisted) return;
    store->save({key, moment}, executor, [](const seams::Result<void>&) {});  // written behind; memory decides
  }
};

Throttle::Throttle() : Throttle(Options{}, nullptr, seams::Executor([](const seams::Executor::Work&) {})) {}
Throttle::Throttle(Options options, seams::ThrottleStore* store, seams::Executor executor)
    : state_(std::make_unique<State>(options, store, std::move(executor))) {}
Throttle::~Throttle() = default;

void Throttle::load(std::int64_t now_ms, seams::Done<void> done) {
  if (state_->store == nullptr) return state_->executor([done = std::move(done)] { done({}); });
  state_->store->load(
      now_ms, state_->options.keys, state_->executor,
      [state = state_.get(), now_ms, done = std::move(done)](const seams::Result<std::vector<seams::ThrottleRecord>>& records) {
        if (!records) return done(tl::unexpected(records.error()));
        {
          const std::lock_guard lock(state->mutex);
          for (const auto& record : *records)
            state->set(record.key, std::max(record.free_at_ms, state->free_moment(record.key, now_ms)), now_ms);
        }
        done({});
      });
}

Allowance Throttle::take(Limit limit, std::string_view key, std::int64_t now_ms) {
  const LimitRule& rule = rule_of(limit);
  const std::string entry = table_key(limit, key);
  std::int64_t used_until = 0;
  {
    const std::lock_guard lock(state_->mutex);
    used_until = state_->free_moment(entry, now_ms) + rule.refill_ms;
    const Allowance allowance = state_->judge(rule, used_until, now_ms);
    if (!allowance.allowed || state_->options.unlimited) return allowance;
    state_->set(entry, used_until, now_ms);
  }
  state_->persist(rule, entry, used_until);
  return {};
}

Allowance Throttle::look(Limit limit, std::string_view key, std::int64_t now_ms) const {
  const LimitRule& rule = rule_of(limit);
  const std::string entry = table_key(limit, key);
  const std::lock_guard lock(state_->mutex);
  return state_->judge(rule, state_->free_moment(entry, now_ms) + rule.refill_ms, now_ms);
}

void Throttle::give_back(Limit limit, std::string_view key, std::int64_t now_ms) {
  const LimitRule& rule = rule_of(limit);
  const std::string entry = table_key(limit, key);
  std::int64_t used_until = 0;
  {
    const std::lock_guard lock(state_->mutex);
    used_until = state_->free_moment(entry, now_ms) - rule.refill_ms;
    state_->set(entry, used_until, now_ms);
  }
  state_->persist(rule, entry, used_until > now_ms ? used_until : 0);
}

void Throttle::forget(Limit limit, std::string_view key) {
  const std::string entry = table_key(limit, key);
  {
    const std::lock_guard lock(state_->mutex);
    const auto known = state_->free_at.find(entry);
    if (known == state_->free_at.end()) return;
    state_->erase(known);
  }
  state_->persist(rule_of(limit), entry, 0);
}

std::string address_key(std::string_view address) {
  constexpr std::array<std::uint8_t, 12> mapped_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  std::array<std::uint8_t, 16> bytes{};
  const std::string text(address.substr(0, address.find('%')));
  if (::inet_pton(AF_INET6, text.c_str(), bytes.data()) != 1) return text;
  if (std::equal(mapped_prefix.begin(), mapped_prefix.end(), bytes.begin())) {
    return std::to_string(bytes[12]) + '.' + std::to_string(bytes[13]) + '.' + std::to_string(bytes[14]) + '.' + std::to_string(bytes[15]);
  }
  std::fill(bytes.begin() + 8, bytes.end(), std::uint8_t{0});
  std::array<char, INET6_ADDRSTRLEN> shown{};
  if (::inet_ntop(AF_INET6, bytes.data(), shown.data(), shown.size()) == nullptr) return text;
  return std::string(shown.data()) + "/64";
}

}  // namespace matinee::auth
