#include "streams/ebml_scanner.h"

#include <algorithm>
#include <utility>

#include "streams/limits.h"

namespace matinee::streams {
namespace {

// Times beyond it would not fit in µs.
constexpr std::uint64_t time_ns_max = std::uint64_t{1} << 62;

bool is_table(std::uint32_t id) { return id == ebml_id::header || id == ebml_id::info || id == ebml_id::tracks || id == ebml_id::time; }
bool is_block(std::uint32_t id) { return id == ebml_id::simple_block || id == ebml_id::block_group; }

}  // namespace

std::string_view name_of(WebmError error) {
  switch (error) {
    case WebmError::not_webm: return "not_webm";
    case WebmError::bad_element: return "bad_element";
    case WebmError::too_large: return "too_large";
    case WebmError::too_many_tracks: return "too_many_tracks";
  }
  return "?";
}

std::optional<WebmError> EbmlScanner::feed(Bytes bytes) {
  while (!bytes.empty() && !error_) {
    std::size_t used = 0;
    if (left_ == 0) {
      used = read_head(bytes);
    } else {
      used = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
      if (collecting_) element_.insert(element_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(used));
      left_ -= used;
      position_ += used;
      if (left_ == 0 && std::exchange(collecting_, false)) {
        on_element(element_);
        element_.clear();
      }
    }
    bytes = bytes.subspan(used);
  }
  return error_;
}

// A head at the front of `bytes`, or the rest of one that was cut; with it the whole element when that is there too.
std::size_t EbmlScanner::read_head(Bytes bytes) {
  if (head_bytes_ == 0) {
    element_position_ = position_;
    // A stranger is known by the first byte, not after a portion that never comes.
    if (header_.empty() && bytes[0] != std::byte{0x1A}) {
      fail(WebmError::not_webm);
      return 0;
    }
  }
  const std::size_t before = head_bytes_, taken = std::min(bytes.size(), head_.size() - before);
  std::copy_n(bytes.begin(), taken, head_.begin() + static_cast<std::ptrdiff_t>(before));
  ElementHead head;
  switch (read_element_head(Bytes(head_).first(before + taken), head)) {
    case HeadOutcome::bad: fail(header_.empty() ? WebmError::not_webm : WebmError::bad_element); return 0;
    case HeadOutcome::cut:
      head_bytes_ = before + taken;
      position_ += taken;
      return taken;
    case HeadOutcome::whole: break;
  }
  head_bytes_ = 0;
  const std::size_t used = head.bytes - before;
  position_ += used;
  const Want want = want_of(head);
  if (want == Want::enter || want == Want::refuse) return used;
  left_ = *head.size;
  const bool here = before == 0 && left_ <= bytes.size() - used;
  if (want == Want::collect && (here || left_ == 0)) {
    const auto size = static_cast<std::size_t>(std::exchange(left_, 0));
    position_ += size;
    on_element(here ? bytes.first(used + size) : Bytes(head_).first(head.bytes));
    return used + size;
  }
  collecting_ = want == Want::collect;
  if (collecting_) element_.assign(head_.begin(), head_.begin() + static_cast<std::ptrdiff_t>(head.bytes));
  return used;
}

// What is to be done with an element. Its place in the document follows from its id alone: those of segments, clusters and blocks differ,
// so nobody needs to know where an element of unknown size ends.
EbmlScanner::Want EbmlScanner::want_of(const ElementHead& head) {
  const auto refuse = [&](WebmError why) {
    fail(why);
    return Want::refuse;
  };
  if (header_.empty() && head.id != ebml_id::header) return refuse(WebmError::not_webm);
  if (is_block(head.id)) {
    if (!cluster_time_ || !head.size) return refuse(WebmError::bad_element);
    return *head.size > limits::webm_block_bytes_max ? refuse(WebmError::too_large) : Want::collect;
  }
  const bool has_children = head.id == ebml_id::segment || head.id == ebml_id::cluster;
  if (!has_children && !head.size) return refuse(WebmError::bad_element);
  const std::uint64_t size = has_children ? 0 : *head.size;
  if (is_table(head.id) && size > limits::webm_table_bytes_max) return refuse(WebmError::too_large);
  if (size > limits::webm_idle_bytes_max || idle_bytes_ + head.bytes + size > limits::webm_idle_bytes_max)
    return refuse(WebmError::too_large);
  idle_bytes_ += head.bytes + size;
  if (!has_children) return is_table(head.id) ? Want::collect : Want::skip;
  if (head.id == ebml_id::segment) in_segment_ = true;
  else on_cluster();
  return error_ ? Want::refuse : Want::enter;
}

void EbmlScanner::on_element(Bytes element) {
  ElementHead head;
  if (read_element_head(element, head) != HeadOutcome::whole) return fail(WebmError::bad_element);
  const Bytes content = element.subspan(head.bytes);
  switch (head.id) {
    case ebml_id::header:
      header_.assign(element.begin(), element.end());
      in_segment_ = init_told_ = false;
      cluster_time_.reset();
      tracks_.clear();
      tick_ns_ = 1'000'000;
      return;
    case ebml_id::info: {
      const auto tick_ns = read_webm_tick_ns(content);
      if (!tick_ns) return fail(WebmError::bad_element);
      tick_ns_ = *tick_ns;
      cluster_time_.reset();  // was checked against the length of the tick before
      init_told_ = false;
      return;
    }
    case ebml_id::tracks: return on_tracks(element);
    case ebml_id::time: {
      const std::uint64_t time = content.size() <= 8 ? ByteReader(content).number(content.size()) : time_ns_max;
      if (time > time_ns_max / tick_ns_) return fail(WebmError::bad_element);
      cluster_time_ = time;
      cluster_begins_ = true;  // also where a cluster says another time in its middle
      return;
    }
    default: return on_block(element);
  }
}

void EbmlScanner::on_tracks(Bytes element) {
  ElementHead head;
  static_cast<void>(read_element_head(element, head));
  tracks_ = read_webm_tracks(element.subspan(head.bytes));
  if (tracks_.empty() || !in_segment_) return fail(WebmError::bad_element);
  if (tracks_.size() > limits::webm_tracks_max) return fail(WebmError::too_many_tracks);
  tracks_element_.assign(element.begin(), element.end());
  auto lead = std::ranges::find(tracks_, TrackKind::video, [](const MediaTrack& track) { return kind_of(track.codec); });
  if (lead == tracks_.end()) lead = tracks_.begin();
  lead_ = lead->number;
  init_told_ = false;
}

void EbmlScanner::on_cluster() {
  cluster_time_.reset();
  if (tracks_.empty()) fail(WebmError::bad_element);
}

void EbmlScanner::on_block(Bytes element) {
  const auto head = read_webm_block(element);
  if (!head) return fail(WebmError::bad_element);
  idle_bytes_ = 0;
  if (!std::exchange(init_told_, true)) {
    cluster_begins_ = true;
    sink_.on_init(tracks_, webm_init(header_, tick_ns_, tracks_element_));
  }
  WebmBlock block{head->track, head->key, std::exchange(cluster_begins_, false), 0, *cluster_time_, element, element_position_};
  // In this order nothing overflows: both parts were checked above, and a tick has at most a second.
  block.time_us = (static_cast<std::int64_t>(*cluster_time_) + head->ticks) * static_cast<std::int64_t>(tick_ns_) / 1'000;
  sink_.on_block(block);
}

}  // namespace matinee::streams
