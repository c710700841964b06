#include "streams/ts_packet.h"

#include <algorithm>

namespace matinee::streams {
namespace {

void read_adaptation(Bytes field, TsPacketHead& head) {
  ByteReader reader(field);
  const std::uint8_t flags = reader.u8();
  head.new_time_base = (flags & 0x80) != 0;
  head.random_access = (flags & 0x40) != 0;
  if ((flags & 0x10) == 0) return;
  const std::uint64_t reference = reader.number(6) >> 15;  // 33 bits of 90 kHz, 6 unused, 9 of 27 MHz
  if (reader.ok()) head.reference = reference;
}

// 33 bits in five bytes, with marker bits between.
std::uint64_t read_time(ByteReader& reader) {
  const std::uint64_t bits = reader.number(5);
  return ((bits >> 33 & 0x7) << 30) | ((bits >> 17 & 0x7FFF) << 15) | (bits >> 1 & 0x7FFF);
}

}  // namespace

std::optional<TsPacketHead> read_packet_head(Bytes packet) {
  ByteReader reader(packet);
  reader.skip(1);
  const std::uint16_t word = reader.u16();
  const std::uint8_t control = reader.u8();
  const bool damaged = (word & 0x8000) != 0, scrambled = (control & 0xC0) != 0;
  if (damaged || scrambled) return std::nullopt;
  TsPacketHead head;
  head.begins_unit = (word & 0x4000) != 0;
  head.pid = word & 0x1FFF;
  head.has_payload = (control & 0x10) != 0;
  head.continuity = control & 0x0F;
  const bool has_adaptation = (control & 0x20) != 0;
  if (has_adaptation) {
    const Bytes field = reader.take(reader.u8());
    if (!reader.ok()) return std::nullopt;
    if (!field.empty()) read_adaptation(field, head);
  }
  if (head.has_payload) head.payload = reader.rest();
  head.begins_unit = head.begins_unit && head.has_payload;
  return head;
}

std::optional<PesHead> read_pes_head(Bytes payload) {
  ByteReader reader(payload);
  if (reader.number(3) != 1) return std::nullopt;
  reader.skip(3);  // stream id, length
  const std::uint8_t form = reader.u8(), flags = reader.u8(), header_bytes = reader.u8();
  if (!reader.ok() || (form & 0xC0) != 0x80) return std::nullopt;
  PesHead pes;
  const std::size_t here = std::min<std::size_t>(header_bytes, reader.left());
  pes.header_left = header_bytes - here;
  ByteReader header(reader.take(here));
  if ((flags & 0x80) != 0) {
    const std::uint64_t pts = read_time(header);
    if (header.ok()) pes.pts = pes.dts = pts;
  }
  if ((flags & 0xC0) == 0xC0) {
    const std::uint64_t dts = read_time(header);
    if (header.ok()) pes.dts = dts;
  }
  pes.payload = reader.rest();
  return pes;
}

}  // namespace matinee::streams
