#include "server/media/credentials.h"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>
#include <utility>

#include "server/auth/random.h"
#include "videoproto/limits.h"

namespace matinee::media {
namespace {

std::string base32(std::span<const std::uint8_t> bytes) {
  static constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string text;
  unsigned held = 0, bits = 0;
  for (const std::uint8_t byte : bytes) {
    held = held << 8 | byte;
    for (bits += 8; bits >= 5; bits -= 5) text.push_back(letters[held >> (bits - 5) & 31]);
  }
  return text;
}

}  // namespace

std::string PairBook::make(const std::string& room, seams::Visit visit, std::int64_t now_ms) {
  make_room(visit.person.id, now_ms);
  if (entries_.size() >= most_) return {};
  std::array<std::uint8_t, pair_letters * 5 / 8> bits{};
  auth::random_bytes(bits);
  std::string letters = base32(bits);
  entries_.insert_or_assign(letters, Entry{room, std::move(visit), now_ms + limits::pair_ms});
  return letters;
}

void PairBook::make_room(rooms::PersonId person, std::int64_t now_ms) {
  std::erase_if(entries_, [&](const auto& each) { return each.second.until_ms <= now_ms; });
  std::size_t mine = 0;
  auto oldest = entries_.end();
  for (auto at = entries_.begin(); at != entries_.end(); ++at) {
    if (at->second.visit.person.id != person) continue;
    ++mine;
    if (oldest == entries_.end() || at->second.until_ms < oldest->second.until_ms) oldest = at;
  }
  if (mine >= limits::pairs_per_person_max) entries_.erase(oldest);
}

std::optional<seams::Visit> PairBook::take(const std::string& letters, const std::string& room, std::int64_t now_ms) {
  const auto node = entries_.extract(letters);
  if (node.empty() || node.mapped().room != room || node.mapped().until_ms <= now_ms) return std::nullopt;
  return std::move(node.mapped().visit);
}

void PairBook::end_session(seams::SessionId session) {
  std::erase_if(entries_, [&](const auto& each) { return each.second.visit.session == session; });
}

std::string ResumeBook::make(const std::string& room, seams::Visit visit, std::uint64_t client) {
  std::string token = auth::random_token();
  entries_.insert_or_assign(token, Entry{room, {std::move(visit), client}, 0});
  tokens_.insert_or_assign(client, token);
  return token;
}

ResumeBook::Entries::iterator ResumeBook::find(std::uint64_t client) {
  const auto token = tokens_.find(client);
  return token == tokens_.end() ? entries_.end() : entries_.find(token->second);
}

ResumeBook::Entries::iterator ResumeBook::erase(Entries::iterator at) {
  tokens_.erase(at->second.place.client);
  if (at->second.until_ms != 0) --released_;
  return entries_.erase(at);
}

void ResumeBook::release(std::uint64_t client, std::int64_t now_ms) {
  const auto at = find(client);
  if (at == entries_.end() || at->second.until_ms != 0) return;
  make_room(now_ms);
  at->second.until_ms = now_ms + videoproto::limits::resume_us / 1'000;
  ++released_;
}

void ResumeBook::make_room(std::int64_t now_ms) {
  if (released_ < most_) return;
  auto first = entries_.end();
  for (auto at = entries_.begin(); at != entries_.end();) {
    const std::int64_t until_ms = at->second.until_ms;
    if (until_ms != 0 && until_ms <= now_ms) {
      at = erase(at);
      continue;
    }
    if (until_ms != 0 && (first == entries_.end() || until_ms < first->second.until_ms)) first = at;
    ++at;
  }
  if (released_ >= most_ && first != entries_.end()) erase(first);
}

void ResumeBook::forget(std::uint64_t client) {
  if (const auto at = find(client); at != entries_.end()) erase(at);
}

std::optional<ResumeBook::Place> ResumeBook::take(const std::string& token, const std::string& room, std::int64_t now_ms) {
  const auto at = entries_.find(token);
  if (at == entries_.end() || at->second.room != room) return std::nullopt;
  const bool over = at->second.until_ms != 0 && at->second.until_ms <= now_ms;
  auto place = at->second.place;
  erase(at);
  if (over) return std::nullopt;
  return place;
}

void ResumeBook::end_session(seams::SessionId session) {
  for (auto at = entries_.begin(); at != entries_.end();) at = at->second.place.visit.session == session ? erase(at) : std::next(at);
}

}  // namespace matinee::media
