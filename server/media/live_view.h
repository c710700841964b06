// LiveView: one browser (or other HTTP client) that watches one stream. It takes the newest picture whenever the one before has left,
// so a slow one skips pictures and never holds a slot of the stream's pool. How a picture is sent is the matter of SocketView and
// MjpegView.
//
//            start()             deliver(): not all has left yet
//   ┌───┐ ───────────▶ ┌─────┐ ────────────────────────────────▶ ┌────┐
//   │new│              │ready│                                   │busy│        any ── ended, too slow, not allowed, left ──▶ over
//   └───┘              └─────┘ ◀──────────────────────────────── └────┘
//                                  taken(): all has left
//
// Thread rule: the loop of the stream's home. Its LiveViewers holds it until it is over.
#pragma once
#include <cstdint>
#include <memory>
#include "server/media/browser_picture.h"
#include "server/media/stream_hub.h"
#include "server/seams/visit.h"

namespace matinee::media {

class LiveViewers;

// Who watches, as the session's cookie or a view token said.
struct Watcher {
  seams::Visit visit;
  bool by_token = false;  // was in the room when the token was made
};

class LiveView : public StreamViewer, public std::enable_shared_from_this<LiveView> {
 public:
  enum class End : std::uint8_t { ended, too_slow, not_allowed, stopping, left };

  LiveView(const std::shared_ptr<LiveViewers>& viewers, Watcher who) : viewers_(viewers), who_(std::move(who)) {}

  // Begins with the last picture there is. A stream that has ended ends it.
  void start(const std::shared_ptr<StreamHub>& hub);
  // Tells the other side and leaves the stream. Once; later calls do nothing.
  void end(End why);

  [[nodiscard]] const Watcher& who() const { return who_; }
  [[nodiscard]] const std::shared_ptr<StreamHub>& hub() const { return viewing_.hub(); }
  // When the picture was taken that has not left yet, relay's clock; 0 = ready.
  [[nodiscard]] std::int64_t busy_since_us() const { return busy_since_us_; }
  // Once a second: for too long nothing has moved.
  [[nodiscard]] virtual bool is_stuck(std::int64_t now_us) = 0;

 protected:
  // True: all has left already. False: taken() will follow.
  [[nodiscard]] virtual bool deliver(const BrowserPicture& picture) = 0;
  [[nodiscard]] virtual bool deliver_dup(const videoproto::Header& header, std::int64_t captured_us) = 0;
  virtual void over(End why) = 0;  // the last call

  void taken();
  [[nodiscard]] std::shared_ptr<LiveViewers> viewers() const { return viewers_.lock(); }

 private:
  void on_unit() override { pump(); }
  void on_online(bool) override {}  // the room tells its people
  void on_end(videoproto::EosReason why, bool too_slow) override;
  void pump();
  [[nodiscard]] bool pass_on(const videoproto::Unit& unit);

  std::weak_ptr<LiveViewers> viewers_;  // belongs to the relay, which may go first
  Watcher who_;
  Viewing viewing_;
  std::int64_t busy_since_us_ = 0;
  bool is_over_ = false;
};

}  // namespace matinee::media
