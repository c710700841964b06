// ViewSocket: the WebSocket side that all views of a live stream share: opening and refusing one, its bounds, its close codes, and
// whether it still takes anything. What is sent is with the kernel before the next is taken, and the kernel is kept from hoarding.
// Close codes: 1000 the stream has ended · 1003 something was said · 1012 the server restarts · 1013 too slow · 4004 no such stream, not
// for you, or not in this form.
// Thread rule: the loop of the stream's home.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include "server/media/live_watch.h"
#include "server/net/websocket.h"

namespace matinee::media {

class ViewSocket final : public net::WebSocketHandler, public net::BlockedObserver, public std::enable_shared_from_this<ViewSocket> {
 public:
  struct Calls {
    std::function<void()> taken;  // all has left; by post
    std::function<void()> left;   // the peer is gone
  };
  // Null when the stream is gone already. `largest`: of what is sent at once.
  [[nodiscard]] static std::shared_ptr<ViewSocket> open(net::Loop& loop, net::UpgradeRequest upgrade, std::size_t largest, Calls calls);
  // Opens it to say that there is nothing here.
  static void refuse(net::Loop& loop, net::UpgradeRequest upgrade);

  void send(net::SharedFrame frame);
  void send(std::string_view text);
  // After a row of send(): true when all has left already, else Calls::taken follows.
  [[nodiscard]] bool sent();
  [[nodiscard]] bool is_stuck(std::int64_t now_us);
  void over(LiveWatch::End why);

 private:
  void on_open(net::WebSocket& socket) override;
  void on_message(net::WebSocket& socket, std::string_view text) override;
  void on_close(net::WebSocket& socket, std::uint16_t code) override;
  void on_blocked(net::Sink& sink, bool blocked) override;

  Calls calls_;
  net::WebSocket* socket_ = nullptr;  // from on_open to on_close
  std::size_t tail_seen_ = 0;
  std::int64_t moved_us_ = 0;
};

}  // namespace matinee::media
