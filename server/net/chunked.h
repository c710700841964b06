// Decodes the chunked transfer coding (RFC 9112 §7.1), strictly: CR LF everywhere, bounded extensions and trailers, both ignored.
// Ours because Beast 1.81 runs into an assertion when the last chunk comes in small pieces. Pure: a fuzz target.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace matinee::net {

class ChunkedDecoder {
 public:
  static constexpr std::size_t extension_bytes_max = 1024;  // of one chunk
  static constexpr std::size_t trailer_bytes_max = 8 * 1024;

  // Appends what `bytes` decode to; returns how many were consumed (all of them until the body is done). Nothing = malformed.
  [[nodiscard]] std::optional<std::size_t> put(std::string_view bytes, std::string& decoded);
  [[nodiscard]] bool done() const { return state_ == State::done; }

 private:
  //  size ─▶ extension ─▶ size_lf ─▶ data ─▶ data_cr ─▶ data_lf ─▶ size …
  //                          └─ last chunk ─▶ trailer_start ◀─▶ trailer_line ─▶ trailer_lf;  trailer_start ─ CR ─▶ end_lf ─▶ done
  enum class State : std::uint8_t {
    size,
    extension,
    size_lf,
    data,
    data_cr,
    data_lf,
    trailer_start,
    trailer_line,
    trailer_lf,
    end_lf,
    done
  };
  [[nodiscard]] bool step(char c);
  [[nodiscard]] bool size_digit(char c);

  State state_ = State::size;
  std::uint8_t digits_ = 0;
  std::uint64_t left_ = 0;  // of the chunk
  std::size_t ignored_bytes_ = 0;
};

}  // namespace matinee::net
