#include "server/media/media_hub.h"

#include <algorithm>
#include <utility>

#include "server/media/limits.h"

namespace matinee::media {
namespace {

using streams::Bytes;
using Phase = streams::PublisherSeat::Phase;

std::string_view text_of(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};  // NOLINT: bytes as bytes
}

SharedUnit make_unit(Bytes before, Bytes bytes, std::optional<streams::ClusterHead> lead_in) {
  auto message = net::make_binary_frame(text_of(before), text_of(bytes));
  const std::size_t at = message->bytes.size() - before.size() - bytes.size();
  return std::make_shared<const MediaUnit>(MediaUnit{std::move(message), at, lead_in});
}

rooms::LiveKind kind_of(seams::StreamKind kind) {
  switch (kind) {
    case seams::StreamKind::feed: return rooms::LiveKind::feed;
    case seams::StreamKind::camera: return rooms::LiveKind::camera;
    case seams::StreamKind::screen: return rooms::LiveKind::screen;
  }
  return rooms::LiveKind::feed;
}

}  // namespace

struct MediaViewing::Place {
  Place(MediaViewer& v, streams::LiveReader from, bool counts) : viewer(&v), reader(from), counted(counts) {}
  MediaViewer* viewer;  // null: left
  streams::LiveReader reader;
  const bool counted;
  bool began = false;
};

MediaViewing& MediaViewing::operator=(MediaViewing&& other) noexcept {
  if (this == &other) return *this;
  leave();
  hub_ = std::move(other.hub_);
  place_ = std::move(other.place_);
  return *this;
}

MediaViewing::~MediaViewing() { leave(); }

void MediaViewing::leave() {
  const auto hub = std::exchange(hub_, nullptr);
  const auto place = std::exchange(place_, nullptr);
  if (place && hub) hub->leave(*place);
}

std::optional<MediaViewing::Taken> MediaViewing::take() {
  if (!place_) return std::nullopt;
  const auto found = hub_->ring_.take(place_->reader);
  if (!found) return std::nullopt;
  MediaCounters& counters = *hub_->parts_.counters;
  ++counters.media_units_out;
  counters.media_units_skipped += found->skipped;
  counters.bytes_out += (*found->unit)->message->bytes.size();
  Taken taken{found->init != nullptr ? *found->init : nullptr, *found->unit, found->arrived_us};
  taken.key = found->key;
  taken.anew = !std::exchange(place_->began, true) || taken.init != nullptr || found->skipped > 0;
  return taken;
}

MediaHub::MediaHub(MediaHubParts parts) : parts_(std::move(parts)), ring_(parts_.bounds) {
  ++parts_.counters->streams;
  ++parts_.counters->streams_total;
}

MediaHub::~MediaHub() { --parts_.counters->streams; }

rooms::LiveStream MediaHub::told() const {
  rooms::LiveStream stream;
  stream.id = id();
  stream.kind = kind_of(parts_.record.kind);
  stream.title = parts_.record.name;
  stream.publisher = parts_.record.owner;
  stream.publisher_name = parts_.record.owner_name;
  stream.width = program_->width;
  stream.height = program_->height;
  stream.sound = program_->sound;
  stream.online = online();
  stream.viewers = static_cast<std::int64_t>(viewers_);
  stream.forms = {program_->form};
  if (is_fit_for_hls(program_->codecs)) stream.forms.push_back(rooms::LiveForm::hls);
  stream.codecs = program_->codecs;
  stream.still = still_ != nullptr;
  stream.recording = recording_;
  return stream;
}

void MediaHub::set_recording(std::optional<rooms::LiveRecording> recording) {
  recording_ = std::move(recording);
  parts_.on_changed();
}

void MediaHub::set_still(std::shared_ptr<const std::string> jpeg) {
  const bool first = std::exchange(still_, std::move(jpeg)) == nullptr;
  if (first) parts_.on_changed();
}

// ---- publishers

std::optional<MediaHub::Ticket> MediaHub::enter(bool take_over) {
  const auto ticket = seat_.enter(take_over);
  if (!ticket) return std::nullopt;
  line_.reset();
  still_.reset();
  made_still_.forget();
  scan_ = std::make_unique<MediaScan>(static_cast<MediaSink&>(*this), true);
  ring_.begin_anew();
  key_gaps_.begin_anew();
  parts_.on_changed();
  return ticket;
}

MediaHub::Fed MediaHub::feed(Ticket ticket, Bytes bytes) {
  if (!seat_.holds(ticket)) return {Fed::What::not_yours};
  return scan(bytes);
}

MediaHub::Fed MediaHub::scan(Bytes bytes) {
  parts_.counters->bytes_in += bytes.size();
  const auto hold = shared_from_this();  // the last viewer may let go of us
  const auto word = scan_->feed(bytes);
  tell_unit();
  if (!word) return {};
  ++parts_.counters->publishers_failed;
  return {Fed::What::bad, *word};
}

void MediaHub::finish(Ticket ticket) {
  if (!seat_.holds(ticket)) return;
  const auto hold = shared_from_this();
  scan_->finish();
  tell_unit();
  end();
}

// What never was a stream has no viewers to wait for.
void MediaHub::leave(Ticket ticket) {
  if (!seat_.holds(ticket)) return;
  if (!program_) return end();
  lose(ticket);
}

void MediaHub::lose(Ticket ticket) {
  seat_.leave(ticket, parts_.now_us());
  parts_.on_changed();
}

MediaHub::Chunk MediaHub::begin_chunk(const std::string& session, std::uint64_t number, bool take_over) {
  using What = Chunk::What;
  const bool known = line_ && line_->session() == session;
  if (!known) {
    if (number != 0) return {What::gap, 0, 0};
    const auto ticket = enter(take_over);
    if (!ticket) return {What::busy, 0, 0};
    scan_ = std::make_unique<MediaScan>(static_cast<MediaSink&>(*this), false);
    line_.emplace(session);
    line_ticket_ = *ticket;
  } else if (!seat_.holds(line_ticket_)) {
    // Lost for a while, and nobody else came: its bytes go on where they stopped.
    const auto ticket = seat_.enter(false);
    if (!ticket) return {What::busy, 0, 0};
    line_ticket_ = *ticket;
    parts_.on_changed();
  }
  heard_us_ = parts_.now_us();
  switch (line_->ask(number)) {
    case ChunkLine::Answer::next: return {What::next, line_->begin(), line_->expected()};
    case ChunkLine::Answer::repeat: return {What::repeat, 0, line_->expected()};
    case ChunkLine::Answer::gap: return {What::gap, 0, line_->expected()};
  }
  return {What::gap, 0, line_->expected()};
}

MediaHub::Fed MediaHub::feed_chunk(const std::string& session, ChunkLine::Turn turn, Bytes bytes) {
  if (!line_ || line_->session() != session || !line_->holds(turn) || !seat_.holds(line_ticket_)) return {Fed::What::not_yours};
  heard_us_ = parts_.now_us();
  const Fed outcome = scan(line_->take(bytes));
  if (outcome.what == Fed::What::bad) {
    line_.reset();
    leave(line_ticket_);
  }
  return outcome;
}

MediaHub::Fed MediaHub::end_chunk(const std::string& session, ChunkLine::Turn turn, bool last) {
  if (!line_ || line_->session() != session || !line_->holds(turn) || !seat_.holds(line_ticket_)) return {Fed::What::not_yours};
  line_->end();
  if (last) finish(line_ticket_);
  return {};
}

// ---- what comes

void MediaHub::on_program(const MediaProgram& program, Bytes init) {
  if (program_ != program) {
    program_ = program;
    parts_.on_changed();
  }
  // The same tables again say nothing new: viewers go on.
  if (ring_.init() && std::ranges::equal(init, init_)) return;
  init_.assign(init.begin(), init.end());
  ring_.set_init(make_unit({}, init, {}));
}

void MediaHub::on_piece(const MediaPiece& piece) {
  ++parts_.counters->media_units_in;
  const std::size_t bytes = piece.before.size() + piece.bytes.size();
  if (piece.begins == streams::Begins::key) key_gaps_.on_key(parts_.now_us());
  static_cast<void>(ring_.append(make_unit(piece.before, piece.bytes, piece.lead_in), bytes, piece.begins, parts_.now_us()));
}

void MediaHub::on_key() {
  key_gaps_.on_key(parts_.now_us());
  ring_.mark_key();
}

MediaHub::KeyGroup MediaHub::key_group() const {
  KeyGroup group;
  std::size_t bytes = 0;
  for (streams::LiveReader reader = ring_.reader(); bytes < limits::still_source_bytes_max;) {
    const auto taken = ring_.take(reader);
    if (!taken || (taken->skipped > 0 && !group.units.empty())) break;
    const SharedUnit& unit = *taken->unit;
    if (group.units.empty()) {
      const SharedUnit& init = *ring_.init();
      group.before = init->message->bytes.substr(init->at);
      if (unit->lead_in) group.before.append(reinterpret_cast<const char*>(unit->lead_in->data()), unit->lead_in->size());  // NOLINT
    }
    bytes += unit->message->bytes.size();
    group.units.push_back(unit);
  }
  return group;
}

// ---- viewers

void MediaHub::tell_unit() {
  ++telling_;
  const std::size_t count = places_.size();
  for (std::size_t i = 0; i < count; ++i) {
    if (places_[i]->viewer != nullptr) places_[i]->viewer->on_unit();
  }
  if (--telling_ == 0) std::erase_if(places_, [](const auto& place) { return place->viewer == nullptr; });
}

MediaViewing MediaHub::watch(MediaViewer& viewer, Counts counts) {
  if (ended()) return {};
  auto place = std::make_shared<MediaViewing::Place>(viewer, ring_.reader(), counts == Counts::yes);
  places_.push_back(place);
  count(*place, 1);
  return {shared_from_this(), std::move(place)};
}

void MediaHub::leave(MediaViewing::Place& place) {
  place.viewer = nullptr;
  count(place, -1);
  if (telling_ == 0) std::erase_if(places_, [&](const auto& each) { return each.get() == &place; });
}

void MediaHub::count(const MediaViewing::Place& place, int more) {
  if (!place.counted) return;
  viewers_ += static_cast<std::size_t>(more);
  parts_.counters->viewers += static_cast<std::uint64_t>(more);
  parts_.on_changed();
}

// ---- ends

void MediaHub::update(seams::StreamRecord record) {
  const bool over = record.ended_at_ms != 0 || record.room_closed || record.owner_blocked || record.key_hash != parts_.record.key_hash;
  if (over) return end();
  parts_.record = std::move(record);
  parts_.on_changed();
}

void MediaHub::look() {
  const std::int64_t now_us = parts_.now_us();
  if (line_ && seat_.holds(line_ticket_) && now_us - heard_us_ >= limits::chunk_silence_us) lose(line_ticket_);
  const bool nobody_came = seat_.phase() == Phase::free;
  if (nobody_came || seat_.look(now_us)) end();
}

void MediaHub::end() {
  const auto hold = shared_from_this();
  seat_.end();
  line_.reset();
  ++telling_;
  for (std::size_t i = 0; i < places_.size(); ++i) {
    if (places_[i]->viewer != nullptr) places_[i]->viewer->on_end();
  }
  if (--telling_ == 0) std::erase_if(places_, [](const auto& place) { return place->viewer == nullptr; });
  parts_.on_changed();
}

}  // namespace matinee::media
