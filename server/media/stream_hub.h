// StreamHub: one live stream between its publisher and everybody who watches it. Pictures are numbered here, kept as pool slots, and
// offered to each viewer's one-slot mailbox (newest wins); sound goes into one ring that every viewer reads at his own place.
// The hub outlives its publisher by 30 s, so that one who was cut off takes it up again and viewers stay.
//
//              lose()                    end(ended | stopped)
//   ┌──────┐ ─────────▶ ┌──────────┐ ─────────────────────────▶ ┌───────┐
//   │online│            │   lost   │                            │ ended │  viewers are told once, and nothing comes any more
//   └──────┘ ◀───────── └──────────┘       ┌──────────────────▶ └───────┘
//       │    come_back()                   │ end(ended | stopped)
//       └──────────────────────────────────┘
//
// Thread rule: the loop's thread. Nothing is allocated per unit. Times are videoproto::monotonic_us() (the relay's clock).
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>
#include "rooms/ids.h"
#include "server/media/counters.h"
#include "videoproto/adapt.h"
#include "videoproto/audio_ring.h"
#include "videoproto/control.h"
#include "videoproto/frame_pool.h"
#include "videoproto/mailbox.h"

namespace matinee::media {

class StreamHub;

// One viewer of one stream: a desktop window, a browser's WebSocket, an MJPEG answer.
class StreamViewer {
 public:
  virtual ~StreamViewer() = default;
  // Something may be taken now. Called inside publish: only note it, or take at once.
  virtual void on_unit() = 0;
  // online false: the publisher is lost and may come back; true: it came back.
  virtual void on_online(bool online) = 0;
  // Last: ended or stopped, or this viewer held pictures for too long (slow_consumer).
  virtual void on_end(videoproto::EosReason why, bool too_slow) = 0;
};

// A viewer's place in a stream; leaves the stream when destroyed, which is allowed inside every call to the viewer. Move only.
// After on_end there is nothing to take any more.
class Viewing {
 public:
  Viewing() = default;
  Viewing(Viewing&&) noexcept = default;
  Viewing& operator=(Viewing&& other) noexcept;
  ~Viewing();
  explicit operator bool() const { return place_ != nullptr; }

  // The newest unit that this viewer has not had yet: a picture, or a DUP (no picture in it) of the one he took last. Its header is
  // ready to be sent: stream, sequence, flags, pts, and aux = µs spent here.
  [[nodiscard]] std::optional<videoproto::Unit> take_picture(std::int64_t now_us);
  // The oldest sound that he has not had; its bytes are valid until the stream's next sound.
  [[nodiscard]] std::optional<videoproto::AudioPacket> take_audio(std::int64_t now_us);
  // The picture that was taken is written and held no more. The next take_picture says so as well.
  // Who keeps one for long while the pool runs low is closed as too slow.
  void sent();
  [[nodiscard]] const std::shared_ptr<StreamHub>& hub() const { return hub_; }

 private:
  friend class StreamHub;
  struct Place;
  Viewing(std::shared_ptr<StreamHub> hub, std::shared_ptr<Place> place) : hub_(std::move(hub)), place_(std::move(place)) {}
  void leave();
  std::shared_ptr<StreamHub> hub_;  // shared with the room and the stream's other viewers
  std::shared_ptr<Place> place_;    // shared with the hub, which may be walking over it
};

struct HubParts {
  std::uint32_t id = 0;
  std::string room;
  rooms::PersonId publisher;
  std::string publisher_name;
  videoproto::Source source;
  videoproto::FramePool pool;
  std::shared_ptr<MediaCounters> counters;           // of the loop
  std::function<std::int64_t()> server_time_us;      // the room's clock
  std::function<void()> on_viewers_changed = [] {};  // how many watch
};

class StreamHub : public std::enable_shared_from_this<StreamHub> {
 public:
  enum class Phase : std::uint8_t { online, lost, ended };

  explicit StreamHub(HubParts parts);
  ~StreamHub();
  StreamHub(const StreamHub&) = delete;
  StreamHub& operator=(const StreamHub&) = delete;

  [[nodiscard]] std::uint32_t id() const { return parts_.id; }
  [[nodiscard]] const std::string& room() const { return parts_.room; }
  [[nodiscard]] rooms::PersonId publisher() const { return parts_.publisher; }
  [[nodiscard]] const std::string& publisher_name() const { return parts_.publisher_name; }
  [[nodiscard]] const videoproto::Source& source() const { return parts_.source; }
  [[nodiscard]] Phase phase() const { return phase_; }
  [[nodiscard]] std::size_t viewers() const { return viewers_; }
  // Add it to a pts: the relay's clock. Absent until the publisher has answered a PING.
  [[nodiscard]] std::optional<std::int64_t> publisher_offset_us() const { return publisher_offset_us_; }
  // When the unit's picture was captured, in server time, µs (Unix); when that is not known, when it came in.
  [[nodiscard]] std::int64_t capture_server_us(const videoproto::Unit& unit) const;

  // ---- viewers
  // `viewer` must outlive the answer. The last picture can be taken at once; on_unit is not called for it. Empty after the end.
  [[nodiscard]] Viewing watch(StreamViewer& viewer, bool audio);
  // The last picture that came, for a still; nullopt before the first one.
  [[nodiscard]] std::optional<videoproto::Unit> last_picture() const;

  // ---- publisher
  // A slot for the next picture; empty when the pool is used up. With few slots left the viewer that held one longest is closed.
  [[nodiscard]] videoproto::FrameFill begin_picture();
  void picture(const videoproto::Header& header, videoproto::Frame picture, std::int64_t now_us);
  void dup(const videoproto::Header& header, std::int64_t now_us);
  void audio(const videoproto::Header& header, std::span<const std::byte> packet, std::int64_t now_us);
  void set_publisher_offset_us(std::int64_t offset_us) { publisher_offset_us_ = offset_us; }
  void set_source(videoproto::Source source) { parts_.source = std::move(source); }
  void set_publisher_name(std::string name) { parts_.publisher_name = std::move(name); }
  void lose();
  // The publisher is back, maybe with another size and a clock that began anew.
  void come_back(videoproto::Source source);
  void end(videoproto::EosReason why);
  // Once a second: what the publisher is to be asked for, when that changed.
  [[nodiscard]] std::optional<videoproto::Advice> sample(std::int64_t now_us);
  // Even the least that may be asked for is too much: read no more from the publisher.
  [[nodiscard]] bool pause_publisher() const { return adapt_.pause_reading(); }

 private:
  friend class Viewing;
  // The publisher's numbers go on where those of the connection before ended, and keep their gaps; the first unit after that jumps.
  struct Numbering {
    std::uint32_t last = 0, offset = 0;
    bool fresh = true, jumped = false;
    [[nodiscard]] videoproto::Header next(const videoproto::Header& theirs);
  };
  template <class Call>
  void tell(const Call& call);
  void put(const videoproto::Header& header, std::int64_t now_us);
  void leave(Viewing::Place& place);
  void make_room_in_pool();

  HubParts parts_;
  Phase phase_ = Phase::online;
  std::vector<std::shared_ptr<Viewing::Place>> places_;
  std::size_t viewers_ = 0;
  int telling_ = 0;  // calls under way over places_: nothing is erased meanwhile
  Numbering picture_numbers_, audio_numbers_;
  videoproto::Header last_header_;
  videoproto::Frame last_picture_;
  std::uint64_t picture_number_ = 0;
  bool picture_missing_ = true;  // one was announced and has not come: a DUP of it says nothing
  std::optional<videoproto::AudioRing> ring_;
  videoproto::AdaptController adapt_;
  std::optional<std::int64_t> publisher_offset_us_;
  std::vector<videoproto::Holding> holdings_;  // reused
};

}  // namespace matinee::media
