#include "server/app/metrics_page.h"

#include <utility>
#include "server/app/shard_thread.h"
#include "server/http/router.h"
#include "server/ops/host_rules.h"

namespace matinee::app {
namespace {

constexpr const char* metrics_type = "text/plain; version=0.0.4; charset=utf-8";

// A page elsewhere must not read them by a name that points here (DNS rebinding).
bool is_this_machine(std::string_view host) {
  const std::string name = ops::host_name_of(host);
  return name == "127.0.0.1" || name == "localhost";
}

}  // namespace

MetricsPage::MetricsPage(const std::vector<std::unique_ptr<ShardThread>>& shards) : shards_(shards), figures_(shards.size()) {
  add_shard_metrics();
  add_media_metrics();
}

template <class Counters, class Value>
void MetricsPage::add(const char* name, const char* help, bool counts, Counters Figures::*of, Value Counters::*value) {
  auto read = [this, of, value] {
    double sum = 0;
    for (const Figures& figures : figures_) sum += static_cast<double>(figures.*of.*value);
    return sum;
  };
  if (counts) metrics_.counter_of(name, help, std::move(read));
  else metrics_.gauge_of(name, help, std::move(read));
}

void MetricsPage::add_shard_metrics() {
  using C = shard::ShardCounters;
  constexpr auto of = &Figures::shard;
  add("matinee_rooms", "Rooms open now", false, of, &C::rooms);
  add("matinee_participants", "People connected now, each room counted by itself", false, of, &C::participants);
  add("matinee_sockets", "Room sockets open now", false, of, &C::connections);
  add("matinee_sockets_total", "Room sockets opened", true, of, &C::connections_total);
  add("matinee_messages_total", "Messages heard from clients", true, of, &C::messages);
  add("matinee_messages_refused_total", "Messages answered with an error", true, of, &C::refused);
  add("matinee_broadcasts_total", "Frames made for a whole room", true, of, &C::broadcasts);
  add("matinee_deliveries_total", "Frames times members", true, of, &C::deliveries);
  add("matinee_flushes_total", "Batches sent", true, of, &C::flushes);
  add("matinee_sockets_closed_slow_total", "Sockets closed because they did not take their bytes", true, of, &C::dropped_slow);
  add("matinee_chat_stored_total", "Chat messages committed", true, of, &C::stored);
  add("matinee_chat_store_failures_total", "Chat messages that could not be committed", true, of, &C::store_failures);
}

void MetricsPage::add_media_metrics() {
  using C = media::MediaCounters;
  constexpr auto of = &Figures::media;
  add("matinee_desktops", "Desktop programs connected now", false, of, &C::desktops);
  add("matinee_desktops_total", "Desktop programs let in", true, of, &C::desktops_total);
  add("matinee_desktop_auth_failures_total", "Desktop programs refused at AUTH", true, of, &C::auth_failures);
  add("matinee_streams", "Live streams now", false, of, &C::streams);
  add("matinee_streams_total", "Live streams started", true, of, &C::streams_total);
  add("matinee_stream_viewers", "Viewers of live streams now, browsers included", false, of, &C::viewers);
  add("matinee_pictures_in_total", "Pictures from publishers, repeats included", true, of, &C::pictures_in);
  add("matinee_pictures_out_total", "Pictures sent to viewers", true, of, &C::pictures_out);
  add("matinee_pictures_dropped_total", "Pictures a viewer was too slow for", true, of, &C::pictures_dropped);
  add("matinee_media_bytes_in_total", "Bytes from publishers", true, of, &C::bytes_in);
  add("matinee_media_bytes_out_total", "Bytes sent to viewers", true, of, &C::bytes_out);
  add("matinee_bad_jpegs_total", "Pictures that are no JPEG", true, of, &C::bad_jpegs);
  add("matinee_pictures_skipped_total", "Pictures that no slot or memory was left for", true, of, &C::pictures_skipped);
  add("matinee_slow_viewers_closed_total", "Viewers closed because they held pictures for too long", true, of, &C::slow_viewers_closed);
  add("matinee_media_units_in_total", "Units of container streams from publishers", true, of, &C::media_units_in);
  add("matinee_media_units_out_total", "Units of container streams sent to viewers", true, of, &C::media_units_out);
  add("matinee_media_units_skipped_total", "Units of container streams a viewer was too slow for", true, of, &C::media_units_skipped);
  add("matinee_hls_segments_total", "Segments made for HLS", true, of, &C::hls_segments);
  add("matinee_hls_failures_total", "Streams that could not become HLS", true, of, &C::hls_failures);
  add("matinee_publishers_refused_total", "Publishers refused: the stream has one already, or too many are live", true, of,
      &C::publishers_refused);
  add("matinee_publishers_failed_total", "Publishers that sent what cannot be streamed", true, of, &C::publishers_failed);
}

// Every loop answers on itself; the answers come together on the first one.
void MetricsPage::collect(std::function<void()> done) {
  const auto left = std::make_shared<std::size_t>(shards_.size());  // shared by the answers
  const auto whole = std::make_shared<std::function<void()>>(std::move(done));
  net::Loop& first = shards_.front()->loop();
  for (std::size_t i = 0; i < shards_.size(); ++i) {
    shards_[i]->with_counters([this, i, left, whole, &first](const shard::ShardCounters& shard, const media::MediaCounters& media) {
      first.post([this, i, left, whole, figures = Figures{shard, media}] {
        figures_[i] = figures;
        if (--*left == 0) (*whole)();
      });
    });
  }
}

std::unique_ptr<MetricsPage> MetricsPage::open(std::int64_t port, const std::vector<std::unique_ptr<ShardThread>>& shards,
                                               std::string& error) {
  auto page = std::make_unique<MetricsPage>(shards);
  http::RouterOptions routing;
  routing.allowed_host = is_this_machine;
  auto router = std::make_shared<http::Router>(std::move(routing));
  router->get("/metrics", [self = page.get()](const http::RequestPtr&, const http::Responder& responder) {
    self->collect([self, responder] {
      http::Response response = http::Response::text(200, self->metrics_.text());
      response.with("Content-Type", metrics_type).with("Cache-Control", "no-store");
      responder.send(std::move(response));
    });
  });
  net::Loop& loop = shards.front()->loop();
  page->http_ = std::make_unique<net::Http1Server>(loop, std::move(router), net::HttpLimits{});
  net::ListenOptions options;
  options.address = "127.0.0.1";
  options.port = static_cast<std::uint16_t>(port);
  page->listener_ = net::Listener::open(
      loop, {&loop}, std::move(options),
      [http = page->http_.get()](std::shared_ptr<net::Connection> connection) { http->adopt(std::move(connection)); }, error);
  if (!page->listener_) error += " --metrics-port names another one.";
  return page->listener_ ? std::move(page) : nullptr;
}

void MetricsPage::stop() {
  listener_->stop();
  http_->drain();
}

}  // namespace matinee::app
