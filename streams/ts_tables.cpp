#include "streams/ts_tables.h"

#include <array>
#include <string_view>

#include "streams/limits.h"

namespace matinee::streams {
namespace {

constexpr std::uint8_t pat_id = 0x00, pmt_id = 0x02;
constexpr std::size_t head_bytes = 3, crc_bytes = 4;
constexpr std::uint8_t registration_descriptor = 0x05;

constexpr std::array<std::uint32_t, 256> make_crc_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < table.size(); ++i) {
    std::uint32_t value = i << 24;
    for (int bit = 0; bit < 8; ++bit) value = (value << 1) ^ ((value & 0x80000000U) != 0 ? 0x04C11DB7U : 0U);
    table[i] = value;
  }
  return table;
}
constexpr auto crc_table = make_crc_table();

std::size_t section_bytes(Bytes section) {
  return head_bytes + ((std::to_integer<std::size_t>(section[1]) & 0x0F) << 8) + std::to_integer<std::size_t>(section[2]);
}

// Behind the five bytes that PAT and PMT have in common: number, version, "in force", and which section of how many.
struct TableHead {
  std::uint8_t table = 0xFF;
  std::uint16_t number = 0;
  bool in_force = false;
};
TableHead read_head(ByteReader& reader) {
  TableHead head;
  head.table = reader.u8();
  reader.skip(2);
  head.number = reader.u16();
  head.in_force = (reader.u8() & 0x01) != 0;
  reader.skip(2);
  return head;
}

// Private data says in a descriptor what it is.
Codec private_codec(Bytes descriptors) {
  ByteReader reader(descriptors);
  while (reader.left() >= 2) {
    const std::uint8_t tag = reader.u8();
    const Bytes content = reader.take(reader.u8());
    const std::string_view text(reinterpret_cast<const char*>(content.data()), content.size());  // NOLINT: bytes as text
    if (tag == registration_descriptor && text.starts_with("Opus")) return Codec::opus;
  }
  return Codec::other;
}

Codec codec_of(std::uint8_t stream_type, Bytes descriptors) {
  switch (stream_type) {
    case 0x01: return Codec::mpeg1_video;
    case 0x02: return Codec::mpeg2_video;
    case 0x03:
    case 0x04: return Codec::mp2;
    case 0x06: return private_codec(descriptors);
    case 0x0F: return Codec::aac;
    case 0x1B: return Codec::h264;
    case 0x24: return Codec::hevc;
    default: return Codec::other;
  }
}

}  // namespace

std::uint32_t section_crc(Bytes bytes) {
  std::uint32_t crc = 0xFFFFFFFF;
  for (const std::byte byte : bytes) crc = (crc << 8) ^ crc_table[(crc >> 24) ^ std::to_integer<std::uint32_t>(byte)];
  return crc;
}

std::optional<ProgramPlace> read_pat(Bytes section) {
  if (section.size() < crc_bytes) return std::nullopt;
  ByteReader reader(section.first(section.size() - crc_bytes));
  const TableHead head = read_head(reader);
  if (!reader.ok() || head.table != pat_id || !head.in_force) return std::nullopt;
  while (reader.left() >= 4) {
    const std::uint16_t number = reader.u16();
    const auto pid = static_cast<std::uint16_t>(reader.u16() & 0x1FFF);
    if (number != 0) return ProgramPlace{number, pid};  // 0 is the network's own table
  }
  return std::nullopt;
}

std::optional<TsProgram> read_pmt(Bytes section, std::uint16_t number) {
  if (section.size() < crc_bytes) return std::nullopt;
  ByteReader reader(section.first(section.size() - crc_bytes));
  const TableHead head = read_head(reader);
  TsProgram program;
  program.number = head.number;
  program.reference_pid = reader.u16() & 0x1FFF;
  reader.skip(reader.u16() & 0x0FFF);
  if (!reader.ok() || head.table != pmt_id || head.number != number || !head.in_force) return std::nullopt;
  while (reader.left() >= 5 && program.tracks.size() < limits::ts_streams_max) {
    const std::uint8_t type = reader.u8();
    const auto pid = static_cast<std::uint16_t>(reader.u16() & 0x1FFF);
    const Bytes descriptors = reader.take(reader.u16() & 0x0FFF);
    if (!reader.ok()) return std::nullopt;
    program.tracks.push_back({pid, codec_of(type, descriptors)});
  }
  return program;
}

void SectionReader::forget() {
  open_ = false;
  section_.clear();
  packets_.clear();
}

SectionReader::Outcome SectionReader::feed(Bytes packet, Bytes payload, bool begins) {
  if (!begins) return open_ ? add(packet, payload) : Outcome::nothing;
  // The pointer says how much of the section before is still to come.
  const std::size_t before = payload.empty() ? 0 : std::to_integer<std::size_t>(payload[0]);
  if (payload.size() < 1 + before + head_bytes) {
    forget();
    return Outcome::damaged;
  }
  const bool ended_here = open_ && before > 0;
  if (ended_here) {
    const Outcome outcome = add(packet, payload.subspan(1, before));
    if (outcome == Outcome::whole) return outcome;
  }
  forget();
  open_ = true;
  return add(packet, payload.subspan(1 + before));
}

SectionReader::Outcome SectionReader::add(Bytes packet, Bytes piece) {
  section_.insert(section_.end(), piece.begin(), piece.end());
  packets_.insert(packets_.end(), packet.begin(), packet.end());
  if (section_.size() < head_bytes) return Outcome::nothing;
  const std::size_t whole = section_bytes(section_);
  if (whole > limits::ts_section_bytes_max || packets_.size() > limits::ts_section_packets_max * ts_packet_bytes) {
    forget();
    return Outcome::damaged;
  }
  if (section_.size() < whole) return Outcome::nothing;
  open_ = false;
  section_.resize(whole);
  if (section_crc(section_) == 0) return Outcome::whole;
  forget();
  return Outcome::damaged;
}

}  // namespace matinee::streams
