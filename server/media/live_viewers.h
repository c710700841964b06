// LiveViewers: the browsers that watch the streams of one loop. Once a second it looks whether each still may, and whether it still
// takes anything; when a session ends, its viewers end at once. It makes each picture once for all of them, within a bound: over it
// the viewer that has been at its picture longest is closed, one a picture, and that picture is skipped.
// Thread rule: the loop's thread.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>
#include "server/media/limits.h"
#include "server/media/live_view.h"
#include "server/net/loop.h"
#include "server/seams/room_gate.h"

namespace matinee::media {

class LiveViewers : public std::enable_shared_from_this<LiveViewers> {
 public:
  // The gate outlives it.
  LiveViewers(net::Loop& loop, seams::RoomGate& gate, std::size_t bytes_max = limits::shared_pictures_bytes_max)
      : loop_(loop), gate_(gate), bytes_max_(bytes_max) {}

  // By cookie: who is in the room now. By token: who may still watch.
  [[nodiscard]] bool admits(const std::string& room, const Watcher& who) const;
  // Keeps it until it is over.
  void keep(const std::shared_ptr<LiveWatch>& view);
  // … and starts it.
  void add(const std::shared_ptr<LiveView>& view, const std::shared_ptr<StreamHub>& hub);
  void forget(const LiveWatch& view);
  // For the viewers: nothing when too many pictures are on their way.
  [[nodiscard]] std::optional<BrowserPicture> picture_of(const StreamHub& hub, const videoproto::Unit& unit);

  void end_session(seams::SessionId session);
  void stop();  // everybody is told that the server restarts
  [[nodiscard]] net::Loop& loop() { return loop_; }
  [[nodiscard]] std::size_t size() const { return views_.size(); }

 private:
  struct Made {
    std::uint64_t number = 0;
    std::uint32_t sequence = 0;
    BrowserPicture picture;
    bool used = false;  // since the last check
  };
  void arm();
  void check();
  [[nodiscard]] LiveWatch* longest_busy() const;
  template <class Which>
  void end_those(LiveWatch::End why, const Which& which);

  net::Loop& loop_;
  seams::RoomGate& gate_;
  const std::size_t bytes_max_;
  std::unordered_map<const LiveWatch*, std::shared_ptr<LiveWatch>> views_;
  std::unordered_map<std::uint32_t, Made> made_;                            // by stream: the newest picture
  std::shared_ptr<HeldBytes> held_bytes_ = std::make_shared<HeldBytes>(0);  // shared with the pictures
  net::Timer timer_;
};

}  // namespace matinee::media
