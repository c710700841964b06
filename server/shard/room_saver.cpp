#include "server/shard/room_saver.h"

#include <utility>
#include "server/shard/context.h"
#include "server/wire/stored.h"

namespace matinee::shard {

RoomSaver::RoomSaver(ShardContext& context, const seams::RoomRecord& record, std::weak_ptr<void> alive, Listener listener)
    : context_(context),
      writer_{record.id, record.epoch},
      alive_(std::move(alive)),
      listener_(std::move(listener)),
      name_(record.name),
      settings_(record.settings),
      owner_(record.owner),
      access_(record.access),
      admitted_(record.admitted.begin(), record.admitted.end()) {
  for (const auto& entry : record.roles) roles_[entry.user] = entry.role;
  for (const auto& block : record.blocks) blocks_[block.user] = block.until_ms;
}

void RoomSaver::save() {
  if (lost_) return;
  wanted_ = true;
  if (under_way_ > 0 || retrying_) return;
  wanted_ = false;
  failed_ = false;
  ++under_way_;  // held while the parts are being handed over, so that an answer cannot finish the save too early
  write(listener_.take());
  answered({}, {});
}

void RoomSaver::end(std::int64_t at_ms) {
  end_at_ms_ = at_ms;
  save();
}

void RoomSaver::write(const rooms::RoomSnapshot& snapshot) {
  auto& directory = context_.parts.directory;
  std::string settings = wire::encode_settings(snapshot.info);
  if (snapshot.info.name != name_ || settings != settings_)
    directory.save_settings(writer_, snapshot.info.name, settings, context_.executor, then([this, name = snapshot.info.name, settings] {
                              name_ = name;
                              settings_ = settings;
                            }));
  if (snapshot.info.owner != owner_ && snapshot.info.owner)
    directory.set_owner(writer_, snapshot.info.owner, context_.executor, then([this, owner = snapshot.info.owner] {
                          owner_ = owner;
                          roles_[owner] = rooms::Role::owner;
                        }));
  write_people(snapshot);
  write_access(snapshot);
  directory.save_snapshot(writer_, wire::encode_snapshot(snapshot), snapshot.saved_at_ms, context_.executor, then({}));
  if (end_at_ms_ != 0) directory.end(writer_, end_at_ms_, context_.executor, then([this] { end_at_ms_ = 0; }));
}

void RoomSaver::write_people(const rooms::RoomSnapshot& snapshot) {
  auto& directory = context_.parts.directory;
  std::map<seams::UserId, rooms::Role> roles;
  for (const auto& entry : snapshot.roles) roles[entry.first] = entry.second;
  for (const auto& known : roles_) roles.try_emplace(known.first, rooms::Role::guest);  // no longer named: an ordinary guest again
  for (const auto& entry : roles) {
    const seams::RoleEntry role{entry.first, entry.second};
    const auto known = roles_.find(role.user);
    const auto stored = known == roles_.end() ? rooms::Role::guest : known->second;
    if (stored == role.role || role.role == rooms::Role::owner) continue;  // the owner is set as such
    directory.set_role(writer_, role, context_.executor, then([this, role] { roles_[role.user] = role.role; }));
  }
  std::map<seams::UserId, std::int64_t> blocks;
  for (const auto& block : snapshot.blocks) {
    blocks[block.person] = block.until_ms;
    const auto known = blocks_.find(block.person);
    if (known != blocks_.end() && known->second == block.until_ms) continue;
    directory.set_block(writer_, {block.person, block.name, block.address, block.until_ms}, context_.executor,
                        then([this, user = block.person, until_ms = block.until_ms] { blocks_[user] = until_ms; }));
  }
  for (const auto& known : blocks_)
    if (blocks.count(known.first) == 0)
      directory.lift_block(writer_, known.first, context_.executor, then([this, user = known.first] { blocks_.erase(user); }));
}

// Who is admitted no longer goes first: when the process ends in between, somebody has to ask once more.
void RoomSaver::write_access(const rooms::RoomSnapshot& snapshot) {
  auto& directory = context_.parts.directory;
  const std::set<seams::UserId> admitted(snapshot.admitted.begin(), snapshot.admitted.end());
  for (const auto user : std::set(admitted_))
    if (admitted.count(user) == 0)
      directory.set_admitted(writer_, user, false, context_.executor, then([this, user] { admitted_.erase(user); }));
  const seams::AccessRecord access{snapshot.info.access, snapshot.password_hash};
  if (access != access_) directory.set_access(writer_, access, context_.executor, then([this, access] { access_ = access; }));
  for (const auto user : snapshot.admitted)
    if (admitted_.count(user) == 0)
      directory.set_admitted(writer_, user, true, context_.executor, then([this, user] { admitted_.insert(user); }));
}

seams::Done<void> RoomSaver::then(std::function<void()> stored) {
  ++under_way_;
  return [this, alive = alive_, stored = std::move(stored)](const seams::Result<void>& result) {
    if (const auto host = alive.lock()) answered(result, stored);
  };
}

void RoomSaver::answered(const seams::Result<void>& result, const std::function<void()>& stored) {
  --under_way_;
  if (lost_) return;
  if (result) {
    if (stored) stored();
  } else if (result.error() == seams::StoreError::fenced) {
    lost_ = true;
    return listener_.lost();
  } else if (result.error() == seams::StoreError::unavailable) {
    failed_ = true;
  } else if (stored) {
    stored();  // the row is gone (a person's account was removed): asking again would not help
  }
  if (under_way_ > 0) return;
  if (failed_) {
    wanted_ = true;
    retrying_ = true;
    retry_ = context_.loop().start_timer(context_.options.save_retry, [this] {
      retrying_ = false;
      save();
    });
    return;
  }
  if (wanted_) return save();
  listener_.saved();
}

}  // namespace matinee::shard
