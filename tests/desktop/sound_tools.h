// What the sound tests share: clips made by ffmpeg, the tone in a piece of sound, and the far end of SDL's disk driver.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace matinee::test {

// Runs ffmpeg; throws when it fails. `out` is appended to the arguments.
void ffmpeg(const std::string& arguments, const std::string& out);
// A 1 kHz beep and a white flash for the first tenth of each second.
std::string beep_clip(const std::string& folder, int seconds, const std::string& name = "beep.mp4");

// Strength (0–1) of a 1 kHz tone in every second value, which is one side of stereo.
[[nodiscard]] double tone_1khz(std::span<const std::int16_t> stereo);

// What a device plays, read from a pipe: the file of SDL's disk driver. The reader is the only sound card there is.
class Listener {
 public:
  explicit Listener(const std::string& path);  // makes the pipe and names it to SDL
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  struct Piece {
    std::vector<std::int16_t> stereo;
    std::int64_t end_us = 0;  // when its last frame was handed over
  };
  [[nodiscard]] Piece next();  // waits at most 5 s

 private:
  int pipe_ = -1;
};

// Moments at which a beep begins in what is heard.
class BeepFinder {
 public:
  // Of each piece, in order: appends the handing over time of each first frame of a beep.
  void add(const Listener::Piece& piece, std::vector<std::int64_t>& beeps_us);

 private:
  std::int64_t quiet_frames_ = 0;
};

}  // namespace matinee::test
