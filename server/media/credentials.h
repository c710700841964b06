// What a desktop program shows when it comes into a room, besides its log-in token: the letters of a pairing code (once, for five
// minutes) and the resume token of its connection before (for 30 s after that one ended). Both belong to one room and one person.
// Tables in memory: after a restart both are asked for again.
// Thread rule: the loop's thread. Times are ms of one monotonic clock of the caller.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include "server/media/limits.h"
#include "server/seams/room_gate.h"

namespace matinee::media {

inline constexpr std::size_t pair_letters = 16;  // 80 bits as base32 (RFC 4648)

class PairBook {
 public:
  explicit PairBook(std::size_t most) : most_(most) {}
  // The letters; empty when too many are under way. A person's oldest goes when he asks for one more than he may have.
  [[nodiscard]] std::string make(const std::string& room, seams::Visit visit, std::int64_t now_ms);
  // Whose they are. Used up by this, whatever room was named.
  [[nodiscard]] std::optional<seams::Visit> take(const std::string& letters, const std::string& room, std::int64_t now_ms);
  void end_session(seams::SessionId session);

 private:
  struct Entry {
    std::string room;
    seams::Visit visit;
    std::int64_t until_ms = 0;
  };
  void make_room(rooms::PersonId person, std::int64_t now_ms);
  std::size_t most_;
  std::unordered_map<std::string, Entry> entries_;
};

class ResumeBook {
 public:
  struct Place {
    seams::Visit visit;
    std::uint64_t client = 0;  // the connection it was made for, which may still seem to be there
  };
  explicit ResumeBook(std::size_t most) : most_(most) {}
  [[nodiscard]] std::string make(const std::string& room, seams::Visit visit, std::uint64_t client);
  // The client's connection is gone: its token holds for 30 s. Of more than the bound, the one that ends first is forgotten.
  void release(std::uint64_t client, std::int64_t now_ms);
  void forget(std::uint64_t client);
  [[nodiscard]] std::optional<Place> take(const std::string& token, const std::string& room, std::int64_t now_ms);
  void end_session(seams::SessionId session);
  [[nodiscard]] std::size_t released() const { return released_; }

 private:
  struct Entry {
    std::string room;
    Place place;
    std::int64_t until_ms = 0;  // 0 = the connection is open
  };
  using Entries = std::unordered_map<std::string, Entry>;
  Entries::iterator find(std::uint64_t client);
  Entries::iterator erase(Entries::iterator at);
  void make_room(std::int64_t now_ms);
  std::size_t most_;
  std::size_t released_ = 0;
  Entries entries_;
  std::unordered_map<std::uint64_t, std::string> tokens_;  // by client
};

}  // namespace matinee::media
