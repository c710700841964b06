// The last half second of a stream's sound, kept once and read by every viewer at his own place. Who falls behind loses the
// oldest packets and gets DISCONT with the next one, so that his decoder starts afresh.
// Memory is fixed at construction; nothing is allocated per packet.
// Thread rule: on the stream's thread. Times are the relay's monotonic µs.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "videoproto/header.h"
#include "videoproto/limits.h"

namespace matinee::videoproto {

struct AudioPacket {
  Header header;
  std::span<const std::byte> bytes;  // valid until the next push
};

// One viewer's place. A fresh one begins with the packet pushed next.
struct AudioCursor {
  std::uint64_t next = 0;
  std::uint64_t dropped = 0;
  bool discont = true;
};

class AudioRing {
 public:
  AudioRing();
  // False when the packet is over the limit of one packet. Age is counted from arrival: a publisher's pts proves nothing.
  bool push(const Header& header, std::span<const std::byte> bytes, std::int64_t now_us);
  [[nodiscard]] AudioCursor cursor() const { return {end_, 0, true}; }
  // The viewer's next packet, its aux set to the time it spent here; nullopt when there is none.
  [[nodiscard]] std::optional<AudioPacket> read(AudioCursor& cursor, std::int64_t now_us) const;
  [[nodiscard]] std::size_t size() const { return static_cast<std::size_t>(end_ - begin_); }

 private:
  struct Entry {
    Header header;
    std::size_t offset = 0;
    std::int64_t arrived_us = 0;
  };
  [[nodiscard]] const Entry& entry(std::uint64_t number) const { return entries_[number % entries_.size()]; }
  void make_room(std::size_t bytes, std::int64_t now_us);

  std::array<Entry, limits::audio_ring_packets> entries_;
  std::unique_ptr<std::byte[]> bytes_;
  std::size_t write_at_ = 0;
  std::uint64_t begin_ = 0, end_ = 0;  // packets are numbered from the stream's first
};

}  // namespace matinee::videoproto
