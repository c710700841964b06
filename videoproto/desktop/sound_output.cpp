#include "videoproto/desktop/sound_output.h"

#define SDL_MAIN_HANDLED
#include <SDL.h>

#include <utility>

#include "videoproto/connection.h"
#include "videoproto/desktop/sdl_audio.h"

namespace matinee::desktop {
namespace {

constexpr Uint16 block_frames = 512;  // 10.7 ms: what the device asks for at a time

}  // namespace

struct SoundOutput::Device {
  explicit Device(SoundDecoder decoder) : queue(std::move(decoder)) {}
  SDL_AudioDeviceID id = 0;
  std::int64_t delay_us = 0;
  // Behind the device's lock, which SDL holds while it asks for samples.
  SoundQueue queue;
  DeviceClock clock;

  static void fill(void* self, Uint8* bytes, int size) {
    auto& device = *static_cast<Device*>(self);
    const std::span<std::int16_t> out(reinterpret_cast<std::int16_t*>(bytes), static_cast<std::size_t>(size) / sizeof(std::int16_t));
    const auto tick = device.clock.tick(out.size() / sound_channels, videoproto::monotonic_us());
    device.queue.pull(out, tick.at_us + device.delay_us, device.delay_us);
  }
};

namespace {

class DeviceLock {
 public:
  explicit DeviceLock(SDL_AudioDeviceID id) : id_(id) { SDL_LockAudioDevice(id_); }
  ~DeviceLock() { SDL_UnlockAudioDevice(id_); }
  DeviceLock(const DeviceLock&) = delete;
  DeviceLock& operator=(const DeviceLock&) = delete;

 private:
  SDL_AudioDeviceID id_;
};

}  // namespace

SoundOutput::SoundOutput(std::unique_ptr<Device> device) : device_(std::move(device)) {}
SoundOutput::~SoundOutput() { SDL_CloseAudioDevice(device_->id); }

tl::expected<std::unique_ptr<SoundOutput>, std::string> SoundOutput::open(videoproto::AudioFormat format, std::int64_t channels) {
  auto decoder = SoundDecoder::create(format, channels == 1 ? 1 : 2);
  if (!decoder) return tl::unexpected(decoder.error());
  auto device = std::make_unique<Device>(std::move(*decoder));
  SDL_AudioSpec wanted{}, obtained{};
  wanted.freq = sound_rate;
  wanted.format = AUDIO_S16SYS;
  wanted.channels = sound_channels;
  wanted.samples = block_frames;
  wanted.callback = Device::fill;
  wanted.userdata = device.get();
  std::string error;
  device->id = open_sdl_device({}, false, wanted, obtained, error);
  if (device->id == 0) return tl::unexpected("There is no sound device to play on (" + error + "); pictures are shown without sound.");
  // One block is being heard while the device asks for the next.
  device->delay_us = obtained.samples * std::int64_t{1'000'000} / obtained.freq;
  SDL_PauseAudioDevice(device->id, 0);
  return std::unique_ptr<SoundOutput>(new SoundOutput(std::move(device)));
}

void SoundOutput::push(const videoproto::Header& header, std::span<const std::byte> packet) {
  const std::int64_t now_us = videoproto::monotonic_us();
  const DeviceLock lock(device_->id);
  device_->queue.push(header, packet, now_us);
}

void SoundOutput::on_picture(std::int64_t pts_us, std::int64_t ready_us) {
  const DeviceLock lock(device_->id);
  device_->queue.on_picture(pts_us, ready_us);
}

std::optional<std::int64_t> SoundOutput::clock_us() const {
  const DeviceLock lock(device_->id);
  return device_->queue.clock_us(videoproto::monotonic_us());
}

SoundFigures SoundOutput::figures() const {
  const DeviceLock lock(device_->id);
  return device_->queue.figures();
}

std::int64_t SoundOutput::device_delay_us() const { return device_->delay_us; }

std::vector<std::string> speaker_lines() { return sdl_device_names(false); }

}  // namespace matinee::desktop
