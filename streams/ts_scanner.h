// Byte-continuous scanner of MPEG-TS (ISO/IEC 13818-1): bytes in any portions → whole packets of 188 bytes, the program's tables, and
// where its units (pictures, pieces of sound) begin: when, in which track, and whether somebody may begin to watch there.
// Runs of packets are handed on where they came in; only a packet that is cut by the end of a portion is put together in memory of our
// own. What is damaged, scrambled or filling is left out and counted, and after rubbish it finds the packets again. A packet whose end is
// missing shows only by what follows; it is handed on without waiting for that, which would delay every picture by the gap to the next.
// What comes out does not depend on how the bytes were cut into portions, apart from how packets are grouped into runs.
// Thread rule: pure; one thread at a time. A sink must not destroy the scanner from inside a call.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "streams/byte_reader.h"
#include "streams/picture_finder.h"
#include "streams/ts_clock.h"
#include "streams/ts_tables.h"

namespace matinee::streams {

// A picture, or as much sound as its publisher packs together.
struct TsUnit {
  TsTrack track;
  bool key = false;                    // a decoder may begin here
  std::optional<std::int64_t> pts_us;  // of the stream's own clock, which never goes back for good
  std::optional<std::int64_t> dts_us;  // the same as pts_us unless pictures are sent out of order
  std::uint64_t position = 0;          // of its first packet, in all bytes that were fed
};

class TsSink {
 public:
  virtual ~TsSink() = default;
  // The program became known or changed. `packets`: a PAT and a PMT, to be sent first to whoever begins to watch; valid in the call only.
  virtual void on_program(const TsProgram& program, Bytes packets) = 0;
  // Whole packets, valid in the call only. `begins_unit`: the first of them begins a unit of the lead track (see lead()).
  virtual void on_packets(Bytes packets, bool begins_unit) = 0;
  // A unit about which everything is known. Of the lead track: the one that began with the latest on_packets that begins a unit.
  virtual void on_unit(const TsUnit& unit) = 0;
};

enum class TsError : std::uint8_t { not_ts, no_program };
[[nodiscard]] std::string_view name_of(TsError error);

struct TsCounters {
  std::uint64_t packets = 0;        // that were handed on
  std::uint64_t skipped_bytes = 0;  // that belong to no packet, or to one that was cut short
  std::uint64_t sync_losses = 0;
  std::uint64_t continuity_faults = 0;  // packets are missing before this one
  std::uint64_t damaged = 0;            // packets and tables that cannot be used
  std::uint64_t early = 0;              // packets before the program was known
};

// As far as it has to be seen that packets follow each other.
inline constexpr std::size_t ts_search_bytes = 2 * ts_packet_bytes + 1;

class TsScanner {
 public:
  explicit TsScanner(TsSink& sink);
  // An error is final: it is answered again for everything that follows.
  std::optional<TsError> feed(Bytes bytes);
  // Nothing follows: the last unit is told, a packet that was begun is counted as skipped.
  void finish();

  // The track whose units cut the runs: the first video, without video the first sound.
  [[nodiscard]] std::optional<TsTrack> lead() const { return lead_; }
  [[nodiscard]] const TsCounters& counters() const { return counters_; }
  [[nodiscard]] std::uint64_t clock_jumps() const { return clock_.jumps(); }

 private:
  struct Packet;
  std::size_t consume(Bytes window);
  std::size_t find_packet(Bytes window);
  void skip(std::size_t bytes);
  void flush();

  void on_packet(Bytes bytes);
  void hand_on(const Packet& packet);
  [[nodiscard]] bool continues(const Packet& packet);
  void on_pat(const Packet& packet);
  void on_pmt(const Packet& packet);
  void use_program(TsProgram program);
  void on_track(const Packet& packet, const TsTrack& track);
  void begin_unit(const Packet& packet, const TsTrack& track);
  void look_at_picture(Bytes coded);
  void use_codec(Codec codec);
  void decide(bool key);

  TsSink& sink_;
  TsCounters counters_;
  std::optional<TsError> error_;

  // Packets out of bytes.
  std::array<std::byte, ts_search_bytes> carry_{};
  std::size_t carry_bytes_ = 0;
  std::uint64_t position_ = 0;  // of the window, then of the packet at hand
  bool in_sync_ = false;
  std::size_t rubbish_bytes_ = 0;  // since the last packet
  std::size_t table_wait_bytes_ = 0;
  Bytes run_;
  bool run_begins_unit_ = false;

  // The program.
  SectionReader pat_, pmt_;
  std::vector<std::byte> pat_section_, pat_packets_, pmt_section_, tables_;
  std::optional<ProgramPlace> place_;
  std::optional<TsProgram> program_;
  std::optional<TsTrack> lead_;
  std::vector<std::uint8_t> counter_of_pid_;  // the last continuity counter

  // The units.
  TsClock clock_;
  PictureFinder finder_;
  std::optional<TsUnit> open_;   // of the lead track, not decided yet
  std::size_t header_left_ = 0;  // of the open unit's PES header, in packets to come
  std::vector<TsUnit> done_;     // to be told with the run
};

}  // namespace matinee::streams
