#include "server/store/account_records.h"

#include <limits>
#include <optional>

#include "server/store/message_log.h"
#include "server/store/search_index.h"
#include "server/store/session_store.h"

namespace matinee::store {
namespace {

using seams::Done;
using seams::Executor;
using seams::Farewell;
using seams::MessageKind;
using seams::MessagePlace;
using seams::OwnMessage;
using seams::Result;
using seams::StoreError;
using seams::UserId;

constexpr std::int64_t account = static_cast<std::int64_t>(rooms::PersonKind::account);

Result<void> may_end(Connection& db, UserId user) {
  Query query(db, "SELECT kind, admin, (SELECT count(*) FROM users WHERE admin = 1) FROM users WHERE id = ?1", user);
  if (!query.next()) return tl::unexpected(StoreError::not_found);
  if (query.integer(0) != account) return tl::unexpected(StoreError::wrong_kind);
  if (query.integer(1) == 1 && query.integer(2) == 1) return tl::unexpected(StoreError::only_admin);
  return {};
}

// Room by room through the index of authors in a room: there is none of authors alone, because every message would pay for it.
std::vector<MessagePlace> places_of(Connection& db, UserId author, MessagePlace after, std::int64_t since_ms, std::int64_t limit) {
  Query query(
      db,
      "SELECT m.room, m.seq FROM rooms AS r CROSS JOIN messages AS m ON m.room = r.id AND m.author = ?1 AND m.message_id IS NOT NULL "
      "WHERE r.id >= ?2 AND (m.room, m.seq) > (?2, ?3) AND (m.kind = 0 OR (m.kind = 3 AND length(m.extra) > 0)) AND m.at_ms >= ?4 ORDER BY "
      "m.room, m.seq LIMIT ?5",
      author, after.room, after.seq, since_ms, limit);
  std::vector<MessagePlace> places;
  while (query.next()) places.push_back({seams::RoomId{query.integer(0)}, rooms::Seq{query.integer(1)}});
  return places;
}

bool is_theirs(Connection& db, const Farewell& farewell, MessagePlace place) {
  Query query(db, "SELECT 1 FROM messages WHERE room = ?1 AND seq = ?2 AND author = ?3", place.room, place.seq, farewell.user);
  return query.next();
}

// Its words leave the search index first: it is asked what they were.
void delete_text(Connection& db, const Farewell& farewell, MessagePlace place) {
  (void)unindex(db, place.room, place.seq);
  Query(db,
        "UPDATE messages SET kind = ?4, body = '', extra = x'', reactions = x'', edited_ms = ?3 "
        "WHERE room = ?1 AND seq = ?2 AND kind IN (0, 3)",
        place.room, place.seq, farewell.at_ms, static_cast<std::int64_t>(MessageKind::removal))
      .run();
}

void take_name_out(Connection& db, const Farewell& farewell, MessagePlace place) {
  std::string extra;
  {
    Query query(db, "SELECT extra FROM messages WHERE room = ?1 AND seq = ?2", place.room, place.seq);
    if (!query.next()) return;
    extra = farewell.nameless_extra(query.text(0));
  }
  Query(db, "UPDATE messages SET extra = ?3 WHERE room = ?1 AND seq = ?2", place.room, place.seq, Blob{extra}).run();
}

void strip_all(Connection& db, const Farewell& farewell, const std::vector<MessagePlace>& places) {
  for (const MessagePlace place : places) {
    if (!is_theirs(db, farewell, place)) continue;
    if (farewell.delete_messages) delete_text(db, farewell, place);
    else take_name_out(db, farewell, place);
  }
}

struct RoomOfTheirs {
  seams::RoomId id;
  std::string code;
  UserId owner;
  std::string snapshot;
};

std::vector<RoomOfTheirs> open_rooms_of(Connection& db, UserId user) {
  Query query(db,
              "SELECT r.id, r.code, coalesce(r.owner, 0), r.snapshot FROM room_people AS p JOIN rooms AS r ON r.id = p.room "
              "WHERE p.user = ?1 AND r.ended_ms = 0",
              user);
  std::vector<RoomOfTheirs> rooms;
  while (query.next()) rooms.push_back({seams::RoomId{query.integer(0)}, query.text(1), UserId{query.integer(2)}, query.text(3)});
  return rooms;
}

// Roles count from the most to the least, and whoever came first has the smallest row.
std::optional<UserId> heir_of(Connection& db, seams::RoomId room, UserId owner) {
  Query query(db,
              "SELECT p.user FROM room_people AS p JOIN users AS u ON u.id = p.user WHERE p.room = ?1 AND p.user <> ?2 AND u.kind = ?3 "
              "AND NOT EXISTS (SELECT 1 FROM room_blocks AS b WHERE b.room = p.room AND b.user = p.user) ORDER BY p.role, p.rowid LIMIT 1",
              room, owner, account);
  if (!query.next()) return std::nullopt;
  return UserId{query.integer(0)};
}

void pass_on(Connection& db, const RoomOfTheirs& room, const Farewell& farewell) {
  const auto heir = heir_of(db, room.id, farewell.user);
  if (!heir) {
    Query(db, "UPDATE rooms SET ended_ms = ?2 WHERE id = ?1", room.id, farewell.at_ms).run();
    return;
  }
  constexpr auto owner = static_cast<std::int64_t>(rooms::Role::owner);
  Query(db, "UPDATE room_people SET role = ?3 WHERE room = ?1 AND user = ?2", room.id, *heir, owner).run();
  Query(db, "UPDATE rooms SET owner = ?2 WHERE id = ?1", room.id, *heir).run();
}

void leave_room(Write& write, const RoomOfTheirs& room, const Farewell& farewell) {
  if (room.owner == farewell.user) pass_on(write.db, room, farewell);
  const std::string snapshot = room.snapshot.empty() ? std::string() : farewell.nameless_snapshot(room.snapshot);
  Query(write.db, "UPDATE rooms SET epoch = epoch + 1, snapshot = ?2 WHERE id = ?1", room.id, Blob{snapshot}).run();
  write.heads.erase(room.id.value);
}

Result<std::vector<std::string>> end_account(Write& write, const Farewell& farewell) {
  if (const auto allowed = may_end(write.db, farewell.user); !allowed) return tl::unexpected(allowed.error());
  strip_all(write.db, farewell, places_of(write.db, farewell.user, {}, farewell.at_ms, std::numeric_limits<std::int64_t>::max()));
  std::vector<std::string> codes;
  for (const RoomOfTheirs& room : open_rooms_of(write.db, farewell.user)) {
    leave_room(write, room, farewell);
    codes.push_back(room.code);
  }
  Query(write.db, "DELETE FROM room_blocks WHERE user = ?1", farewell.user).run();
  end_sessions_of(write, farewell.user, seams::SessionId{});
  Query(write.db, "DELETE FROM users WHERE id = ?1", farewell.user).run();
  write.fold_log = true;
  return codes;
}

}  // namespace

void SqliteAccountRecords::messages(UserId author, MessagePlace after, std::size_t limit, Executor executor,
                                    Done<std::vector<MessagePlace>> done) {
  const auto most = static_cast<std::int64_t>(limit);
  readers_.read<std::vector<MessagePlace>>(
      std::move(executor), std::move(done),
      [author, after, most](Connection& db) -> Result<std::vector<MessagePlace>> { return places_of(db, author, after, 0, most); });
}

void SqliteAccountRecords::read(std::vector<MessagePlace> places, Executor executor, Done<std::vector<OwnMessage>> done) {
  auto work = [places = std::move(places)](Connection& db) -> Result<std::vector<OwnMessage>> {
    std::vector<OwnMessage> messages;
    for (const MessagePlace place : places) {
      Query query(db,
                  "SELECT m.seq, m.kind, m.author, m.message_id, m.body, m.extra, m.reactions, m.at_ms, m.edited_ms, r.code "
                  "FROM messages AS m JOIN rooms AS r ON r.id = m.room WHERE m.room = ?1 AND m.seq = ?2 AND m.kind = 0",
                  place.room, place.seq);
      if (query.next()) messages.push_back({query.text(9), message_of(query)});
    }
    return messages;
  };
  readers_.read<std::vector<OwnMessage>>(std::move(executor), std::move(done), std::move(work));
}

void SqliteAccountRecords::may_end(UserId user, Executor executor, Done<void> done) {
  readers_.read<void>(std::move(executor), std::move(done), [user](Connection& db) { return store::may_end(db, user); });
}

void SqliteAccountRecords::strip(Farewell farewell, std::vector<MessagePlace> places, Executor executor, Done<void> done) {
  auto work = [farewell = std::move(farewell), places = std::move(places)](Write& write) -> Result<void> {
    strip_all(write.db, farewell, places);
    return {};
  };
  writer_.write<void>(std::move(executor), std::move(done), std::move(work));
}

void SqliteAccountRecords::end(Farewell farewell, Executor executor, Done<std::vector<std::string>> done) {
  writer_.write<std::vector<std::string>>(std::move(executor), std::move(done),
                                          [farewell = std::move(farewell)](Write& write) { return end_account(write, farewell); });
}

}  // namespace matinee::store
