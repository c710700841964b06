// MediaView: one browser or player that watches a stream in its container: init data, then units from a key frame on, each when the one
// before has left. Who is slow skips to a newer key frame (the hub's ring), and holds one unit at most.
// Thread rule: the loop of the stream's home. Its LiveViewers holds it until it is over.
#pragma once
#include <memory>
#include "server/media/live_watch.h"
#include "server/media/media_hub.h"

namespace matinee::media {

class MediaView : public LiveWatch, public MediaViewer {
 public:
  using LiveWatch::LiveWatch;

  // Call LiveViewers::keep first. A stream that has ended ends it.
  void start(const std::shared_ptr<MediaHub>& hub);

  [[nodiscard]] const std::shared_ptr<MediaHub>& hub() const { return viewing_.hub(); }
  [[nodiscard]] const std::string* room() const override { return hub() ? &hub()->room() : nullptr; }

 protected:
  // True: all has left already. False: taken() will follow.
  [[nodiscard]] virtual bool deliver(const MediaViewing::Taken& taken) = 0;
  void taken();

 private:
  void on_unit() override { pump(); }
  void on_end() override { end(End::ended); }
  void leave() override { viewing_ = {}; }
  void pump();

  MediaViewing viewing_;
};

// What whoever begins with this unit needs in front of it: the front of a WebM cluster; else empty.
[[nodiscard]] std::string_view lead_in_of(const MediaViewing::Taken& taken);

}  // namespace matinee::media
