// SDL2's audio, started once and never ended, and how its devices tell the time.
// Thread rule: free functions any thread; DeviceClock one thread at a time.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

struct SDL_AudioSpec;

namespace matinee::desktop {

// nullopt: there is sound on this machine. Else what SDL says is missing.
[[nodiscard]] std::optional<std::string> sdl_audio_missing();
[[nodiscard]] std::vector<std::string> sdl_device_names(bool capture);
// 0: `error` says why. `name` empty: the default device. Devices are opened one after the other: SDL's own table is not guarded.
[[nodiscard]] unsigned open_sdl_device(const std::string& name, bool capture, const SDL_AudioSpec& wanted, SDL_AudioSpec& obtained,
                                       std::string& error);

// A device asks for its blocks in bursts and late, but on average at its own rate: the smooth time of a block's first frame.
class DeviceClock {
 public:
  struct Tick {
    std::int64_t at_us = 0;
    bool jumped = false;  // the device stood still, or is new
  };
  [[nodiscard]] Tick tick(std::size_t frames, std::int64_t now_us);

 private:
  std::optional<double> next_us_;
  double rate_ = 1;  // its seconds are this long
};

}  // namespace matinee::desktop
