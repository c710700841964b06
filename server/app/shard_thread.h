// One shard's thread with everything that exists once per loop: sessions, accounts, the shard, the HTTP side.
// Thread rule: made and joined on the main thread; between start() and join() its parts belong to its own thread.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <thread>
#include "server/auth/accounts.h"
#include "server/auth/password_pool.h"
#include "server/auth/room_passwords.h"
#include "server/auth/sessions.h"
#include "server/auth/throttle.h"
#include "server/media/reception.h"
#include "server/media/relay.h"
#include "server/net/http1.h"
#include "server/net/loop.h"
#include "server/ops/config.h"
#include "server/ops/host_rules.h"
#include "server/ops/server_time.h"
#include "server/shard/locator.h"
#include "server/shard/shard.h"
#include "server/store/database.h"

namespace matinee::app {

// What all threads share; outlives them.
struct Shared {
  const ops::Config& config;
  store::Database& database;
  auth::PasswordPool& passwords;
  auth::Throttle& throttle;
  ops::ServerTime clock;
  seams::RoomPasswords& room_passwords;
  shard::Homes& homes;
  std::string page_version;  // of the pages that this process gives out
};

// The loop's part in the live streams of the process.
struct MediaPart {
  std::uint32_t first_stream = 1;  // ids of desktop programs' streams go by loops: (id − 1) % step
  std::uint32_t stream_step = 1;
  std::shared_ptr<videoproto::PoolBudget> budget;  // one for the process
};

class ShardThread {
 public:
  ShardThread(Shared shared, std::size_t index);  // index: which of the shards
  ~ShardThread();
  ShardThread(const ShardThread&) = delete;
  ShardThread& operator=(const ShardThread&) = delete;

  // `hosts` says whether browsers speak https with us: the session cookie's name depends on it.
  void serve(std::shared_ptr<net::HttpHandler> router, const ops::HostRules& hosts);
  void serve_media(MediaPart part);  // before start
  // Likewise, after serve_media; without it desktop programs are not greeted here. `home_of`: a room's relay.
  void serve_video(std::function<media::Relay*(const std::string& code)> home_of);
  void start();                           // the thread runs from here
  void stop(std::function<void()> done);  // drains; `done` on its own thread
  void join();                            // stops the loop and waits for the thread

  [[nodiscard]] net::Loop& loop() { return loop_; }
  [[nodiscard]] const seams::Executor& executor() const { return executor_; }
  [[nodiscard]] auth::SessionService& sessions() { return sessions_; }
  [[nodiscard]] auth::Accounts& accounts() { return accounts_; }
  [[nodiscard]] shard::Shard& shard() { return shard_; }
  [[nodiscard]] media::Relay& relay() { return *relay_; }
  // [any] Calls back on the loop.
  void with_counters(std::function<void(const shard::ShardCounters&, const media::MediaCounters&)> read);
  // The letters that let a desktop program into the room as this person; nothing when the person is not there. On the loop.
  [[nodiscard]] std::optional<std::string> make_pair(const std::string& code, const auth::Identity& who, const std::string& address);
  void greet(net::Connection& connection) { reception_->greet(connection); }
  void adopt(std::shared_ptr<net::Connection> connection) { http_->adopt(std::move(connection)); }
  // Who the session cookie of a request to this loop says it is; answers on the loop.
  void find_visitor(const net::RequestHead& head, std::function<void(seams::Result<seams::Visit>)> done);

 private:
  [[nodiscard]] shard::ShardOptions shard_options() const;
  [[nodiscard]] shard::CodeParts codes(std::size_t index) const;
  void find_token(const std::string& token, std::function<void(seams::Result<seams::Visit>)> done);
  [[nodiscard]] static std::string key_of(const std::string& name);
  [[nodiscard]] seams::Visit visit_of(const auth::Identity& who, const std::string& address) const;
  void follow_sessions();

  Shared shared_;
  net::Loop loop_;
  seams::Executor executor_;
  auth::SessionService sessions_;
  auth::Accounts accounts_;
  shard::Shard shard_;
  std::unique_ptr<media::Relay> relay_;
  std::unique_ptr<media::Reception> reception_;  // null: no desktop video
  std::unique_ptr<net::Http1Server> http_;
  const ops::HostRules* hosts_ = nullptr;
  std::thread thread_;
};

}  // namespace matinee::app
