// The tables at the front of an MPEG-TS stream (ISO/IEC 13818-1, 2.4.4): which packets carry the program's tracks, and what these are.
// SectionReader puts a table together from its packets and checks its CRC; the packets are kept as they are, since whoever begins to
// watch later needs them first.
// Pure; no thread rule.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "streams/byte_reader.h"
#include "streams/codec.h"

namespace matinee::streams {

inline constexpr std::size_t ts_packet_bytes = 188;

struct TsTrack {
  std::uint16_t pid = 0;
  Codec codec = Codec::other;
  bool operator==(const TsTrack&) const = default;
};

struct TsProgram {
  std::uint16_t number = 0;
  std::uint16_t reference_pid = 0;  // whose packets carry the clock
  std::vector<TsTrack> tracks;
  bool operator==(const TsProgram&) const = default;
};

struct ProgramPlace {
  std::uint16_t number = 0;
  std::uint16_t table_pid = 0;
};

// The first program that a PAT names; nothing when it names none or is not in force yet.
[[nodiscard]] std::optional<ProgramPlace> read_pat(Bytes section);
// The tracks of program `number`; nothing when the section is another one's. Tracks beyond the bound are left out.
[[nodiscard]] std::optional<TsProgram> read_pmt(Bytes section, std::uint16_t number);
// CRC-32/MPEG-2: 0 over a whole section that is intact.
[[nodiscard]] std::uint32_t section_crc(Bytes bytes);

class SectionReader {
 public:
  enum class Outcome : std::uint8_t { nothing, whole, damaged };

  // The next packet of the table's PID and what it carries. After `whole`, section() and packets() are valid until the next call.
  // Of several sections that end in one packet the first counts.
  [[nodiscard]] Outcome feed(Bytes packet, Bytes payload, bool begins);
  [[nodiscard]] Bytes section() const { return section_; }
  [[nodiscard]] Bytes packets() const { return packets_; }
  void forget();

 private:
  [[nodiscard]] Outcome add(Bytes packet, Bytes piece);

  std::vector<std::byte> section_, packets_;
  bool open_ = false;
};

}  // namespace matinee::streams
