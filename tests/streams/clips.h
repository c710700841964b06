// What the stream tests share: clips made by ffmpeg, what ffprobe lists of them, and cutting bytes into pieces by seed.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "streams/byte_reader.h"

namespace matinee::streams::test {

using Buffer = std::vector<std::byte>;

[[nodiscard]] Buffer read_file(const std::string& path);
// A file in a folder that goes with the test program.
std::string write_file(const std::string& name, Bytes bytes);
[[nodiscard]] std::string new_file(const std::string& name);

// The bytes of a clip: ffmpeg with these arguments, once for a test program. `form` is what `-f` gets.
[[nodiscard]] const Buffer& clip(const std::string& arguments, const std::string& form);
// Inputs of clips: moving pictures of 25 a second, and a tone.
[[nodiscard]] std::string pictures(double seconds, int width = 160, int height = 120);
[[nodiscard]] std::string tone(double seconds);

struct Probed {
  bool video = false;
  bool key = false;
  std::optional<std::int64_t> pts_us, dts_us;
  std::optional<std::uint64_t> position;
  std::uint64_t bytes = 0;
};
// ffprobe's packets, and what it complains of.
struct Listing {
  std::vector<Probed> packets;
  std::string complaints;
  [[nodiscard]] std::vector<Probed> of(bool video) const;
};
[[nodiscard]] Listing probe(const std::string& path);
[[nodiscard]] Listing probe(Bytes bytes);

// Whether `part` lies somewhere in `whole`.
[[nodiscard]] bool contains(Bytes whole, Bytes part);

// Hands `bytes` on in pieces of seeded sizes, from one byte to some thousands.
void in_pieces(Bytes bytes, unsigned seed, const std::function<void(Bytes)>& feed);

}  // namespace matinee::streams::test
