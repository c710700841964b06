// Mp4Join: stretches of fragmented MP4, each with init data of its own and times of its own, as one file: the init data of the first one,
// and fragments that are numbered through, whose times go on where the stretch before ended, in all tracks.
// A stretch fits when its init data says the same, byte for byte: players decode a whole file by the codings of its beginning.
// Source: ISO/IEC 14496-12, 8.8.5 (mfhd), 8.8.12 (tfdt).
// Pure; no thread rule.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "streams/byte_reader.h"
#include "streams/mp4_boxes.h"

namespace matinee::streams {

class Mp4Join {
 public:
  // Before the fragments of each stretch. different: it does not fit behind what came before.
  enum class Begin : std::uint8_t { first, follows, different, damaged };
  [[nodiscard]] Begin begin(Bytes init);
  // Moves a fragment of the stretch to its place, in its own bytes. False: it cannot be read, and is as it was.
  [[nodiscard]] bool place(std::span<std::byte> fragment);
  // How long the file is by now: the end of the track that reaches furthest.
  [[nodiscard]] std::int64_t duration_us() const { return end_us_; }

 private:
  std::vector<std::byte> init_;
  Mp4Init tracks_;
  std::int64_t offset_us_ = 0;  // of the stretch
  std::int64_t end_us_ = 0;
  std::uint32_t fragments_ = 0;
};

}  // namespace matinee::streams
