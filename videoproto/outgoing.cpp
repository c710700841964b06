#include "videoproto/outgoing.h"

#include <algorithm>
#include <utility>

namespace matinee::videoproto {
namespace {

void append(std::vector<std::byte>& to, std::span<const std::byte> bytes) { to.insert(to.end(), bytes.begin(), bytes.end()); }

}  // namespace

bool Outgoing::add_control(Header header, std::string_view payload) {
  if (queue_.size() + limits::header_bytes + payload.size() > limits::control_queue_bytes_max) return false;
  header.payload_bytes = static_cast<std::uint32_t>(payload.size());
  append(queue_, encode_header(header));
  append(queue_, std::as_bytes(std::span(payload)));
  return true;
}

void Outgoing::set_picture(Header header, Frame picture) {
  picture_ = header.has(flags::dup) ? Frame() : std::move(picture);
  header.payload_bytes = static_cast<std::uint32_t>(picture_.bytes().size());
  append(head_, encode_header(header));
}

void Outgoing::set_audio(Header header, std::span<const std::byte> packet) {
  header.payload_bytes = static_cast<std::uint32_t>(packet.size());
  append(head_, encode_header(header));
  append(head_, packet);
}

// The two buffers change places, so that neither is allocated again.
void Outgoing::load() {
  if (busy() || queue_.empty()) return;
  std::swap(queue_, head_);
}

void Outgoing::written(std::size_t bytes) {
  const std::size_t of_first = std::min(bytes, first().size());
  first_done_ += of_first;
  second_done_ += bytes - of_first;
  if (busy()) return;
  head_.clear();
  picture_ = Frame();
  first_done_ = second_done_ = 0;
}

}  // namespace matinee::videoproto
