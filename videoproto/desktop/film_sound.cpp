#include "videoproto/desktop/film_sound.h"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/channel_layout.h>
#include <libavutil/opt.h>
#include <libswresample/swresample.h>
}

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <vector>

#include "videoproto/connection.h"
#include "videoproto/desktop/opus_codec.h"
#include "videoproto/desktop/sound_limits.h"

namespace matinee::desktop {
namespace {

struct CloseFormat {
  void operator()(AVFormatContext* p) const { avformat_close_input(&p); }
};
struct FreeCodec {
  void operator()(AVCodecContext* p) const { avcodec_free_context(&p); }
};
struct FreePacket {
  void operator()(AVPacket* p) const { av_packet_free(&p); }
};
struct FreeFrame {
  void operator()(AVFrame* p) const { av_frame_free(&p); }
};
struct FreeResampler {
  void operator()(SwrContext* p) const { swr_free(&p); }
};

using Resampler = std::unique_ptr<SwrContext, FreeResampler>;

// To 48 kHz, 16 bits, and the channels of `out`.
Resampler make_resampler(AVChannelLayout& in, AVChannelLayout& out, const AVFrame& frame) {
  SwrContext* made = nullptr;
  if (swr_alloc_set_opts2(&made, &out, AV_SAMPLE_FMT_S16, sound_rate, &in, static_cast<AVSampleFormat>(frame.format), frame.sample_rate, 0,
                          nullptr) < 0)
    return nullptr;
  Resampler resampler(made);
  return swr_init(made) < 0 ? nullptr : std::move(resampler);
}

bool is_link(const std::string& place) { return place.starts_with("http://") || place.starts_with("https://"); }

std::string reason(int error) {
  char text[AV_ERROR_MAX_STRING_SIZE] = {};
  av_strerror(error, text, sizeof text);
  return text;
}

}  // namespace

struct FilmSound::Impl {
  std::atomic<bool> stopped{false};
  std::atomic<std::int64_t> give_up_us{INT64_MAX};
  std::unique_ptr<AVFormatContext, CloseFormat> format;
  std::unique_ptr<AVCodecContext, FreeCodec> codec;
  Resampler resampler;
  std::unique_ptr<AVPacket, FreePacket> packet{av_packet_alloc()};
  std::unique_ptr<AVFrame, FreeFrame> frame{av_frame_alloc()};
  int stream = -1;
  double beginning_s = 0;  // of the picture track, in the container's time
  // What the resampler was made for.
  int rate = 0, sample_format = -1, channels = 0;
  std::size_t out_channels = sound_channels;  // the first two of them count
  std::vector<std::int16_t> out;
  std::int64_t next_us = 0;  // position behind the last frame given out
  bool draining = false, ended = false;

  static int interrupted(void* self) {
    const auto& impl = *static_cast<const Impl*>(self);
    return impl.stopped || videoproto::monotonic_us() > impl.give_up_us ? 1 : 0;
  }
  tl::expected<void, std::string> open(const std::string& place);
  tl::expected<void, std::string> open_codec(const std::string& called);
  [[nodiscard]] bool fit_resampler();
  [[nodiscard]] DecodedSound convert();
  [[nodiscard]] DecodedSound at_end();
  [[nodiscard]] std::span<const std::int16_t> resample(const std::uint8_t** data, int frames);
  void feed();
};

tl::expected<void, std::string> FilmSound::Impl::open(const std::string& place) {
  const bool link = is_link(place);
  const std::string called = link ? "The link" : "The file " + place;
  std::error_code failed;
  if (!link && !std::filesystem::is_regular_file(place, failed)) return tl::unexpected("There is no file " + place + ".");
  av_log_set_level(AV_LOG_FATAL);  // a damaged packet is no news on a terminal
  AVFormatContext* raw = avformat_alloc_context();
  if (raw == nullptr) return tl::unexpected(std::string("There is not enough memory to open sound."));
  raw->interrupt_callback = {interrupted, this};
  AVDictionary* wishes = nullptr;
  // A file's text must not name other files or hosts; a link must not name files.
  av_dict_set(&wishes, "protocol_whitelist", link ? "http,https,tcp,tls,crypto" : "file", 0);
  give_up_us = videoproto::monotonic_us() + limits::film_open_ms_max * 1'000;
  const std::string url = link ? place : "file:" + std::filesystem::absolute(place, failed).string();
  int result = avformat_open_input(&raw, url.c_str(), nullptr, &wishes);
  av_dict_free(&wishes);
  format.reset(raw);  // null when it failed
  if (result >= 0) result = avformat_find_stream_info(format.get(), nullptr);
  if (result == AVERROR_EXIT) return tl::unexpected(called + " did not answer within 10 s.");
  if (result == AVERROR(EACCES) && !link) return tl::unexpected(called + " cannot be read: is it yours to read?");
  if (result < 0) return tl::unexpected(called + " is not a film or sound that can be read here (" + reason(result) + ").");
  give_up_us = INT64_MAX;
  return open_codec(called);
}

tl::expected<void, std::string> FilmSound::Impl::open_codec(const std::string& called) {
  stream = av_find_best_stream(format.get(), AVMEDIA_TYPE_AUDIO, -1, -1, nullptr, 0);
  if (stream == AVERROR_STREAM_NOT_FOUND) return tl::unexpected(called + " has no sound.");
  if (stream < 0) return tl::unexpected(called + ": its sound is in a form that is not decoded here.");
  const AVStream& track = *format->streams[stream];
  const AVCodec* decoder = avcodec_find_decoder(track.codecpar->codec_id);
  codec.reset(decoder == nullptr ? nullptr : avcodec_alloc_context3(decoder));
  if (!codec || avcodec_parameters_to_context(codec.get(), track.codecpar) < 0)
    return tl::unexpected(called + ": its sound is in a form that is not decoded here.");
  codec->pkt_timebase = track.time_base;
  if (avcodec_open2(codec.get(), decoder, nullptr) < 0) return tl::unexpected(called + ": its sound cannot be decoded.");
  if (codec->sample_rate > limits::film_rate_max || codec->ch_layout.nb_channels > limits::film_channels_max)
    return tl::unexpected(called + ": its sound has more channels or samples a second than are decoded here.");
  const int pictures = av_find_best_stream(format.get(), AVMEDIA_TYPE_VIDEO, -1, -1, nullptr, 0);
  const AVStream& first = *format->streams[pictures >= 0 ? pictures : stream];
  if (first.start_time != AV_NOPTS_VALUE) beginning_s = static_cast<double>(first.start_time) * av_q2d(first.time_base);
  for (unsigned i = 0; i < format->nb_streams; ++i) {
    if (static_cast<int>(i) != stream) format->streams[i]->discard = AVDISCARD_ALL;
  }
  return {};
}

// Streams may change their form on the way; then the resampler is made anew.
bool FilmSound::Impl::fit_resampler() {
  AVChannelLayout layout{};
  const int count = frame->ch_layout.nb_channels;
  if (count < 1 || count > limits::film_channels_max || frame->sample_rate < 1 || frame->sample_rate > limits::film_rate_max) return false;
  if (resampler && rate == frame->sample_rate && sample_format == frame->format && channels == count) return true;
  if (frame->ch_layout.order == AV_CHANNEL_ORDER_UNSPEC) av_channel_layout_default(&layout, count);
  else if (av_channel_layout_copy(&layout, &frame->ch_layout) < 0) return false;
  AVChannelLayout stereo = AV_CHANNEL_LAYOUT_STEREO;
  resampler = make_resampler(layout, stereo, *frame);
  out_channels = sound_channels;
  if (!resampler && count > sound_channels) {
    // No way is known to mix these channels; the first two of them are taken for left and right.
    resampler = make_resampler(layout, layout, *frame);
    out_channels = static_cast<std::size_t>(count);
  }
  av_channel_layout_uninit(&layout);
  if (!resampler) return false;
  rate = frame->sample_rate;
  sample_format = frame->format;
  channels = count;
  return true;
}

// No data: what the resampler still holds.
std::span<const std::int16_t> FilmSound::Impl::resample(const std::uint8_t** data, int frames) {
  const int room = swr_get_out_samples(resampler.get(), frames);
  if (room <= 0) return {};
  out.resize(static_cast<std::size_t>(room) * out_channels);
  auto* bytes = reinterpret_cast<std::uint8_t*>(out.data());
  const int made = swr_convert(resampler.get(), &bytes, room, data, frames);
  const auto count = static_cast<std::size_t>(std::max(made, 0));
  for (std::size_t i = 1; out_channels > sound_channels && i < count; ++i) {
    out[i * sound_channels] = out[i * out_channels];
    out[i * sound_channels + 1] = out[i * out_channels + 1];
  }
  return std::span<const std::int16_t>(out).first(count * sound_channels);
}

DecodedSound FilmSound::Impl::convert() {
  if (!fit_resampler()) return {next_us, {}, false};
  const std::int64_t held = swr_get_delay(resampler.get(), sound_rate);
  const auto frames = resample(const_cast<const std::uint8_t**>(frame->extended_data), frame->nb_samples);
  std::int64_t position_us = next_us;
  if (frame->best_effort_timestamp != AV_NOPTS_VALUE) {
    const double at_s = static_cast<double>(frame->best_effort_timestamp) * av_q2d(format->streams[stream]->time_base) - beginning_s;
    position_us = static_cast<std::int64_t>(at_s * 1e6) - held * 1'000'000 / sound_rate;
  }
  next_us = position_us + static_cast<std::int64_t>(frames.size() / sound_channels) * 1'000'000 / sound_rate;
  return {position_us, frames, false};
}

DecodedSound FilmSound::Impl::at_end() {
  ended = true;
  return {next_us, resampler ? resample(nullptr, 0) : std::span<const std::int16_t>(), true};
}

void FilmSound::Impl::feed() {
  give_up_us = videoproto::monotonic_us() + limits::film_stall_ms_max * 1'000;
  const int result = av_read_frame(format.get(), packet.get());
  give_up_us = INT64_MAX;
  if (result < 0) {
    draining = true;
    avcodec_send_packet(codec.get(), nullptr);
    return;
  }
  if (packet->stream_index == stream) avcodec_send_packet(codec.get(), packet.get());  // a damaged one gives no frame
  av_packet_unref(packet.get());
}

FilmSound::FilmSound(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
FilmSound::~FilmSound() = default;
void FilmSound::stop() { impl_->stopped = true; }

tl::expected<std::unique_ptr<FilmSound>, std::string> FilmSound::open(const std::string& path_or_link) {
  auto impl = std::make_unique<Impl>();
  if (!impl->packet || !impl->frame) return tl::unexpected(std::string("There is not enough memory to open sound."));
  if (auto opened = impl->open(path_or_link); !opened) return tl::unexpected(opened.error());
  return std::unique_ptr<FilmSound>(new FilmSound(std::move(impl)));
}

DecodedSound FilmSound::read() {
  Impl& it = *impl_;
  if (it.ended || it.stopped) return {it.next_us, {}, true};
  const int result = avcodec_receive_frame(it.codec.get(), it.frame.get());
  if (result == 0) {
    const DecodedSound some = it.convert();
    av_frame_unref(it.frame.get());
    return some;
  }
  if (result == AVERROR_EOF || (it.draining && result != 0)) return it.at_end();
  it.feed();
  return {it.next_us, {}, false};
}

bool FilmSound::seek(std::int64_t position_us) {
  Impl& it = *impl_;
  const AVStream& track = *it.format->streams[it.stream];
  const double at_s = static_cast<double>(std::max<std::int64_t>(0, position_us)) / 1e6 + it.beginning_s;
  it.give_up_us = videoproto::monotonic_us() + limits::film_stall_ms_max * 1'000;
  const int result =
      av_seek_frame(it.format.get(), it.stream, static_cast<std::int64_t>(at_s / av_q2d(track.time_base)), AVSEEK_FLAG_BACKWARD);
  it.give_up_us = INT64_MAX;
  if (result < 0) return false;
  avcodec_flush_buffers(it.codec.get());
  it.resampler.reset();
  it.draining = it.ended = false;
  it.next_us = position_us;
  return true;
}

}  // namespace matinee::desktop
