// What the client tells about itself once a second: the progress line of a sent film, and one JSON object a line for scripts
// (--stats json), described in docs/desktop.md. Pure; no thread rule.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "videoproto/desktop/sender.h"
#include "videoproto/desktop/sound_queue.h"

namespace matinee::desktop {

// Figures of one watched stream over the last interval; counters since its beginning.
struct WatchReport {
  std::uint32_t stream = 0;
  std::string title;
  double fps = 0;
  std::uint64_t received = 0, shown = 0, repeated = 0, dropped = 0;
  std::optional<double> latency_p50_ms, latency_p99_ms;
  int quality = 0, width = 0, height = 0;
  std::optional<SoundFigures> sound;
  // By how much the sound was late (+) or early (−) when pictures were shown.
  std::optional<double> skew_min_ms, skew_p50_ms, skew_max_ms;
};

// "00:01:05 / 01:32:10  30.0 fps  1950 sent  3 repeated  0 dropped  1280x720 q80"
[[nodiscard]] std::string progress_line(const SendFigures& figures);
[[nodiscard]] std::string stats_json(std::uint32_t stream, const SendFigures& figures);
[[nodiscard]] std::string stats_json(const WatchReport& report);
// {"event":"NAME","stream":7}
[[nodiscard]] std::string event_json(const std::string& event, std::uint32_t stream);

// The value below which `part` of the samples lie; the samples are reordered. Nothing without samples.
[[nodiscard]] std::optional<double> percentile(std::vector<double>& samples, double part);

}  // namespace matinee::desktop
