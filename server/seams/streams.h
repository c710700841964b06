// Streams: the live streams that somebody has set up in a room – what they are called, whose they are, and the hash of the key that lets
// a camera or a program publish one. Whether anything comes just now is not stored.
// Numbers begin beyond 32 bits: below them are the streams of desktop programs, which live in memory.
// Thread rule: every method from any thread; answers come through the executor.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>
#include "server/seams/executor.h"
#include "server/seams/result.h"

namespace matinee::seams {

using StreamId = rooms::Id<struct StreamRowTag>;  // from first_stored_stream on, < 2^53; never used twice
inline constexpr std::int64_t first_stored_stream = std::int64_t{1} << 32;

using KeyHash = std::array<std::uint8_t, 32>;  // SHA-256 of a random key

enum class StreamKind : std::uint8_t { feed = 0, camera = 1, screen = 2 };  // from a program with the key; from a page

struct NewStream {
  RoomId room;
  UserId owner;
  std::string name;  // a line, checked by the caller
  StreamKind kind = StreamKind::feed;
  KeyHash key_hash{};
  std::int64_t at_ms = 0;
};

// How many a room may have, and one person in it.
struct StreamBounds {
  std::size_t of_room = 0;
  std::size_t of_owner = 0;
};

struct StreamRecord {
  StreamId id;
  RoomId room;
  std::string room_code;  // as it is now
  UserId owner;
  std::string owner_name;
  bool owner_blocked = false;  // in that room, at the time of asking
  std::string name;
  StreamKind kind = StreamKind::feed;
  KeyHash key_hash{};  // of no key that exists once it has ended
  std::int64_t created_at_ms = 0;
  std::int64_t ended_at_ms = 0;  // 0 = may be published
  bool room_closed = false;
};

class Streams {
 public:
  virtual ~Streams() = default;
  // too_many; not_found: no such room or owner.
  virtual void create(NewStream stream, StreamBounds bounds, Executor executor, Done<StreamRecord> done) = 0;
  virtual void find(StreamId id, std::int64_t now_ms, Executor executor, Done<StreamRecord> done) = 0;
  virtual void of_room(RoomId room, std::int64_t now_ms, Executor executor, Done<std::vector<StreamRecord>> done) = 0;  // the oldest first
  virtual void rename(StreamId id, std::string name, Executor executor, Done<void> done) = 0;
  virtual void set_key(StreamId id, KeyHash key_hash, Executor executor, Done<void> done) = 0;  // one that had ended begins anew
  virtual void end(StreamId id, std::int64_t at_ms, Executor executor, Done<void> done) = 0;    // its key opens nothing any more
  virtual void remove(StreamId id, Executor executor, Done<void> done) = 0;
};

}  // namespace matinee::seams
