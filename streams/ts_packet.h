// What the head of one MPEG-TS packet (ISO/IEC 13818-1, 2.4.3) and of the unit that may begin in it (PES, 2.4.3.6) say.
// Pure; no thread rule.
#pragma once
#include <cstdint>
#include <optional>

#include "streams/byte_reader.h"

namespace matinee::streams {

inline constexpr std::uint16_t ts_null_pid = 0x1FFF;  // filling

struct TsPacketHead {
  std::uint16_t pid = 0;
  bool begins_unit = false;
  bool has_payload = false;
  bool random_access = false;
  bool new_time_base = false;  // discontinuity_indicator
  std::uint8_t continuity = 0;
  std::optional<std::uint64_t> reference;  // PCR, of 90 kHz
  Bytes payload;
};
// `packet` is a whole one. Nothing when it is marked as damaged, scrambled, or contradicts itself.
[[nodiscard]] std::optional<TsPacketHead> read_packet_head(Bytes packet);

struct PesHead {
  std::optional<std::uint64_t> pts, dts;  // of 90 kHz; dts is pts where only that is said
  std::size_t header_left = 0;            // of the header, in packets to come
  Bytes payload;
};
// Nothing when no unit begins here. Times are read when the header lies in one packet as far as them.
[[nodiscard]] std::optional<PesHead> read_pes_head(Bytes payload);

}  // namespace matinee::streams
