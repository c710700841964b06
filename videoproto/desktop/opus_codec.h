// Sound as packets: 48 kHz, 16 bits. SoundEncoder makes 20 ms Opus packets (RFC 6716); SoundDecoder turns what AUDIO carries, Opus or
// s16le, into stereo, and makes up what is missing.
// Memory is fixed at construction: nothing is allocated per packet. A packet that cannot be decoded is an empty answer.
// Thread rule: one thread at a time.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "videoproto/control.h"

struct OpusEncoder;
struct OpusDecoder;

namespace matinee::desktop {

inline constexpr int sound_rate = 48'000;
inline constexpr int sound_channels = 2;                 // of everything that is played
inline constexpr std::size_t packet_frames = 960;        // one frame: a sample of each channel
inline constexpr std::size_t conceal_step_frames = 120;  // 2.5 ms
inline constexpr std::int64_t packet_us = 20'000;
inline constexpr std::size_t decoded_frames_max = 5'760;  // 120 ms, the longest Opus packet

enum class SoundUse : std::uint8_t { film, voice };

class SoundEncoder {
 public:
  // 1 or 2 channels.
  [[nodiscard]] static tl::expected<SoundEncoder, std::string> create(int channels, SoundUse use);
  // Exactly packet_frames frames, interleaved. Valid until the next call; empty: failed.
  [[nodiscard]] std::span<const std::byte> encode(std::span<const std::int16_t> frames);
  void reset();  // what follows is not what went before
  // Decoded sound comes this much later than what was encoded: the codec looks ahead.
  [[nodiscard]] std::int64_t delay_us() const;

 private:
  struct Free {
    void operator()(OpusEncoder* encoder) const;
  };
  SoundEncoder(std::unique_ptr<OpusEncoder, Free> encoder, int channels);
  std::unique_ptr<OpusEncoder, Free> encoder_;
  int channels_;
  std::vector<std::byte> packet_;
};

class SoundDecoder {
 public:
  // `channels` counts for s16le only: Opus says it in each packet.
  [[nodiscard]] static tl::expected<SoundDecoder, std::string> create(videoproto::AudioFormat format, int channels);
  // Interleaved stereo, valid until the next call; empty: damaged.
  [[nodiscard]] std::span<const std::int16_t> decode(std::span<const std::byte> packet);
  // In place of what did not come, by Opus' own concealment; s16le fades to silence. A multiple of conceal_step_frames, at most
  // packet_frames.
  [[nodiscard]] std::span<const std::int16_t> conceal(std::size_t frames);
  void reset();

 private:
  struct Free {
    void operator()(OpusDecoder* decoder) const;
  };
  SoundDecoder(std::unique_ptr<OpusDecoder, Free> decoder, int channels);
  std::unique_ptr<OpusDecoder, Free> decoder_;  // none: s16le
  int channels_;
  std::vector<std::int16_t> frames_;
  std::array<std::int16_t, 2> last_{};  // the last frame, for s16le to fade from
};

}  // namespace matinee::desktop
