#include "videoproto/desktop/sound_queue.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace matinee::desktop {
namespace {

namespace flags = videoproto::flags;
constexpr std::int64_t jump_us = limits::sound_jump_ms * 1'000;
constexpr std::int64_t margin_us = 20'000;       // over the measured jitter: one packet
constexpr std::int64_t same_us = packet_us / 2;  // pts this far off still follow each other
constexpr std::int64_t behind_us_max = 50'000;   // more is not caught up with splices: what is late is left out
constexpr std::int64_t ahead_us_max = 200'000;
constexpr std::size_t splice_frames = 120;  // 2.5 ms
constexpr std::int64_t splice_from_us = 5'000;

constexpr std::int64_t us_of(std::size_t frames) { return static_cast<std::int64_t>(frames) * 1'000'000 / sound_rate; }
constexpr std::size_t frames_of(std::int64_t us) { return static_cast<std::size_t>(us * sound_rate / 1'000'000); }

std::int16_t mix(std::int16_t from, std::int16_t to, std::size_t i) {
  const auto n = static_cast<int>(splice_frames), k = static_cast<int>(i);
  return static_cast<std::int16_t>((from * (n - k) + to * k) / n);
}

}  // namespace

bool TransitMeter::add(std::int64_t transit_us, std::int64_t now_us) {
  const bool same_clock = empty() || std::abs(transit_us - least_us()) <= jump_us;
  if (!same_clock) used_ = 0;
  const std::int64_t number = now_us / 1'000'000;
  if (used_ == 0 || seconds_[newest_].number != number) {
    newest_ = used_ == 0 ? 0 : (newest_ + 1) % seconds_.size();
    used_ = std::min(used_ + 1, seconds_.size());
    seconds_[newest_] = {number, transit_us, transit_us};
  }
  Second& second = seconds_[newest_];
  second.least_us = std::min(second.least_us, transit_us);
  second.most_us = std::max(second.most_us, transit_us);
  return same_clock;
}

std::int64_t TransitMeter::least_us() const {
  const auto end = seconds_.begin() + static_cast<std::ptrdiff_t>(used_);
  return std::min_element(seconds_.begin(), end, [](const Second& a, const Second& b) { return a.least_us < b.least_us; })->least_us;
}

std::int64_t TransitMeter::jitter_us() const {
  const auto end = seconds_.begin() + static_cast<std::ptrdiff_t>(used_);
  return std::max_element(seconds_.begin(), end, [](const Second& a, const Second& b) { return a.most_us < b.most_us; })->most_us -
         least_us();
}

SoundQueue::SoundQueue(SoundDecoder decoder) : decoder_(std::move(decoder)) {
  samples_.reserve((decoded_frames_max + splice_frames) * sound_channels);
}

void SoundQueue::push(const videoproto::Header& header, std::span<const std::byte> packet, std::int64_t now_us) {
  ++figures_.received;
  const auto pts_us = static_cast<std::int64_t>(header.pts_us);
  bool jumped = header.has(flags::discont);
  if (!transit_.add(now_us - pts_us, now_us)) jumped = true;
  if (jumped) forget();
  if (count_ == ring_.size()) {
    drop_first();
    ++figures_.dropped;
  }
  Waiting& place = ring_[(first_ + count_++) % ring_.size()];
  place.pts_us = pts_us;
  place.flags = static_cast<std::uint16_t>(header.flags | (jumped ? flags::discont : 0));
  place.bytes.assign(packet.begin(), packet.end());
}

void SoundQueue::on_picture(std::int64_t pts_us, std::int64_t ready_us) {
  const std::int64_t transit_us = ready_us - pts_us;
  // The sound alone tells whose clock this is.
  if (transit_.empty() || std::abs(transit_us - transit_.least_us()) > jump_us) return;
  static_cast<void>(transit_.add(transit_us, ready_us));
}

// What is not heard yet belongs to a time that is over; the last of it fades.
void SoundQueue::forget() {
  first_ = count_ = 0;
  placed_ = frozen_ = ended_ = false;
  const std::size_t left = samples_.size() / sound_channels - at_;
  samples_.resize((at_ + std::min(left, splice_frames)) * sound_channels);
  for (std::size_t i = 0; i < std::min(left, splice_frames); ++i) {
    for (std::size_t side = 0; side < sound_channels; ++side) {
      auto& sample = samples_[(at_ + i) * sound_channels + side];
      sample = mix(sample, 0, i);
    }
  }
}

void SoundQueue::drop_first() {
  first_ = (first_ + 1) % ring_.size();
  --count_;
}

std::int64_t SoundQueue::delay_us() const {
  return std::clamp(transit_.jitter_us() + margin_us, limits::sound_delay_ms_min * 1'000, limits::sound_delay_ms_max * 1'000);
}

// Add to pts: when it should be heard.
std::int64_t SoundQueue::offset_us() const { return transit_.least_us() + delay_us() + device_delay_us_; }

std::int64_t SoundQueue::position_pts() const { return frozen_ ? end_pts_ : end_pts_ - us_of(samples_.size() / sound_channels - at_); }

void SoundQueue::pull(std::span<std::int16_t> out, std::int64_t heard_us, std::int64_t device_delay_us) {
  device_delay_us_ = device_delay_us;
  const std::size_t wanted = out.size() / sound_channels;
  bool anchored = false;
  for (std::size_t done = 0; done < wanted;) {
    if (at_ * sound_channels >= samples_.size() && !next_samples(heard_us + us_of(done))) {
      std::fill(out.begin() + static_cast<std::ptrdiff_t>(done * sound_channels), out.end(), std::int16_t{0});
      break;
    }
    if (!anchored && placed_) {
      anchor_pts_ = position_pts();
      anchor_heard_us_ = heard_us + us_of(done);
      anchored = true;
    }
    const std::size_t some = std::min(wanted - done, samples_.size() / sound_channels - at_);
    std::copy_n(samples_.begin() + static_cast<std::ptrdiff_t>(at_ * sound_channels), some * sound_channels,
                out.begin() + static_cast<std::ptrdiff_t>(done * sound_channels));
    at_ += some;
    done += some;
  }
}

// False: there is nothing to play, not even something made up.
bool SoundQueue::next_samples(std::int64_t heard_us) {
  samples_.clear();
  at_ = 0;
  frozen_ = false;
  if (!placed_) {
    if (count_ == 0) return false;
    end_pts_ = heard_us - offset_us();
    placed_ = true;
    starved_ = 0;
    concealed_us_ = limits::sound_conceal_ms_max * 1'000;  // before a beginning is silence
  }
  const std::int64_t behind_us = heard_us - offset_us() - end_pts_;
  if (count_ > 0 && (behind_us > behind_us_max || behind_us < -ahead_us_max)) end_pts_ += behind_us;
  return take_packet(heard_us) || starve();
}

bool SoundQueue::take_packet(std::int64_t heard_us) {
  while (count_ > 0) {
    Waiting& next = ring_[first_];
    if ((next.flags & flags::discont) != 0 || std::abs(next.pts_us - end_pts_) > jump_us) {
      decoder_.reset();
      ++figures_.jumps;
      end_pts_ = heard_us - offset_us();
      next.flags = static_cast<std::uint16_t>(next.flags & ~flags::discont);
      // Times that lie: it is played now.
      if (std::abs(next.pts_us - end_pts_) > jump_us) end_pts_ = next.pts_us;
      concealed_us_ = limits::sound_conceal_ms_max * 1'000;
    }
    const std::int64_t gap_us = next.pts_us - end_pts_;
    if (gap_us > same_us) return wait_for(gap_us);
    const auto decoded = decoder_.decode(next.bytes);
    const std::int64_t pts_us = next.pts_us;
    ended_ = (next.flags & flags::eos) != 0;
    drop_first();
    if (decoded.empty()) {
      ++figures_.dropped;
      continue;
    }
    const std::int64_t end_us = pts_us + us_of(decoded.size() / sound_channels);
    if (end_us <= end_pts_ + 1'000) {
      ++figures_.late;
      continue;
    }
    samples_.assign(decoded.begin(), decoded.end());
    if (gap_us < -same_us) at_ = std::min(frames_of(-gap_us), samples_.size() / sound_channels - 1);
    end_pts_ = end_us;
    ++figures_.played;
    starved_ = 0;
    concealed_us_ = 0;
    splice(heard_us);
    return true;
  }
  return false;
}

// The next packet is due only later: a short gap is concealed, a long one is silent.
bool SoundQueue::wait_for(std::int64_t gap_us) {
  if (concealed_us_ < limits::sound_conceal_ms_max * 1'000) {
    const auto made = decoder_.conceal(std::min(packet_frames, frames_of(gap_us) / conceal_step_frames * conceal_step_frames));
    samples_.assign(made.begin(), made.end());
    ++figures_.concealed;
    concealed_us_ += packet_us;
  } else {
    set_silence(std::min(packet_frames, frames_of(gap_us)));
  }
  end_pts_ += us_of(samples_.size() / sound_channels);
  return true;
}

// Nothing is there. Its place in time is kept for what comes late, until that is hopeless.
bool SoundQueue::starve() {
  if (ended_ || us_of(starved_) >= limits::sound_silence_ms_max * 1'000) {
    placed_ = false;
    return false;
  }
  if (starved_ == 0) ++figures_.underruns;
  if (us_of(starved_) < limits::sound_conceal_ms_max * 1'000) {
    const auto made = decoder_.conceal(packet_frames / 2);
    samples_.assign(made.begin(), made.end());
    ++figures_.concealed;
  } else {
    set_silence(packet_frames / 2);
  }
  starved_ += packet_frames / 2;
  frozen_ = true;
  return true;
}

void SoundQueue::set_silence(std::size_t frames) { samples_.assign(frames * sound_channels, 0); }

void SoundQueue::splice(std::int64_t heard_us) {
  const auto window = static_cast<std::ptrdiff_t>(splice_frames * sound_channels);
  if (at_ != 0 || samples_.size() < static_cast<std::size_t>(4 * window)) return;
  const std::int64_t begin_pts = end_pts_ - us_of(samples_.size() / sound_channels);
  const std::int64_t behind_us = heard_us - offset_us() - begin_pts;
  const std::int64_t pause_us = std::abs(behind_us) > 30'000 ? 40'000 : 100'000;
  if (std::abs(behind_us) < splice_from_us || heard_us - spliced_us_ < pause_us) return;
  spliced_us_ = heard_us;
  ++figures_.spliced;
  const auto at = [&](std::ptrdiff_t i) -> std::int16_t& { return samples_[static_cast<std::size_t>(i)]; };
  if (behind_us > 0) {
    for (std::ptrdiff_t i = 0; i < window; ++i) at(i) = mix(at(i), at(i + window), static_cast<std::size_t>(i) / sound_channels);
    samples_.erase(samples_.begin() + window, samples_.begin() + 2 * window);
  } else {
    samples_.insert(samples_.begin() + window, static_cast<std::size_t>(window), 0);
    for (std::ptrdiff_t i = 0; i < window; ++i)
      at(i + window) = mix(at(i + 2 * window), at(i), static_cast<std::size_t>(i) / sound_channels);
  }
}

std::optional<std::int64_t> SoundQueue::clock_us(std::int64_t now_us) const {
  if (placed_) {
    const std::int64_t passed_us = now_us - anchor_heard_us_;
    if (passed_us > limits::sound_silence_ms_max * 1'000) return std::nullopt;  // the device does not ask any more
    return anchor_pts_ + passed_us;
  }
  if (count_ == 0) return std::nullopt;
  return now_us - offset_us();
}

SoundFigures SoundQueue::figures() const {
  SoundFigures out = figures_;
  if (transit_.empty()) return out;
  out.jitter_ms = static_cast<double>(transit_.jitter_us()) / 1'000;
  if (placed_) out.delay_ms = static_cast<double>(anchor_heard_us_ - device_delay_us_ - anchor_pts_ - transit_.least_us()) / 1'000;
  return out;
}

}  // namespace matinee::desktop
