// MediaHub: one live stream that comes in a container, between its publisher and everybody who watches it. What comes is scanned, framed
// once, and kept in a ring; a viewer is a place in it. Who falls behind goes on at a newer key frame, who stalls costs nothing.
// Its publisher is a connection with the stream's key, or a page that sends numbered chunks. The hub outlives it by 30 s.
//
//            enter()                  leave(), silence            30 s, finish(), end()
//   ┌────┐ ──────────▶ ┌────────┐ ─────────────────▶ ┌──────┐ ─────────────────────────▶ ┌───────┐  viewers are told once
//   │free│             │ taken  │                    │ lost │                             │ ended │
//   └────┘             └────────┘ ◀───────────────── └──────┘                             └───────┘
//                                      enter()              (the seat: streams/publisher_seat.h)
// Thread rule: the loop of the room's home. Times are videoproto::monotonic_us().
#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rooms/live.h"
#include "server/media/chunk_line.h"
#include "server/media/counters.h"
#include "server/media/live_still.h"
#include "server/media/media_scan.h"
#include "server/net/frame.h"
#include "server/seams/streams.h"
#include "streams/live_buffer.h"
#include "streams/publisher_seat.h"

namespace matinee::media {

class MediaHub;

// A unit as viewers get it. The message is a whole binary WebSocket frame; over HTTP its bytes go out from `at` on.
struct MediaUnit {
  net::SharedFrame message;
  std::size_t at = 0;
  std::optional<streams::ClusterHead> lead_in = std::nullopt;
};
// Shared: the ring and whoever still sends it.
using SharedUnit = std::shared_ptr<const MediaUnit>;
using MediaRing = streams::LiveBuffer<SharedUnit>;

// How far key frames lie apart, by when they came in.
class KeyGaps {
 public:
  void begin_anew() { *this = {}; }
  void on_key(std::int64_t now_us) {
    if (last_us_ != 0) gaps_us_[next_++ % gaps_us_.size()] = now_us - last_us_;
    last_us_ = now_us;
  }
  [[nodiscard]] std::int64_t longest_us() const { return *std::ranges::max_element(gaps_us_); }

 private:
  std::array<std::int64_t, 8> gaps_us_{};
  std::size_t next_ = 0;
  std::int64_t last_us_ = 0;
};

class MediaViewer {
 public:
  virtual ~MediaViewer() = default;
  virtual void on_unit() = 0;  // something may be taken now
  virtual void on_end() = 0;   // last
};

// A viewer's place; leaves the stream when destroyed, which is allowed inside every call to the viewer. Move only.
class MediaViewing {
 public:
  MediaViewing() = default;
  MediaViewing(MediaViewing&&) noexcept = default;
  MediaViewing& operator=(MediaViewing&& other) noexcept;
  ~MediaViewing();
  explicit operator bool() const { return place_ != nullptr; }

  struct Taken {
    SharedUnit init;  // to be sent first; null: the viewer has it
    SharedUnit unit;
    std::int64_t arrived_us = 0;
    bool anew = false;  // the first one, or others were left out before it: `lead_in` is needed
    bool key = false;   // the newest key frame: somebody else may begin here
  };
  [[nodiscard]] std::optional<Taken> take();
  [[nodiscard]] const std::shared_ptr<MediaHub>& hub() const { return hub_; }

 private:
  friend class MediaHub;
  struct Place;
  MediaViewing(std::shared_ptr<MediaHub> hub, std::shared_ptr<Place> place) : hub_(std::move(hub)), place_(std::move(place)) {}
  void leave();
  std::shared_ptr<MediaHub> hub_;  // shared with the room and the stream's other viewers
  std::shared_ptr<Place> place_;   // shared with the hub, which may be walking over it
};

struct MediaHubParts {
  seams::StreamRecord record;
  std::string room;                         // its key in the tables of the loop
  std::shared_ptr<MediaCounters> counters;  // of the loop
  std::function<std::int64_t()> now_us;
  std::function<void()> on_changed = [] {};  // something of what is told
  streams::LiveBounds bounds = {};
};

class MediaHub final : public std::enable_shared_from_this<MediaHub>, MediaSink {
 public:
  using Ticket = streams::PublisherSeat::Ticket;

  explicit MediaHub(MediaHubParts parts);
  ~MediaHub() override;
  MediaHub(const MediaHub&) = delete;
  MediaHub& operator=(const MediaHub&) = delete;

  [[nodiscard]] std::int64_t id() const { return parts_.record.id.value; }
  [[nodiscard]] const std::string& room() const { return parts_.room; }
  [[nodiscard]] const seams::StreamRecord& record() const { return parts_.record; }
  [[nodiscard]] bool ended() const { return seat_.phase() == streams::PublisherSeat::Phase::ended; }
  [[nodiscard]] bool online() const { return seat_.phase() == streams::PublisherSeat::Phase::taken; }
  [[nodiscard]] std::size_t viewers() const { return viewers_; }
  // Nothing until the publisher's first bytes have said it: until then nobody is told of the stream.
  [[nodiscard]] const std::optional<MediaProgram>& program() const { return program_; }
  [[nodiscard]] rooms::LiveStream told() const;  // as the room is told; with program() only
  [[nodiscard]] const MediaRing& ring() const { return ring_; }

  // ---- a publisher with a connection
  // Nothing: somebody else publishes, and `take_over` is false. Whoever published before does no more.
  [[nodiscard]] std::optional<Ticket> enter(bool take_over);
  struct Fed {
    enum class What : std::uint8_t { fine, not_yours, bad };
    What what = What::fine;
    std::string_view word = {};  // bad: what is wrong
  };
  [[nodiscard]] Fed feed(Ticket ticket, streams::Bytes bytes);
  void finish(Ticket ticket);  // it has said goodbye: the stream ends
  void leave(Ticket ticket);   // it is gone without: it may come back

  // ---- a page that publishes
  struct Chunk {
    enum class What : std::uint8_t { next, repeat, gap, busy };
    What what = What::next;
    ChunkLine::Turn turn = 0;
    std::uint64_t expected = 0;
  };
  [[nodiscard]] Chunk begin_chunk(const std::string& session, std::uint64_t number, bool take_over);
  [[nodiscard]] Fed feed_chunk(const std::string& session, ChunkLine::Turn turn, streams::Bytes bytes);
  [[nodiscard]] Fed end_chunk(const std::string& session, ChunkLine::Turn turn, bool last);

  // A JPEG of what is to be seen just now, from the page that publishes: nothing is decoded here. Null: none.
  void set_still(std::shared_ptr<const std::string> jpeg);  // the room is told of the first
  [[nodiscard]] const std::shared_ptr<const std::string>& still() const { return still_; }

  // Told to the room beside it. Nothing: it is not recorded, and the last recording ended as somebody wanted.
  void set_recording(std::optional<rooms::LiveRecording> recording);

  // One that is made here, of a publisher that sends none.
  [[nodiscard]] LiveStill& made_still() { return made_still_; }
  // Init data and the newest key frame, with what follows it within still_source_bytes_max: to be read as one. Empty: there is none.
  struct KeyGroup {
    std::string before;
    std::vector<SharedUnit> units;
  };
  [[nodiscard]] KeyGroup key_group() const;

  // ---- viewers
  // Who is counted as somebody who watches: not what makes another form of it.
  enum class Counts : std::uint8_t { yes, no };
  // `viewer` must outlive the answer. Empty after the end.
  [[nodiscard]] MediaViewing watch(MediaViewer& viewer, Counts counts = Counts::yes);
  // The longest of the last stretches between two key frames, as they came in; 0: not known.
  [[nodiscard]] std::int64_t key_gap_us() const { return key_gaps_.longest_us(); }

  // What is stored has been read again. Another key, a blocked owner, a closed room: it ends.
  void update(seams::StreamRecord record);
  void look();  // at deadlines
  void end();

 private:
  friend class MediaViewing;
  [[nodiscard]] Fed scan(streams::Bytes bytes);
  void on_program(const MediaProgram& program, streams::Bytes init) override;
  void on_piece(const MediaPiece& piece) override;
  void on_key() override;
  void tell_unit();
  void leave(MediaViewing::Place& place);
  void count(const MediaViewing::Place& place, int more);
  void lose(Ticket ticket);

  MediaHubParts parts_;
  streams::PublisherSeat seat_;
  std::unique_ptr<MediaScan> scan_;  // of who publishes now
  std::optional<MediaProgram> program_;
  MediaRing ring_;
  std::vector<std::byte> init_;
  std::shared_ptr<const std::string> still_;  // shared with answers under way
  LiveStill made_still_;
  std::optional<rooms::LiveRecording> recording_;
  std::optional<ChunkLine> line_;  // of a page that publishes
  Ticket line_ticket_ = 0;
  std::int64_t heard_us_ = 0;  // the last chunk
  std::vector<std::shared_ptr<MediaViewing::Place>> places_;
  KeyGaps key_gaps_;
  std::size_t viewers_ = 0;
  int telling_ = 0;  // calls under way over places_: nothing is erased meanwhile
};

}  // namespace matinee::media
