#include "videoproto/audio_ring.h"

#include <algorithm>
#include <limits>

namespace matinee::videoproto {
namespace {

// An empty packet takes a byte too, so that no two packets lie at the same place.
std::size_t footprint(std::size_t bytes) { return std::max<std::size_t>(bytes, 1); }

}  // namespace

AudioRing::AudioRing() : bytes_(std::make_unique_for_overwrite<std::byte[]>(limits::audio_ring_bytes)) {}

bool AudioRing::push(const Header& header, std::span<const std::byte> bytes, std::int64_t now_us) {
  if (bytes.size() > limits::audio_bytes_max) return false;
  make_room(footprint(bytes.size()), now_us);
  std::copy(bytes.begin(), bytes.end(), bytes_.get() + write_at_);
  Entry& entry = entries_[end_ % entries_.size()];
  entry = {header, write_at_, now_us};
  entry.header.payload_bytes = static_cast<std::uint32_t>(bytes.size());
  write_at_ += footprint(bytes.size());
  ++end_;
  return true;
}

// Drops what is too old, then the oldest until there are an entry and contiguous bytes. Live packets lie in order behind
// write_at_, around the end of the buffer, up to write_at_: so only the oldest can be in the way.
void AudioRing::make_room(std::size_t bytes, std::int64_t now_us) {
  while (begin_ != end_ && now_us - entry(begin_).arrived_us > limits::audio_ring_us) ++begin_;
  if (end_ - begin_ == entries_.size()) ++begin_;
  if (write_at_ + bytes > limits::audio_ring_bytes) {
    while (begin_ != end_ && entry(begin_).offset >= write_at_) ++begin_;
    write_at_ = 0;
  }
  const auto in_the_way = [&](const Entry& e) {
    return e.offset < write_at_ + bytes && e.offset + footprint(e.header.payload_bytes) > write_at_;
  };
  while (begin_ != end_ && in_the_way(entry(begin_))) ++begin_;
}

std::optional<AudioPacket> AudioRing::read(AudioCursor& cursor, std::int64_t now_us) const {
  std::uint64_t next = std::max(cursor.next, begin_);
  while (next != end_ && now_us - entry(next).arrived_us > limits::audio_ring_us) ++next;
  cursor.dropped += next - cursor.next;
  cursor.discont = cursor.discont || next != cursor.next;
  cursor.next = next;
  if (next == end_) return std::nullopt;
  const Entry& found = entry(next);
  AudioPacket packet{found.header, {bytes_.get() + found.offset, found.header.payload_bytes}};
  const std::int64_t waited_us = std::clamp<std::int64_t>(now_us - found.arrived_us, 0, std::numeric_limits<std::uint32_t>::max());
  packet.header.aux = static_cast<std::uint32_t>(waited_us);
  if (cursor.discont) packet.header.flags |= flags::discont;
  cursor.discont = false;
  ++cursor.next;
  return packet;
}

}  // namespace matinee::videoproto
