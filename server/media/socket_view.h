// SocketView: a desktop program's pictures as binary messages of a WebSocket, subprotocol matinee.live.v1: the header of
// docs/videoproto.md and the JPEG; a DUP is the header alone. Close codes: view_socket.h.
// Thread rule: the loop of the stream's home.
#pragma once
#include <memory>
#include "server/media/live_view.h"
#include "server/media/view_socket.h"

namespace matinee::media {

class SocketView final : public LiveView {
 public:
  using LiveView::LiveView;

  // Opens the socket on this loop; call LiveViewers::add when it answers true.
  [[nodiscard]] static bool open(const std::shared_ptr<SocketView>& view, net::Loop& loop, net::UpgradeRequest upgrade);

  [[nodiscard]] bool is_stuck(std::int64_t now_us) override;

 private:
  [[nodiscard]] bool deliver(const BrowserPicture& picture) override;
  [[nodiscard]] bool deliver_dup(const videoproto::Header& header, std::int64_t captured_us) override;
  void over(End why) override;

  std::shared_ptr<ViewSocket> socket_;  // shared with the loop's socket, which knows us weakly
};

}  // namespace matinee::media
