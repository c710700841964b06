#include "streams/remux/remux.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>
#include <utility>

#include "streams/remux/libav.h"

namespace matinee::streams {
namespace {

constexpr AVRational microseconds{1, 1'000'000};

// Played as fragmented MP4 by browsers and phones.
bool is_fit(AVCodecID codec) {
  constexpr std::array fit{AV_CODEC_ID_H264, AV_CODEC_ID_VP9, AV_CODEC_ID_AV1, AV_CODEC_ID_AAC, AV_CODEC_ID_OPUS};
  return std::ranges::find(fit, codec) != fit.end();
}

class Remuxer {
 public:
  Remuxer(LibavInput& input, RemuxSink& sink, RemuxBounds bounds) : input_(input), sink_(sink), bounds_(bounds) {}
  RemuxEnd run();

 private:
  struct Track {
    const LibavTrack* track = nullptr;
    [[nodiscard]] AVRational time_base() const { return track->time_base; }
    std::optional<std::int64_t> last_us;  // of the packet before, DTS
    std::int64_t step = 0;                // from the packet before that one, in the track's own units
  };
  [[nodiscard]] RemuxEnd choose();
  void add(AVPacket& packet);
  // Whether it continues what came before. Repeats do not, and are left out.
  enum class Order : std::uint8_t { next, repeat, jump };
  [[nodiscard]] Order order_of(const Track& track, std::int64_t dts_us) const;
  [[nodiscard]] bool is_beginning(const AVPacket& packet, std::int64_t dts_us) const;
  void begin(std::int64_t dts_us);
  void emit(std::int64_t end_us);
  void close();  // what is being put together is left out

  LibavInput& input_;
  RemuxSink& sink_;
  const RemuxBounds bounds_;
  std::vector<Track> tracks_;              // the first one is that of key frames
  std::vector<const LibavTrack*> chosen_;  // the same, in the same order
  std::unique_ptr<LibavOutput> output_;    // null: waits for a key frame
  bool told_init_ = false;
  std::int64_t base_us_ = 0, began_us_ = 0, end_us_ = 0;
  std::size_t bytes_ = 0;  // since began_us_
};

// The first picture and the first sound that have something to say.
RemuxEnd Remuxer::choose() {
  for (const AVMediaType kind : {AVMEDIA_TYPE_VIDEO, AVMEDIA_TYPE_AUDIO}) {
    for (const LibavTrack& track : input_.tracks()) {
      if (track.coding->codec_type != kind) continue;
      if (!is_fit(track.coding->codec_id)) return RemuxEnd::unfit;
      if (!is_known(*track.coding)) continue;
      tracks_.push_back({&track, std::nullopt, 0});
      chosen_.push_back(&track);
      break;
    }
  }
  return tracks_.empty() ? RemuxEnd::unreadable : RemuxEnd::ended;
}

RemuxEnd Remuxer::run() {
  const RemuxEnd chosen = choose();
  if (chosen != RemuxEnd::ended) return chosen;
  const Packet packet(av_packet_alloc());
  while (packet && input_.read(*packet)) {
    add(*packet);
    av_packet_unref(packet.get());
  }
  if (output_) emit(end_us_);
  return RemuxEnd::ended;
}

Remuxer::Order Remuxer::order_of(const Track& track, std::int64_t dts_us) const {
  // Of a track that begins: beside the others, or a remnant of what was before a jump.
  const std::int64_t before = track.last_us.value_or(end_us_);
  const std::int64_t step = dts_us - before;
  if (!track.last_us) return !output_ || std::abs(step) <= limits::remux_step_us_max ? Order::next : Order::repeat;
  if (step > limits::remux_step_us_max || step < -limits::remux_repeat_us_max) return Order::jump;
  return step > 0 ? Order::next : Order::repeat;
}

// Sound alone is all key frames.
bool Remuxer::is_beginning(const AVPacket& packet, std::int64_t dts_us) const {
  if ((packet.flags & AV_PKT_FLAG_KEY) == 0) return false;
  return chosen_[0]->coding->codec_type == AVMEDIA_TYPE_VIDEO || !output_ || dts_us - began_us_ >= limits::remux_sound_us;
}

void Remuxer::add(AVPacket& packet) {
  const auto at = std::ranges::find(chosen_, packet.stream_index, &LibavTrack::index);
  if (at == chosen_.end()) return;
  const auto number = static_cast<std::size_t>(at - chosen_.begin());
  Track& track = tracks_[number];
  if (packet.dts == AV_NOPTS_VALUE) packet.dts = packet.pts;
  if (packet.pts == AV_NOPTS_VALUE) packet.pts = packet.dts;
  if (packet.dts == AV_NOPTS_VALUE || packet.pts < packet.dts || packet.size <= 0) return;
  const std::int64_t dts_us = av_rescale_q(packet.dts, track.time_base(), microseconds);
  const Order order = order_of(track, dts_us);
  if (order == Order::repeat) return;
  if (order == Order::jump) {
    if (output_) emit(end_us_);
    close();
  }
  if (number == 0 && is_beginning(packet, dts_us)) {
    if (output_) emit(dts_us);
    begin(dts_us);
  }
  if (!output_ || dts_us < base_us_) return;
  bytes_ += static_cast<std::size_t>(packet.size);
  if (bytes_ > bounds_.fragment_bytes || (number == 0 && dts_us - began_us_ > bounds_.fragment_us)) return close();
  const std::int64_t step = track.last_us ? av_rescale_q(dts_us - *track.last_us, microseconds, track.time_base()) : 0;
  if (step > 0) track.step = step;
  if (packet.duration <= 0) packet.duration = track.step;
  track.last_us = dts_us;
  if (number == 0) end_us_ = dts_us + av_rescale_q(packet.duration, track.time_base(), microseconds);
  if (!output_->write(packet, static_cast<int>(number), track.time_base(), base_us_)) close();
}

void Remuxer::begin(std::int64_t dts_us) {
  began_us_ = dts_us;
  bytes_ = 0;
  if (output_) return;
  base_us_ = end_us_ = dts_us;
  told_init_ = false;
  for (Track& track : tracks_) track.last_us.reset();
  output_ = std::make_unique<LibavOutput>();
  if (!output_->open(chosen_)) close();
}

void Remuxer::emit(std::int64_t end_us) {
  if (bytes_ == 0 || end_us <= began_us_) return;
  if (!told_init_) {
    const auto init = output_->init();
    if (init.empty()) return close();
    told_init_ = true;
    sink_.on_init(init);
  }
  const auto bytes = output_->flush();
  if (bytes.empty()) return close();
  sink_.on_fragment({began_us_ - base_us_, end_us - began_us_, bytes});
  bytes_ = 0;
}

void Remuxer::close() {
  output_.reset();
  for (Track& track : tracks_) track.last_us.reset();
}

}  // namespace

RemuxEnd remux(Container container, RemuxSource& source, RemuxSink& sink, RemuxBounds bounds) {
  LibavInput input(source);
  if (!input.open(container)) return RemuxEnd::unreadable;
  return Remuxer(input, sink, bounds).run();
}

}  // namespace matinee::streams
