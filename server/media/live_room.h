// LiveRoom: what is live in one room: its desktops in the order in which they came, its streams, and who was asked for the frames of
// the room's own video. It tells the desktops (META), and the room itself (LiveState, at most twice a second).
// A stream's life is drawn in stream_hub.h, that of the frames in frame_asker.h.
// Thread rule: the loop's thread. What follows from a change is done in settle(), by post: never inside the call that made it.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>
#include "rooms/live.h"
#include "rooms/playback.h"
#include "server/media/frame_asker.h"
#include "server/media/media_hub.h"
#include "server/media/stream_hub.h"
#include "videoproto/rate.h"

namespace matinee::media {

class DesktopClient;
class RelayCore;

class LiveRoom : public std::enable_shared_from_this<LiveRoom> {
 public:
  LiveRoom(RelayCore& core, std::string code);
  ~LiveRoom();

  [[nodiscard]] const std::string& code() const { return code_; }
  [[nodiscard]] std::size_t desktops() const { return desktops_.size(); }

  // Tells the newcomer what is online.
  void enter(std::shared_ptr<DesktopClient> client);
  void leave(const DesktopClient& client);
  void on_playback(const rooms::PlaybackState& playback);
  void on_name(const DesktopClient& client);

  // ---- publishers
  struct Published {
    std::shared_ptr<StreamHub> hub;
    std::string resume;
  };
  [[nodiscard]] tl::expected<Published, videoproto::ErrorCode> publish(DesktopClient& client, const videoproto::Publish& wish);
  void lose(std::uint32_t stream);
  void end(std::uint32_t stream, videoproto::EosReason why);
  void on_source(std::uint32_t stream, videoproto::Source source);
  void on_offset(std::uint32_t stream, std::int64_t offset_us);
  void declined(std::int64_t ask, const DesktopClient& client);
  // PUBLISH and META of one become a message for every desktop here. Counted by person: coming back with a new connection gains nothing.
  [[nodiscard]] bool may_announce(rooms::PersonId person);

  // ---- streams that come in containers
  // The hub of a stored stream, made when it is published first; null: as many are live as may be.
  [[nodiscard]] std::shared_ptr<MediaHub> media_hub(const seams::StreamRecord& record);

  // ---- viewers
  [[nodiscard]] std::shared_ptr<StreamHub> find(std::uint32_t stream) const;

  void on_change();  // something of what is told, or the reason to ask somebody, may have changed
  void on_tick(std::int64_t now_ms);
  void stop();  // the relay ends

 private:
  struct Stream {
    std::shared_ptr<StreamHub> hub;
    std::uint64_t publisher = 0;  // client; 0 = lost
    std::string resume;
    std::int64_t lost_until_ms = 0;
    bool room_video = false;
    std::optional<std::int64_t> offset_told_us;
  };
  [[nodiscard]] Stream* entry(std::uint32_t stream);
  [[nodiscard]] tl::expected<Published, videoproto::ErrorCode> take_up_again(DesktopClient& client, const videoproto::Publish& wish);
  [[nodiscard]] std::optional<videoproto::ErrorCode> refusal(const DesktopClient& client, const videoproto::Publish& wish) const;
  [[nodiscard]] const Stream* room_video() const;
  void tell_all(const videoproto::Meta& meta, std::uint64_t except);
  [[nodiscard]] static videoproto::Meta meta_of(const Stream& stream);
  void settle();
  void ask_for_frames(std::int64_t now_ms);
  void tell_room(std::int64_t now_ms);
  void sample_streams(std::int64_t now_us);
  [[nodiscard]] rooms::LiveState state() const;
  void forget_ended();

  RelayCore& core_;
  std::string code_;
  std::vector<std::shared_ptr<DesktopClient>> desktops_;
  std::vector<Stream> streams_;
  std::vector<std::shared_ptr<MediaHub>> media_;                               // shared with publishers and viewers
  std::unordered_map<rooms::PersonId, videoproto::RateBucket> announcements_;  // full ones are forgotten
  rooms::PlaybackState playback_;
  FrameAsker asker_;
  rooms::LiveState told_;
  std::int64_t told_at_ms_ = 0;
  std::int64_t told_opening_ = 0;  // of the room: one that is opened anew knows nothing
  std::int64_t sampled_at_us_ = 0;
  bool settling_ = false;  // posted
};

}  // namespace matinee::media
