#include "server/store/room_directory.h"

#include "server/store/message_log.h"

namespace matinee::store {
namespace {

using seams::Done;
using seams::Executor;
using seams::Result;
using seams::RoomOfUser;
using seams::RoomRecord;
using seams::RoomWriter;
using seams::StoreError;
using seams::UserId;

std::int64_t as_integer(rooms::Role role) { return static_cast<std::int64_t>(role); }

std::vector<seams::RoleEntry> roles_of(Connection& db, seams::RoomId room) {
  std::vector<seams::RoleEntry> roles;
  Query query(db, "SELECT user, role FROM room_people WHERE room = ?1 AND role < ?2 ORDER BY role, user", room,
              as_integer(rooms::Role::guest));
  while (query.next()) roles.push_back({UserId{query.integer(0)}, static_cast<rooms::Role>(query.integer(1))});
  return roles;
}

std::vector<seams::BlockEntry> blocks_of(Connection& db, seams::RoomId room) {
  std::vector<seams::BlockEntry> blocks;
  Query query(db, "SELECT user, name, address, until_ms FROM room_blocks WHERE room = ?1 ORDER BY rowid", room);
  while (query.next()) blocks.push_back({UserId{query.integer(0)}, query.text(1), query.text(2), query.integer(3)});
  return blocks;
}

std::vector<UserId> admitted_to(Connection& db, seams::RoomId room) {
  std::vector<UserId> people;
  Query query(db, "SELECT user FROM room_admissions WHERE room = ?1 ORDER BY rowid", room);
  while (query.next()) people.push_back(UserId{query.integer(0)});
  return people;
}

Result<RoomRecord> room_by_code(Connection& db, const std::string& code) {
  RoomRecord room;
  {
    Query query(db,
                "SELECT id, code, name, coalesce(owner, 0), kind, settings, epoch, snapshot, snapshot_ms, created_ms, ended_ms, access, "
                "password_hash FROM rooms "
                "WHERE code = ?1",
                code);
    if (!query.next()) return tl::unexpected(StoreError::not_found);
    room.id = seams::RoomId{query.integer(0)};
    room.code = query.text(1);
    room.name = query.text(2);
    room.owner = UserId{query.integer(3)};
    room.kind = static_cast<seams::RoomKind>(query.integer(4));
    room.settings = query.text(5);
    room.epoch = query.integer(6);
    room.snapshot = query.text(7);
    room.snapshot_at_ms = query.integer(8);
    room.created_at_ms = query.integer(9);
    room.ended_at_ms = query.integer(10);
    room.access = {static_cast<rooms::Access>(query.integer(11)), query.text(12)};
  }
  room.roles = roles_of(db, room.id);
  room.admitted = admitted_to(db, room.id);
  room.blocks = blocks_of(db, room.id);
  room.last_seq = last_seq(db, room.id);
  room.last_change = last_change(db, room.id);
  return room;
}

// Several reads that must see one state of the file.
Result<RoomRecord> room_by_code_in_one_read(Connection& db, const std::string& code) {
  Query(db, "BEGIN").run();
  try {
    auto room = room_by_code(db, code);
    Query(db, "COMMIT").run();
    return room;
  } catch (const SQLite::Exception&) {
    if (db.in_transaction()) Query(db, "ROLLBACK").run();
    throw;
  }
}

Result<void> changed(int rows) {
  if (rows == 0) return tl::unexpected(StoreError::not_found);
  return {};
}

Result<void> put_role(Connection& db, seams::RoomId room, seams::RoleEntry entry) {
  try {
    Query(db,
          "INSERT INTO room_people (room, user, role, seen_ms) VALUES (?1, ?2, ?3, 0) ON CONFLICT (room, user) DO UPDATE SET role = "
          "excluded.role",
          room, entry.user, as_integer(entry.role))
        .run();
    return {};
  } catch (const SQLite::Exception& fault) {
    if (is_reference_violation(fault)) return tl::unexpected(StoreError::not_found);
    throw;
  }
}

Result<RoomRecord> insert_room(Connection& db, const seams::NewRoom& room) {
  try {
    Query(db, "INSERT INTO rooms (code, name, owner, kind, settings, created_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6)", room.code, room.name,
          room.owner, static_cast<std::int64_t>(room.kind), Blob{room.settings}, room.at_ms)
        .run();
    const seams::RoomId id{db.last_row_id()};
    Query(db, "INSERT INTO room_codes (code, room) VALUES (?1, ?2)", room.code, id).run();
    Query(db, "INSERT INTO room_people (room, user, role, seen_ms) VALUES (?1, ?2, ?3, ?4)", id, room.owner, as_integer(rooms::Role::owner),
          room.at_ms)
        .run();
  } catch (const SQLite::Exception& fault) {
    if (is_unique_violation(fault)) return tl::unexpected(StoreError::code_taken);
    if (is_reference_violation(fault)) return tl::unexpected(StoreError::not_found);
    throw;
  }
  return room_by_code(db, room.code);
}

std::vector<RoomOfUser> rooms_in(Query& query) {
  std::vector<RoomOfUser> rooms;
  while (query.next()) {
    RoomOfUser room;
    room.id = seams::RoomId{query.integer(0)};
    room.code = query.text(1);
    room.name = query.text(2);
    room.kind = static_cast<seams::RoomKind>(query.integer(3));
    room.role = static_cast<rooms::Role>(query.integer(4));
    room.last_activity_ms = query.integer(5);
    rooms.push_back(std::move(room));
  }
  return rooms;
}

}  // namespace

void SqliteRoomDirectory::create(seams::NewRoom room, Executor executor, Done<RoomRecord> done) {
  writer_.write<RoomRecord>(std::move(executor), std::move(done),
                            [room = std::move(room)](Write& write) { return insert_room(write.db, room); });
}

void SqliteRoomDirectory::lookup(std::string code, Executor executor, Done<RoomRecord> done) {
  readers_.read<RoomRecord>(std::move(executor), std::move(done),
                            [code = std::move(code)](Connection& db) { return room_by_code_in_one_read(db, code); });
}

void SqliteRoomDirectory::raise_epoch(std::string code, Executor executor, Done<RoomRecord> done) {
  writer_.write<RoomRecord>(std::move(executor), std::move(done), [code = std::move(code)](Write& write) {
    Query(write.db, "UPDATE rooms SET epoch = epoch + 1 WHERE code = ?1", code).run();
    auto room = room_by_code(write.db, code);
    if (room) write.heads.erase(room->id.value);
    return room;
  });
}

void SqliteRoomDirectory::change(RoomWriter writer, std::size_t bytes, Executor executor, Done<void> done,
                                 std::function<Result<void>(Connection&)> work) {
  auto fenced_work = [writer, work = std::move(work)](Write& write) -> Result<void> {
    const Head* head = head_of(write, writer.room);
    if (head == nullptr) return tl::unexpected(StoreError::not_found);
    if (head->epoch != writer.epoch) return tl::unexpected(StoreError::fenced);
    return work(write.db);
  };
  writer_.write<void>(std::move(executor), std::move(done), std::move(fenced_work), bytes);
}

void SqliteRoomDirectory::save_snapshot(RoomWriter writer, std::string snapshot, std::int64_t at_ms, Executor executor, Done<void> done) {
  const std::size_t bytes = snapshot.size();
  change(writer, bytes, std::move(executor), std::move(done), [writer, snapshot = std::move(snapshot), at_ms](Connection& db) {
    return changed(Query(db, "UPDATE rooms SET snapshot = ?2, snapshot_ms = ?3 WHERE id = ?1", writer.room, Blob{snapshot}, at_ms).run());
  });
}

void SqliteRoomDirectory::save_settings(RoomWriter writer, std::string name, std::string settings, Executor executor, Done<void> done) {
  const std::size_t bytes = settings.size();
  change(writer, bytes, std::move(executor), std::move(done),
         [writer, name = std::move(name), settings = std::move(settings)](Connection& db) {
           return changed(Query(db, "UPDATE rooms SET name = ?2, settings = ?3 WHERE id = ?1", writer.room, name, Blob{settings}).run());
         });
}

void SqliteRoomDirectory::set_owner(RoomWriter writer, UserId owner, Executor executor, Done<void> done) {
  change(writer, 0, std::move(executor), std::move(done), [writer, owner](Connection& db) -> Result<void> {
    // The one before keeps a moderator's rights: handing a room over is not leaving it.
    Query(db, "UPDATE room_people SET role = ?2 WHERE room = ?1 AND role = ?3", writer.room, as_integer(rooms::Role::moderator),
          as_integer(rooms::Role::owner))
        .run();
    const auto put = put_role(db, writer.room, {owner, rooms::Role::owner});
    if (!put) return put;
    return changed(Query(db, "UPDATE rooms SET owner = ?2 WHERE id = ?1", writer.room, owner).run());
  });
}

void SqliteRoomDirectory::set_role(RoomWriter writer, seams::RoleEntry entry, Executor executor, Done<void> done) {
  change(writer, 0, std::move(executor), std::move(done), [writer, entry](Connection& db) { return put_role(db, writer.room, entry); });
}

void SqliteRoomDirectory::set_block(RoomWriter writer, seams::BlockEntry entry, Executor executor, Done<void> done) {
  change(writer, 0, std::move(executor), std::move(done), [writer, entry = std::move(entry)](Connection& db) -> Result<void> {
    Query(db,
          "INSERT INTO room_blocks (room, user, name, address, until_ms) VALUES (?1, ?2, ?3, ?4, ?5) "
          "ON CONFLICT (room, user) DO UPDATE SET name = excluded.name, address = excluded.address, until_ms = excluded.until_ms",
          writer.room, entry.user, entry.name, entry.address, entry.until_ms)
        .run();
    return {};
  });
}

void SqliteRoomDirectory::lift_block(RoomWriter writer, UserId user, Executor executor, Done<void> done) {
  change(writer, 0, std::move(executor), std::move(done), [writer, user](Connection& db) {
    return changed(Query(db, "DELETE FROM room_blocks WHERE room = ?1 AND user = ?2", writer.room, user).run());
  });
}

void SqliteRoomDirectory::set_access(RoomWriter writer, seams::AccessRecord access, Executor executor, Done<void> done) {
  change(writer, 0, std::move(executor), std::move(done), [writer, access = std::move(access)](Connection& db) {
    return changed(Query(db, "UPDATE rooms SET access = ?2, password_hash = ?3 WHERE id = ?1", writer.room,
                         static_cast<std::int64_t>(access.access), access.password_hash)
                       .run());
  });
}

void SqliteRoomDirectory::set_admitted(RoomWriter writer, UserId user, bool on, Executor executor, Done<void> done) {
  change(writer, 0, std::move(executor), std::move(done), [writer, user, on](Connection& db) -> Result<void> {
    if (!on) return changed(Query(db, "DELETE FROM room_admissions WHERE room = ?1 AND user = ?2", writer.room, user).run());
    try {
      Query(db, "INSERT INTO room_admissions (room, user) VALUES (?1, ?2) ON CONFLICT (room, user) DO NOTHING", writer.room, user).run();
      return {};
    } catch (const SQLite::Exception& fault) {
      if (is_reference_violation(fault)) return tl::unexpected(StoreError::not_found);
      throw;
    }
  });
}

void SqliteRoomDirectory::set_code(RoomWriter writer, std::string code, Executor executor, Done<void> done) {
  change(writer, 0, std::move(executor), std::move(done), [writer, code = std::move(code)](Connection& db) -> Result<void> {
    try {
      Query(db, "INSERT INTO room_codes (code, room) VALUES (?1, ?2)", code, writer.room).run();
    } catch (const SQLite::Exception& fault) {
      if (is_unique_violation(fault)) return tl::unexpected(StoreError::code_taken);
      throw;
    }
    return changed(Query(db, "UPDATE rooms SET code = ?2 WHERE id = ?1", writer.room, code).run());
  });
}

void SqliteRoomDirectory::keep(RoomWriter writer, Executor executor, Done<void> done) {
  change(writer, 0, std::move(executor), std::move(done), [writer](Connection& db) -> Result<void> {
    const int rows = Query(db, "UPDATE rooms SET kind = 0 WHERE id = ?1 AND kind = 1", writer.room).run();
    if (rows == 0) return tl::unexpected(StoreError::wrong_kind);
    return {};
  });
}

void SqliteRoomDirectory::end(RoomWriter writer, std::int64_t at_ms, Executor executor, Done<void> done) {
  change(writer, 0, std::move(executor), std::move(done), [writer, at_ms](Connection& db) {
    return changed(Query(db, "UPDATE rooms SET ended_ms = iif(ended_ms = 0, ?2, ended_ms) WHERE id = ?1", writer.room, at_ms).run());
  });
}

void SqliteRoomDirectory::record_visit(seams::RoomId room, UserId user, std::int64_t at_ms, Executor executor, Done<void> done) {
  writer_.write<void>(std::move(executor), std::move(done), [room, user, at_ms](Write& write) -> Result<void> {
    try {
      Query(write.db,
            "INSERT INTO room_people (room, user, role, seen_ms) VALUES (?1, ?2, ?3, ?4) "
            "ON CONFLICT (room, user) DO UPDATE SET seen_ms = max(seen_ms, excluded.seen_ms)",
            room, user, as_integer(rooms::Role::guest), at_ms)
          .run();
      return {};
    } catch (const SQLite::Exception& fault) {
      if (is_reference_violation(fault)) return tl::unexpected(StoreError::not_found);
      throw;
    }
  });
}

void SqliteRoomDirectory::forget_visit(seams::RoomId room, UserId user, Executor executor, Done<void> done) {
  writer_.write<void>(std::move(executor), std::move(done), [room, user](Write& write) -> Result<void> {
    // The row stays, with its role: seen_ms −1 is what the list leaves out.
    const int rows = Query(write.db, "UPDATE room_people SET seen_ms = -1 WHERE room = ?1 AND user = ?2 AND role > ?3", room, user,
                           as_integer(rooms::Role::owner))
                         .run();
    if (rows > 0) return {};
    Query known(write.db, "SELECT 1 FROM room_people WHERE room = ?1 AND user = ?2", room, user);
    return tl::unexpected(known.next() ? StoreError::wrong_kind : StoreError::not_found);
  });
}

void SqliteRoomDirectory::rooms_of(UserId user, std::size_t limit, Executor executor, Done<std::vector<RoomOfUser>> done) {
  const auto most = static_cast<std::int64_t>(limit);
  readers_.read<std::vector<RoomOfUser>>(
      std::move(executor), std::move(done), [user, most](Connection& db) -> Result<std::vector<RoomOfUser>> {
        Query query(db,
                    "SELECT r.id, r.code, r.name, r.kind, p.role, "
                    "max(r.created_ms, r.snapshot_ms, p.seen_ms, coalesce((SELECT at_ms FROM messages "
                    "WHERE room = r.id ORDER BY seq DESC LIMIT 1), 0)) AS activity "
                    "FROM room_people AS p JOIN rooms AS r ON r.id = p.room WHERE p.user = ?1 AND p.seen_ms >= 0 AND "
                    "r.ended_ms = 0 ORDER BY activity DESC, r.id DESC LIMIT ?2",
                    user, most);
        return rooms_in(query);
      });
}

void SqliteRoomDirectory::idle_guest_rooms(std::int64_t before_ms, std::size_t limit, Executor executor,
                                           Done<std::vector<RoomOfUser>> done) {
  const auto most = static_cast<std::int64_t>(limit);
  readers_.read<std::vector<RoomOfUser>>(
      std::move(executor), std::move(done), [before_ms, most](Connection& db) -> Result<std::vector<RoomOfUser>> {
        Query query(
            db,
            "SELECT id, code, name, kind, 0, activity FROM (SELECT r.id, r.code, r.name, r.kind, "
            "max(r.created_ms, r.snapshot_ms, coalesce((SELECT at_ms FROM messages WHERE room = r.id ORDER BY seq DESC LIMIT 1), 0), "
            "coalesce((SELECT max(seen_ms) FROM room_people WHERE room = r.id), 0)) AS activity "
            "FROM rooms AS r WHERE r.kind = 1 AND r.ended_ms = 0 AND r.created_ms < ?1) WHERE activity < ?1 ORDER BY activity LIMIT ?2",
            before_ms, most);
        return rooms_in(query);
      });
}

}  // namespace matinee::store
