// SoundQueue: the jitter buffer of one stream. Packets come when the network likes; the device takes samples when it likes; in between a
// packet waits 60 to 150 ms, as the last seconds' jitter needs. The delay is changed, and a device that runs fast or slow is followed, by
// leaving out or repeating 2.5 ms with a cross-fade. Missing sound is made up, then silent; DISCONT begins afresh.
//
//   pts + transit (least of the last 10 s) + delay (60–150 ms) = the moment it should be heard
//
// Thread rule: pure; one thread at a time. Times are µs of monotonic_us, pts are µs of the publisher's clock.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "videoproto/desktop/opus_codec.h"
#include "videoproto/desktop/sound_limits.h"
#include "videoproto/header.h"

namespace matinee::desktop {

struct SoundFigures {
  std::uint64_t received = 0, played = 0;  // packets
  std::uint64_t late = 0;                  // came when they should have been heard
  std::uint64_t dropped = 0;               // damaged, or too many waited
  std::uint64_t concealed = 0;             // 20 ms each
  std::uint64_t underruns = 0;             // times that nothing was there
  std::uint64_t jumps = 0;                 // DISCONT, or pts that jumped without saying so
  std::uint64_t spliced = 0;               // 2.5 ms left out or repeated
  double jitter_ms = 0, delay_ms = 0;      // of the last seconds; what a packet waits now
};

// The least transit of the last ten seconds and how far the worst of them was above it.
class TransitMeter {
 public:
  // False: the publisher's clock is another one now; everything before is forgotten.
  bool add(std::int64_t transit_us, std::int64_t now_us);
  [[nodiscard]] bool empty() const { return used_ == 0; }
  [[nodiscard]] std::int64_t least_us() const;
  [[nodiscard]] std::int64_t jitter_us() const;

 private:
  struct Second {
    std::int64_t number = 0, least_us = 0, most_us = 0;
  };
  std::array<Second, 10> seconds_{};
  std::size_t used_ = 0, newest_ = 0;
};

class SoundQueue {
 public:
  explicit SoundQueue(SoundDecoder decoder);
  void push(const videoproto::Header& header, std::span<const std::byte> packet, std::int64_t now_us);
  // A picture of the same stream could be shown from `ready_us` on: when pictures take longer than sound, the sound waits for them, so
  // far as its delay goes.
  void on_picture(std::int64_t pts_us, std::int64_t ready_us);
  // Fills `out`, interleaved stereo, whose first frame will be heard at `heard_us`, and which the device took `device_delay_us` before.
  void pull(std::span<std::int16_t> out, std::int64_t heard_us, std::int64_t device_delay_us);
  [[nodiscard]] std::optional<std::int64_t> clock_us(std::int64_t now_us) const;
  [[nodiscard]] SoundFigures figures() const;

 private:
  struct Waiting {
    std::int64_t pts_us = 0;
    std::uint16_t flags = 0;
    std::vector<std::byte> bytes;  // its capacity is kept
  };
  void forget();
  void drop_first();
  [[nodiscard]] std::int64_t delay_us() const;
  [[nodiscard]] std::int64_t offset_us() const;
  [[nodiscard]] std::int64_t position_pts() const;
  [[nodiscard]] bool next_samples(std::int64_t heard_us);
  [[nodiscard]] bool take_packet(std::int64_t heard_us);
  [[nodiscard]] bool wait_for(std::int64_t gap_us);
  [[nodiscard]] bool starve();
  void set_silence(std::size_t frames);
  void splice(std::int64_t heard_us);

  SoundDecoder decoder_;
  TransitMeter transit_;
  std::array<Waiting, limits::sound_packets_max> ring_;
  std::size_t first_ = 0, count_ = 0;

  std::vector<std::int16_t> samples_;  // decoded, stereo
  std::size_t at_ = 0;                 // frames of them that are played
  std::int64_t end_pts_ = 0;           // of what follows behind the last of them
  bool placed_ = false;                // end_pts_ means something
  bool frozen_ = false;                // samples_ is made up while nothing is there: time stands still
  bool ended_ = false;                 // EOS was played
  std::size_t starved_ = 0;            // frames since the last real one
  std::int64_t concealed_us_ = 0;      // likewise of a gap
  std::int64_t spliced_us_ = 0;        // when
  std::int64_t device_delay_us_ = 0;
  std::int64_t anchor_pts_ = 0, anchor_heard_us_ = 0;  // what is heard when, from the last pull
  SoundFigures figures_;
};

}  // namespace matinee::desktop
