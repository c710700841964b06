// HlsStreams: the streams of one loop that somebody reads as HLS, and who reads them. A stream is made when it is first asked for and goes
// when nobody has asked for a while; its worker is waited for, never on the loop.
// Who reads is known by the session or the view token that the request came with: a playlist's reader asks again and again, and a token
// that was good for the first question is good until its view is over.
// Thread rule: the loop's thread.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <tl/expected.hpp>
#include <unordered_map>
#include <vector>

#include "server/media/hls_stream.h"
#include "server/media/hls_view.h"
#include "server/media/live_viewers.h"
#include "server/media/live_watch.h"

namespace matinee::media {

class HlsStreams : public std::enable_shared_from_this<HlsStreams> {
 public:
  HlsStreams(net::Loop& loop, std::shared_ptr<LiveViewers> viewers, std::shared_ptr<MediaCounters> counters,
             std::function<std::int64_t()> server_time_us, std::size_t streams_max = limits::hls_streams_max)
      : loop_(loop),
        viewers_(std::move(viewers)),
        counters_(std::move(counters)),
        server_time_us_(std::move(server_time_us)),
        streams_max_(streams_max) {}

  // `hub`: null when the stream is not live (any more).
  void playlist(std::int64_t stream, const std::shared_ptr<MediaHub>& hub, LiveAsker asker, HlsStream::OnPlaylist then);
  // Null: none, or not for who asks.
  [[nodiscard]] net::SharedFrame file(std::int64_t stream, const LiveAsker& asker, const std::string& name);
  void stop();
  [[nodiscard]] std::size_t size() const;

 private:
  using Made = std::shared_ptr<HlsStream>;
  struct Entry {
    Made now;                   // null: the next question makes one
    std::vector<Made> earlier;  // ended: still read, or their worker still runs
    std::unordered_map<std::string, std::weak_ptr<HlsView>> views;
  };
  [[nodiscard]] tl::expected<Made, HlsRefusal> stream_for(Entry& entry, const std::shared_ptr<MediaHub>& hub);
  [[nodiscard]] tl::expected<std::shared_ptr<HlsView>, HlsRefusal> view_for(Entry& entry, const std::string& key, const LiveAsker& asker,
                                                                            const std::shared_ptr<MediaHub>& hub);
  void arm();
  void look();
  void look(Entry& entry);

  net::Loop& loop_;
  const std::shared_ptr<LiveViewers> viewers_;
  const std::shared_ptr<MediaCounters> counters_;
  const std::function<std::int64_t()> server_time_us_;
  const std::size_t streams_max_;
  std::unordered_map<std::int64_t, Entry> entries_;
  net::Timer timer_;
  bool stopped_ = false;
};

}  // namespace matinee::media
