// Housekeeping: what nobody asks for but must happen: guest rooms end a day after the last person left, and guests who own nothing
// and have no session any more are forgotten; so are sessions and throttles that have run out; what deleted messages left in the files is
// overwritten. Runs on one shard's loop, every ten minutes, a bounded piece each time. Thread rule: start() before the loop runs or on it;
// the rest on it.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include "server/net/loop.h"
#include "server/seams/message_log.h"
#include "server/seams/room_directory.h"
#include "server/seams/session_store.h"
#include "server/seams/settings_store.h"
#include "server/seams/user_store.h"

namespace matinee::app {

struct HousekeepingOptions {
  std::int64_t guest_room_ms = 24LL * 3'600'000;  // after the last sign of life
  std::int64_t guest_ms = 48LL * 3'600'000;
  std::size_t piece = 200;
  std::chrono::milliseconds every{10 * 60'000};
};

struct HousekeepingStores {
  seams::MessageLog& messages;
  seams::RoomDirectory& rooms;
  seams::UserStore& users;
  seams::SessionStore& sessions;
  seams::ThrottleStore& throttles;
};

class Housekeeping {
 public:
  // Asks the home shard; answers on the given executor.
  using IsOpen = std::function<void(const std::string& code, seams::Executor executor, std::function<void(bool open)> done)>;
  Housekeeping(net::Loop& loop, seams::Executor executor, HousekeepingStores stores, std::function<std::int64_t()> now_ms, IsOpen is_open,
               HousekeepingOptions options = {});
  void start();
  void run_once();

 private:
  void end_room(const std::string& code);
  net::Loop& loop_;
  seams::Executor executor_;
  HousekeepingStores stores_;
  std::function<std::int64_t()> now_ms_;
  IsOpen is_open_;
  HousekeepingOptions options_;
  net::Timer timer_;
};

}  // namespace matinee::app
