#include "streams/ts_scanner.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "streams/limits.h"
#include "streams/ts_packet.h"

namespace matinee::streams {
namespace {

constexpr std::byte sync{0x47};
constexpr std::size_t pids = 8'192;
constexpr std::uint8_t not_seen = 0xFF;

}  // namespace

// One packet with what its head says.
struct TsScanner::Packet {
  Bytes bytes;
  TsPacketHead head;
};

std::string_view name_of(TsError error) {
  switch (error) {
    case TsError::not_ts: return "not_ts";
    case TsError::no_program: return "no_program";
  }
  return "?";
}

TsScanner::TsScanner(TsSink& sink) : sink_(sink), counter_of_pid_(pids, not_seen) {}

// ---- packets out of bytes

std::optional<TsError> TsScanner::feed(Bytes bytes) {
  while (carry_bytes_ > 0 && !bytes.empty() && !error_) {
    const std::size_t taken = std::min(bytes.size(), carry_.size() - carry_bytes_);
    std::copy_n(bytes.begin(), taken, carry_.begin() + static_cast<std::ptrdiff_t>(carry_bytes_));
    const std::size_t have = carry_bytes_ + taken;
    const std::size_t used = consume(Bytes(carry_).first(have));
    if (used >= carry_bytes_) {  // the rest lies in the portion at hand
      bytes = bytes.subspan(used - carry_bytes_);
      carry_bytes_ = 0;
    } else {
      std::copy(carry_.begin() + static_cast<std::ptrdiff_t>(used), carry_.begin() + static_cast<std::ptrdiff_t>(have), carry_.begin());
      carry_bytes_ = have - used;
      bytes = bytes.subspan(taken);
    }
  }
  if (bytes.empty() || error_) return error_;
  const Bytes rest = bytes.subspan(consume(bytes));
  if (error_) return error_;
  std::copy(rest.begin(), rest.end(), carry_.begin());
  carry_bytes_ = rest.size();
  return error_;
}

// Answers how many bytes need not be seen again. What is left is less than a packet, or in search of one less than has to be seen.
std::size_t TsScanner::consume(Bytes window) {
  std::size_t used = 0;
  while (!error_) {
    const Bytes left = window.subspan(used);
    if (!in_sync_) {
      const std::size_t searched = find_packet(left);
      used += searched;
      position_ += searched;
      if (!in_sync_) break;
      continue;
    }
    if (left.empty()) break;
    if (left[0] != sync) {
      in_sync_ = false;
      ++counters_.sync_losses;
      continue;
    }
    if (left.size() < ts_packet_bytes) break;
    rubbish_bytes_ = 0;
    on_packet(left.first(ts_packet_bytes));
    used += ts_packet_bytes;
    position_ += ts_packet_bytes;
  }
  flush();
  return used;
}

// A packet begins where two more sync bytes follow at its distance: one alone is found in any 64 KiB of chance. Answers how many bytes lie
// before it, or before where it may still turn out to begin.
std::size_t TsScanner::find_packet(Bytes window) {
  std::size_t at = 0;
  while (at < window.size()) {
    const void* found = std::memchr(window.data() + at, std::to_integer<int>(sync), window.size() - at);
    const std::size_t next =
        found == nullptr ? window.size() : static_cast<std::size_t>(static_cast<const std::byte*>(found) - window.data());
    skip(next - at);
    at = next;
    if (at + ts_search_bytes > window.size() || error_) break;
    if (window[at + ts_packet_bytes] == sync && window[at + 2 * ts_packet_bytes] == sync) {
      in_sync_ = true;
      break;
    }
    skip(1);
    ++at;
  }
  return at;
}

void TsScanner::skip(std::size_t bytes) {
  counters_.skipped_bytes += bytes;
  rubbish_bytes_ += bytes;
  if (rubbish_bytes_ > limits::ts_rubbish_bytes_max) error_ = TsError::not_ts;
}

void TsScanner::flush() {
  const Bytes run = std::exchange(run_, {});
  const bool begins_unit = std::exchange(run_begins_unit_, false);
  if (!run.empty()) sink_.on_packets(run, begins_unit);
  for (const TsUnit& unit : done_) sink_.on_unit(unit);
  done_.clear();
}

void TsScanner::finish() {
  counters_.skipped_bytes += std::exchange(carry_bytes_, 0);
  if (open_) decide(false);
  flush();
}

// ---- one packet

void TsScanner::on_packet(Bytes bytes) {
  const auto head = read_packet_head(bytes);
  if (!head) {
    ++counters_.damaged;
    return;
  }
  if (head->pid == ts_null_pid) return;
  const Packet packet{bytes, *head};
  if (!continues(packet)) return;
  if (head->pid == 0) on_pat(packet);
  else if (place_ && head->pid == place_->table_pid) on_pmt(packet);
  if (error_) return;
  if (!program_) {
    ++counters_.early;
    table_wait_bytes_ += ts_packet_bytes;
    if (table_wait_bytes_ > limits::ts_tables_bytes_max) error_ = TsError::no_program;
    return;
  }
  if (head->pid == program_->reference_pid && head->reference) clock_.on_reference(*head->reference, head->new_time_base);
  hand_on(packet);
  const auto track = std::ranges::find(program_->tracks, head->pid, &TsTrack::pid);
  if (track != program_->tracks.end()) on_track(packet, *track);
}

// Adds the packet to the run, which is told first when this one does not lie behind it or begins a unit.
void TsScanner::hand_on(const Packet& packet) {
  const bool begins_lead = packet.head.begins_unit && lead_ && packet.head.pid == lead_->pid;
  if (begins_lead && open_) decide(false);
  const bool follows = !run_.empty() && run_.data() + run_.size() == packet.bytes.data();
  if (begins_lead || !follows) flush();
  run_ = run_.empty() ? packet.bytes : Bytes(run_.data(), run_.size() + packet.bytes.size());
  run_begins_unit_ = run_begins_unit_ || begins_lead;
  ++counters_.packets;
}

// Counts what is missing before this packet. False: it is the one before once more, which is allowed (2.4.3.3) and of no use.
bool TsScanner::continues(const Packet& packet) {
  std::uint8_t& last = counter_of_pid_[packet.head.pid];
  const std::uint8_t before = last;
  if (!packet.head.has_payload) return true;  // does not count
  last = packet.head.continuity;
  if (before == not_seen || packet.head.new_time_base) return true;
  if (packet.head.continuity == before) return false;
  if (packet.head.continuity != ((before + 1) & 0x0F)) ++counters_.continuity_faults;
  return true;
}

// ---- the program

void TsScanner::on_pat(const Packet& packet) {
  const auto outcome = pat_.feed(packet.bytes, packet.head.payload, packet.head.begins_unit);
  if (outcome == SectionReader::Outcome::damaged) ++counters_.damaged;
  if (outcome != SectionReader::Outcome::whole || std::ranges::equal(pat_.section(), pat_section_)) return;
  const auto place = read_pat(pat_.section());
  if (!place) return;
  pat_section_.assign(pat_.section().begin(), pat_.section().end());
  pat_packets_.assign(pat_.packets().begin(), pat_.packets().end());
  if (!place_ || place_->table_pid != place->table_pid) pmt_.forget();
  place_ = place;
  pmt_section_.clear();  // to be told anew, with this PAT
}

void TsScanner::on_pmt(const Packet& packet) {
  const auto outcome = pmt_.feed(packet.bytes, packet.head.payload, packet.head.begins_unit);
  if (outcome == SectionReader::Outcome::damaged) ++counters_.damaged;
  if (outcome != SectionReader::Outcome::whole || std::ranges::equal(pmt_.section(), pmt_section_)) return;
  auto program = read_pmt(pmt_.section(), place_->number);
  if (!program) return;
  pmt_section_.assign(pmt_.section().begin(), pmt_.section().end());
  flush();
  use_program(std::move(*program));
}

void TsScanner::use_program(TsProgram program) {
  const auto first = [&](TrackKind kind) {
    return std::find_if(program.tracks.begin(), program.tracks.end(), [&](const TsTrack& track) { return kind_of(track.codec) == kind; });
  };
  auto lead = first(TrackKind::video);
  if (lead == program.tracks.end()) lead = first(TrackKind::audio);
  open_.reset();
  lead_.reset();
  if (lead != program.tracks.end()) lead_ = *lead;
  finder_ = PictureFinder(lead_ ? lead_->codec : Codec::other);
  program_ = std::move(program);
  tables_ = pat_packets_;
  tables_.insert(tables_.end(), pmt_.packets().begin(), pmt_.packets().end());
  sink_.on_program(*program_, tables_);
}

// ---- the units

void TsScanner::on_track(const Packet& packet, const TsTrack& track) {
  if (packet.head.begins_unit) return begin_unit(packet, track);
  if (!open_ || open_->track.pid != track.pid) return;
  const std::size_t header = std::min(header_left_, packet.head.payload.size());
  header_left_ -= header;
  look_at_picture(packet.head.payload.subspan(header));
}

void TsScanner::begin_unit(const Packet& packet, const TsTrack& track) {
  const TrackKind kind = kind_of(track.codec);
  if (kind == TrackKind::other) return;
  const auto pes = read_pes_head(packet.head.payload);
  if (!pes) {
    ++counters_.damaged;
    return;
  }
  if (pes->dts) clock_.on_stand_in(*pes->dts);
  TsUnit unit{track, kind == TrackKind::audio, {}, {}, position_};
  if (pes->pts) unit.pts_us = clock_.to_us(*pes->pts);
  if (pes->dts) unit.dts_us = clock_.to_us(*pes->dts);
  if (kind == TrackKind::audio || !lead_ || track.pid != lead_->pid) {
    unit.key = unit.key || packet.head.random_access;
    return done_.push_back(unit);
  }
  open_ = unit;
  finder_.begin();
  header_left_ = pes->header_left;
  // MPEG video needs its sequence header, whatever the packet says of itself.
  const bool mpeg = track.codec == Codec::mpeg1_video || track.codec == Codec::mpeg2_video;
  if (packet.head.random_access && !mpeg) return decide(true);
  look_at_picture(pes->payload);
}

void TsScanner::look_at_picture(Bytes coded) {
  const auto answer = finder_.feed(coded);
  if (answer == PictureFinder::Answer::undecided) return;
  if (finder_.codec() != lead_->codec) use_codec(finder_.codec());
  decide(answer == PictureFinder::Answer::key);
}

// MPEG-1 goes by the name of MPEG-2 until its first sequence header.
void TsScanner::use_codec(Codec codec) {
  std::ranges::find(program_->tracks, lead_->pid, &TsTrack::pid)->codec = codec;
  lead_->codec = open_->track.codec = codec;
  flush();
  sink_.on_program(*program_, tables_);
}

void TsScanner::decide(bool key) {
  open_->key = key;
  done_.push_back(*open_);
  open_.reset();
}

}  // namespace matinee::streams
