#include "videoproto/desktop/report.h"

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cmath>
#include <cstdio>

namespace matinee::desktop {
namespace json = boost::json;
namespace {

double rounded(double value) { return std::round(value * 10) / 10; }

std::string clock_text(std::int64_t us) {
  const std::int64_t s = us / 1'000'000;
  char text[48];
  std::snprintf(text, sizeof text, "%02d:%02d:%02d", static_cast<int>(s / 3600), static_cast<int>(s / 60 % 60), static_cast<int>(s % 60));
  return text;
}

}  // namespace

std::string progress_line(const SendFigures& figures) {
  char text[160];
  std::snprintf(text, sizeof text, "%.1f fps  %llu sent  %llu repeated  %llu dropped  %dx%d q%d", figures.fps,
                static_cast<unsigned long long>(figures.sent), static_cast<unsigned long long>(figures.repeated),
                static_cast<unsigned long long>(figures.dropped), figures.width, figures.height, figures.quality);
  if (figures.length_us <= 0) return text;
  return clock_text(figures.film_us) + " / " + clock_text(figures.length_us) + "  " + text;
}

std::string stats_json(std::uint32_t stream, const SendFigures& figures) {
  return json::serialize(json::object{{"role", "send"},
                                      {"stream", stream},
                                      {"time_s", rounded(static_cast<double>(figures.film_us) / 1e6)},
                                      {"fps", rounded(figures.fps)},
                                      {"sent", figures.sent},
                                      {"repeated", figures.repeated},
                                      {"dropped", figures.dropped},
                                      {"bytes", figures.bytes},
                                      {"quality", figures.quality},
                                      {"width", figures.width},
                                      {"height", figures.height}});
}

std::string stats_json(const WatchReport& report) {
  json::object line{{"role", "watch"},
                    {"stream", report.stream},
                    {"title", report.title},
                    {"fps", rounded(report.fps)},
                    {"received", report.received},
                    {"shown", report.shown},
                    {"repeated", report.repeated},
                    {"dropped", report.dropped},
                    {"quality", report.quality},
                    {"width", report.width},
                    {"height", report.height}};
  if (report.latency_p50_ms) line["latency_p50_ms"] = rounded(*report.latency_p50_ms);
  if (report.latency_p99_ms) line["latency_p99_ms"] = rounded(*report.latency_p99_ms);
  if (report.sound) {
    const SoundFigures& figures = *report.sound;
    json::object sound{{"received", figures.received},         {"played", figures.played},       {"late", figures.late},
                       {"dropped", figures.dropped},           {"concealed", figures.concealed}, {"jitter_ms", rounded(figures.jitter_ms)},
                       {"delay_ms", rounded(figures.delay_ms)}};
    if (report.skew_min_ms) sound["skew_min_ms"] = rounded(*report.skew_min_ms);
    if (report.skew_p50_ms) sound["skew_p50_ms"] = rounded(*report.skew_p50_ms);
    if (report.skew_max_ms) sound["skew_max_ms"] = rounded(*report.skew_max_ms);
    line["sound"] = std::move(sound);
  }
  return json::serialize(line);
}

std::string event_json(const std::string& event, std::uint32_t stream) {
  return json::serialize(json::object{{"event", event}, {"stream", stream}});
}

std::optional<double> percentile(std::vector<double>& samples, double part) {
  if (samples.empty()) return std::nullopt;
  const auto at =
      static_cast<std::ptrdiff_t>(std::min(part * static_cast<double>(samples.size()), static_cast<double>(samples.size() - 1)));
  std::nth_element(samples.begin(), samples.begin() + at, samples.end());
  return samples[static_cast<std::size_t>(at)];
}

}  // namespace matinee::desktop
