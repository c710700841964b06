#include "streams/remux/libav.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>
#include <utility>

namespace matinee::streams {
namespace {

constexpr int io_bytes = 32 * 1024;

const char* name_of(Container container) {
  switch (container) {
    case Container::ts: return "mpegts";
    case Container::webm: return "matroska";
    case Container::mp4: return "mov";
  }
  return "mpegts";
}

int write_out(void* opaque, std::uint8_t* bytes, int size) {
  auto& out = *static_cast<std::vector<std::byte>*>(opaque);
  const auto* begin = reinterpret_cast<const std::byte*>(bytes);  // NOLINT: bytes as bytes
  out.insert(out.end(), begin, begin + size);
  return size;
}

// Whatever a file names: another file is never opened.
int open_nothing(AVFormatContext*, AVIOContext**, const char*, int, AVDictionary**) { return AVERROR(EPERM); }

void free_io(AVIOContext*& io) {
  if (io == nullptr) return;
  av_freep(&io->buffer);
  avio_context_free(&io);
}

using Transfer = int (*)(void* opaque, std::uint8_t* bytes, int size);
AVIOContext* make_io(void* opaque, Transfer read, Transfer write) {
  auto* buffer = static_cast<std::uint8_t*>(av_malloc(io_bytes));
  if (buffer == nullptr) return nullptr;
  AVIOContext* io = avio_alloc_context(buffer, io_bytes, write != nullptr ? 1 : 0, opaque, read, write, nullptr);
  if (io == nullptr) av_free(buffer);
  else io->seekable = 0;
  return io;
}

// How large pictures are, from the first one: a parser says it, which reads heads only.
void learn_h264(AVCodecParameters& coding, const AVPacket& packet) {
  AVCodecParserContext* parser = av_parser_init(AV_CODEC_ID_H264);
  AVCodecContext* context = avcodec_alloc_context3(nullptr);
  if (parser != nullptr && context != nullptr) {
    parser->flags |= PARSER_FLAG_COMPLETE_FRAMES;
    std::uint8_t* out = nullptr;
    int out_bytes = 0;
    av_parser_parse2(parser, context, &out, &out_bytes, packet.data, packet.size, packet.pts, packet.dts, -1);
    coding.width = parser->width;
    coding.height = parser->height;
  }
  avcodec_free_context(&context);
  av_parser_close(parser);
}

// ISO/IEC 13818-7, 6.2: the head in front of each packet of AAC in MPEG-TS.
void learn_adts(AVCodecParameters& coding, const AVPacket& packet) {
  constexpr std::array rates{96'000, 88'200, 64'000, 48'000, 44'100, 32'000, 24'000, 22'050, 16'000, 12'000, 11'025, 8'000, 7'350};
  if (packet.size < 7 || packet.data[0] != 0xFF || (packet.data[1] & 0xF0) != 0xF0) return;
  const std::size_t rate = (packet.data[2] >> 2) & 0x0F;
  const int channels = ((packet.data[2] & 1) << 2) | (packet.data[3] >> 6);
  if (coding.sample_rate > 0 || rate >= rates.size() || channels == 0) return;
  coding.sample_rate = rates[rate];
  coding.frame_size = 1'024;
  av_channel_layout_uninit(&coding.ch_layout);
  av_channel_layout_default(&coding.ch_layout, channels == 7 ? 8 : channels);
}

}  // namespace

LibavInput::~LibavInput() {
  avformat_close_input(&format_);
  free_io(io_);
}

int LibavInput::read_source(void* self, std::uint8_t* into, int size) {
  auto& input = *static_cast<LibavInput*>(self);
  auto wanted = static_cast<std::size_t>(size);
  if (!input.opened_) wanted = std::min(wanted, input.probe_bytes_);
  const std::size_t got = wanted == 0 ? 0 : input.source_.read({reinterpret_cast<std::byte*>(into), wanted});  // NOLINT: bytes as bytes
  if (!input.opened_) input.probe_bytes_ -= got;
  return got == 0 ? AVERROR_EOF : static_cast<int>(got);
}

bool LibavInput::open(Container container) {
  av_log_set_level(AV_LOG_QUIET);  // of the process: what strangers send is nothing for our standard error
  io_ = make_io(this, read_source, nullptr);
  format_ = avformat_alloc_context();
  if (io_ == nullptr || format_ == nullptr) return false;
  format_->pb = io_;
  format_->flags |= AVFMT_FLAG_CUSTOM_IO;
  format_->io_open = open_nothing;
  format_->codec_whitelist = av_strdup("none");  // no decoder has this name: what parsers say of a track has to do
  format_->probesize = static_cast<std::int64_t>(limits::remux_probe_bytes_max);
  format_->max_analyze_duration = limits::remux_probe_us_max;
  format_->fps_probe_size = 0;
  format_->max_streams = static_cast<int>(limits::ts_streams_max);
  if (avformat_open_input(&format_, nullptr, av_find_input_format(name_of(container)), nullptr) < 0) return false;
  if (avformat_find_stream_info(format_, nullptr) < 0 || !take_tracks()) return false;
  look_ahead();
  return opened_ = true;
}

bool LibavInput::take_tracks() {
  for (const AVStream* const stream : std::span(format_->streams, format_->nb_streams)) {
    LibavTrack track{stream->index, stream->time_base, {}, {}, {}};
    track.coding.reset(avcodec_parameters_alloc());
    if (!track.coding || avcodec_parameters_copy(track.coding.get(), stream->codecpar) < 0) return false;
    if (track.coding->codec_id == AV_CODEC_ID_AAC && track.coding->extradata_size == 0) {
      AVBSFContext* filter = nullptr;
      if (av_bsf_alloc(av_bsf_get_by_name("aac_adtstoasc"), &filter) < 0) return false;
      track.filter.reset(filter);
      filter->time_base_in = stream->time_base;
      if (avcodec_parameters_copy(filter->par_in, stream->codecpar) < 0 || av_bsf_init(filter) < 0) return false;
    }
    tracks_.push_back(std::move(track));
  }
  return true;
}

// What is known of the tracks without a decoder is not enough for MPEG-TS. Most of these packets wait already in libavformat's own queue.
void LibavInput::look_ahead() {
  const auto all_known = [this] { return std::ranges::all_of(tracks_, [](const LibavTrack& track) { return is_known(*track.coding); }); };
  std::optional<std::int64_t> first_us;
  while (!all_known()) {
    Packet packet(av_packet_alloc());
    if (!packet || !read_next(*packet)) return;
    const std::int64_t dts = packet->dts;
    const AVRational time_base = tracks_[static_cast<std::size_t>(packet->stream_index)].time_base;
    ahead_.push_back(std::move(packet));
    if (dts == AV_NOPTS_VALUE) continue;
    const std::int64_t dts_us = av_rescale_q(dts, time_base, {1, 1'000'000});
    if (dts_us - first_us.value_or(dts_us) > limits::remux_probe_us_max) return;
    if (!first_us) first_us = dts_us;
  }
}

bool LibavInput::prepare(AVPacket& packet) {
  const auto number = static_cast<std::size_t>(packet.stream_index);
  if (number >= tracks_.size()) return false;
  LibavTrack& track = tracks_[number];
  AVCodecParameters& coding = *track.coding;
  if (coding.codec_id == AV_CODEC_ID_H264 && !is_known(coding) && (packet.flags & AV_PKT_FLAG_KEY) != 0) learn_h264(coding, packet);
  return !track.filter || filter(track, packet);
}

bool LibavInput::filter(LibavTrack& track, AVPacket& packet) {
  AVCodecParameters& coding = *track.coding;
  learn_adts(coding, packet);
  if (coding.sample_rate <= 0) return false;
  if (av_bsf_send_packet(track.filter.get(), &packet) < 0 || av_bsf_receive_packet(track.filter.get(), &packet) < 0) return false;
  const AVRational samples{1, coding.sample_rate};
  const std::int64_t told = packet.pts == AV_NOPTS_VALUE ? packet.pts : av_rescale_q(packet.pts, track.filter->time_base_in, samples);
  if (told == AV_NOPTS_VALUE && !track.next_sample) return false;
  const bool follows = track.next_sample && (told == AV_NOPTS_VALUE || std::llabs(told - *track.next_sample) <= coding.frame_size / 2);
  packet.pts = packet.dts = follows ? *track.next_sample : told;
  packet.duration = coding.frame_size;
  track.next_sample = packet.pts + packet.duration;
  track.time_base = samples;
  std::size_t bytes = 0;
  const std::uint8_t* heard = av_packet_get_side_data(&packet, AV_PKT_DATA_NEW_EXTRADATA, &bytes);
  if (heard == nullptr || coding.extradata != nullptr) return coding.extradata != nullptr;
  coding.extradata = static_cast<std::uint8_t*>(av_mallocz(bytes + AV_INPUT_BUFFER_PADDING_SIZE));
  if (coding.extradata == nullptr) return false;
  std::copy_n(heard, bytes, coding.extradata);
  coding.extradata_size = static_cast<int>(bytes);
  return true;
}

bool LibavInput::read_next(AVPacket& packet) {
  while (av_read_frame(format_, &packet) >= 0) {
    if (prepare(packet)) return true;
    av_packet_unref(&packet);
  }
  return false;
}

bool LibavInput::read(AVPacket& packet) {
  if (ahead_.empty()) return read_next(packet);
  av_packet_move_ref(&packet, ahead_.front().get());
  ahead_.pop_front();
  return true;
}

LibavOutput::~LibavOutput() {
  avformat_free_context(format_);
  free_io(io_);
}

bool LibavOutput::open(std::span<const LibavTrack* const> tracks) {
  if (avformat_alloc_output_context2(&format_, nullptr, "mp4", nullptr) < 0) return false;
  io_ = make_io(&out_, nullptr, write_out);
  if (io_ == nullptr) return false;
  format_->pb = io_;
  format_->flags |= AVFMT_FLAG_CUSTOM_IO;
  format_->avoid_negative_ts = AVFMT_AVOID_NEG_TS_DISABLED;
  format_->strict_std_compliance = FF_COMPLIANCE_EXPERIMENTAL;
  for (const LibavTrack* const from : tracks) {
    AVStream* to = avformat_new_stream(format_, nullptr);
    if (to == nullptr || avcodec_parameters_copy(to->codecpar, from->coding.get()) < 0) return false;
    to->codecpar->codec_tag = 0;
    to->time_base = from->time_base;
    // Guessed from the first packets: init data would be another each time, of the same codings.
    to->codecpar->bit_rate = 0;
    // Without a decoder nobody says this of VP9; browsers and cameras make profile 0 of it.
    if (to->codecpar->codec_id != AV_CODEC_ID_VP9) continue;
    if (to->codecpar->format < 0) to->codecpar->format = AV_PIX_FMT_YUV420P;
    if (to->codecpar->profile < 0) to->codecpar->profile = FF_PROFILE_VP9_0;
  }
  // Fragments end where we say. Without edit lists, and as if time had begun at 0: then tracks keep their distance in players that know
  // no edit lists.
  AVDictionary* options = nullptr;
  av_dict_set(&options, "movflags", "frag_custom+empty_moov+default_base_moof+frag_discont", 0);
  av_dict_set(&options, "use_editlist", "0", 0);
  const bool ok = avformat_write_header(format_, &options) >= 0;
  av_dict_free(&options);
  return ok;
}

bool LibavOutput::write(AVPacket& packet, int track, AVRational time_base, std::int64_t base_us) {
  const std::int64_t base = av_rescale_q(base_us, {1, 1'000'000}, time_base);
  packet.pts -= base;
  packet.dts -= base;
  packet.stream_index = track;
  packet.pos = -1;
  av_packet_rescale_ts(&packet, time_base, format_->streams[track]->time_base);
  return av_write_frame(format_, &packet) >= 0;
}

std::vector<std::byte> LibavOutput::init() {
  avio_flush(io_);
  return std::exchange(out_, {});
}

std::vector<std::byte> LibavOutput::flush() {
  if (av_write_frame(format_, nullptr) < 0) return {};
  avio_flush(io_);
  return std::exchange(out_, {});
}

}  // namespace matinee::streams
