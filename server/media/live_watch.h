// LiveWatch: one browser (or other HTTP client) that watches one stream, whatever form it takes it in. LiveViewers holds it until it is
// over, looks whether it still may watch, and whether it still takes anything.
//
//            start                what was sent has not all left yet
//   ┌───┐ ───────────▶ ┌─────┐ ────────────────────────────────────▶ ┌────┐
//   │new│              │ready│                                       │busy│    any ── ended, too slow, not allowed, left ──▶ over
//   └───┘              └─────┘ ◀──────────────────────────────────── └────┘
//                                          all has left
//
// Thread rule: the loop of the stream's home.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include "server/seams/visit.h"

namespace matinee::media {

class LiveViewers;

// Who watches, as the session's cookie or a view token said.
struct Watcher {
  seams::Visit visit;
  bool by_token = false;  // was in the room when the token was made
};

// … and how they said it.
struct LiveAsker {
  Watcher who;
  std::string token;      // empty: by cookie
  bool too_late = false;  // to begin: the token's minute is over
};

class LiveWatch : public std::enable_shared_from_this<LiveWatch> {
 public:
  enum class End : std::uint8_t { ended, too_slow, not_allowed, stopping, left };

  LiveWatch(const std::shared_ptr<LiveViewers>& viewers, Watcher who) : viewers_(viewers), who_(std::move(who)) {}
  virtual ~LiveWatch() = default;
  LiveWatch(const LiveWatch&) = delete;
  LiveWatch& operator=(const LiveWatch&) = delete;

  // Tells the other side and leaves the stream. Once; later calls do nothing.
  void end(End why);

  [[nodiscard]] const Watcher& who() const { return who_; }
  [[nodiscard]] virtual const std::string* room() const = 0;  // null before the start and after the end
  // When what has not left yet was sent, relay's clock; 0 = ready.
  [[nodiscard]] std::int64_t busy_since_us() const { return busy_since_us_; }
  [[nodiscard]] virtual bool holds_pictures() const { return false; }  // of those that LiveViewers makes, within its bound
  // Once a second: for too long nothing has moved.
  [[nodiscard]] virtual bool is_stuck(std::int64_t now_us) = 0;

 protected:
  virtual void leave() = 0;        // the stream
  virtual void over(End why) = 0;  // the last call
  [[nodiscard]] bool is_over() const { return is_over_; }
  [[nodiscard]] std::shared_ptr<LiveViewers> viewers() const { return viewers_.lock(); }
  std::int64_t busy_since_us_ = 0;

 private:
  std::weak_ptr<LiveViewers> viewers_;  // belongs to the relay, which may go first
  Watcher who_;
  bool is_over_ = false;
};

}  // namespace matinee::media
