#include "server/store/search_index.h"

#include <sqlite3.h>

#include <algorithm>
#include <limits>
#include <vector>

#include "server/store/message_log.h"

namespace matinee::store {
namespace {

constexpr std::int64_t step_messages = 500;
constexpr std::size_t step_bytes = 256 * 1024;
constexpr std::size_t words_max = 12;      // of a query; further ones are not asked for
constexpr std::size_t prefix_letters = 2;  // shorter beginnings match whole words: too many words begin with one letter

// message_index_state.unclean
enum Unclean : std::int64_t { clean = 0, unclean = 1, merging = 2 };

std::int64_t state(Connection& db, int column) {
  Query query(db, "SELECT up_to, unclean FROM message_index_state");
  return query.next() ? query.integer(column) : 0;
}

bool is_letter(unsigned char byte) {
  return byte >= 0x80U || (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

// Of the last run of letters in a word, in code points; signs after it do not count.
std::size_t letters_at_end(std::string_view word) {
  const auto letter = [](char byte) { return is_letter(static_cast<unsigned char>(byte)); };
  std::size_t letters = 0;
  for (auto byte = std::find_if(word.rbegin(), word.rend(), letter); byte != word.rend() && letter(*byte); ++byte) {
    if ((static_cast<unsigned char>(*byte) & 0xC0U) != 0x80U) ++letters;
  }
  return letters;
}

// What stands between blanks, control characters and quotation marks, which FTS5 would read as its own.
std::vector<std::string_view> words_of(std::string_view query) {
  const auto parts = [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == '"' || c == '\x7F'; };
  std::vector<std::string_view> words;
  std::size_t begin = 0;
  for (std::size_t at = 0; at <= query.size() && words.size() < words_max; ++at) {
    if (at < query.size() && !parts(query[at])) continue;
    if (at > begin) words.push_back(query.substr(begin, at - begin));
    begin = at + 1;
  }
  return words;
}

// Rows of a room are added in the order of their numbers, so the row of `before` bounds the search.
std::int64_t row_before(Connection& db, const seams::SearchRequest& request) {
  if (!request.before) return std::numeric_limits<std::int64_t>::max();
  Query query(db, "SELECT id FROM messages WHERE room = ?1 AND seq = ?2", request.room, *request.before);
  return query.next() ? query.integer(0) : std::numeric_limits<std::int64_t>::max();
}

}  // namespace

void index(Connection& db, std::int64_t row, seams::RoomId room, const std::string& body) {
  Query(db, "INSERT INTO message_index (rowid, room, body) VALUES (?1, ?2, ?3)", row, room, body).run();
}

bool index_more(Connection& db) {
  struct Row {
    std::int64_t id;
    seams::RoomId room;
    bool shown;
    std::string body;
  };
  std::vector<Row> rows;
  std::size_t bytes = 0;
  {
    Query next(db, "SELECT id, room, kind, body FROM messages WHERE id > ?1 ORDER BY id LIMIT ?2", state(db, 0), step_messages);
    while (bytes < step_bytes && next.next()) {
      rows.push_back({next.integer(0), seams::RoomId{next.integer(1)}, next.integer(2) == 0, next.text(3)});
      bytes += rows.back().body.size();
    }
  }
  if (rows.empty()) return false;
  for (const Row& row : rows) {
    if (row.shown) index(db, row.id, row.room, row.body);
  }
  Query(db, "UPDATE message_index_state SET up_to = ?1", rows.back().id).run();
  return static_cast<std::int64_t>(rows.size()) == step_messages || bytes >= step_bytes;
}

// The index keeps no text of its own, so it is told what to take out: the text as it was indexed.
std::optional<std::int64_t> unindex(Connection& db, seams::RoomId room, rooms::Seq seq) {
  std::int64_t row = 0;
  std::string body;
  {
    Query found(db, "SELECT id, body FROM messages WHERE room = ?1 AND seq = ?2 AND kind = 0", room, seq);
    if (!found.next()) return std::nullopt;
    row = found.integer(0);
    body = found.text(1);
  }
  if (row > state(db, 0)) return std::nullopt;
  Query(db, "INSERT INTO message_index (message_index, rowid, room, body) VALUES ('delete', ?1, ?2, ?3)", row, room, body).run();
  Query(db, "UPDATE message_index_state SET unclean = 1").run();
  return row;
}

bool is_unclean(Connection& db) { return state(db, 1) != clean; }

bool forget_more(Connection& db) {
  if (state(db, 1) == unclean) {  // all pieces of the index become candidates for one merge
    Query(db, "UPDATE message_index_state SET unclean = 2").run();
    Query(db, "INSERT INTO message_index (message_index, rank) VALUES ('merge', -64)").run();
    return true;
  }
  // That there was nothing left to merge FTS5 says by changing next to nothing.
  const int before = sqlite3_total_changes(db.handle().getHandle());
  Query(db, "INSERT INTO message_index (message_index, rank) VALUES ('merge', 64)").run();
  if (sqlite3_total_changes(db.handle().getHandle()) - before >= 2) return true;
  Query(db, "UPDATE message_index_state SET unclean = 0").run();
  return false;
}

std::string match_expression(seams::RoomId room, std::string_view query) {
  const auto words = words_of(query);
  if (words.empty()) return {};
  std::string expression = "room : \"" + std::to_string(room.value) + "\" AND body : (";
  for (const std::string_view word : words) expression.append("\"").append(word).append("\" ");
  if (letters_at_end(words.back()) >= prefix_letters) expression.back() = '*';
  return expression + ")";
}

seams::SearchPage find_messages(Connection& db, const seams::SearchRequest& request) {
  seams::SearchPage found;
  const std::string expression = match_expression(request.room, request.query);
  if (expression.empty() || request.limit == 0) return found;
  Query query(db,
              "SELECT m.seq, m.kind, m.author, m.message_id, m.body, m.extra, m.reactions, m.at_ms, m.edited_ms "
              "FROM message_index AS i CROSS JOIN messages AS m ON m.id = i.rowid "
              "WHERE i.message_index MATCH ?1 AND i.rowid < ?2 AND m.room = ?3 AND m.kind = 0 ORDER BY i.rowid DESC LIMIT ?4",
              expression, row_before(db, request), request.room, static_cast<std::int64_t>(request.limit) + 1);
  std::size_t bytes = 0;
  while (query.next()) {
    seams::StoredMessage message = message_of(query);
    bytes += seams::bytes_of(message);
    found.more_before = found.messages.size() == request.limit || (bytes > request.bytes_max && !found.messages.empty());
    if (found.more_before) break;
    found.messages.push_back(std::move(message));
  }
  return found;
}

}  // namespace matinee::store
