// AccountRecords: everything that one account has written and owns, for its export and for its end. The end is several steps, so that
// nobody else waits for a person with very many messages: the messages in pieces first, then all the rest in one transaction. A process
// that dies between the steps leaves an account that can be logged in to and ended again.
// Thread rule: every method from any thread; answers come through the executor.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>
#include "server/seams/executor.h"
#include "server/seams/message_log.h"
#include "server/seams/result.h"

namespace matinee::seams {

// Where a message is.
struct MessagePlace {
  RoomId room;
  rooms::Seq seq;
  bool operator==(const MessagePlace&) const = default;
};

struct OwnMessage {
  std::string room_code;
  StoredMessage message;
};

// What becomes of an account that ends. The two functions are the caller's, because the store knows neither blob: what a message or a
// room's snapshot is once this person's name is taken out of it.
struct Farewell {
  UserId user;
  bool delete_messages = false;  // else they stay, without a name
  std::function<std::string(std::string_view extra)> nameless_extra;
  std::function<std::string(std::string_view snapshot)> nameless_snapshot;
  std::int64_t at_ms = 0;
};

class AccountRecords {
 public:
  virtual ~AccountRecords() = default;
  // Messages of this person that show a text or a name, after the given place, by room and number.
  virtual void messages(UserId author, MessagePlace after, std::size_t limit, Executor executor, Done<std::vector<MessagePlace>> done) = 0;
  // Those of them that show a text.
  virtual void read(std::vector<MessagePlace> places, Executor executor, Done<std::vector<OwnMessage>> done) = 0;

  // wrong_kind for guests, only_admin for the last one there is.
  virtual void may_end(UserId user, Executor executor, Done<void> done) = 0;
  virtual void strip(Farewell farewell, std::vector<MessagePlace> places, Executor executor, Done<void> done) = 0;
  // Asks may_end again, then: messages since `at_ms` are stripped, sessions end, the name is free, every open room of the person goes to
  // the moderator who came first, else to the member who did, else to whoever with an account did, and is closed when there is nobody.
  // The epoch of each room where the person was is raised: whoever serves it is fenced and reads it anew. What was deleted is
  // overwritten in the file before the answer. Answers the codes of those rooms.
  virtual void end(Farewell farewell, Executor executor, Done<std::vector<std::string>> done) = 0;
};

}  // namespace matinee::seams
