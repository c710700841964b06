// Whatever bytes come, what the WebM scanner hands on does not depend on how they were cut into portions, is no more than came, and is
// WebM that it reads again as the same blocks. The first byte chooses the cut.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "streams/ebml_scanner.h"

using namespace matinee::streams;

namespace {

class Trace final : public WebmSink {
 public:
  std::string blocks;
  std::vector<std::byte> out;  // what a viewer gets who came at once
  std::size_t inits = 0, block_bytes = 0;
  void on_init(const std::vector<MediaTrack>& tracks, Bytes init) override {
    if (tracks.empty()) std::abort();
    ++inits;
    out.insert(out.end(), init.begin(), init.end());
  }
  void on_block(const WebmBlock& block) override {
    blocks += std::to_string(block.track) + (block.key ? "K" : "-") + std::to_string(block.time_us) + "/" +
              std::to_string(block.element.size()) + (block.begins_cluster ? "C " : " ");
    block_bytes += block.element.size();
    if (block.begins_cluster) {
      const ClusterHead head = webm_cluster_head(block.cluster_time);
      out.insert(out.end(), head.begin(), head.end());
    }
    out.insert(out.end(), block.element.begin(), block.element.end());
  }
};

struct Run {
  Trace trace;
  std::optional<WebmError> error;
  std::size_t held = 0;
};
Run run(Bytes bytes, std::size_t piece) {
  Run run;
  EbmlScanner scanner(run.trace);
  const std::size_t all = bytes.size();
  while (!bytes.empty()) {
    const std::size_t now = std::min(piece, bytes.size());
    // Of exactly this size: a read beyond it is then seen by the sanitizer.
    const std::vector<std::byte> portion(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(now));
    run.error = scanner.feed(portion);
    bytes = bytes.subspan(now);
  }
  run.held = scanner.held_bytes();
  if (run.held + run.trace.block_bytes > all) std::abort();
  return run;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const auto bytes = std::as_bytes(std::span(data + 1, size - 1));
  const Run whole = run(bytes, size), cut = run(bytes, data[0] + std::size_t{1});
  if (whole.trace.blocks != cut.trace.blocks || whole.trace.out != cut.trace.out || whole.error != cut.error || whole.held != cut.held)
    std::abort();
  if (whole.trace.inits != 1 || whole.trace.blocks.empty()) return 0;
  const Run again = run(whole.trace.out, 1'000);
  if (again.error || again.trace.blocks != whole.trace.blocks) std::abort();
  return 0;
}
