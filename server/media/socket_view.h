// SocketView: a stream's pictures as binary messages of a WebSocket, subprotocol matinee.live.v1: the header of docs/videoproto.md and
// the JPEG; a DUP is the header alone. The next picture is taken when the one before is with the kernel, which is kept from hoarding.
// Close codes: 1000 the stream has ended · 1012 the server restarts · 1013 too slow · 4004 no such stream, or not for you.
// Thread rule: the loop of the stream's home.
#pragma once
#include <memory>
#include "server/media/live_view.h"
#include "server/net/websocket.h"

namespace matinee::media {

class SocketView final : public LiveView, public net::WebSocketHandler, public net::BlockedObserver {
 public:
  using LiveView::LiveView;

  // Opens the socket on this loop; call LiveViewers::add when it answers true.
  [[nodiscard]] static bool open(const std::shared_ptr<SocketView>& view, net::Loop& loop, net::UpgradeRequest upgrade);
  // Opens it to say that there is nothing here.
  static void refuse(net::Loop& loop, net::UpgradeRequest upgrade);

  [[nodiscard]] bool is_stuck(std::int64_t now_us) override;

 private:
  // LiveView
  [[nodiscard]] bool deliver(const BrowserPicture& picture) override;
  [[nodiscard]] bool deliver_dup(const videoproto::Header& header, std::int64_t captured_us) override;
  void over(End why) override;
  // WebSocketHandler
  void on_open(net::WebSocket& socket) override;
  void on_message(net::WebSocket& socket, std::string_view text) override;
  void on_close(net::WebSocket& socket, std::uint16_t code) override;
  // BlockedObserver
  void on_blocked(net::Sink& sink, bool blocked) override;

  [[nodiscard]] bool sent();
  net::WebSocket* socket_ = nullptr;  // from on_open to on_close
  std::size_t tail_seen_ = 0;
  std::int64_t moved_us_ = 0;
};

}  // namespace matinee::media
