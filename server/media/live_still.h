// LiveStill: the picture of a stream that nobody sends one of, made when somebody asks for it and not more often than the bound says.
// Whoever asks while one is being made gets that one.
// Thread rule: the loop of the stream's home. Times are the relay's monotonic µs.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "server/media/limits.h"

namespace matinee::media {

class LiveStill {
 public:
  using Jpeg = std::shared_ptr<const std::string>;  // shared with answers under way; null: none
  using OnStill = std::function<void(Jpeg)>;

  // True: the one who asks makes one now, and says made(). Everybody else is answered by this.
  [[nodiscard]] bool ask(std::int64_t now_us, OnStill then) {
    if (!making_ && began_us_ != 0 && now_us - began_us_ < limits::still_every_us) {
      then(jpeg_);
      return false;
    }
    waiting_.push_back(std::move(then));
    if (std::exchange(making_, true)) return false;
    began_us_ = now_us;
    return true;
  }

  // Empty: it could not be made; the one before stays.
  void made(std::string jpeg) {
    making_ = false;
    if (!jpeg.empty()) jpeg_ = std::make_shared<const std::string>(std::move(jpeg));
    for (const OnStill& then : std::exchange(waiting_, {})) then(jpeg_);
  }

  // Another publisher: what was seen before is not to be seen any more.
  void forget() {
    jpeg_.reset();
    if (!making_) began_us_ = 0;
  }

 private:
  Jpeg jpeg_;
  std::vector<OnStill> waiting_;  // requests: as many as connections are open
  std::int64_t began_us_ = 0;
  bool making_ = false;
};

}  // namespace matinee::media
