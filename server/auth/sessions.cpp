#include "server/auth/sessions.h"

#include <algorithm>
#include <utility>

#include "server/auth/digest.h"
#include "server/auth/random.h"
#include "server/auth/session_cache.h"

namespace matinee::auth {
namespace {

using seams::Result;
using seams::StoreError;
using ResolveDone = std::function<void(Result<Identity>)>;
constexpr int guest_id_tries = 3;

Identity identity_of(const seams::User& user, const seams::Session& session) {
  Identity who;
  who.user = user.id;
  who.name = user.name;
  who.kind = user.kind;
  who.admin = user.admin;
  who.created_at_ms = user.created_at_ms;
  who.session = session.id;
  who.avatar = user.avatar;
  who.preferences = user.preferences;
  who.device = session.kind == seams::SessionKind::device;
  return who;
}

bool can_be_a_token(std::string_view token) { return token.size() == token_characters; }

}  // namespace

struct SessionService::State : std::enable_shared_from_this<SessionService::State> {
  State(seams::SessionStore& session_store, seams::UserStore& user_store, seams::Executor on, NowMs clock, SessionServiceOptions with)
      : sessions(session_store), users(user_store), loop(std::move(on)), now_ms(std::move(clock)), options(with), cache(with.cached_max) {}

  // A handler that is dropped when the service is gone.
  template <class T, class Then>
  seams::Done<T> then(Then next) {
    return [weak = weak_from_this(), next = std::move(next)](Result<T> result) mutable {
      if (const auto state = weak.lock()) next(*state, std::move(result));
    };
  }

  void subscribe() {
    subscription = sessions.subscribe(loop, [weak = weak_from_this()](const seams::SessionEvent& event) {
      if (const auto state = weak.lock()) state->heard(event);
    });
  }

  void heard(const seams::SessionEvent& event) {
    // Whatever was read before this moment may be out of date: see looked_up().
    ++generation;
    switch (event.what) {
      case seams::SessionEvent::What::ended:
        cache.drop_session(event.session);
        for (const auto& tell : ended_heard) tell(event.session, event.user);
        return;
      case seams::SessionEvent::What::user_changed:
        cache.drop_user(event.user);
        for (const auto& tell : user_changed_heard) tell(event.user);
        return;
    }
  }

  void remember(const seams::TokenHash& token, const Identity& identity, const seams::Session& session) {
    const std::int64_t now = now_ms();
    const std::int64_t good_until = std::min(now + options.cached_for_ms, session.created_at_ms + options.limits.absolute_ms);
    SessionCache::Entry entry{token, identity, good_until, session.seen_at_ms};
    touch_if_due(entry, now);
    cache.put(std::move(entry));
  }

  void touch_if_due(SessionCache::Entry& entry, std::int64_t now) {
    if (now - entry.touched_at_ms < options.touch_every_ms) return;
    entry.touched_at_ms = now;
    sessions.touch(entry.identity.session, now, loop, [](const Result<void>&) {});  // late or lost does no harm: the next one comes
  }

  void look_up(const seams::TokenHash& token, ResolveDone done) {
    sessions.find(
        token, now_ms(), loop,
        then<seams::SessionOfUser>([token, done = std::move(done), asked = generation](State& state, Result<seams::SessionOfUser> found) {
          state.looked_up(token, asked, std::move(found), done);
        }));
  }

  void looked_up(const seams::TokenHash& token, std::uint64_t asked, Result<seams::SessionOfUser> found, const ResolveDone& done) {
    if (!found) return done(tl::unexpected(found.error()));
    // A session may have ended between the read and this answer; its notice has come already, so ask again rather than believe.
    if (asked != generation) return look_up(token, done);
    const Identity identity = identity_of(found->user, found->session);
    remember(token, identity, found->session);
    done(identity);
  }

  void start(const seams::User& user, Client client, seams::SessionId replaces, seams::Done<Started> done) {
    const std::string token = random_token();
    seams::NewSession wanted;
    wanted.token_hash = sha256(token);
    wanted.user = user.id;
    wanted.kind = client.kind;
    wanted.client = std::move(client.description);
    wanted.address = std::move(client.address);
    wanted.at_ms = now_ms();
    auto started = then<seams::Session>([user, token, done = std::move(done)](State&, Result<seams::Session> session) {
      if (!session) return done(tl::unexpected(session.error()));
      done(Started{token, identity_of(user, *session)});
    });
    if (replaces) return sessions.replace(replaces, std::move(wanted), loop, std::move(started));
    sessions.create(std::move(wanted), loop, std::move(started));
  }

  void start_guest(std::string name, Client client, int tries, seams::Done<Started> done) {
    seams::NewGuest guest{random_user_id(), name, client.address, now_ms()};
    users.create_guest(std::move(guest), loop,
                       then<seams::User>([name, client, tries, done = std::move(done)](State& state, Result<seams::User> made) {
                         if (!made && made.error() == StoreError::id_taken && tries > 1)
                           return state.start_guest(name, client, tries - 1, done);
                         if (!made) return done(tl::unexpected(made.error()));
                         state.start(*made, client, seams::SessionId{}, done);
                       }));
  }

  seams::SessionStore& sessions;
  seams::UserStore& users;
  seams::Executor loop;
  NowMs now_ms;
  SessionServiceOptions options;
  SessionCache cache;
  std::uint64_t generation = 0;  // how many notices have come
  std::vector<std::function<void(seams::SessionId, seams::UserId)>> ended_heard;
  std::vector<std::function<void(seams::UserId)>> user_changed_heard;
  std::unique_ptr<seams::Subscription> subscription;
};

SessionService::SessionService(seams::SessionStore& sessions, seams::UserStore& users, seams::Executor loop, NowMs now_ms,
                               SessionServiceOptions options)
    : state_(std::make_shared<State>(sessions, users, std::move(loop), std::move(now_ms), options)) {
  state_->subscribe();
}

SessionService::~SessionService() = default;

void SessionService::start(const seams::User& user, Client client, seams::SessionId replaces, seams::Done<Started> done) {
  state_->start(user, std::move(client), replaces, std::move(done));
}

void SessionService::start_guest(std::string name, Client client, seams::Done<Started> done) {
  state_->start_guest(std::move(name), std::move(client), guest_id_tries, std::move(done));
}

void SessionService::resolve(std::string_view token, ResolveDone done) {
  if (!can_be_a_token(token)) return done(tl::unexpected(StoreError::not_found));
  if (const Identity* known = cached(token)) return done(*known);
  state_->look_up(sha256(token), std::move(done));
}

const Identity* SessionService::cached(std::string_view token) {
  if (!can_be_a_token(token)) return nullptr;
  const std::int64_t now = state_->now_ms();
  SessionCache::Entry* entry = state_->cache.find(sha256(token), now);
  if (entry == nullptr) return nullptr;
  state_->touch_if_due(*entry, now);
  return &entry->identity;
}

void SessionService::log_out(seams::SessionId session, seams::Done<void> done) {
  state_->sessions.end(session, state_->loop, state_->then<void>([done = std::move(done)](State&, Result<void> ended) { done(ended); }));
}

void SessionService::log_out_everywhere(seams::UserId user, seams::SessionId except, seams::Done<std::int64_t> done) {
  state_->sessions.end_all(user, except, state_->loop,
                           state_->then<std::int64_t>([done = std::move(done)](State&, Result<std::int64_t> ended) { done(ended); }));
}

void SessionService::list(seams::UserId user, seams::Done<std::vector<seams::Session>> done) {
  state_->sessions.list(user, state_->now_ms(), state_->loop,
                        state_->then<std::vector<seams::Session>>(
                            [done = std::move(done)](State&, Result<std::vector<seams::Session>> sessions) { done(std::move(sessions)); }));
}

void SessionService::on_ended(std::function<void(seams::SessionId, seams::UserId)> heard) {
  state_->ended_heard.push_back(std::move(heard));
}
void SessionService::on_user_changed(std::function<void(seams::UserId)> heard) { state_->user_changed_heard.push_back(std::move(heard)); }

}  // namespace matinee::auth
