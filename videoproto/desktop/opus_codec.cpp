#include "videoproto/desktop/opus_codec.h"

#include <opus/opus.h>

#include <algorithm>
#include <utility>

#include "videoproto/limits.h"

namespace matinee::desktop {
namespace {

constexpr int film_bits_per_second = 128'000;
constexpr int voice_bits_per_second = 48'000;
constexpr int packet_bytes_most = 1'500;  // far over what these rates give
constexpr const char* no_codec = "The Opus codec cannot be started: is there enough memory?";

}  // namespace

void SoundEncoder::Free::operator()(OpusEncoder* encoder) const { opus_encoder_destroy(encoder); }
void SoundDecoder::Free::operator()(OpusDecoder* decoder) const { opus_decoder_destroy(decoder); }

SoundEncoder::SoundEncoder(std::unique_ptr<OpusEncoder, Free> encoder, int channels)
    : encoder_(std::move(encoder)), channels_(channels), packet_(packet_bytes_most) {}

tl::expected<SoundEncoder, std::string> SoundEncoder::create(int channels, SoundUse use) {
  int failed = OPUS_OK;
  const bool film = use == SoundUse::film;
  std::unique_ptr<OpusEncoder, Free> encoder(
      opus_encoder_create(sound_rate, channels, film ? OPUS_APPLICATION_AUDIO : OPUS_APPLICATION_VOIP, &failed));
  if (failed != OPUS_OK) return tl::unexpected(std::string(no_codec));
  opus_encoder_ctl(encoder.get(), OPUS_SET_BITRATE(film ? film_bits_per_second : voice_bits_per_second));
  opus_encoder_ctl(encoder.get(), OPUS_SET_COMPLEXITY(5));  // of 10: a fraction of a millisecond a packet
  return SoundEncoder(std::move(encoder), channels);
}

std::span<const std::byte> SoundEncoder::encode(std::span<const std::int16_t> frames) {
  if (frames.size() != packet_frames * static_cast<std::size_t>(channels_)) return {};
  const int bytes = opus_encode(encoder_.get(), frames.data(), static_cast<int>(packet_frames),
                                reinterpret_cast<unsigned char*>(packet_.data()), packet_bytes_most);
  return bytes > 0 ? std::span<const std::byte>(packet_).first(static_cast<std::size_t>(bytes)) : std::span<const std::byte>();
}

void SoundEncoder::reset() { opus_encoder_ctl(encoder_.get(), OPUS_RESET_STATE); }

std::int64_t SoundEncoder::delay_us() const {
  opus_int32 frames = 0;
  opus_encoder_ctl(encoder_.get(), OPUS_GET_LOOKAHEAD(&frames));
  return frames * std::int64_t{1'000'000} / sound_rate;
}

SoundDecoder::SoundDecoder(std::unique_ptr<OpusDecoder, Free> decoder, int channels)
    : decoder_(std::move(decoder)), channels_(channels), frames_(decoded_frames_max * sound_channels) {}

tl::expected<SoundDecoder, std::string> SoundDecoder::create(videoproto::AudioFormat format, int channels) {
  if (format == videoproto::AudioFormat::none || channels < 1 || channels > sound_channels)
    return tl::unexpected(std::string("What is sent has no sound that can be played here."));
  if (format == videoproto::AudioFormat::s16le) return SoundDecoder(nullptr, channels);
  int failed = OPUS_OK;
  std::unique_ptr<OpusDecoder, Free> decoder(opus_decoder_create(sound_rate, sound_channels, &failed));
  if (failed != OPUS_OK) return tl::unexpected(std::string(no_codec));
  return SoundDecoder(std::move(decoder), sound_channels);
}

std::span<const std::int16_t> SoundDecoder::decode(std::span<const std::byte> packet) {
  if (packet.empty() || packet.size() > videoproto::limits::audio_bytes_max) return {};
  std::size_t frames = 0;
  if (decoder_) {
    const int decoded = opus_decode(decoder_.get(), reinterpret_cast<const unsigned char*>(packet.data()),
                                    static_cast<opus_int32>(packet.size()), frames_.data(), static_cast<int>(decoded_frames_max), 0);
    frames = decoded > 0 ? static_cast<std::size_t>(decoded) : 0;
  } else {
    // 10–20 ms of whole frames; anything else is not what the protocol allows.
    const std::size_t frame_bytes = 2 * static_cast<std::size_t>(channels_);
    frames = packet.size() / frame_bytes;
    if (packet.size() % frame_bytes != 0 || frames < packet_frames / 2 || frames > packet_frames) return {};
    const auto sample = [&](std::size_t i) {
      return static_cast<std::int16_t>(std::to_integer<int>(packet[2 * i]) | std::to_integer<int>(packet[2 * i + 1]) << 8);
    };
    for (std::size_t i = 0; i < frames; ++i) {
      frames_[2 * i] = sample(channels_ == 2 ? 2 * i : i);
      frames_[2 * i + 1] = sample(channels_ == 2 ? 2 * i + 1 : i);
    }
  }
  if (frames > 0) last_ = {frames_[2 * frames - 2], frames_[2 * frames - 1]};
  return std::span<const std::int16_t>(frames_).first(frames * sound_channels);
}

std::span<const std::int16_t> SoundDecoder::conceal(std::size_t frames) {
  const auto out = std::span<std::int16_t>(frames_).first(frames * sound_channels);
  if (decoder_) {
    const int made = opus_decode(decoder_.get(), nullptr, 0, out.data(), static_cast<int>(frames), 0);
    if (made == static_cast<int>(frames)) return out;
  }
  std::fill(out.begin(), out.end(), std::int16_t{0});
  constexpr auto fade = static_cast<int>(conceal_step_frames);
  for (int i = 0; i < fade; ++i) {
    out[static_cast<std::size_t>(2 * i)] = static_cast<std::int16_t>(last_[0] * (fade - i) / fade);
    out[static_cast<std::size_t>(2 * i + 1)] = static_cast<std::int16_t>(last_[1] * (fade - i) / fade);
  }
  last_ = {0, 0};
  return out;
}

void SoundDecoder::reset() {
  if (decoder_) opus_decoder_ctl(decoder_.get(), OPUS_RESET_STATE);
  last_ = {0, 0};
}

}  // namespace matinee::desktop
