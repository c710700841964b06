// SoundSource: where sent sound comes from, as 20 ms Opus packets on a thread of its own, each at its time. A film's sound follows the
// same Playhead as its pictures, so that both carry the pts of one mapping: pts = playhead.when(position).
// Positions count from where OpenCV counts them: the beginning of the film's picture track.
// Thread rule: made, told things and destroyed by one thread; the sink is called on the source's own thread and must not block.
// Errors are one sentence; whoever gets one goes on with pictures only.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "videoproto/desktop/clocks.h"

namespace matinee::desktop {

struct SoundPacket {
  std::int64_t pts_us = 0;          // of its first sample, on the clock of monotonic_us
  std::span<const std::byte> opus;  // valid during the call
  std::uint16_t flags = 0;          // videoproto::flags::discont, eos
};
using SoundSink = std::function<void(const SoundPacket&)>;

class SoundSource {
 public:
  virtual ~SoundSource() = default;  // stops and waits; it does not wait for a slow link
  [[nodiscard]] virtual int channels() const = 0;
  // A film's sound is silent until it is told a playing playhead: start, pause, seek and the room's corrections are all this call.
  // Of a rate other than 1 nothing is sent. A microphone is on while the playhead plays.
  virtual void follow(const Playhead& playhead) = 0;
};

using OpenedSound = tl::expected<std::unique_ptr<SoundSource>, std::string>;
// A path, or a direct http(s) link. May take limits::film_open_ms_max.
[[nodiscard]] OpenedSound open_film_sound(const std::string& path_or_link, SoundSink sink);
// Empty: the system's default.
[[nodiscard]] OpenedSound open_microphone(const std::string& name, SoundSink sink);
// Names, one line each.
[[nodiscard]] std::vector<std::string> microphone_lines();

}  // namespace matinee::desktop
