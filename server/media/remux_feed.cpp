#include "server/media/remux_feed.h"

#include <algorithm>
#include <utility>

#include "server/media/limits.h"
#include "server/media/media_view.h"

namespace matinee::media {
namespace {

streams::Container container_of(rooms::LiveForm form) {
  switch (form) {
    case rooms::LiveForm::webm: return streams::Container::webm;
    case rooms::LiveForm::mp4: return streams::Container::mp4;
    case rooms::LiveForm::mjpeg:
    case rooms::LiveForm::hls:
    case rooms::LiveForm::ts: break;
  }
  return streams::Container::ts;
}

}  // namespace

RemuxPiece piece_of(const MediaHub& hub, const MediaViewing::Taken& taken, std::optional<std::int64_t> begins_arrived_us) {
  RemuxPiece piece;
  piece.unit = taken.unit;
  if (!begins_arrived_us) return piece;
  piece.begins = {container_of(hub.program()->form), *begins_arrived_us};
  const SharedUnit& init = *hub.ring().init();
  piece.before = init->message->bytes.substr(init->at);
  piece.before += lead_in_of(taken);
  return piece;
}

RemuxFeed::RemuxFeed() : queue_(limits::feed_pieces_max, limits::feed_bytes_max) {}

// False: nothing follows. A piece that begins a run becomes next_, another one is read.
bool RemuxFeed::next_piece() {
  auto piece = queue_.pop();
  if (!piece) {
    over_ = true;
    return false;
  }
  if (piece->begins) {
    next_ = std::move(piece);
  } else {
    current_ = std::move(*piece);
    at_ = 0;
  }
  return true;
}

std::optional<RemuxPiece::Run> RemuxFeed::next_run() {
  while (!next_) {
    if (over_ || !next_piece()) return std::nullopt;
  }
  if (over_) return std::nullopt;
  current_ = std::move(*next_);
  next_.reset();
  at_ = 0;
  return current_.begins;
}

std::string_view RemuxFeed::rest() const {
  if (!current_.unit) return {};
  if (at_ < current_.before.size()) return std::string_view(current_.before).substr(at_);
  return std::string_view(current_.unit->message->bytes).substr(current_.unit->at + at_ - current_.before.size());
}

std::size_t RemuxFeed::read(std::span<std::byte> into) {
  if (over_) return 0;
  while (rest().empty()) {
    if (next_ || over_ || !next_piece() || next_) return 0;
  }
  const auto bytes = std::as_bytes(std::span(rest()));
  const std::size_t count = std::min(into.size(), bytes.size());
  std::copy_n(bytes.begin(), count, into.begin());
  at_ += count;
  return count;
}

}  // namespace matinee::media
