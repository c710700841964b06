#include "server/shard/room_host.h"

#include <algorithm>
#include <utility>
#include "rooms/limits.h"
#include "server/shard/client.h"
#include "server/shard/close_codes.h"
#include "server/shard/context.h"
#include "server/shard/door.h"
#include "server/shard/room_opening.h"

namespace matinee::shard {

RoomHost::RoomHost(ShardContext& context, Door& door, std::string code, std::function<void()> retire)
    : context_(context), door_(door), code_(std::move(code)), retire_(std::move(retire)), fanout_(context.flushes) {
  ++context_.counters.rooms;
}

RoomHost::~RoomHost() { --context_.counters.rooms; }

std::int64_t RoomHost::now_ms() const { return context_.now_ms(); }

Client* RoomHost::client_of(rooms::ConnectionId connection) const {
  const auto found = connections_.find(connection);
  return found == connections_.end() ? nullptr : found->second;
}

// The first time in this process the room is taken over, so that another server still writing to it is fenced off.
void RoomHost::open() {
  const auto heard = [weak = weak_from_this()](seams::Result<seams::RoomRecord> record) {
    const auto self = weak.lock();
    if (!self || self->phase_ != Phase::opening) return;
    if (!record)
      return self->fail(record.error() == seams::StoreError::not_found ? rooms::ErrorCode::no_such_room
                                                                       : rooms::ErrorCode::storage_unavailable);
    self->read_newest(std::move(*record));
  };
  auto& directory = context_.parts.directory;
  if (context_.epochs.count(code_) > 0) directory.lookup(code_, context_.executor, heard);
  else directory.raise_epoch(code_, context_.executor, heard);
}

void RoomHost::read_newest(seams::RoomRecord record) {
  const auto known = context_.epochs.find(code_);
  if (known != context_.epochs.end() && known->second != record.epoch) {  // taken over by somebody else meanwhile: take it back
    context_.epochs.erase(known);
    return open();
  }
  context_.epochs[code_] = record.epoch;
  if (record.ended_at_ms != 0) return fail(rooms::ErrorCode::no_such_room);
  record_ = std::move(record);
  seams::ReadRequest newest{record_.id, std::nullopt, std::nullopt, rooms::limits::recent_messages_max};
  context_.parts.log.read(newest, context_.executor, [weak = weak_from_this()](seams::Result<std::vector<seams::StoredMessage>> messages) {
    const auto self = weak.lock();
    if (!self || self->phase_ != Phase::opening) return;
    if (!messages) return self->fail(rooms::ErrorCode::storage_unavailable);
    self->start(*messages);
  });
}

void RoomHost::start(const std::vector<seams::StoredMessage>& newest) {
  auto options = options_from(record_, newest);
  options.unlimited_rates = context_.options.unlimited_rates;
  options.participants_max = context_.options.participants_max;
  room_.emplace(snapshot_from(record_), std::move(options), now_ms());
  const seams::RoomWriter writer{record_.id, record_.epoch};
  const std::weak_ptr<void> alive = weak_from_this();
  store_.emplace(context_, writer, alive,
                 ChatStore::Listener{[this](const rooms::Event& event) { heard_from_log(event); }, [this] { lost(); }});
  saver_.emplace(context_, record_, alive,
                 RoomSaver::Listener{[this] { return room_->snapshot(now_ms()); }, [this] { consider_unloading(); }, [this] { lost(); }});
  record_.snapshot = {};
  record_.settings = {};
  record_.roles = {};
  record_.blocks = {};
  phase_ = Phase::open;
  for (auto& waiting : std::exchange(waiting_, {}))
    if (Client* client = client_of(waiting.connection)) let_in(*client, waiting.since, std::move(waiting.ref));
  consider_unloading();
}

void RoomHost::heard_from_log(const rooms::Event& outcome) {
  handle(outcome);
  consider_unloading();  // nobody may be left who waited for it
}

void RoomHost::fail(rooms::ErrorCode why) {
  phase_ = Phase::gone;
  for (const auto& waiting : std::exchange(waiting_, {})) {
    Client* client = client_of(waiting.connection);
    if (client == nullptr) continue;
    connections_.erase(waiting.connection);
    door_.turn_away(*client, {why, {}, 0}, waiting.ref);
  }
  retire_();
}

void RoomHost::join(Client& client, std::optional<rooms::Since> since, std::string ref) {
  connections_.emplace(client.id(), &client);
  unload_.cancel();
  if (phase_ == Phase::opening) waiting_.push_back({client.id(), since, std::move(ref)});
  else let_in(client, since, std::move(ref));
}

void RoomHost::let_in(Client& client, std::optional<rooms::Since> since, std::string ref) {
  const rooms::Person person = client.visitor().person;
  handle(rooms::Join{person, since}, {now_ms(), person.id, {client.id(), std::move(ref)}});
}

void RoomHost::hear(Client& client, const rooms::Event& event, std::string ref, std::int64_t now_ms) {
  handle(event, {now_ms, client.visitor().person.id, {client.id(), std::move(ref)}});
}

// A person's connections: the newest of a tab replaces the older one, and there are only so many.
void RoomHost::seat(Client& client, Presence& presence) {
  presence.absence.cancel();
  if (presence.connections.empty()) ++context_.counters.participants;
  const auto same_tab = std::find_if(presence.connections.begin(), presence.connections.end(),
                                     [&](const Client* other) { return other->tab() == client.tab(); });
  Client* replaced = same_tab == presence.connections.end() ? nullptr : *same_tab;
  const bool full = presence.connections.size() >= rooms::limits::connections_per_person_max;
  Client* oldest = replaced == nullptr && full ? presence.connections.front() : nullptr;
  presence.connections.push_back(&client);
  fanout_.join(client.seat(), client.socket()->sink());
  client.admitted();
  if (replaced != nullptr) replaced->close(close_code::replaced, "opened again");
  if (oldest != nullptr) oldest->close(close_code::policy, "too many tabs");
}

void RoomHost::gone(Client& client) {
  connections_.erase(client.id());
  fanout_.leave(client.seat());
  const rooms::PersonId person = client.visitor().person.id;
  const auto found = people_.find(person);
  if (found == people_.end() || std::erase(found->second.connections, &client) == 0) return consider_unloading();
  if (!found->second.connections.empty()) return;
  --context_.counters.participants;
  if (context_.stopping) return;
  found->second.absence = context_.loop().start_timer(context_.options.absence, [this, person] { absent(person); });
}

void RoomHost::absent(rooms::PersonId person) {
  people_.erase(person);
  handle(rooms::Leave{person}, {now_ms(), person, {}});
  consider_unloading();
}

void RoomHost::rename(rooms::PersonId person, const std::string& name, rooms::PersonKind kind) {
  const auto found = people_.find(person);
  if (phase_ != Phase::open || found == people_.end()) return;
  for (Client* client : found->second.connections) client->rename(name, kind);
  handle(rooms::Renamed{person, name, kind});
}

// Another server has taken the room over, or the log disagrees about its numbers. Whoever is here comes back and finds the truth.
void RoomHost::lost() {
  if (phase_ != Phase::open) return;
  phase_ = Phase::gone;
  context_.epochs.erase(code_);
  timers_.clear();
  close_all(close_code::restart, "moved");
  retire_();
}

void RoomHost::close_all(std::uint16_t code, std::string_view reason) {
  fanout_.flush();
  std::vector<Client*> everybody;
  everybody.reserve(connections_.size());
  for (const auto& entry : connections_) everybody.push_back(entry.second);
  for (Client* client : everybody) client->close(code, reason);
}

void RoomHost::save_now() {
  if (phase_ == Phase::open) saver_->save();
}

bool RoomHost::settled() const { return phase_ != Phase::open || (store_->idle() && saver_->idle()); }

void RoomHost::consider_unloading() {
  if (phase_ != Phase::open || context_.stopping || !connections_.empty() || !people_.empty() || room_->has_pending() || !settled() ||
      unload_.running())
    return;
  unload_ = context_.loop().start_timer(context_.options.unload_after, [this] { unload(); });
}

void RoomHost::unload() {
  if (phase_ != Phase::open || !connections_.empty() || !people_.empty() || room_->has_pending() || !settled()) return;
  phase_ = Phase::gone;
  timers_.clear();
  retire_();
}

}  // namespace matinee::shard
