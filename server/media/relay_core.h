// RelayCore: what the rooms and connections of one loop's relay share: the parts given from outside, the books of pairing codes and
// resume tokens, the rooms with something live in them, every stream by its id, and the clock that looks at deadlines.
// Thread rule: the loop's thread.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>
#include "server/media/counters.h"
#include "server/media/credentials.h"
#include "server/media/hls_streams.h"
#include "server/media/live_viewers.h"
#include "server/media/media_hub.h"
#include "server/media/recorders.h"
#include "server/media/relay.h"
#include "server/media/stream_hub.h"

namespace matinee::media {

class DesktopClient;
class LiveRoom;

class RelayCore : public std::enable_shared_from_this<RelayCore> {
 public:
  explicit RelayCore(RelayParts given);

  void adopt(Arrival arrival);
  // Closes everything; nobody gets in any more.
  void stop();
  void end_session(seams::SessionId session);
  [[nodiscard]] bool stopped() const { return stopped_; }

  // Made when the first desktop comes.
  [[nodiscard]] std::shared_ptr<LiveRoom> room(const std::string& code);
  void forget_room(const std::string& code) { rooms_.erase(code); }
  void forget_client(std::uint64_t client);
  // Null: that one is gone.
  [[nodiscard]] std::shared_ptr<DesktopClient> client(std::uint64_t client) const;

  [[nodiscard]] std::uint32_t next_stream_id();
  [[nodiscard]] std::shared_ptr<StreamHub> find(std::uint32_t stream) const;
  void add(const std::shared_ptr<StreamHub>& hub) { streams_[hub->id()] = hub; }
  void remove(std::uint32_t stream) { streams_.erase(stream); }
  // Streams that come in containers, by the number that is stored.
  [[nodiscard]] std::shared_ptr<MediaHub> find_media(std::int64_t stream) const;
  [[nodiscard]] bool has_room_for_media() const { return media_.size() < parts.bounds.media_streams; }
  void add(const std::shared_ptr<MediaHub>& hub) { media_[hub->id()] = hub; }
  void remove(const MediaHub& hub) { media_.erase(hub.id()); }
  // Looks at what is stored of it, and does what follows.
  void check_media(std::int64_t stream);
  [[nodiscard]] std::int64_t now_ms() const { return parts.deadline_clock_ms(); }
  void post(std::function<void(RelayCore&)> task);

  RelayParts parts;
  std::shared_ptr<MediaCounters> counters = std::make_shared<MediaCounters>();  // shared with hubs, which viewers may hold longer
  PairBook pairs;
  ResumeBook resumes;
  std::shared_ptr<LiveViewers> viewers;  // shared with its timer; viewers know it weakly
  std::shared_ptr<HlsStreams> hls;       // shared with its timer
  std::shared_ptr<Recorders> recorders;  // likewise

 private:
  void arm();
  void tick();

  std::unordered_map<std::string, std::shared_ptr<LiveRoom>> rooms_;
  std::unordered_map<std::uint32_t, std::shared_ptr<StreamHub>> streams_;
  std::unordered_map<std::int64_t, std::shared_ptr<MediaHub>> media_;
  std::int64_t media_checked_ms_ = 0;
  std::unordered_map<std::uint64_t, std::weak_ptr<DesktopClient>> clients_;  // each belongs to its connection
  std::uint64_t last_client_ = 0;
  std::uint32_t next_stream_;
  net::Timer timer_;
  bool stopped_ = false;
};

}  // namespace matinee::media
