// HlsView: one browser or player that reads a stream as HLS. It has no connection: it is there as long as it asks, and counts as a viewer.
// A view token holds for as long.
// Thread rule: the loop of the stream's home. LiveViewers holds it until it is over.
#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include "server/media/live_watch.h"
#include "server/media/media_hub.h"

namespace matinee::media {

class HlsStream;

class HlsView final : public LiveWatch, MediaViewer {
 public:
  HlsView(const std::shared_ptr<LiveViewers>& viewers, Watcher who, std::shared_ptr<HlsStream> stream)
      : LiveWatch(viewers, std::move(who)), stream_(std::move(stream)) {}

  // Call LiveViewers::keep first. Now and again when the stream begins anew.
  void read(std::shared_ptr<HlsStream> stream, const std::shared_ptr<MediaHub>& hub);
  void asked(std::int64_t now_us) { asked_us_ = now_us; }
  [[nodiscard]] const std::shared_ptr<HlsStream>& stream() const { return stream_; }
  // It has been told that nothing follows.
  [[nodiscard]] bool knows_end() const { return knows_end_; }
  void told_end() { knows_end_ = true; }

  [[nodiscard]] const std::string* room() const override { return is_over() ? nullptr : &room_; }
  [[nodiscard]] bool is_stuck(std::int64_t now_us) override;

 private:
  void leave() override { viewing_ = {}; }
  void over(End) override {}
  void on_unit() override {}
  void on_end() override { viewing_ = {}; }  // what there is may be read to its end

  std::shared_ptr<HlsStream> stream_;  // shared with the table of streams
  MediaViewing viewing_;               // it takes nothing: it is counted
  std::string room_;
  std::int64_t asked_us_ = 0;
  bool knows_end_ = false;
};

}  // namespace matinee::media
