// The index of message texts (SQLite FTS5), by which search finds them. New messages are indexed after their commit, in later
// transactions of a bounded size, so that a chat line never waits for it. Edits and removals change it in their own transaction: it
// never says what a message does not say any more. Private to store/.
// Thread rule: that of the connection; all but find_messages() and match_expression() inside a write transaction.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include "server/seams/message_log.h"
#include "server/store/connection.h"

namespace matinee::store {

// Indexes the next messages; true when there are more.
[[nodiscard]] bool index_more(Connection& db);

// Takes a message out of the index, if it is there: the row to index its new text under.
[[nodiscard]] std::optional<std::int64_t> unindex(Connection& db, seams::RoomId room, rooms::Seq seq);
void index(Connection& db, std::int64_t row, seams::RoomId room, const std::string& body);

// The words of what was taken out stay in the file, marked as gone, until they are merged away. Merges a bounded piece; true when there
// is more to do.
[[nodiscard]] bool is_unclean(Connection& db);
[[nodiscard]] bool forget_more(Connection& db);

// A person's words as an FTS5 expression that can only mean those words: each quoted, all of them wanted, the last one also as the
// beginning of a longer word. Empty when there is no word.
[[nodiscard]] std::string match_expression(seams::RoomId room, std::string_view query);

[[nodiscard]] seams::SearchPage find_messages(Connection& db, const seams::SearchRequest& request);

}  // namespace matinee::store
