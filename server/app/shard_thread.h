// One shard's thread with everything that exists once per loop: sessions, accounts, the shard, the HTTP side.
// Thread rule: made and joined on the main thread; between start() and join() its parts belong to its own thread.
#pragma once
#include <functional>
#include <memory>
#include <thread>
#include "server/auth/accounts.h"
#include "server/auth/password_pool.h"
#include "server/auth/sessions.h"
#include "server/auth/throttle.h"
#include "server/net/http1.h"
#include "server/net/loop.h"
#include "server/ops/config.h"
#include "server/ops/host_rules.h"
#include "server/ops/server_time.h"
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
};

class ShardThread {
 public:
  explicit ShardThread(Shared shared);
  ~ShardThread();
  ShardThread(const ShardThread&) = delete;
  ShardThread& operator=(const ShardThread&) = delete;

  // `hosts` says whether browsers speak https with us: the session cookie's name depends on it.
  void serve(std::shared_ptr<net::HttpHandler> router, const ops::HostRules& hosts);
  void start();                           // the thread runs from here
  void stop(std::function<void()> done);  // drains; `done` on its own thread
  void join();                            // stops the loop and waits for the thread

  [[nodiscard]] net::Loop& loop() { return loop_; }
  [[nodiscard]] const seams::Executor& executor() const { return executor_; }
  [[nodiscard]] auth::SessionService& sessions() { return sessions_; }
  [[nodiscard]] auth::Accounts& accounts() { return accounts_; }
  [[nodiscard]] shard::Shard& shard() { return shard_; }
  void adopt(std::shared_ptr<net::Connection> connection) { http_->adopt(std::move(connection)); }

 private:
  [[nodiscard]] shard::ShardOptions shard_options() const;
  void find_visitor(const net::RequestHead& head, std::function<void(seams::Result<seams::Visit>)> done);
  void follow_sessions();

  Shared shared_;
  net::Loop loop_;
  seams::Executor executor_;
  auth::SessionService sessions_;
  auth::Accounts accounts_;
  shard::Shard shard_;
  std::unique_ptr<net::Http1Server> http_;
  const ops::HostRules* hosts_ = nullptr;
  std::thread thread_;
};

}  // namespace matinee::app
