#include "server/net/chunked.h"

#include <algorithm>

namespace matinee::net {
namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// What an extension or a trailer line may hold: no CR, LF or other control characters.
bool is_line_char(char c) { return c == '\t' || (static_cast<unsigned char>(c) >= ' ' && c != '\x7f'); }

}  // namespace

std::optional<std::size_t> ChunkedDecoder::put(std::string_view bytes, std::string& decoded) {
  std::size_t at = 0;
  while (at < bytes.size() && state_ != State::done) {
    if (state_ != State::data) {
      if (!step(bytes[at++])) return std::nullopt;
      continue;
    }
    const auto piece = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size() - at));
    decoded.append(bytes.substr(at, piece));
    at += piece;
    left_ -= piece;
    if (left_ == 0) state_ = State::data_cr;
  }
  return at;
}

bool ChunkedDecoder::size_digit(char c) {
  constexpr std::uint8_t digits_max = 15;  // 2^60: no sum of sizes can overflow
  const int value = hex_value(c);
  if (value < 0 || ++digits_ > digits_max) return false;
  left_ = left_ * 16 + static_cast<std::uint64_t>(value);
  return true;
}

// One byte outside the data. False = malformed.
bool ChunkedDecoder::step(char c) {
  const auto next = [this](State state) {
    state_ = state;
    return true;
  };
  switch (state_) {
    case State::size:
      if (c == '\r' && digits_ > 0) return next(State::size_lf);
      if (c == ';' && digits_ > 0) return next(State::extension);
      return size_digit(c);
    case State::extension:
      if (c == '\r') return next(State::size_lf);
      return is_line_char(c) && ++ignored_bytes_ <= extension_bytes_max;
    case State::size_lf: ignored_bytes_ = 0; return c == '\n' && next(left_ == 0 ? State::trailer_start : State::data);
    case State::data_cr: return c == '\r' && next(State::data_lf);
    case State::data_lf: digits_ = 0; return c == '\n' && next(State::size);
    case State::trailer_start:
      if (c == '\r') return next(State::end_lf);
      state_ = State::trailer_line;
      [[fallthrough]];
    case State::trailer_line:
      if (c == '\r') return next(State::trailer_lf);
      return is_line_char(c) && ++ignored_bytes_ <= trailer_bytes_max;
    case State::trailer_lf: return c == '\n' && next(State::trailer_start);
    case State::end_lf: return c == '\n' && next(State::done);
    case State::data:
    case State::done: return false;  // not stepped in
  }
  return false;
}

}  // namespace matinee::net
