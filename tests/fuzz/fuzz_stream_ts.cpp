// Whatever bytes come, what the MPEG-TS scanner hands on does not depend on how they were cut into portions, is made of whole packets that
// begin with the sync byte, and is no more than came. The first byte chooses the cut.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "streams/ts_scanner.h"

using namespace matinee::streams;

namespace {

class Trace final : public TsSink {
 public:
  std::string text;
  std::vector<std::byte> packets;
  void on_program(const TsProgram& program, Bytes bytes) override {
    if (bytes.empty() || bytes.size() % ts_packet_bytes != 0) std::abort();
    text += "program " + std::to_string(program.tracks.size()) + "/" + std::to_string(bytes.size()) + " ";
  }
  void on_packets(Bytes bytes, bool begins_unit) override {
    if (bytes.empty() || bytes.size() % ts_packet_bytes != 0) std::abort();
    if (begins_unit) text += "at " + std::to_string(packets.size()) + " ";
    packets.insert(packets.end(), bytes.begin(), bytes.end());
  }
  void on_unit(const TsUnit& unit) override {
    units += std::to_string(unit.position) + (unit.key ? "K" : "-") + std::to_string(unit.pts_us.value_or(-1)) + "/" +
             std::to_string(unit.dts_us.value_or(-1)) + " ";
  }
  std::string units;
};

Trace run(Bytes bytes, std::size_t piece) {
  Trace trace;
  TsScanner scanner(trace);
  const std::size_t all = bytes.size();
  while (!bytes.empty()) {
    const std::size_t now = std::min(piece, bytes.size());
    // Of exactly this size: a read beyond it is then seen by the sanitizer.
    const std::vector<std::byte> portion(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(now));
    const auto error = scanner.feed(portion);
    if (error != scanner.feed({})) std::abort();
    bytes = bytes.subspan(now);
  }
  scanner.finish();
  if (trace.packets.size() != scanner.counters().packets * ts_packet_bytes) std::abort();
  if (trace.packets.size() + scanner.counters().skipped_bytes > all) std::abort();
  return trace;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const auto bytes = std::as_bytes(std::span(data + 1, size - 1));
  const Trace whole = run(bytes, size), cut = run(bytes, data[0] + std::size_t{1});
  if (whole.text != cut.text || whole.units != cut.units || whole.packets != cut.packets) std::abort();
  for (std::size_t at = 0; at < whole.packets.size(); at += ts_packet_bytes) {
    if (whole.packets[at] != std::byte{0x47}) std::abort();
  }
  return 0;
}
