// FilmSound: the sound of a file or of an http(s) link, decoded by libav to 48 kHz, 16 bits, stereo. Any number of channels and any rate
// within the limits is mixed down and resampled; damaged packets are left out.
// Thread rule: one thread, except stop(). Errors are one sentence.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <tl/expected.hpp>

namespace matinee::desktop {

struct DecodedSound {
  std::int64_t position_us = 0;          // in the film, of the first frame
  std::span<const std::int16_t> frames;  // stereo, valid until the next call; may be empty
  bool end = false;                      // of the film, or of what can be read of it
};

class FilmSound {
 public:
  [[nodiscard]] static tl::expected<std::unique_ptr<FilmSound>, std::string> open(const std::string& path_or_link);
  ~FilmSound();
  FilmSound(const FilmSound&) = delete;
  FilmSound& operator=(const FilmSound&) = delete;

  [[nodiscard]] DecodedSound read();
  // What is read next begins at or before the position. False: this film cannot be jumped in.
  bool seek(std::int64_t position_us);
  // Any thread: a call that waits for the network gives up soon, and all later ones at once.
  void stop();

 private:
  struct Impl;
  explicit FilmSound(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace matinee::desktop
