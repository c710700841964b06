// The numbered chat of one room: who gets which seq, what is committed, what is a repeat.
//
//   number() ──▶ pending ──commit_next()──▶ recent (≤ recent_messages_max, for welcome and replay) ──▶ only in the log
//                   │ └─void_next()──▶ the seq is used up, the message was an older one
//                   └─take_back()──▶ refused; its number is given again
//
// A seq is given without holes; nothing pending is ever in a welcome. Belongs to its Room's thread.
#pragma once
#include <list>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>
#include "rooms/effect.h"
#include "rooms/ids.h"

namespace matinee::rooms {

struct RoomOptions;

struct PendingMessage {
  ChatMessage message;
  Ref ref;
};  // ref: where a late refusal goes

class ChatLog {
 public:
  explicit ChatLog(const RoomOptions& options);

  enum class Repeat : std::uint8_t {
    no,       // as far as the room remembers
    pending,  // numbered, its own chat.message will be the answer
    recent,   // at hand
    stored,   // in the log, not at hand
  };
  struct Lookup {
    Repeat repeat = Repeat::no;
    const ChatMessage* message = nullptr;
  };
  [[nodiscard]] Lookup find(PersonId author, const std::string& id) const;
  [[nodiscard]] const ChatMessage* recent_at(Seq seq) const;
  [[nodiscard]] std::optional<std::string> name_of_author(PersonId author) const;  // from the recent messages

  const ChatMessage& number(ChatMessage message, Ref ref);  // gives the next seq
  struct Committed {
    const ChatMessage* message = nullptr;
    Ref ref;
  };
  std::optional<Committed> commit_next(Seq up_to);                 // the oldest pending one, while there is one up to there
  std::optional<PendingMessage> void_next(Seq seq, Seq original);  // the oldest pending one, if it is seq
  std::vector<PendingMessage> take_back(Seq from);                 // oldest first

  [[nodiscard]] Seq committed() const { return committed_; }
  [[nodiscard]] Seq last() const { return last_; }
  [[nodiscard]] std::size_t pending_count() const { return pending_.size(); }

  struct Page {
    std::vector<ChatMessage> messages;
    bool more_before = false;
  };
  [[nodiscard]] Page newest(std::size_t limit, std::size_t bytes_max) const;
  // Exactly what came after seen; nothing when that is not at hand or would be too long.
  [[nodiscard]] std::optional<Page> after(Seq seen, std::size_t bytes_max) const;

 private:
  using Key = std::pair<PersonId, std::string>;  // (author, id)
  void remember(Key key, Seq seq);
  [[nodiscard]] bool more_before(const std::vector<ChatMessage>& messages) const;

  // Lists: an empty deque takes 600 bytes, and most rooms are silent.
  std::list<PendingMessage> pending_;
  std::list<ChatMessage> recent_;
  std::map<Key, Seq> known_;   // pending and remembered; seq 0 = in the log, number not at hand
  std::list<Key> remembered_;  // committed, oldest first, ≤ remembered_ids
  Seq committed_;
  Seq last_;  // committed_ + pending
};

}  // namespace matinee::rooms
