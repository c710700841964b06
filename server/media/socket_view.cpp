#include "server/media/socket_view.h"

#include <utility>

#include "videoproto/limits.h"

namespace matinee::media {

bool SocketView::open(const std::shared_ptr<SocketView>& view, net::Loop& loop, net::UpgradeRequest upgrade) {
  const std::weak_ptr<SocketView> weak = view;
  view->socket_ = ViewSocket::open(loop, std::move(upgrade), videoproto::limits::frame_bytes_max,
                                   {.taken =
                                        [weak] {
                                          if (const auto self = weak.lock()) self->taken();
                                        },
                                    .left =
                                        [weak] {
                                          if (const auto self = weak.lock()) self->end(End::left);
                                        }});
  return view->socket_ != nullptr;
}

bool SocketView::deliver(const BrowserPicture& picture) {
  socket_->send(picture.message);
  return socket_->sent();
}

bool SocketView::deliver_dup(const videoproto::Header& header, std::int64_t captured_us) {
  socket_->send(make_browser_dup(header, captured_us));
  return socket_->sent();
}

bool SocketView::is_stuck(std::int64_t now_us) { return busy_since_us() != 0 && socket_->is_stuck(now_us); }

void SocketView::over(End why) { socket_->over(why); }

}  // namespace matinee::media
