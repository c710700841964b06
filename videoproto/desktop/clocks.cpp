#include "videoproto/desktop/clocks.h"

#include <algorithm>

#include "videoproto/desktop/limits.h"

namespace matinee::desktop {

void RelayClock::on_pong(const videoproto::Pong& pong, std::int64_t now_us) {
  const std::int64_t round_trip_us = (now_us - pong.t1_us) - (pong.t3_us - pong.t2_us);
  if (round_trip_us < 0) return;  // not an answer to anything we asked
  samples_[count_++ % samples_.size()] = {round_trip_us, ((pong.t2_us - pong.t1_us) + (pong.t3_us - now_us)) / 2};
}

const RelayClock::Sample* RelayClock::best() const {
  if (count_ == 0) return nullptr;
  const auto* end = samples_.data() + std::min(count_, samples_.size());
  return std::min_element(samples_.data(), end, [](const Sample& a, const Sample& b) { return a.round_trip_us < b.round_trip_us; });
}

std::optional<std::int64_t> RelayClock::offset_us() const {
  const Sample* sample = best();
  return sample == nullptr ? std::nullopt : std::optional(sample->offset_us);
}

std::optional<std::int64_t> RelayClock::round_trip_us() const {
  const Sample* sample = best();
  return sample == nullptr ? std::nullopt : std::optional(sample->round_trip_us);
}

std::int64_t Playhead::position_at(std::int64_t now_us) const {
  return playing ? position_us + static_cast<std::int64_t>(static_cast<double>(now_us - at_us) * rate) : position_us;
}

std::int64_t Playhead::when(std::int64_t film_us) const {
  return at_us + static_cast<std::int64_t>(static_cast<double>(film_us - position_us) / rate);
}

Playhead playhead_of(const videoproto::RoomPlayback& playback, std::int64_t offset_us) {
  return {playback.phase == videoproto::Phase::playing, playback.position_ms * 1'000, playback.at_us - offset_us, playback.rate};
}

std::int64_t Backoff::next_ms(double random) {
  const std::int64_t full = std::min(limits::reconnect_last_ms, limits::reconnect_first_ms << std::min(failures_, 10));
  ++failures_;
  return full - static_cast<std::int64_t>(static_cast<double>(full) * random / 2);
}

}  // namespace matinee::desktop
