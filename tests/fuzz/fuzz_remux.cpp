// Whatever bytes come, libavformat behind Remux neither crashes nor hangs, and what comes out is what HLS and recordings rely on: init
// data first, then fragments that begin with a moof, within the bound, whose times never go back. The first byte chooses the container,
// the second how much comes at a time.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "streams/remux/remux.h"

using namespace matinee::streams;

namespace {

class Source final : public RemuxSource {
 public:
  Source(Bytes bytes, std::size_t piece) : left_(bytes), piece_(piece) {}
  std::size_t read(std::span<std::byte> into) override {
    const std::size_t count = std::min({into.size(), left_.size(), piece_});
    std::copy_n(left_.begin(), count, into.begin());
    left_ = left_.subspan(count);
    return count;
  }

 private:
  Bytes left_;
  std::size_t piece_;
};

class Sink final : public RemuxSink {
 public:
  explicit Sink(RemuxBounds bounds) : bounds_(bounds) {}
  void on_init(Bytes init) override {
    require(is_box(init, "ftyp"));
    begun_ = true;
    next_us_ = 0;
  }
  void on_fragment(const RemuxFragment& fragment) override {
    require(begun_ && is_box(fragment.bytes, "moof"));
    require(fragment.time_us >= next_us_ && fragment.duration_us >= 0);
    require(fragment.bytes.size() <= bounds_.fragment_bytes);
    next_us_ = fragment.time_us;
  }

 private:
  static bool is_box(Bytes bytes, const char* name) { return bytes.size() >= 8 && std::memcmp(bytes.data() + 4, name, 4) == 0; }
  static void require(bool holds) {
    if (!holds) std::abort();
  }
  RemuxBounds bounds_;
  bool begun_ = false;
  std::int64_t next_us_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 3) return 0;
  const RemuxBounds bounds{.fragment_bytes = 64 * 1024, .fragment_us = 10'000'000};
  Source source(std::as_bytes(std::span(data + 2, size - 2)), std::size_t{data[1]} * 16 + 1);
  Sink sink(bounds);
  static constexpr Container containers[] = {Container::ts, Container::webm, Container::mp4};
  static_cast<void>(remux(containers[data[0] % 3], source, sink, bounds));
  return 0;
}
