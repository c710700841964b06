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

RoomHost::~RoomHost() {
  let_codes_go();
  --context_.counters.rooms;
}

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
  let_waiting_in();
  consider_unloading();
}

void RoomHost::heard_from_log(const rooms::Event& outcome) {
  handle(outcome);
  consider_unloading();  // nobody may be left who waited for it
}

void RoomHost::fail(rooms::ErrorCode why) {
  phase_ = Phase::gone;
  turn_waiting_away(why);
  retire_();
}

void RoomHost::hear(Client& client, const rooms::Event& event, std::string ref, std::int64_t now_ms) {
  handle(event, {now_ms, client.visit().person.id, {client.id(), std::move(ref)}});
}

// Another server has taken the room over, or the log disagrees about its numbers. Whoever is here comes back and finds the truth.
void RoomHost::lost() {
  if (phase_ != Phase::open) return;
  phase_ = Phase::gone;
  context_.epochs.erase(code_now());
  timers_.clear();
  close_all(close_code::restart, "moved");
  retire_();
}

// A room that is still being opened may have read what was there before.
void RoomHost::taken_over() {
  if (phase_ == Phase::open) return lost();
  if (phase_ != Phase::opening) return;
  context_.epochs.erase(code_);
  fail(rooms::ErrorCode::storage_unavailable);
}

void RoomHost::save_now() {
  if (phase_ == Phase::open) saver_->save();
}

bool RoomHost::settled() const { return phase_ != Phase::open || (store_->idle() && saver_->idle()); }

bool RoomHost::idle() const {
  const bool empty = connections_.empty() && attendances_.empty() && people_.empty() && askers_.empty();
  return phase_ == Phase::open && empty && !room_->has_pending() && settled();
}

void RoomHost::consider_unloading() {
  if (context_.stopping || unload_.running() || !idle()) return;
  unload_ = context_.loop().start_timer(context_.options.unload_after, [this] { unload(); });
}

void RoomHost::unload() {
  if (!idle()) return;
  phase_ = Phase::gone;
  timers_.clear();
  retire_();
}

}  // namespace matinee::shard
