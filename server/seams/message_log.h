// MessageLog: the durable, numbered history of every room. An append is answered when it is on the disk (flushed), never before:
// the room shows a message to others only after that. Appends of many rooms are committed in groups.
// Thread rule: every method from any thread; answers come through the executor. Outcomes of one room come in the order of its calls,
// except a refusal because the queue is full, which is told at once and may overtake outcomes that are still under way.
#pragma once
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>
#include "server/seams/executor.h"
#include "server/seams/result.h"

namespace matinee::seams {

enum class MessageKind : std::uint8_t {
  message = 0,  // a new message under the next seq
  voided = 1,   // takes the next seq and shows nothing: it keeps the numbers without holes
  edit = 2,     // replaces the body of the message at seq; the edit time is kept
  removal =
      3,  // empties body and reactions of the message at seq, `extra` takes the place of its own; the row stays, so its id stays known
  reactions = 4,  // replaces the reactions of the message at seq by `extra`
};

struct AppendRequest {
  RoomId room;
  std::int64_t epoch = 0;      // the caller's epoch of this room
  rooms::Seq seq;              // message, voided: last + 1. edit, removal, reactions: the message meant
  rooms::ChangeNumber change;  // edit, removal, reactions: the room's last one + 1, so that a change made from a refused one is refused too
  MessageKind kind = MessageKind::message;
  UserId author;           // message: who wrote it. Otherwise who asked for the change
  std::string message_id;  // message: chosen by the client, unique per room and author
  std::string body;        // the text as sent, UTF-8; what search reads
  std::string extra;       // opaque bytes of the caller (author name, reply_to, media …); kept as given
  std::int64_t at_ms = 0;  // Unix ms
};

struct AppendOutcome {
  enum class What : std::uint8_t {
    appended,     // on the disk
    duplicate,    // this author's message_id is stored under `seq` already. If request.seq was last + 1, it now holds a void row
    conflict,     // request.seq is not the one after `seq` (the room's last); for a change: its number is not the next, or no such message
    fenced,       // the room's epoch is not request.epoch: nothing was stored
    unavailable,  // nothing was stored (queue full, disk full, locked, stopping)
  };
  What what = What::unavailable;
  rooms::Seq seq;  // appended: request.seq · duplicate: where the message is · conflict: the room's last · else 0
  bool operator==(const AppendOutcome&) const = default;
};

struct StoredMessage {
  rooms::Seq seq;
  MessageKind kind = MessageKind::message;  // message, voided or removal
  UserId author;
  std::string message_id;  // empty when voided
  std::string body;
  std::string extra;
  std::string reactions;  // opaque, empty when there are none
  std::int64_t at_ms = 0;
  std::int64_t edited_at_ms = 0;  // 0 = never
};

// What a message counts for a page's bound of bytes: its texts.
[[nodiscard]] inline std::size_t bytes_of(const StoredMessage& message) { return message.body.size() + message.extra.size() + message.reactions.size(); }

// A page of a room's history: after < seq < before, in rising order. When more match than limit, the page is the newest ones if
// `before` is given or neither is, and the oldest ones if only `after` is given. It ends before it is over its bytes; the first message is
// always told.
struct ReadRequest {
  RoomId room;
  std::optional<rooms::Seq> after;
  std::optional<rooms::Seq> before;
  std::size_t limit = 50;
  std::size_t bytes_max = std::numeric_limits<std::size_t>::max();  // see bytes_of
};

// Messages that hold every word of the query, the last one also as the beginning of a longer word. The query is a person's text and is
// never read as anything but words.
struct SearchRequest {
  RoomId room;
  std::string query;
  std::optional<rooms::Seq> before;
  std::size_t limit = 50;
  std::size_t bytes_max = 256 * 1024;  // of texts; one message is always told
};
struct SearchPage {
  std::vector<StoredMessage> messages;  // the newest first
  bool more_before = false;
};

class MessageLog {
 public:
  virtual ~MessageLog() = default;
  virtual void append(AppendRequest request, Executor executor, std::function<void(AppendOutcome)> done) = 0;
  virtual void read(ReadRequest request, Executor executor, Done<std::vector<StoredMessage>> done) = 0;
  virtual void last(RoomId room, Executor executor, Done<rooms::Seq> done) = 0;  // 0 for an empty or unknown room
  // Where a message that its client marks as a repeat was stored; nothing when the log does not hold it.
  virtual void find(RoomId room, UserId author, std::string message_id, Executor executor, Done<std::optional<rooms::Seq>> done) = 0;
  // Finds what was committed before the call, as it stands; right after an upgrade old messages are found when they have been indexed.
  virtual void search(SearchRequest request, Executor executor, Done<SearchPage> done) = 0;
  // Overwrites what edited and removed messages left behind in the files, in bounded pieces; answers when all of it is.
  virtual void tidy(Executor executor, Done<void> done) = 0;
};

}  // namespace matinee::seams
