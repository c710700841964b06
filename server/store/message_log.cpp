#include "server/store/message_log.h"

#include <algorithm>
#include <limits>

#include "server/store/search_index.h"

namespace matinee::store {
namespace {

using What = seams::AppendOutcome::What;
using seams::AppendOutcome;
using seams::AppendRequest;
using seams::MessageKind;

std::int64_t as_integer(MessageKind kind) { return static_cast<std::int64_t>(kind); }

std::optional<rooms::Seq> stored_under(Connection& db, seams::RoomId room, seams::UserId author, const std::string& message_id) {
  Query query(db, "SELECT seq FROM messages WHERE room = ?1 AND author = ?2 AND message_id = ?3", room, author, message_id);
  if (!query.next()) return std::nullopt;
  return rooms::Seq{query.integer(0)};
}

void insert_void(Connection& db, const AppendRequest& request) {
  Query(db, "INSERT INTO messages (room, seq, author, message_id, kind, body, extra, at_ms) VALUES (?1, ?2, ?3, NULL, ?4, '', x'', ?5)",
        request.room, request.seq, request.author, as_integer(MessageKind::voided), request.at_ms)
      .run();
}

AppendOutcome append_message(Write& write, const AppendRequest& request, Head& head) {
  const bool next = request.seq.value == head.last_seq + 1;
  if (!next) {
    // A repeat of an append whose answer was lost is recognised by its id; everything else is a caller with a wrong count.
    const auto known =
        request.kind == MessageKind::message ? stored_under(write.db, request.room, request.author, request.message_id) : std::nullopt;
    return known ? AppendOutcome{What::duplicate, *known} : AppendOutcome{What::conflict, rooms::Seq{head.last_seq}};
  }
  if (request.kind == MessageKind::voided) {
    insert_void(write.db, request);
    head.last_seq = request.seq.value;
    return {What::appended, request.seq};
  }
  // One statement for the usual case; only when the unique index ignores the row is the earlier one looked up.
  Query insert(
      write.db,
      "INSERT INTO messages (room, seq, author, message_id, kind, body, extra, at_ms) VALUES (?1, ?2, ?3, nullif(?4, ''), ?5, ?6, ?7, ?8) "
      "ON CONFLICT (room, author, message_id) DO NOTHING",
      request.room, request.seq, request.author, request.message_id, as_integer(request.kind), request.body, Blob{request.extra},
      request.at_ms);
  if (insert.run() == 1) {
    write.index_behind = true;
    head.last_seq = request.seq.value;
    return {What::appended, request.seq};
  }
  const auto known = stored_under(write.db, request.room, request.author, request.message_id);
  insert_void(write.db, request);
  head.last_seq = request.seq.value;
  return {What::duplicate, known.value_or(rooms::Seq{})};
}

int change_message(Write& write, const AppendRequest& request) {
  switch (request.kind) {
    case MessageKind::edit:
      return Query(write.db, "UPDATE messages SET body = ?3, edited_ms = ?4, change = ?5 WHERE room = ?1 AND seq = ?2 AND kind = 0",
                   request.room, request.seq, request.body, request.at_ms, request.change)
          .run();
    case MessageKind::removal:
      return Query(write.db,
                   "UPDATE messages SET kind = 3, body = '', extra = ?3, reactions = x'', edited_ms = ?4, change = ?5 "
                   "WHERE room = ?1 AND seq = ?2 AND kind IN (0, 3)",
                   request.room, request.seq, Blob{request.extra}, request.at_ms, request.change)
          .run();
    case MessageKind::reactions:
      return Query(write.db, "UPDATE messages SET reactions = ?3, change = ?4 WHERE room = ?1 AND seq = ?2 AND kind = 0", request.room,
                   request.seq, Blob{request.extra}, request.change)
          .run();
    case MessageKind::message:
    case MessageKind::voided: break;
  }
  return 0;
}

// Its words leave the index, are replaced, or stay, in one transaction with the message itself.
int change_and_index(Write& write, const AppendRequest& request) {
  const bool other_words = request.kind == MessageKind::edit || request.kind == MessageKind::removal;
  const auto indexed = other_words ? unindex(write.db, request.room, request.seq) : std::nullopt;
  const int changed = change_message(write, request);
  if (indexed && request.kind == MessageKind::edit) index(write.db, *indexed, request.room, request.body);
  return changed;
}

AppendOutcome append_one(Write& write, const AppendRequest& request) {
  Head* head = head_of(write, request.room);
  if (head == nullptr) return {What::conflict, rooms::Seq{}};
  if (head->epoch != request.epoch) return {What::fenced, rooms::Seq{}};
  if (request.kind == MessageKind::message || request.kind == MessageKind::voided) return append_message(write, request, *head);
  const bool next = request.change.value == head->last_change + 1;
  if (!next || change_and_index(write, request) == 0) return {What::conflict, rooms::Seq{head->last_seq}};
  head->last_change = request.change.value;
  return {What::appended, request.seq};
}

class AppendJob final : public Job {
 public:
  AppendJob(AppendRequest request, seams::Executor caller, std::function<void(AppendOutcome)> done)
      : Job(std::move(caller)), request_(std::move(request)), done_(std::move(done)) {}
  bool run(Write& write) override {
    outcome_ = append_one(write, request_);
    return outcome_.what == What::appended || outcome_.what == What::duplicate;
  }
  void refuse() override { outcome_ = {What::unavailable, rooms::Seq{}}; }
  void answer() override { done_(outcome_); }
  // A fault inside is a fault of the group, so no savepoint has to be paid for every message.
  [[nodiscard]] bool one_statement() const override { return request_.kind == MessageKind::message; }

 private:
  AppendRequest request_;
  std::function<void(AppendOutcome)> done_;
  AppendOutcome outcome_;
};

}  // namespace

seams::StoredMessage message_of(const Query& row) {
  seams::StoredMessage message;
  message.seq = rooms::Seq{row.integer(0)};
  message.kind = static_cast<MessageKind>(row.integer(1));
  message.author = seams::UserId{row.integer(2)};
  message.message_id = row.text(3);
  message.body = row.text(4);
  message.extra = row.text(5);
  message.reactions = row.text(6);
  message.at_ms = row.integer(7);
  message.edited_at_ms = row.integer(8);
  return message;
}

rooms::Seq last_seq(Connection& connection, seams::RoomId room) {
  Query query(connection, "SELECT seq FROM messages WHERE room = ?1 ORDER BY seq DESC LIMIT 1", room);
  return rooms::Seq{query.next() ? query.integer(0) : 0};
}

// The index holds changed messages only, so a plain message costs nothing there.
rooms::ChangeNumber last_change(Connection& connection, seams::RoomId room) {
  Query query(connection, "SELECT max(change) FROM messages WHERE room = ?1 AND change > 0", room);
  return rooms::ChangeNumber{query.next() ? query.integer(0) : 0};
}

Head* head_of(Write& write, seams::RoomId room) {
  const auto known = write.heads.find(room.value);
  if (known != write.heads.end()) return &known->second;
  Query query(write.db, "SELECT epoch FROM rooms WHERE id = ?1", room);
  if (!query.next()) return nullptr;
  const Head head{query.integer(0), last_seq(write.db, room).value, last_change(write.db, room).value};
  return &write.heads.emplace(room.value, head).first->second;
}

void SqliteMessageLog::append(AppendRequest request, seams::Executor executor, std::function<void(AppendOutcome)> done) {
  const std::size_t bytes = request.body.size() + request.extra.size() + request.message_id.size();
  writer_.push(std::make_unique<AppendJob>(std::move(request), std::move(executor), std::move(done)), bytes);
}

void SqliteMessageLog::read(seams::ReadRequest request, seams::Executor executor, seams::Done<std::vector<seams::StoredMessage>> done) {
  readers_.read<std::vector<seams::StoredMessage>>(
      std::move(executor), std::move(done), [request](Connection& db) -> seams::Result<std::vector<seams::StoredMessage>> {
        const bool oldest_first = request.after && !request.before;
        const std::int64_t after = request.after.value_or(rooms::Seq{0}).value;
        const std::int64_t before = request.before.value_or(rooms::Seq{std::numeric_limits<std::int64_t>::max()}).value;
        constexpr const char* rising =
            "SELECT seq, kind, author, message_id, body, extra, reactions, at_ms, edited_ms FROM messages "
            "WHERE room = ?1 AND seq > ?2 AND seq < ?3 ORDER BY seq LIMIT ?4";
        constexpr const char* falling =
            "SELECT seq, kind, author, message_id, body, extra, reactions, at_ms, edited_ms FROM messages "
            "WHERE room = ?1 AND seq > ?2 AND seq < ?3 ORDER BY seq DESC LIMIT ?4";
        const auto limit = static_cast<std::int64_t>(std::min<std::size_t>(request.limit, 1'000'000));
        Query query(db, oldest_first ? rising : falling, request.room, after, before, limit);
        std::vector<seams::StoredMessage> page;
        std::size_t bytes = 0;
        while (query.next()) {
          seams::StoredMessage message = message_of(query);
          bytes += seams::bytes_of(message);
          if (bytes > request.bytes_max && !page.empty()) break;
          page.push_back(std::move(message));
        }
        if (!oldest_first) std::reverse(page.begin(), page.end());
        return page;
      });
}

void SqliteMessageLog::last(seams::RoomId room, seams::Executor executor, seams::Done<rooms::Seq> done) {
  readers_.read<rooms::Seq>(std::move(executor), std::move(done),
                            [room](Connection& db) -> seams::Result<rooms::Seq> { return last_seq(db, room); });
}

void SqliteMessageLog::find(seams::RoomId room, seams::UserId author, std::string message_id, seams::Executor executor,
                            seams::Done<std::optional<rooms::Seq>> done) {
  readers_.read<std::optional<rooms::Seq>>(
      std::move(executor), std::move(done),
      [room, author, message_id = std::move(message_id)](Connection& db) -> seams::Result<std::optional<rooms::Seq>> {
        return stored_under(db, room, author, message_id);
      });
}

// What was committed before the call is indexed first, as far as one step goes: whoever has just written something finds it.
void SqliteMessageLog::search(seams::SearchRequest request, seams::Executor executor, seams::Done<seams::SearchPage> done) {
  auto read = [this, request = std::move(request), executor, done = std::move(done)] {
    readers_.read<seams::SearchPage>(executor, done,
                                     [request](Connection& db) -> seams::Result<seams::SearchPage> { return find_messages(db, request); });
  };
  if (!writer_.index_behind()) return read();
  writer_.write<void>(
      executor, [read](const seams::Result<void>&) { read(); },
      [](Write& write) -> seams::Result<void> {
        write.index_behind = index_more(write.db);
        return {};
      });
}

void SqliteMessageLog::tidy(seams::Executor executor, seams::Done<void> done) {
  auto heard = [this, executor, done](const seams::Result<bool>& more) {
    if (!more) return done(tl::unexpected(more.error()));
    if (*more) return tidy(executor, done);
    done({});
  };
  writer_.write<bool>(executor, heard, [](Write& write) -> seams::Result<bool> {
    const bool unclean = is_unclean(write.db);
    const bool more = unclean && forget_more(write.db);
    write.fold_log = unclean && !more;
    return more;
  });
}

}  // namespace matinee::store
