#include "server/app/shard_thread.h"

#include <utility>
#include "server/auth/cookie_names.h"
#include "server/auth/names.h"
#include "server/auth/random.h"
#include "server/http/cookies.h"
#include "server/media/recorders.h"
#include "server/ops/network.h"

namespace matinee::app {
namespace {

constexpr std::int64_t fresh_for_ms = 24LL * 3'600'000;  // a new account chats at half the rate for its first day

}  // namespace

ShardThread::ShardThread(Shared shared, std::size_t index)
    : shared_(shared),
      executor_([this](seams::Executor::Work work) { loop_.post(std::move(work)); }),
      sessions_(shared.database.sessions(), shared.database.users(), executor_, [clock = shared.clock] { return clock.now_ms(); }),
      accounts_(shared.database.users(), sessions_, shared.passwords, shared.throttle, executor_,
                [clock = shared.clock] { return clock.now_ms(); }),
      shard_({.loop = loop_,
              .clock = shared.clock,
              .log = shared.database.messages(),
              .directory = shared.database.rooms(),
              .passwords = shared.room_passwords,
              .codes = codes(index),
              .find_visitor = [this](const net::RequestHead& head, auto done) { find_visitor(head, std::move(done)); }},
             shard_options()) {
  follow_sessions();
}

ShardThread::~ShardThread() { join(); }

shard::ShardOptions ShardThread::shard_options() const {
  shard::ShardOptions options;
  options.unlimited_rates = shared_.config.bench();
  options.page_version = shared_.page_version;
  options.participants_max = static_cast<std::size_t>(shared_.config.participants_max);
  return options;
}

shard::CodeParts ShardThread::codes(std::size_t index) const {
  return {.random_bits = [] { return auth::random_bits(); },
          .keep_home = [&homes = shared_.homes, index](const std::string& code) { homes.keep(code, index); },
          .release_home = [&homes = shared_.homes](const std::string& code) { homes.release(code); }};
}

void ShardThread::serve(std::shared_ptr<net::HttpHandler> router, const ops::HostRules& hosts) {
  hosts_ = &hosts;
  http_ = std::make_unique<net::Http1Server>(loop_, std::move(router), net::HttpLimits{});
}

void ShardThread::serve_media(MediaPart part) {
  relay_ = std::make_unique<media::Relay>(media::RelayParts{
      .loop = loop_,
      .gate = shard_.gate(),
      .find_token = [this](const std::string& token, auto done) { find_token(token, std::move(done)); },
      .find_stream = [this](seams::StreamId stream,
                            auto done) { shared_.database.streams().find(stream, shared_.clock.now_ms(), executor_, std::move(done)); },
      .server_time_us = [clock = shared_.clock] { return static_cast<std::int64_t>(clock.now_fine_ms() * 1'000); },
      .first_stream = part.first_stream,
      .stream_step = part.stream_step,
      .budget = std::move(part.budget),
      .bounds = {}});
}

void ShardThread::serve_video(std::function<media::Relay*(const std::string& code)> home_of) {
  reception_ = std::make_unique<media::Reception>(
      media::ReceptionParts{.loop = loop_, .home_of = std::move(home_of), .software = "matinee " MATINEE_VERSION});
}

void ShardThread::start() {
  thread_ = std::thread([this] { loop_.run(); });
}

void ShardThread::stop(std::function<void()> done) {
  loop_.post([this, done = std::move(done)]() mutable {
    http_->drain();
    // Desktop programs first: they leave their rooms before those are saved.
    if (reception_) reception_->stop();
    relay_->stop([this, done = std::move(done)]() mutable { shard_.stop(std::move(done)); });
  });
}

void ShardThread::join() {
  if (!thread_.joinable()) return;
  loop_.stop();
  thread_.join();
  // While there is a store, and a library.
  relay_->recorders().join();
}

void ShardThread::find_visitor(const net::RequestHead& head, std::function<void(seams::Result<seams::Visit>)> done) {
  const bool tls = hosts_->is_secure(head.secure);
  const auto token = http::find_cookie(head.field("cookie"), auth::session_cookie_name(tls));
  if (!token) return done(tl::unexpected(seams::StoreError::not_found));
  sessions_.resolve(*token, [this, address = head.remote_address, done = std::move(done)](seams::Result<auth::Identity> found) {
    if (!found) return done(tl::unexpected(found.error()));
    if (found->device) return done(tl::unexpected(seams::StoreError::not_found));
    // Guests may have been switched off since this one came.
    if (found->kind == rooms::PersonKind::guest && !shared_.config.guests) return done(tl::unexpected(seams::StoreError::not_found));
    done(visit_of(*found, address));
  });
}

// Only a token that was made for a desktop program lets one in: the cookie of a browser, seen on its way, does not.
void ShardThread::find_token(const std::string& token, std::function<void(seams::Result<seams::Visit>)> done) {
  sessions_.resolve(token, [this, done = std::move(done)](const seams::Result<auth::Identity>& found) {
    if (!found) return done(tl::unexpected(found.error()));
    if (!found->device) return done(tl::unexpected(seams::StoreError::not_found));
    done(visit_of(*found, {}));
  });
}

// What makes two spellings one name: for telling people of one name apart.
std::string ShardThread::key_of(const std::string& name) {
  const auto checked = auth::check_name(name);
  return checked ? checked->key : std::string();
}

seams::Visit ShardThread::visit_of(const auth::Identity& who, const std::string& address) const {
  seams::Visit visit;
  visit.person = {.id = who.user, .name = who.name, .kind = who.kind, .fresh = false, .avatar = who.avatar};
  visit.person.fresh = who.kind == rooms::PersonKind::guest || shared_.clock.now_ms() - who.created_at_ms < fresh_for_ms;
  // Behind a proxy on this machine everybody has one address: then only the id counts.
  visit.person.address = address.empty() || ops::is_loopback(address) ? std::string() : auth::address_key(address);
  visit.person.name_key = key_of(who.name);
  visit.session = who.session;
  return visit;
}

std::optional<std::string> ShardThread::make_pair(const std::string& code, const auth::Identity& who, const std::string& address) {
  if (!shard_.gate().is_present(code, who.user)) return std::nullopt;
  return relay_->make_pair(shard_.gate().key_of(code), visit_of(who, address));
}

void ShardThread::with_counters(std::function<void(const shard::ShardCounters&, const media::MediaCounters&)> read) {
  shard_.with_counters([this, read = std::move(read)](const shard::ShardCounters& shard) {
    relay_->with_counters([shard, read](const media::MediaCounters& media) { read(shard, media); });
  });
}

// A session that ends anywhere closes its sockets here; a new name shows in the rooms at once.
void ShardThread::follow_sessions() {
  sessions_.on_ended([this](seams::SessionId session, seams::UserId) {
    shard_.close_session(session);
    relay_->end_session(session);
  });
  sessions_.on_user_changed([this](seams::UserId user) {
    shared_.database.users().by_id(user, executor_, [this](seams::Result<seams::User> found) {
      if (found) shard_.rename({found->id, found->name, found->kind, found->avatar, key_of(found->name)});
    });
  });
}

}  // namespace matinee::app
