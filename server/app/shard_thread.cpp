#include "server/app/shard_thread.h"

#include <utility>
#include "server/auth/cookie_names.h"
#include "server/http/cookies.h"
#include "server/ops/network.h"

namespace matinee::app {
namespace {

constexpr std::int64_t fresh_for_ms = 24LL * 3'600'000;  // a new account chats at half the rate for its first day

}  // namespace

ShardThread::ShardThread(Shared shared)
    : shared_(shared),
      executor_([this](seams::Executor::Work work) { loop_.post(std::move(work)); }),
      sessions_(shared.database.sessions(), shared.database.users(), executor_, [clock = shared.clock] { return clock.now_ms(); }),
      accounts_(shared.database.users(), sessions_, shared.passwords, shared.throttle, executor_,
                [clock = shared.clock] { return clock.now_ms(); }),
      shard_({.loop = loop_,
              .clock = shared.clock,
              .log = shared.database.messages(),
              .directory = shared.database.rooms(),
              .find_visitor = [this](const net::RequestHead& head, auto done) { find_visitor(head, std::move(done)); }},
             shard_options()) {
  follow_sessions();
}

ShardThread::~ShardThread() { join(); }

shard::ShardOptions ShardThread::shard_options() const {
  shard::ShardOptions options;
  options.unlimited_rates = shared_.config.bench();
  options.participants_max = static_cast<std::size_t>(shared_.config.participants_max);
  return options;
}

void ShardThread::serve(std::shared_ptr<net::HttpHandler> router, const ops::HostRules& hosts) {
  hosts_ = &hosts;
  http_ = std::make_unique<net::Http1Server>(loop_, std::move(router), net::HttpLimits{});
}

void ShardThread::start() {
  thread_ = std::thread([this] { loop_.run(); });
}

void ShardThread::stop(std::function<void()> done) {
  loop_.post([this, done = std::move(done)]() mutable {
    http_->drain();
    shard_.stop(std::move(done));
  });
}

void ShardThread::join() {
  if (!thread_.joinable()) return;
  loop_.stop();
  thread_.join();
}

void ShardThread::find_visitor(const net::RequestHead& head, std::function<void(seams::Result<seams::Visit>)> done) {
  const bool tls = hosts_->is_secure(head.secure);
  const auto token = http::find_cookie(head.field("cookie"), auth::session_cookie_name(tls));
  if (!token) return done(tl::unexpected(seams::StoreError::not_found));
  // Behind a proxy on this machine everybody has one address: then only the id counts.
  std::string block_address = ops::is_loopback(head.remote_address) ? std::string() : auth::address_key(head.remote_address);
  const bool guests = shared_.config.guests;
  sessions_.resolve(*token, [clock = shared_.clock, guests, block_address = std::move(block_address),
                             done = std::move(done)](seams::Result<auth::Identity> found) {
    if (!found) return done(tl::unexpected(found.error()));
    if (found->device) return done(tl::unexpected(seams::StoreError::not_found));
    // Guests may have been switched off since this one came.
    if (found->kind == rooms::PersonKind::guest && !guests) return done(tl::unexpected(seams::StoreError::not_found));
    seams::Visit visitor;
    visitor.person = {.id = found->user, .name = found->name, .kind = found->kind, .fresh = false};
    visitor.person.fresh = found->kind == rooms::PersonKind::guest || clock.now_ms() - found->created_at_ms < fresh_for_ms;
    visitor.person.address = block_address;
    visitor.session = found->session;
    done(std::move(visitor));
  });
}

// A session that ends anywhere closes its sockets here; a new name shows in the rooms at once.
void ShardThread::follow_sessions() {
  sessions_.on_ended([this](seams::SessionId session, seams::UserId) { shard_.close_session(session); });
  sessions_.on_user_changed([this](seams::UserId user) {
    shared_.database.users().by_id(user, executor_, [this](seams::Result<seams::User> found) {
      if (found) shard_.rename(found->id, found->name, found->kind);
    });
  });
}

}  // namespace matinee::app
