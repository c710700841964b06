// The part of RoomHost for people at the door: passwords, which are hashed elsewhere, and those who wait to be let in.
#include <algorithm>
#include <utility>
#include "server/shard/client.h"
#include "server/shard/context.h"
#include "server/shard/door.h"
#include "server/shard/room_host.h"
#include "server/wire/decode.h"
#include "server/wire/encode.h"

namespace matinee::shard {

constexpr std::int64_t busy_retry_ms = 10'000;

// The client stays "joining" meanwhile, so that it cannot try two at once.
void RoomHost::check_password(Client& client, Asking asking, std::string hash) {
  seams::PasswordTry attempt{record_.id, client.visit().person.address, *std::exchange(asking.password, std::nullopt), hash};
  context_.parts.passwords.check(
      std::move(attempt), context_.executor,
      [weak = weak_from_this(), id = client.id(), asking = std::move(asking), hash = std::move(hash)](seams::PasswordAnswer answer) {
        const auto self = weak.lock();
        Client* asker = self == nullptr ? nullptr : self->client_of(id);
        if (asker == nullptr || self->phase_ != Phase::open) return;
        using What = seams::PasswordAnswer::What;
        if (answer.what == What::right) return self->enter(*asker, asking, hash);
        if (answer.what == What::wrong) return self->enter(*asker, asking, std::string());
        self->carry_out(rooms::ReplyError{{id, asking.ref}, {rooms::ErrorCode::slow_down, {}, answer.retry_ms}});
      });
}

void RoomHost::set_password(Client& client, wire::SetPassword wanted, std::string ref) {
  const rooms::PersonId person = client.visit().person.id;
  // The room refuses with its own words; nothing is hashed for it.
  if (!room_->may(person, rooms::Grant::edit_room)) return hear(client, std::move(wanted.change), std::move(ref), now_ms());
  if (!client.take_password_turn()) return client.refuse({rooms::ErrorCode::slow_down, {}, 1'000}, ref);
  context_.parts.passwords.hash(std::move(wanted.password), context_.executor,
                                [weak = weak_from_this(), id = client.id(), person, change = std::move(wanted.change),
                                 ref = std::move(ref)](std::optional<std::string> hash) mutable {
                                  const auto self = weak.lock();
                                  if (!self || self->phase_ != Phase::open) return;
                                  if (Client* asker = self->client_of(id)) asker->end_password_turn();
                                  if (!hash)
                                    return self->carry_out(rooms::ReplyError{{id, ref}, {rooms::ErrorCode::slow_down, {}, busy_retry_ms}});
                                  change.password_hash = std::move(*hash);
                                  self->handle(change, {self->now_ms(), person, {id, std::move(ref)}});
                                });
}

// ---- asking to be let in

void RoomHost::knock(Client& client, std::string ref) {
  connections_.emplace(client.id(), &client);
  unload_.cancel();
  if (phase_ == Phase::opening) waiting_.push_back({client.id(), {.ref = std::move(ref)}, true});
  else let_knock(client, std::move(ref));
}

void RoomHost::let_knock(Client& client, std::string ref) {
  const rooms::Person person = client.visit().person;
  handle(rooms::Knock{person}, {now_ms(), person.id, {client.id(), std::move(ref)}});
}

void RoomHost::stop_asking(Client& client, std::string ref) {
  const rooms::PersonId person = client.visit().person.id;
  handle(rooms::StopAsking{person}, {now_ms(), person, {client.id(), std::move(ref)}});
}

void RoomHost::carry_out(const rooms::Await& await) {
  Client* client = client_of(await.connection);
  if (client == nullptr) return;
  Asker& asker = askers_[await.person];
  asker.absence.cancel();
  asker.tabs.push_back(client);
  door_.stay(*client, limits::asking_longer);
}

void RoomHost::carry_out(const rooms::Answer& answer) {
  const auto found = askers_.find(answer.person);
  if (found == askers_.end()) return;
  const auto tabs = std::move(found->second.tabs);
  askers_.erase(found);
  const std::string text = encoded(answer.message);
  for (Client* client : tabs) {
    connections_.erase(client->id());
    client->turned_away(Client::Stage::at_door);
    door_.stay(*client);
    client->send(text);
  }
  consider_unloading();
}

// Whoever comes back within the time of an absence finds the place in the queue.
void RoomHost::leave_queue(Client& client) {
  connections_.erase(client.id());
  const rooms::PersonId person = client.visit().person.id;
  const auto found = askers_.find(person);
  if (found == askers_.end() || std::erase(found->second.tabs, &client) == 0 || !found->second.tabs.empty()) return;
  if (context_.stopping) return;
  found->second.absence = context_.loop().start_timer(context_.options.absence, [this, person] {
    handle(rooms::StopAsking{person, true});
    askers_.erase(person);
    consider_unloading();
  });
}

}  // namespace matinee::shard
