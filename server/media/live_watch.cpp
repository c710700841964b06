#include "server/media/live_watch.h"

#include <utility>

#include "server/media/live_viewers.h"

namespace matinee::media {

void LiveWatch::end(End why) {
  if (std::exchange(is_over_, true)) return;
  const auto self = shared_from_this();  // whoever held us lets go now
  leave();
  if (const auto all = viewers()) all->forget(*this);
  over(why);
}

}  // namespace matinee::media
