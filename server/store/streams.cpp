#include "server/store/streams.h"

#include <algorithm>
#include <utility>

namespace matinee::store {
namespace {

using seams::Done;
using seams::Executor;
using seams::Result;
using seams::StoreError;
using seams::StreamId;
using seams::StreamRecord;

std::string_view text_of(const seams::KeyHash& hash) {
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};  // NOLINT: bytes as bytes
}

// ?1: what is looked for, ?2: now, for blocks that have run out.
const std::string select =
    "SELECT s.id, s.room, r.code, s.owner, u.name, EXISTS (SELECT 1 FROM room_blocks b WHERE b.room = s.room AND b.user = s.owner AND "
    "(b.until_ms = 0 OR b.until_ms > ?2)), s.name, s.kind, s.key_hash, s.created_ms, s.ended_ms, r.ended_ms FROM streams s JOIN rooms r ON "
    "r.id = s.room JOIN users u ON u.id = s.owner ";
const std::string by_id = select + "WHERE s.id = ?1";
const std::string by_room = select + "WHERE s.room = ?1 ORDER BY s.id";

StreamRecord row(const Query& query) {
  StreamRecord stream;
  stream.id = StreamId{query.integer(0)};
  stream.room = seams::RoomId{query.integer(1)};
  stream.room_code = query.text(2);
  stream.owner = seams::UserId{query.integer(3)};
  stream.owner_name = query.text(4);
  stream.owner_blocked = query.integer(5) != 0;
  stream.name = query.text(6);
  stream.kind = static_cast<seams::StreamKind>(query.integer(7));
  const std::string hash = query.text(8);
  std::copy_n(hash.begin(), std::min(hash.size(), stream.key_hash.size()), stream.key_hash.begin());
  stream.created_at_ms = query.integer(9);
  stream.ended_at_ms = query.integer(10);
  stream.room_closed = query.integer(11) != 0;
  return stream;
}

Result<StreamRecord> read_one(Connection& db, StreamId id, std::int64_t now_ms) {
  Query query(db, by_id.c_str(), id, now_ms);
  if (!query.next()) return tl::unexpected(StoreError::not_found);
  return row(query);
}

bool is_full(Connection& db, const seams::NewStream& stream, seams::StreamBounds bounds) {
  Query query(db, "SELECT count(*), count(*) FILTER (WHERE owner = ?2) FROM streams WHERE room = ?1", stream.room, stream.owner);
  return query.next() &&
         (query.integer(0) >= static_cast<std::int64_t>(bounds.of_room) || query.integer(1) >= static_cast<std::int64_t>(bounds.of_owner));
}

Result<StreamRecord> insert(Connection& db, const seams::NewStream& stream, seams::StreamBounds bounds) {
  if (is_full(db, stream, bounds)) return tl::unexpected(StoreError::too_many);
  try {
    Query(db, "INSERT INTO streams (room, owner, name, kind, key_hash, created_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6)", stream.room,
          stream.owner, stream.name, static_cast<std::int64_t>(stream.kind), Blob{text_of(stream.key_hash)}, stream.at_ms)
        .run();
  } catch (const SQLite::Exception& fault) {
    if (is_reference_violation(fault)) return tl::unexpected(StoreError::not_found);
    throw;
  }
  return read_one(db, StreamId{db.last_row_id()}, stream.at_ms);
}

Result<void> changed(int rows) {
  if (rows == 0) return tl::unexpected(StoreError::not_found);
  return {};
}

}  // namespace

void SqliteStreams::create(seams::NewStream stream, seams::StreamBounds bounds, Executor executor, Done<StreamRecord> done) {
  writer_.write<StreamRecord>(std::move(executor), std::move(done),
                              [stream = std::move(stream), bounds](Write& write) { return insert(write.db, stream, bounds); });
}

void SqliteStreams::find(StreamId id, std::int64_t now_ms, Executor executor, Done<StreamRecord> done) {
  readers_.read<StreamRecord>(std::move(executor), std::move(done), [id, now_ms](Connection& db) { return read_one(db, id, now_ms); });
}

void SqliteStreams::of_room(seams::RoomId room, std::int64_t now_ms, Executor executor, Done<std::vector<StreamRecord>> done) {
  readers_.read<std::vector<StreamRecord>>(std::move(executor), std::move(done),
                                           [room, now_ms](Connection& db) -> Result<std::vector<StreamRecord>> {
                                             std::vector<StreamRecord> streams;
                                             Query query(db, by_room.c_str(), room, now_ms);
                                             while (query.next()) streams.push_back(row(query));
                                             return streams;
                                           });
}

void SqliteStreams::rename(StreamId id, std::string name, Executor executor, Done<void> done) {
  writer_.write<void>(std::move(executor), std::move(done), [id, name = std::move(name)](Write& write) {
    return changed(Query(write.db, "UPDATE streams SET name = ?2 WHERE id = ?1", id, name).run());
  });
}

void SqliteStreams::set_key(StreamId id, seams::KeyHash key_hash, Executor executor, Done<void> done) {
  writer_.write<void>(std::move(executor), std::move(done), [id, key_hash](Write& write) {
    return changed(Query(write.db, "UPDATE streams SET key_hash = ?2, ended_ms = 0 WHERE id = ?1", id, Blob{text_of(key_hash)}).run());
  });
}

// The hash goes as well: whatever finds its way to the old key finds nothing to compare it with.
void SqliteStreams::end(StreamId id, std::int64_t at_ms, Executor executor, Done<void> done) {
  writer_.write<void>(std::move(executor), std::move(done), [id, at_ms](Write& write) {
    return changed(Query(write.db, "UPDATE streams SET key_hash = x'', ended_ms = ?2 WHERE id = ?1", id, at_ms).run());
  });
}

void SqliteStreams::remove(StreamId id, Executor executor, Done<void> done) {
  writer_.write<void>(std::move(executor), std::move(done),
                      [id](Write& write) { return changed(Query(write.db, "DELETE FROM streams WHERE id = ?1", id).run()); });
}

}  // namespace matinee::store
