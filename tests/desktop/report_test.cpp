// What the client tells about itself.
#include "videoproto/desktop/report.h"

#include <catch2/catch.hpp>

namespace matinee::desktop {

TEST_CASE("the progress line of a film says time, rate, sent and dropped") {
  SendFigures figures;
  figures.film_us = 65'000'000;
  figures.length_us = 5'530'000'000;
  figures.sent = 1'950;
  figures.repeated = 3;
  figures.fps = 29.98;
  figures.quality = 80;
  figures.width = 1280;
  figures.height = 720;
  CHECK(progress_line(figures) == "00:01:05 / 01:32:10  30.0 fps  1950 sent  3 repeated  0 dropped  1280x720 q80");
  figures.length_us = 0;
  CHECK(progress_line(figures).starts_with("30.0 fps"));
}

TEST_CASE("statistics are one JSON object a line") {
  WatchReport report;
  report.stream = 7;
  report.title = "a \"b\"\n";
  report.latency_p50_ms = 12.345;
  const std::string line = stats_json(report);
  CHECK(line.find('\n') == std::string::npos);
  CHECK(line.find("\"latency_p50_ms\":1.23E1") != std::string::npos);
  CHECK(line.find("latency_p99_ms") == std::string::npos);
  CHECK(line.find("\"sound\"") == std::string::npos);
  report.sound = SoundFigures{};
  report.sound->received = 50;
  report.sound->late = 2;
  CHECK(stats_json(report).find("\"sound\":{\"received\":50,\"played\":0,\"late\":2,\"dropped\":0,") != std::string::npos);
  CHECK(stats_json(report).find("skew") == std::string::npos);  // nothing was heard yet
  report.skew_min_ms = -30.04;
  report.skew_p50_ms = 0;
  report.skew_max_ms = 80;
  CHECK(stats_json(report).find("\"skew_min_ms\":-3E1,\"skew_p50_ms\":0E0,\"skew_max_ms\":8E1}") != std::string::npos);
  CHECK(stats_json(7, SendFigures{}).find("\"role\":\"send\"") != std::string::npos);
}

TEST_CASE("percentiles of few and many samples") {
  std::vector<double> none, one{5}, many;
  for (int i = 100; i > 0; --i) many.push_back(i);
  CHECK_FALSE(percentile(none, 0.5));
  CHECK(percentile(one, 0.99) == 5);
  CHECK(percentile(many, 0.5) == 51);
  CHECK(percentile(many, 0.99) == 100);
}

}  // namespace matinee::desktop
