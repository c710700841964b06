// LiveView: one browser that watches the pictures of a desktop program. It takes the newest picture whenever the one before has left,
// so a slow one skips pictures and never holds a slot of the stream's pool. How a picture is sent is the matter of SocketView and
// MjpegView.
// Thread rule: the loop of the stream's home. Its LiveViewers holds it until it is over.
#pragma once
#include <cstdint>
#include <memory>
#include "server/media/browser_picture.h"
#include "server/media/live_watch.h"
#include "server/media/stream_hub.h"

namespace matinee::media {

class LiveView : public LiveWatch, public StreamViewer {
 public:
  using LiveWatch::LiveWatch;

  // Begins with the last picture there is. A stream that has ended ends it.
  void start(const std::shared_ptr<StreamHub>& hub);

  [[nodiscard]] const std::shared_ptr<StreamHub>& hub() const { return viewing_.hub(); }
  [[nodiscard]] const std::string* room() const override { return hub() ? &hub()->room() : nullptr; }
  [[nodiscard]] bool holds_pictures() const override { return true; }

 protected:
  // True: all has left already. False: taken() will follow.
  [[nodiscard]] virtual bool deliver(const BrowserPicture& picture) = 0;
  [[nodiscard]] virtual bool deliver_dup(const videoproto::Header& header, std::int64_t captured_us) = 0;
  void taken();

 private:
  void on_unit() override { pump(); }
  void on_online(bool) override {}  // the room tells its people
  void on_end(videoproto::EosReason why, bool too_slow) override;
  void leave() override { viewing_ = {}; }
  void pump();
  [[nodiscard]] bool pass_on(const videoproto::Unit& unit);

  Viewing viewing_;
};

}  // namespace matinee::media
