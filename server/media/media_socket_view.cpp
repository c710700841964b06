#include "server/media/media_socket_view.h"

#include <utility>

#include "streams/limits.h"

namespace matinee::media {
namespace {

// A unit with the init data and the front of a cluster before it.
constexpr std::size_t largest = streams::limits::live_bytes_max + streams::limits::mp4_init_bytes_max + 1024;

}  // namespace

// Names of codecs are ours or were read as letters, digits and dots: only the quotes of `type` need care.
std::string describe(const MediaProgram& program) {
  std::string type;
  for (const char c : program.type) type += c == '"' ? std::string("\\\"") : std::string(1, c);
  std::string codecs;
  for (const std::string& codec : program.codecs) codecs += (codecs.empty() ? "\"" : ",\"") + codec + "\"";
  return "{\"form\":\"" + std::string(rooms::to_string(program.form)) + "\",\"type\":\"" + type + "\",\"codecs\":[" + codecs + "]}";
}

bool MediaSocketView::open(const std::shared_ptr<MediaSocketView>& view, net::Loop& loop, net::UpgradeRequest upgrade) {
  const std::weak_ptr<MediaSocketView> weak = view;
  view->socket_ = ViewSocket::open(loop, std::move(upgrade), largest,
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

bool MediaSocketView::deliver(const MediaViewing::Taken& taken) {
  if (taken.init) {
    if (told_ && hub()->program()) socket_->send(describe(*hub()->program()));
    socket_->send(taken.init->message);
  }
  if (const auto lead_in = lead_in_of(taken); !lead_in.empty()) socket_->send(net::make_binary_frame(lead_in));
  socket_->send(taken.unit->message);
  return socket_->sent();
}

bool MediaSocketView::is_stuck(std::int64_t now_us) { return busy_since_us() != 0 && socket_->is_stuck(now_us); }

void MediaSocketView::over(End why) { socket_->over(why); }

}  // namespace matinee::media
