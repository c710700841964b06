// What ffprobe says of a file, read; and the judgement whether browsers play it. Pure.
#pragma once
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include "server/library/sniff.h"
#include "server/seams/library_store.h"

namespace matinee::library {

// Why a file is kept out, as the item's note says it: a code, and what the sentence names: "codec:HEVC".
struct NotPlayable {
  enum class Why : std::uint8_t {
    not_video,  // by its first bytes no video file at all
    container,  // `what` is its name
    sound,      // no picture in it, or the sound file it is
    codec,      // the picture's, `what`
    depth,      // H.264 with more than 8 bits, or colours that browsers do not decode
    sound_codec,
    broken,  // it cannot be read to the end of its head
    slow,    // not in time: it may be the machine
  };
  Why why = Why::broken;
  std::string what = {};
};
[[nodiscard]] std::string note_of(const NotPlayable& reason);

// By the first bytes alone: nothing when it may be playable.
[[nodiscard]] tl::expected<Container, NotPlayable> judge_beginning(std::string_view beginning);

// `output`: of ffprobe -of flat with format duration and, of each stream, codec_type, codec_name, pix_fmt, width, height,
// disposition.attached_pic. At most the first 32 streams count.
[[nodiscard]] tl::expected<seams::LibraryFacts, NotPlayable> judge(Container container, std::string_view output);

}  // namespace matinee::library
