// The microphone: SDL's capture device, mono, encoded on its thread (a fraction of a millisecond for each 20 ms).
#define SDL_MAIN_HANDLED
#include <SDL.h>

#include <algorithm>
#include <utility>

#include "videoproto/connection.h"
#include "videoproto/desktop/opus_codec.h"
#include "videoproto/desktop/sdl_audio.h"
#include "videoproto/desktop/sound_source.h"
#include "videoproto/header.h"

namespace matinee::desktop {
namespace {

class Microphone final : public SoundSource {
 public:
  Microphone(SoundEncoder encoder, SoundSink sink) : encoder_(std::move(encoder)), sink_(std::move(sink)) {
    frames_.reserve(2 * packet_frames);
  }
  ~Microphone() override {
    if (id_ != 0) SDL_CloseAudioDevice(id_);  // waits for its thread
  }
  std::optional<std::string> open(const std::string& name) {
    SDL_AudioSpec wanted{}, obtained{};
    wanted.freq = sound_rate;
    wanted.format = AUDIO_S16SYS;
    wanted.channels = 1;
    wanted.samples = block_frames;
    wanted.callback = take;
    wanted.userdata = this;
    std::string error;
    id_ = open_sdl_device(name, true, wanted, obtained, error);
    return id_ == 0 ? std::optional(error) : std::nullopt;
  }

  int channels() const override { return 1; }
  void follow(const Playhead& playhead) override { SDL_PauseAudioDevice(id_, playhead.playing ? 0 : 1); }

 private:
  static constexpr Uint16 block_frames = 480;

  static void take(void* self, Uint8* bytes, int size) {
    static_cast<Microphone*>(self)->on_frames({reinterpret_cast<const std::int16_t*>(bytes), static_cast<std::size_t>(size) / 2});
  }

  void on_frames(std::span<const std::int16_t> some) {
    // The block ends now; it began its own length before.
    const auto length_us = static_cast<std::int64_t>(some.size()) * 1'000'000 / sound_rate;
    const auto tick = clock_.tick(some.size(), videoproto::monotonic_us() - length_us);
    if (tick.jumped) {
      frames_.clear();
      encoder_.reset();
      discont_ = true;
    }
    const std::int64_t begin_us = tick.at_us - static_cast<std::int64_t>(frames_.size()) * 1'000'000 / sound_rate;
    frames_.insert(frames_.end(), some.begin(), some.end());
    std::size_t done = 0;
    for (; frames_.size() - done >= packet_frames; done += packet_frames) {
      const auto packet = encoder_.encode(std::span(frames_).subspan(done, packet_frames));
      if (packet.empty()) continue;
      const std::uint16_t jump = std::exchange(discont_, false) ? videoproto::flags::discont : std::uint16_t{0};
      sink_({begin_us + static_cast<std::int64_t>(done) * 1'000'000 / sound_rate - encoder_.delay_us(), packet, jump});
    }
    frames_.erase(frames_.begin(), frames_.begin() + static_cast<std::ptrdiff_t>(done));
  }

  SDL_AudioDeviceID id_ = 0;
  // SDL's thread.
  SoundEncoder encoder_;
  SoundSink sink_;
  DeviceClock clock_;
  std::vector<std::int16_t> frames_;  // less than a packet between two calls
  bool discont_ = true;
};

}  // namespace

OpenedSound open_microphone(const std::string& name, SoundSink sink) {
  auto encoder = SoundEncoder::create(1, SoundUse::voice);
  if (!encoder) return tl::unexpected(encoder.error());
  auto microphone = std::make_unique<Microphone>(std::move(*encoder), std::move(sink));
  if (const auto error = microphone->open(name))
    return tl::unexpected((name.empty() ? std::string("There is no microphone") : "The microphone " + name + " cannot be used") + " (" +
                          *error + "); pictures are sent without sound.");
  return microphone;
}

std::vector<std::string> microphone_lines() { return sdl_device_names(true); }

}  // namespace matinee::desktop
