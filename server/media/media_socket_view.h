// MediaSocketView: a stream in its container as binary messages of a WebSocket: the init data, then a unit a message – of MPEG-TS whole
// packets, of WebM blocks with the clusters they need, of MP4 fragments. For MediaSource a text message goes before the init data and says
// what it is: {"form","type","codecs"}. Close codes: view_socket.h.
// Thread rule: the loop of the stream's home.
#pragma once
#include <memory>
#include "server/media/media_view.h"
#include "server/media/view_socket.h"

namespace matinee::media {

class MediaSocketView final : public MediaView {
 public:
  // told: with the text message.
  MediaSocketView(const std::shared_ptr<LiveViewers>& viewers, Watcher who, bool told) : MediaView(viewers, std::move(who)), told_(told) {}

  // Opens the socket on this loop; keep and start the view when it answers true.
  [[nodiscard]] static bool open(const std::shared_ptr<MediaSocketView>& view, net::Loop& loop, net::UpgradeRequest upgrade);

  [[nodiscard]] bool is_stuck(std::int64_t now_us) override;

 private:
  [[nodiscard]] bool deliver(const MediaViewing::Taken& taken) override;
  void over(End why) override;

  const bool told_;
  std::shared_ptr<ViewSocket> socket_;  // shared with the loop's socket, which knows us weakly
};

// What the text message says.
[[nodiscard]] std::string describe(const MediaProgram& program);

}  // namespace matinee::media
