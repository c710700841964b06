#include "videoproto/desktop/sdl_audio.h"

#define SDL_MAIN_HANDLED
#include <SDL.h>

#include <algorithm>
#include <cmath>
#include <mutex>

#include "videoproto/desktop/opus_codec.h"

namespace matinee::desktop {
namespace {

std::mutex& one_at_a_time() {
  static std::mutex mutex;
  return mutex;
}

std::optional<std::string> start_sdl_audio() {
  SDL_SetMainReady();
  SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1");  // Ctrl-C is ours
  SDL_SetHint(SDL_HINT_AUDIO_DEVICE_APP_NAME, "Matinee");
  if (SDL_InitSubSystem(SDL_INIT_AUDIO) == 0) return std::nullopt;
  return std::string(SDL_GetError());
}

}  // namespace

std::optional<std::string> sdl_audio_missing() {
  static const std::optional<std::string> missing = start_sdl_audio();
  return missing;
}

std::vector<std::string> sdl_device_names(bool capture) {
  std::vector<std::string> names;
  if (sdl_audio_missing()) return names;
  const std::lock_guard lock(one_at_a_time());
  for (int i = 0; i < SDL_GetNumAudioDevices(capture ? 1 : 0); ++i) {
    const char* name = SDL_GetAudioDeviceName(i, capture ? 1 : 0);
    if (name != nullptr) names.emplace_back(name);
  }
  return names;
}

unsigned open_sdl_device(const std::string& name, bool capture, const SDL_AudioSpec& wanted, SDL_AudioSpec& obtained, std::string& error) {
  if (const auto missing = sdl_audio_missing()) {
    error = *missing;
    return 0;
  }
  const std::lock_guard lock(one_at_a_time());
  const SDL_AudioDeviceID device = SDL_OpenAudioDevice(name.empty() ? nullptr : name.c_str(), capture ? 1 : 0, &wanted, &obtained, 0);
  if (device == 0) error = SDL_GetError();
  return device;
}

DeviceClock::Tick DeviceClock::tick(std::size_t frames, std::int64_t now_us) {
  constexpr double jump_us = 60'000, gain = 0.05, rate_gain = gain * gain / 4;  // an alpha-beta filter, critically damped
  const auto now = static_cast<double>(now_us), length_us = static_cast<double>(frames) * 1e6 / sound_rate;
  const bool jumped = !next_us_ || std::abs(now - *next_us_) > jump_us;
  if (jumped) rate_ = 1;
  const double off_us = jumped ? 0 : now - *next_us_;
  const double at_us = jumped ? now : *next_us_ + gain * off_us;
  if (length_us > 0) rate_ = std::clamp(rate_ + rate_gain * off_us / length_us, 0.9, 1.1);
  next_us_ = at_us + length_us * rate_;
  return {static_cast<std::int64_t>(at_us), jumped};
}

}  // namespace matinee::desktop
