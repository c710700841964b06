// Whatever bytes come, what the MP4 scanner hands on does not depend on how they were cut into portions, is no more than came, and is MP4
// that it reads again as the same fragments. The first byte chooses the cut.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "streams/limits.h"
#include "streams/mp4_scanner.h"

using namespace matinee::streams;

namespace {

class Trace final : public Mp4Sink {
 public:
  std::string fragments;
  std::vector<std::byte> out;  // what a viewer gets who came at once
  std::size_t inits = 0;
  void on_init(const std::vector<MediaTrack>& tracks, Bytes init) override {
    if (tracks.empty() || tracks.size() > limits::mp4_tracks_max) std::abort();
    ++inits;
    out.insert(out.end(), init.begin(), init.end());
  }
  void on_fragment(const Mp4Fragment& fragment) override {
    fragments += (fragment.key ? "K" : "-") + std::to_string(fragment.time_us) + "+" + std::to_string(fragment.duration_us) + "/" +
                 std::to_string(fragment.bytes.size()) + " ";
    std::uint32_t samples = 0;
    for (const Mp4Run& run : fragment.runs) {
      if (run.keys > run.samples) std::abort();
      samples += run.samples;
    }
    if (samples == 0 || samples > limits::mp4_samples_max) std::abort();
    out.insert(out.end(), fragment.bytes.begin(), fragment.bytes.end());
  }
};

struct Run {
  Trace trace;
  std::optional<Mp4Error> error;
  std::size_t held = 0;
};
Run run(Bytes bytes, std::size_t piece) {
  Run run;
  Mp4Scanner scanner(run.trace);
  const std::size_t all = bytes.size();
  while (!bytes.empty()) {
    const std::size_t now = std::min(piece, bytes.size());
    // Of exactly this size: a read beyond it is then seen by the sanitizer.
    const std::vector<std::byte> portion(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(now));
    run.error = scanner.feed(portion);
    bytes = bytes.subspan(now);
  }
  run.held = scanner.held_bytes();
  if (run.held + run.trace.out.size() > all) std::abort();
  return run;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const auto bytes = std::as_bytes(std::span(data + 1, size - 1));
  const Run whole = run(bytes, size), cut = run(bytes, data[0] + std::size_t{1});
  if (whole.trace.fragments != cut.trace.fragments || whole.trace.out != cut.trace.out || whole.error != cut.error ||
      whole.held != cut.held)
    std::abort();
  if (whole.trace.inits != 1 || whole.trace.fragments.empty()) return 0;
  const Run again = run(whole.trace.out, 1'000);
  if (again.error || again.trace.fragments != whole.trace.fragments) std::abort();
  return 0;
}
