#include "tests/support/memory_store.h"

#include <algorithm>
#include <cctype>
#include <string_view>

namespace matinee::test {

using seams::AppendOutcome;
using seams::MessageKind;
using seams::StoreError;
using Lock = std::lock_guard<std::mutex>;

namespace {

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words(1);
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) words.back() += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    else if (!words.back().empty()) words.emplace_back();
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

bool holds(const std::vector<std::string>& words, const std::vector<std::string>& wanted) {
  for (const std::string& want : wanted) {
    const bool prefix = &want == &wanted.back() && want.size() >= 2;
    const bool there = std::any_of(words.begin(), words.end(), [&](const std::string& word) {
      return prefix ? word.compare(0, want.size(), want) == 0 : word == want;
    });
    if (!there) return false;
  }
  return true;
}

}  // namespace

seams::RoomId MemoryStore::add_room(const std::string& code, seams::UserId owner, const std::string& name) {
  const Lock lock(mutex_);
  const seams::RoomId id{static_cast<std::int64_t>(rows_.size()) + 1};
  Row& row = rows_[id.value];
  row.record.id = id;
  row.record.code = code;
  row.record.name = name;
  row.record.owner = owner;
  row.record.roles.push_back({owner, rooms::Role::owner});
  return id;
}

void MemoryStore::hold_appends() {
  const Lock lock(mutex_);
  holding_ = true;
}

void MemoryStore::release_appends() {
  const Lock lock(mutex_);
  holding_ = false;
  for (const Held& held : held_) held();
  held_.clear();
}

void MemoryStore::fail_appends(bool fail) {
  const Lock lock(mutex_);
  fail_appends_ = fail;
}

void MemoryStore::refuse_appends(int count) {
  const Lock lock(mutex_);
  refuse_ = count;
}

void MemoryStore::fail_reads(bool fail) {
  const Lock lock(mutex_);
  fail_reads_ = fail;
}

void MemoryStore::fail_saves(bool fail) {
  const Lock lock(mutex_);
  fail_saves_ = fail;
}

void MemoryStore::take_over(const std::string& code) {
  const Lock lock(mutex_);
  ++const_cast<Row*>(row(code))->record.epoch;
}

std::vector<seams::StoredMessage> MemoryStore::all(const std::string& code) const {
  const Lock lock(mutex_);
  return row(code)->messages;
}

seams::RoomRecord MemoryStore::record(const std::string& code) const {
  const Lock lock(mutex_);
  return row(code)->record;
}

std::size_t MemoryStore::held() const {
  const Lock lock(mutex_);
  return held_.size();
}

std::vector<std::pair<seams::RoomId, seams::UserId>> MemoryStore::visits() const {
  const Lock lock(mutex_);
  return visits_;
}

MemoryStore::Row* MemoryStore::row(seams::RoomId room) {
  const auto found = rows_.find(room.value);
  return found == rows_.end() ? nullptr : &found->second;
}

const MemoryStore::Row* MemoryStore::row(const std::string& code) const {
  const auto found = std::find_if(rows_.begin(), rows_.end(), [&](const auto& entry) { return entry.second.record.code == code; });
  return found == rows_.end() ? nullptr : &found->second;
}

// ---- MessageLog

void MemoryStore::append(seams::AppendRequest request, seams::Executor executor, std::function<void(AppendOutcome)> done) {
  const Lock lock(mutex_);
  if (refuse_ > 0) {
    --refuse_;
    return executor([done = std::move(done)] { done({AppendOutcome::What::unavailable, {}}); });
  }
  Held work = [this, request = std::move(request), executor = std::move(executor), done = std::move(done)] {
    const AppendOutcome outcome = carry_out(request);
    executor([done, outcome] { done(outcome); });
  };
  if (holding_) held_.push_back(std::move(work));
  else work();
}

AppendOutcome MemoryStore::carry_out(const seams::AppendRequest& request) {
  using What = AppendOutcome::What;
  if (fail_appends_) return {What::unavailable, {}};
  Row* room = row(request.room);
  if (room == nullptr) return {What::conflict, {}};
  if (room->record.epoch != request.epoch) return {What::fenced, {}};
  const bool is_new = request.kind == MessageKind::message || request.kind == MessageKind::voided;
  if (!is_new) return change_message(*room, request);
  const std::pair<std::int64_t, std::string> key{request.author.value, request.message_id};
  const rooms::Seq last{static_cast<std::int64_t>(room->messages.size())};
  const bool next = request.seq.value == last.value + 1;
  const auto known = request.kind == MessageKind::message ? room->ids.find(key) : room->ids.end();
  if (known == room->ids.end() && !next) return {What::conflict, last};
  seams::StoredMessage message;
  message.seq = request.seq;
  message.kind = known == room->ids.end() ? request.kind : MessageKind::voided;
  message.author = request.author;
  message.at_ms = request.at_ms;
  if (message.kind == MessageKind::message) {
    message.message_id = request.message_id;
    message.body = request.body;
    message.extra = request.extra;
    room->ids[key] = request.seq;
  }
  if (next) {
    room->messages.push_back(message);
    room->record.last_seq = request.seq;
  }
  if (known != room->ids.end() && message.kind == MessageKind::voided && request.kind == MessageKind::message)
    return {What::duplicate, known->second};
  return {What::appended, request.seq};
}

AppendOutcome MemoryStore::change_message(Row& room, const seams::AppendRequest& request) {
  const AppendOutcome refused{AppendOutcome::What::conflict, room.record.last_seq};
  const auto index = static_cast<std::size_t>(request.seq.value) - 1;
  if (request.change.value != room.record.last_change.value + 1 || index >= room.messages.size()) return refused;
  seams::StoredMessage& message = room.messages[index];
  const bool removed = message.kind == MessageKind::removal && request.kind == MessageKind::removal;
  if (message.kind != MessageKind::message && !removed) return refused;
  if (request.kind == MessageKind::reactions) {
    message.reactions = request.extra;
  } else {
    message.body = request.kind == MessageKind::edit ? request.body : "";
    message.edited_at_ms = request.at_ms;
  }
  if (request.kind == MessageKind::removal) {
    message.kind = MessageKind::removal;
    message.extra = request.extra;
    message.reactions.clear();
  }
  room.record.last_change = request.change;
  return {AppendOutcome::What::appended, request.seq};
}

void MemoryStore::read(seams::ReadRequest request, seams::Executor executor, seams::Done<std::vector<seams::StoredMessage>> done) {
  const Lock lock(mutex_);
  if (fail_reads_) return executor([done = std::move(done)] { done(tl::unexpected(StoreError::unavailable)); });
  std::vector<seams::StoredMessage> page;
  if (const Row* room = row(request.room))
    for (const auto& message : room->messages)
      if ((!request.after || message.seq > *request.after) && (!request.before || message.seq < *request.before)) page.push_back(message);
  const bool oldest_first = request.after && !request.before;
  if (page.size() > request.limit) {
    if (oldest_first) page.resize(request.limit);
    else page.erase(page.begin(), page.end() - static_cast<std::ptrdiff_t>(request.limit));
  }
  if (!oldest_first) std::reverse(page.begin(), page.end());
  std::size_t bytes = 0;
  const auto over = [&](const seams::StoredMessage& message) { return (bytes += seams::bytes_of(message)) > request.bytes_max; };
  if (!page.empty()) {
    bytes = seams::bytes_of(page.front());
    page.erase(std::find_if(page.begin() + 1, page.end(), over), page.end());
  }
  if (!oldest_first) std::reverse(page.begin(), page.end());
  executor([done = std::move(done), page = std::move(page)] { done(page); });
}

void MemoryStore::last(seams::RoomId room, seams::Executor executor, seams::Done<rooms::Seq> done) {
  const Lock lock(mutex_);
  const Row* found = row(room);
  executor([done = std::move(done), seq = found == nullptr ? rooms::Seq{} : found->record.last_seq] { done(seq); });
}

void MemoryStore::find(seams::RoomId room, seams::UserId author, std::string message_id, seams::Executor executor,
                       seams::Done<std::optional<rooms::Seq>> done) {
  const Lock lock(mutex_);
  if (fail_reads_) return executor([done = std::move(done)] { done(tl::unexpected(StoreError::unavailable)); });
  std::optional<rooms::Seq> seq;
  if (const Row* found = row(room)) {
    const auto known = found->ids.find({author.value, message_id});
    if (known != found->ids.end()) seq = known->second;
  }
  executor([done = std::move(done), seq] { done(seq); });
}

void MemoryStore::search(seams::SearchRequest request, seams::Executor executor, seams::Done<seams::SearchPage> done) {
  const Lock lock(mutex_);
  if (fail_reads_) return executor([done = std::move(done)] { done(tl::unexpected(StoreError::unavailable)); });
  seams::SearchPage page;
  const auto wanted = words_of(request.query);
  std::size_t bytes = 0;
  const Row* room = row(request.room);
  for (auto message = room == nullptr ? 0 : room->messages.size(); message-- > 0 && !wanted.empty() && !page.more_before;) {
    const seams::StoredMessage& at = room->messages[message];
    if (at.kind != MessageKind::message || (request.before && at.seq >= *request.before) || !holds(words_of(at.body), wanted)) continue;
    bytes += at.body.size();
    page.more_before = page.messages.size() == request.limit || (bytes > request.bytes_max && !page.messages.empty());
    if (!page.more_before) page.messages.push_back(at);
  }
  executor([done = std::move(done), page = std::move(page)] { done(page); });
}

void MemoryStore::tidy(seams::Executor executor, seams::Done<void> done) {
  executor([done = std::move(done)] { done({}); });
}

// ---- RoomDirectory

seams::Result<seams::RoomRecord> MemoryStore::found(const std::string& code) const {
  if (fail_reads_) return tl::unexpected(StoreError::unavailable);
  const Row* room = row(code);
  if (room == nullptr) return tl::unexpected(StoreError::not_found);
  return room->record;
}

void MemoryStore::create(seams::NewRoom room, seams::Executor executor, seams::Done<seams::RoomRecord> done) {
  {
    const Lock lock(mutex_);
    if (row(room.code) != nullptr) return executor([done = std::move(done)] { done(tl::unexpected(StoreError::code_taken)); });
  }
  const auto id = add_room(room.code, room.owner, room.name);
  const Lock lock(mutex_);
  seams::RoomRecord& record = row(id)->record;
  record.kind = room.kind;
  record.settings = room.settings;
  record.created_at_ms = room.at_ms;
  executor([done = std::move(done), record] { done(record); });
}

void MemoryStore::lookup(std::string code, seams::Executor executor, seams::Done<seams::RoomRecord> done) {
  const Lock lock(mutex_);
  executor([done = std::move(done), record = found(code)] { done(record); });
}

// After every append that was queued before.
void MemoryStore::raise_epoch(std::string code, seams::Executor executor, seams::Done<seams::RoomRecord> done) {
  const Lock lock(mutex_);
  if (holding_) held_.push_back([this, code, executor, done] { raise(code, executor, done); });
  else raise(code, executor, done);
}

void MemoryStore::raise(const std::string& code, const seams::Executor& executor, const seams::Done<seams::RoomRecord>& done) {
  if (auto record = found(code)) ++row(record->id)->record.epoch;
  executor([done, record = found(code)] { done(record); });
}

void MemoryStore::change(seams::RoomWriter writer, const seams::Executor& executor, seams::Done<void> done,
                         const std::function<void(Row&)>& how) {
  const Lock lock(mutex_);
  Row* room = row(writer.room);
  seams::Result<void> result;
  if (fail_saves_) result = tl::unexpected(StoreError::unavailable);
  else if (room == nullptr) result = tl::unexpected(StoreError::not_found);
  else if (room->record.epoch != writer.epoch) result = tl::unexpected(StoreError::fenced);
  else how(*room);
  executor([done = std::move(done), result] { done(result); });
}

void MemoryStore::save_snapshot(seams::RoomWriter writer, std::string snapshot, std::int64_t at_ms, seams::Executor executor,
                                seams::Done<void> done) {
  change(writer, executor, std::move(done), [&](Row& room) {
    room.record.snapshot = snapshot;
    room.record.snapshot_at_ms = at_ms;
  });
}

void MemoryStore::save_settings(seams::RoomWriter writer, std::string name, std::string settings, seams::Executor executor,
                                seams::Done<void> done) {
  change(writer, executor, std::move(done), [&](Row& room) {
    room.record.name = name;
    room.record.settings = settings;
  });
}

void MemoryStore::set_owner(seams::RoomWriter writer, seams::UserId owner, seams::Executor executor, seams::Done<void> done) {
  change(writer, executor, std::move(done), [&](Row& room) { room.record.owner = owner; });
}

void MemoryStore::set_role(seams::RoomWriter writer, seams::RoleEntry entry, seams::Executor executor, seams::Done<void> done) {
  change(writer, executor, std::move(done), [&](Row& room) {
    std::erase_if(room.record.roles, [&](const seams::RoleEntry& known) { return known.user == entry.user; });
    if (entry.role != rooms::Role::guest) room.record.roles.push_back(entry);
  });
}

void MemoryStore::set_block(seams::RoomWriter writer, seams::BlockEntry entry, seams::Executor executor, seams::Done<void> done) {
  change(writer, executor, std::move(done), [&](Row& room) {
    std::erase_if(room.record.blocks, [&](const seams::BlockEntry& known) { return known.user == entry.user; });
    room.record.blocks.push_back(entry);
  });
}

void MemoryStore::lift_block(seams::RoomWriter writer, seams::UserId user, seams::Executor executor, seams::Done<void> done) {
  change(writer, executor, std::move(done),
         [&](Row& room) { std::erase_if(room.record.blocks, [&](const seams::BlockEntry& known) { return known.user == user; }); });
}

void MemoryStore::set_access(seams::RoomWriter writer, seams::AccessRecord access, seams::Executor executor, seams::Done<void> done) {
  change(writer, executor, std::move(done), [&](Row& room) { room.record.access = access; });
}

void MemoryStore::set_admitted(seams::RoomWriter writer, seams::UserId user, bool on, seams::Executor executor, seams::Done<void> done) {
  change(writer, executor, std::move(done), [&](Row& room) {
    std::erase(room.record.admitted, user);
    if (on) room.record.admitted.push_back(user);
  });
}

void MemoryStore::set_code(seams::RoomWriter writer, std::string code, seams::Executor executor, seams::Done<void> done) {
  change(writer, executor, std::move(done), [&](Row& room) { room.record.code = code; });
}

void MemoryStore::keep(seams::RoomWriter writer, seams::Executor executor, seams::Done<void> done) {
  change(writer, executor, std::move(done), [](Row& room) { room.record.kind = seams::RoomKind::normal; });
}

void MemoryStore::end(seams::RoomWriter writer, std::int64_t at_ms, seams::Executor executor, seams::Done<void> done) {
  change(writer, executor, std::move(done), [&](Row& room) { room.record.ended_at_ms = at_ms; });
}

void MemoryStore::record_visit(seams::RoomId room, seams::UserId user, std::int64_t, seams::Executor executor, seams::Done<void> done) {
  const Lock lock(mutex_);
  visits_.emplace_back(room, user);
  executor([done = std::move(done)] { done({}); });
}

void MemoryStore::forget_visit(seams::RoomId room, seams::UserId user, seams::Executor executor, seams::Done<void> done) {
  const Lock lock(mutex_);
  const bool known = std::erase(visits_, std::pair(room, user)) > 0;
  executor([done = std::move(done), known] {
    if (known) done({});
    else done(tl::unexpected(seams::StoreError::not_found));
  });
}

void MemoryStore::rooms_of(seams::UserId user, std::size_t limit, seams::Executor executor,
                           seams::Done<std::vector<seams::RoomOfUser>> done) {
  const Lock lock(mutex_);
  std::vector<seams::RoomOfUser> list;
  for (const auto& entry : rows_) {
    const auto& record = entry.second.record;
    if (record.ended_at_ms == 0 && record.owner == user && list.size() < limit)
      list.push_back({record.id, record.code, record.name, record.kind, rooms::Role::owner, 0});
  }
  executor([done = std::move(done), list = std::move(list)] { done(list); });
}

void MemoryStore::idle_guest_rooms(std::int64_t, std::size_t, seams::Executor executor, seams::Done<std::vector<seams::RoomOfUser>> done) {
  executor([done = std::move(done)] { done(std::vector<seams::RoomOfUser>{}); });
}

}  // namespace matinee::test
