// MetricsPage: GET /metrics on a port of its own, on this machine only: what the shards and relays count, in the text format that
// Prometheus reads. Each request asks every loop once; the figures of one answer are of one moment, give or take a loop's turn.
// Thread rule: made before the loops run; serves on the first loop. Destroy it after the loops have stopped running.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>
#include "server/media/counters.h"
#include "server/net/http1.h"
#include "server/net/listener.h"
#include "server/ops/metrics.h"
#include "server/shard/counters.h"

namespace matinee::app {

class ShardThread;

class MetricsPage {
 public:
  // On failure nullptr and one sentence for the operator in `error`. `shards` outlive it.
  [[nodiscard]] static std::unique_ptr<MetricsPage> open(std::int64_t port, const std::vector<std::unique_ptr<ShardThread>>& shards,
                                                         std::string& error);
  explicit MetricsPage(const std::vector<std::unique_ptr<ShardThread>>& shards);

  [[nodiscard]] std::uint16_t port() const { return listener_->port(); }
  void stop();  // on the first loop

 private:
  struct Figures {
    shard::ShardCounters shard;
    media::MediaCounters media;
  };
  void add_shard_metrics();
  void add_media_metrics();
  template <class Counters, class Value>
  void add(const char* name, const char* help, bool counts, Counters Figures::*of, Value Counters::*value);
  void collect(std::function<void()> done);

  const std::vector<std::unique_ptr<ShardThread>>& shards_;
  std::vector<Figures> figures_;  // of each loop, as it last said
  ops::Metrics metrics_;
  std::unique_ptr<net::Http1Server> http_;
  std::unique_ptr<net::Listener> listener_;
};

}  // namespace matinee::app
