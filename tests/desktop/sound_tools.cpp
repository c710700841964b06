#include "tests/desktop/sound_tools.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmath>
#include <cstdlib>
#include <numbers>
#include <stdexcept>

#include "videoproto/connection.h"

namespace matinee::test {

void ffmpeg(const std::string& arguments, const std::string& out) {
  const std::string command = "ffmpeg -nostdin -v error -y " + arguments + " '" + out + "'";
  if (std::system(command.c_str()) != 0) throw std::runtime_error("failed: " + command);
}

std::string beep_clip(const std::string& folder, int seconds, const std::string& name) {
  const std::string length = std::to_string(seconds), out = folder + "/" + name;
  ffmpeg("-f lavfi -i \"color=c=black:s=320x180:r=30:d=" + length +
             ",drawbox=c=white:t=fill:enable='lt(mod(t,1),0.0999)'\" -f lavfi -i "
             "\"aevalsrc='if(lt(mod(t,1),0.1),0.5*sin(2*PI*1000*t),0)':s=44100:d=" +
             length + "\" -c:v mpeg4 -q:v 5 -c:a aac -b:a 128k",
         out);
  return out;
}

double tone_1khz(std::span<const std::int16_t> stereo) {
  double real = 0, imaginary = 0;
  const std::size_t frames = stereo.size() / 2;
  for (std::size_t i = 0; i < frames; ++i) {
    const double angle = 2 * std::numbers::pi * 1'000 * static_cast<double>(i) / 48'000;
    real += stereo[2 * i] * std::cos(angle);
    imaginary += stereo[2 * i] * std::sin(angle);
  }
  return frames == 0 ? 0 : 2 * std::hypot(real, imaginary) / static_cast<double>(frames) / 32'768;
}

Listener::Listener(const std::string& path) {
  if (::mkfifo(path.c_str(), 0600) != 0) throw std::runtime_error("mkfifo");
  pipe_ = ::open(path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC);  // both ends: the device's fopen never waits
  if (pipe_ < 0) throw std::runtime_error("open " + path);
  ::setenv("SDL_DISKAUDIOFILE", path.c_str(), 1);
}
Listener::~Listener() { ::close(pipe_); }

Listener::Piece Listener::next() {
  pollfd waiting{pipe_, POLLIN, 0};
  if (::poll(&waiting, 1, 5'000) <= 0) throw std::runtime_error("the device plays nothing");
  Piece piece;
  piece.stereo.resize(16'384);
  const ssize_t bytes = ::read(pipe_, piece.stereo.data(), piece.stereo.size() * 2);
  piece.end_us = videoproto::monotonic_us();
  // SDL's file buffer hands over blocks of 4 KiB, whole frames each.
  if (bytes <= 0 || bytes % 4 != 0) throw std::runtime_error("half a frame");
  piece.stereo.resize(static_cast<std::size_t>(bytes) / 2);
  return piece;
}

void BeepFinder::add(const Listener::Piece& piece, std::vector<std::int64_t>& beeps_us) {
  const std::size_t frames = piece.stereo.size() / 2;
  for (std::size_t i = 0; i < frames; ++i) {
    const bool loud = std::abs(piece.stereo[2 * i]) > 3'000;
    if (loud && quiet_frames_ > 24'000) beeps_us.push_back(piece.end_us - static_cast<std::int64_t>(frames - i) * 1'000'000 / 48'000);
    quiet_frames_ = loud ? 0 : quiet_frames_ + 1;
  }
}

}  // namespace matinee::test
