#include "server/net/frame.h"

#include <cstdint>

namespace matinee::net {
namespace {

constexpr char text_opcode = '\x81';    // FIN + text
constexpr char binary_opcode = '\x82';  // FIN + binary

// RFC 6455 §5.2, from a server: unmasked, shortest length form.
void append_header(std::string& out, char opcode, std::size_t size) {
  out.push_back(opcode);
  if (size < 126) {
    out.push_back(static_cast<char>(size));
    return;
  }
  const int length_bytes = size < 65536 ? 2 : 8;
  out.push_back(length_bytes == 2 ? char{126} : char{127});
  for (int shift = (length_bytes - 1) * 8; shift >= 0; shift -= 8)
    out.push_back(static_cast<char>(static_cast<std::uint64_t>(size) >> shift));
}

SharedFrame make_one(char opcode, std::string_view payload, std::string_view more = {}) {
  auto frame = std::make_shared<Frame>();
  frame->bytes.reserve(payload.size() + more.size() + 10);
  append_header(frame->bytes, opcode, payload.size() + more.size());
  frame->bytes.append(payload).append(more);
  return frame;
}

}  // namespace

SharedFrame make_frame(std::string whole_frames) { return std::make_shared<Frame>(Frame{std::move(whole_frames)}); }
SharedFrame make_text_frame(std::string_view text) { return make_one(text_opcode, text); }
SharedFrame make_binary_frame(std::string_view data, std::string_view more) { return make_one(binary_opcode, data, more); }

void append_text_frame(std::string& batch, std::string_view text) {
  append_header(batch, text_opcode, text.size());
  batch.append(text);
}

}  // namespace matinee::net
