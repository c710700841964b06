// MPEG-TS for tests: a sink that keeps everything, and packets written by hand.
#pragma once
#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "streams/ts_scanner.h"
#include "tests/streams/clips.h"

namespace matinee::streams::test {

// What a scanner said, in the order it said it; runs of packets are put together, since their cuts may differ.
struct TsRecord final : TsSink {
  std::vector<TsProgram> programs;
  Buffer tables, packets;
  std::vector<std::size_t> begins;                    // where in `packets` units of the lead track begin
  std::vector<std::pair<TsUnit, std::size_t>> units;  // and how many had begun when it was told
  void on_program(const TsProgram& program, Bytes bytes) override {
    programs.push_back(program);
    tables.assign(bytes.begin(), bytes.end());
  }
  void on_packets(Bytes bytes, bool begins_unit) override {
    if (begins_unit) begins.push_back(packets.size());
    packets.insert(packets.end(), bytes.begin(), bytes.end());
  }
  void on_unit(const TsUnit& unit) override { units.emplace_back(unit, begins.size()); }

  [[nodiscard]] std::vector<TsUnit> of(TrackKind kind) const {
    std::vector<TsUnit> found;
    for (const auto& [unit, count] : units) {
      if (kind_of(unit.track.codec) == kind) found.push_back(unit);
    }
    return found;
  }
  // Everything but the grouping into runs, to be compared.
  [[nodiscard]] std::string trace() const {
    std::string text;
    for (const TsProgram& program : programs) {
      text += "program " + std::to_string(program.number);
      for (const TsTrack& track : program.tracks) text += " " + std::to_string(track.pid) + std::string(name_of(track.codec));
    }
    for (const auto& [unit, count] : units) {
      text += "\n" + std::to_string(unit.position) + (unit.key ? "K " : " ") + std::to_string(unit.pts_us.value_or(-1)) + " " +
              std::to_string(unit.dts_us.value_or(-1)) + " " + std::string(name_of(unit.track.codec));
    }
    return text;
  }
};

struct TsRun {
  TsRecord record;
  TsCounters counters;
  std::uint64_t jumps = 0;
  std::optional<TsError> error;
};
inline TsRun scan_ts(Bytes bytes, std::optional<unsigned> seed = {}) {
  TsRun run;
  TsScanner scanner(run.record);
  const auto feed = [&](Bytes piece) { run.error = scanner.feed(piece); };
  if (seed) in_pieces(bytes, *seed, feed);
  else feed(bytes);
  scanner.finish();
  run.counters = scanner.counters();
  run.jumps = scanner.clock_jumps();
  return run;
}

inline Buffer bytes_of(std::initializer_list<unsigned> values) {
  Buffer out;
  for (const unsigned value : values) out.push_back(static_cast<std::byte>(value));
  return out;
}
inline Buffer operator+(Buffer left, Bytes right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

// A packet with `payload`, filled up by an adaptation field. `flags` and `reference` go into that.
struct PacketParts {
  std::uint16_t pid = 0x100;
  bool begins = false;
  unsigned counter = 0;
  unsigned flags = 0;  // 0x80 new time base, 0x40 random access
  std::optional<std::uint64_t> reference = {};
};
inline Buffer packet(const PacketParts& parts, Bytes payload) {
  Buffer out = bytes_of({0x47, (parts.begins ? 0x40U : 0U) | (parts.pid >> 8U), parts.pid & 0xFFU});
  const bool adaptation = payload.size() < 184 || parts.flags != 0 || parts.reference;
  out.push_back(static_cast<std::byte>((payload.empty() ? 0x00U : 0x10U) | (adaptation ? 0x20U : 0U) | (parts.counter & 0xFU)));
  if (adaptation) {
    const std::size_t length = 183 - payload.size();
    Buffer field;
    if (length > 0) field.push_back(static_cast<std::byte>(parts.flags | (parts.reference ? 0x10U : 0U)));
    if (parts.reference) {
      const std::uint64_t bits = *parts.reference << 15;
      for (int shift = 40; shift >= 0; shift -= 8) field.push_back(static_cast<std::byte>(bits >> shift));
    }
    field.resize(length, std::byte{0xFF});
    out.push_back(static_cast<std::byte>(length));
    out = out + field;
  }
  return out + payload;
}

// A table's bytes become a section with length and CRC, and that one packet.
inline Buffer section(unsigned table, unsigned number, Bytes content) {
  const auto length = static_cast<unsigned>(content.size() + 9);
  Buffer out = bytes_of({table, 0xB0 | (length >> 8), length & 0xFF, number >> 8, number & 0xFF, 0xC1, 0, 0}) + content;
  const std::uint32_t crc = section_crc(out);
  return out + bytes_of({crc >> 24, crc >> 16 & 0xFF, crc >> 8 & 0xFF, crc & 0xFF});
}
inline Buffer section_packet(std::uint16_t pid, Bytes whole, unsigned counter = 0) {
  Buffer payload = bytes_of({0}) + whole;
  payload.resize(184, std::byte{0xFF});
  return packet({pid, true, counter}, payload);
}
inline Buffer pat(unsigned program = 1, unsigned pid = 0x1000) {
  return section(0, 1, bytes_of({program >> 8, program & 0xFF, 0xE0 | (pid >> 8), pid & 0xFF}));
}
inline Buffer pmt(const std::vector<std::pair<unsigned, unsigned>>& type_and_pid, unsigned program = 1, unsigned reference_pid = 0x100) {
  Buffer content = bytes_of({0xE0 | (reference_pid >> 8), reference_pid & 0xFF, 0xF0, 0});
  for (const auto& [type, pid] : type_and_pid) content = content + bytes_of({type, 0xE0 | (pid >> 8), pid & 0xFF, 0xF0, 0});
  return section(2, program, content);
}
inline Buffer tables() { return section_packet(0, pat()) + section_packet(0x1000, pmt({{0x1B, 0x100}, {0x0F, 0x101}})); }

inline Buffer pes(std::uint64_t pts, Bytes coded) {
  const auto byte = [&](int shift) { return static_cast<unsigned>(pts >> shift & 0xFF); };
  return bytes_of({0, 0, 1, 0xE0, 0, 0, 0x80, 0x80, 5, 0x21 | (byte(29) & 0x0EU), byte(22), (byte(14) & 0xFEU) | 1, byte(7),
                   ((static_cast<unsigned>(pts) << 1) & 0xFEU) | 1}) +
         coded;
}
inline Buffer idr() { return bytes_of({0, 0, 1, 0x65, 0x88}); }
inline Buffer not_idr() { return bytes_of({0, 0, 1, 0x41, 0x9A}); }

}  // namespace matinee::streams::test
