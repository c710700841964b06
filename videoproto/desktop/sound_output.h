// SoundOutput: a stream's sound on the playback device. Packets wait in a SoundQueue; the device asks for samples on its own thread, and
// how it consumes them is the clock that the stream's pictures follow.
// Thread rule: any thread. The device's lock guards the queue; it is held for at most the decoding of some packets.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "videoproto/control.h"
#include "videoproto/desktop/sound_queue.h"
#include "videoproto/header.h"

namespace matinee::desktop {

class SoundOutput {
 public:
  // `format` and `channels` as the stream's Source says them. Without a device: a sentence; pictures go on without sound.
  [[nodiscard]] static tl::expected<std::unique_ptr<SoundOutput>, std::string> open(videoproto::AudioFormat format, std::int64_t channels);
  ~SoundOutput();
  SoundOutput(const SoundOutput&) = delete;
  SoundOutput& operator=(const SoundOutput&) = delete;

  void push(const videoproto::Header& header, std::span<const std::byte> packet);
  // A picture of the stream is decoded, or came, at `ready_us`: see SoundQueue::on_picture.
  void on_picture(std::int64_t pts_us, std::int64_t ready_us);
  // The pts that is heard now; nullopt while there is no sound. Before the first sample is heard it is the pts that would be.
  [[nodiscard]] std::optional<std::int64_t> clock_us() const;
  [[nodiscard]] SoundFigures figures() const;
  // From handing samples over until they are heard, as far as the device tells.
  [[nodiscard]] std::int64_t device_delay_us() const;

 private:
  struct Device;
  explicit SoundOutput(std::unique_ptr<Device> device);
  std::unique_ptr<Device> device_;
};

// Names of playback devices, one line each.
[[nodiscard]] std::vector<std::string> speaker_lines();

}  // namespace matinee::desktop
