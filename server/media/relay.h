// Relay: the live media of the rooms of one loop: desktop programs that have said who they are, their streams, and who watches.
// A room's relay lives on the room's home loop, like the room. Nothing is decoded; a picture's bytes are read into a pool slot once
// and every viewer, desktop or browser, is sent from there.
// Thread rule: one per Loop. [any] = from any thread, runs later on the loop; the rest on the loop's thread. Destroy it after its
// loop has stopped running.
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include "server/media/counters.h"
#include "server/media/limits.h"
#include "server/net/connection_caps.h"
#include "server/net/loop.h"
#include "server/seams/result.h"
#include "server/seams/room_gate.h"
#include "server/seams/streams.h"
#include "videoproto/connection.h"

namespace matinee::media {

class HlsStreams;
class LiveViewers;
class MediaHub;
class Recorders;
class StreamHub;
class RelayCore;

// A desktop connection between its AUTH and the room's home loop.
struct Arrival {
  videoproto::OpenConnection connection;
  videoproto::Auth auth;
  std::uint32_t request = 0;  // of the AUTH
  std::string address;
  net::ConnectionLease lease;
};

// Bounds that a test makes small.
struct RelayBounds {
  std::size_t desktops_per_room = limits::desktops_per_room_max;
  std::size_t streams_per_room = limits::streams_per_room_max;
  std::size_t streams_per_person = limits::streams_per_person_max;
  std::size_t pairs = limits::pairs_max;
  std::size_t resume_tokens = limits::resume_tokens_max;
  std::size_t media_streams = limits::media_streams_max;
  std::size_t hls_streams = limits::hls_streams_max;
  std::size_t recordings = limits::recordings_max;
  std::chrono::milliseconds tick{250};  // how often deadlines are looked at
};

struct RelayParts {
  net::Loop& loop;
  seams::RoomGate& gate;
  // token → who; called on the loop, answers there. not_found: unknown, expired or revoked.
  std::function<void(const std::string& token, std::function<void(seams::Result<seams::Visit>)> done)> find_token;
  // What is stored of a stream now; called on the loop, answers there. Empty: there are none.
  std::function<void(seams::StreamId stream, std::function<void(seams::Result<seams::StreamRecord>)> done)> find_stream = {};
  std::function<std::int64_t()> server_time_us;  // the room's clock in µs: playback.at_ms × 1000
  std::uint32_t first_stream = 1;                // ids are first, first + step, …: from an id follows its home loop
  std::uint32_t stream_step = 1;
  std::shared_ptr<videoproto::PoolBudget> budget;  // one for the process
  std::uint32_t frame_bytes_max = videoproto::limits::frame_bytes_default;
  std::function<std::int64_t()> deadline_clock_ms = net::Loop::coarse_now_ms;  // of pairs, resumes and ASKs; monotonic
  RelayBounds bounds;
};

class Relay {
 public:
  explicit Relay(RelayParts parts);
  ~Relay();
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  // [any] Takes a connection whose AUTH names a room of this loop.
  void adopt(Arrival arrival);
  // 16 letters of base32: 80 random bits, one use, five minutes; bound to the room and the person. Empty: too many under way.
  [[nodiscard]] std::string make_pair(const std::string& code, seams::Visit visit);
  // Null when there is no such stream on this loop.
  [[nodiscard]] std::shared_ptr<StreamHub> find(std::uint32_t stream) const;
  // A stored stream that is live on this loop, or null.
  [[nodiscard]] std::shared_ptr<MediaHub> find_media(std::int64_t stream) const;
  // The hub of a stored stream of a room of this loop, for whoever publishes it. Null: as many are live as may be, or the relay stops.
  [[nodiscard]] std::shared_ptr<MediaHub> media_hub(const seams::StreamRecord& record);
  // [any] What is stored of this stream has changed.
  void check_media(seams::StreamId stream);
  // What somebody who is in the room of this loop now may do about its streams.
  [[nodiscard]] std::optional<seams::RoomGate::Standing> standing(const std::string& code, rooms::PersonId person) const;
  [[nodiscard]] MediaCounters& counters() const;
  [[nodiscard]] bool stopped() const;
  // The browsers that watch.
  [[nodiscard]] const std::shared_ptr<LiveViewers>& viewers() const;
  // Who reads streams as HLS.
  [[nodiscard]] HlsStreams& hls() const;
  // What is recorded.
  [[nodiscard]] Recorders& recorders() const;
  // The stream's room.
  [[nodiscard]] const std::string* room_of(std::uint32_t stream) const;
  // [any] A session is over: pairing codes and resume tokens made from it lead nowhere any more. Who is connected with it is sent
  // away by the room.
  void end_session(seams::SessionId session);
  // [any] Says shutting_down to everybody and closes, then calls done on the loop. Nobody gets in any more.
  void stop(std::function<void()> done);
  // [any] Calls back on the loop.
  void with_counters(std::function<void(const MediaCounters&)> read);
  [[nodiscard]] net::Loop& loop();

 private:
  std::shared_ptr<RelayCore> core_;  // shared with posted calls and timers, which hold it weakly
};

}  // namespace matinee::media
