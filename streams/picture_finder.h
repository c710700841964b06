// Tells from the first bytes of a coded picture whether a decoder may begin with it: MPEG video with a sequence header before the
// picture, an IDR picture of H.264, a random access picture of HEVC. It looks at start codes only, and not beyond the one that decides.
// Pure; no thread rule.
#pragma once
#include <cstdint>

#include "streams/byte_reader.h"
#include "streams/codec.h"

namespace matinee::streams {

class PictureFinder {
 public:
  enum class Answer : std::uint8_t { undecided, key, plain };

  explicit PictureFinder(Codec codec = Codec::other) : codec_(codec) {}
  // A picture begins with the bytes fed next.
  void begin();
  // The picture's next bytes, in any portions. Once decided the answer stays.
  Answer feed(Bytes bytes);

  [[nodiscard]] Answer answer() const { return answer_; }
  // What is announced as MPEG-2 is MPEG-1 when no sequence extension follows the sequence header. Known with the first key picture.
  [[nodiscard]] Codec codec() const { return codec_; }

 private:
  void on_start_code(std::uint8_t code);
  void on_mpeg(std::uint8_t code);

  Codec codec_;
  Answer answer_ = Answer::undecided;
  std::uint32_t last_bytes_ = 0xFFFFFFFF;
  bool sequence_header_ = false;
  bool sequence_extension_ = false;
};

}  // namespace matinee::streams
