// The part of RoomHost for a new code. The room stays where it is, with its people, its log and its streams: only the code changes, and
// this shard goes on being its home (docs/adr/0022-a-room-keeps-its-home-when-its-code-changes.md).
#include <utility>
#include "rooms/room_code.h"
#include "server/shard/context.h"
#include "server/shard/room_host.h"

namespace matinee::shard {

// The home is kept before the code is stored: nobody who finds it there may come to another shard.
void RoomHost::draw_code(const rooms::DrawCode& wanted, int draws_left) {
  const std::string code = rooms::make_room_code(context_.parts.codes.random_bits());
  context_.parts.codes.keep_home(code);
  context_.parts.directory.set_code({record_.id, record_.epoch}, code, context_.executor,
                                    [weak = weak_from_this(), wanted, code, draws_left, &context = context_](seams::Result<void> stored) {
                                      const auto self = weak.lock();
                                      const bool open = self && self->phase_ == Phase::open;
                                      if (!open || !stored) context.parts.codes.release_home(code);
                                      if (!open) return;
                                      if (stored) {
                                        self->take_code(code);
                                        return self->handle(rooms::CodeChanged{code}, {self->now_ms(), wanted.by, wanted.ref});
                                      }
                                      const bool again = stored.error() == seams::StoreError::code_taken && draws_left > 1;
                                      if (again) return self->draw_code(wanted, draws_left - 1);
                                      self->carry_out(rooms::ReplyError{wanted.ref, {rooms::ErrorCode::storage_unavailable, {}, 0}});
                                    });
}

void RoomHost::take_code(const std::string& code) {
  auto epoch = context_.epochs.extract(code_now());
  if (!epoch.empty()) {
    epoch.key() = code;
    context_.epochs.insert(std::move(epoch));
  }
  context_.keys[code] = code_;
  later_codes_.push_back(code);
  if (later_codes_.size() <= limits::later_codes_max) return;
  context_.keys.erase(later_codes_.front());
  context_.parts.codes.release_home(later_codes_.front());
  later_codes_.erase(later_codes_.begin());
}

// The room leaves this shard: from now on its code decides again where it lives.
void RoomHost::let_codes_go() {
  for (const std::string& code : std::exchange(later_codes_, {})) {
    context_.keys.erase(code);
    context_.parts.codes.release_home(code);
  }
}

bool RoomHost::came_along(const rooms::Person& person) const {
  return room_ && room_->came_along(person.id) && !room_->is_blocked(person, context_.now_ms());
}

}  // namespace matinee::shard
