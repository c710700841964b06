// The numbered chat of one room: who gets which seq, what is committed, what is a repeat, how a message stands.
//
//   number() ──▶ pending ──commit_next()──▶ recent (≤ recent_messages_max, for welcome and replay) ──▶ only in the log
//                   │ └─void_next()──▶ the seq is used up, the message was an older one
//                   └─take_back()──▶ refused; its number is given again
//
// Changes of messages (edits, removals, reactions) wait in the same line and are numbered beside them. Either number is given without
// holes; nothing pending is ever in a welcome. Belongs to its Room's thread.
#pragma once
#include <list>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>
#include "rooms/effect.h"
#include "rooms/ids.h"

namespace matinee::rooms {

struct RoomOptions;

struct Pending {
  std::variant<ChatMessage, MessageChange> what;
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
  const MessageChange& number(MessageChange change, Ref ref);
  struct Committed {
    const ChatMessage* message = nullptr;  // as it stands now; null: a change of a message that is not at hand
    std::optional<MessageChange> change;   // nothing: the message is new
    Ref ref;
  };
  std::optional<Committed> commit_next(Seq up_to);           // the oldest pending thing, while there is a message up to there
  std::optional<Committed> commit_next(ChangeNumber up_to);  // … while there is a change up to there
  struct Voided {
    ChatMessage message;
    Ref ref;
  };
  std::optional<Voided> void_next(Seq seq, Seq original);  // the oldest pending thing, if it is the message seq
  // From that message or that change on, whichever comes first; oldest first.
  std::vector<Pending> take_back(Seq from, std::optional<ChangeNumber> change_from);

  // A message as it will be when everything pending is committed; nothing when it is not at hand.
  struct Standing {
    const ChatMessage* committed = nullptr;
    bool changing = false;  // a change is pending
    bool deleted = false;
    const std::vector<Reaction>* reactions = nullptr;
  };
  [[nodiscard]] std::optional<Standing> standing(Seq seq) const;
  void keep(ChatMessage older);  // of the log, for a change: at hand until changed_messages_kept others came after it

  [[nodiscard]] Seq committed() const { return committed_; }
  [[nodiscard]] Seq last() const { return last_; }
  [[nodiscard]] ChangeNumber committed_change() const { return committed_change_; }
  [[nodiscard]] std::size_t pending_count() const { return pending_.size(); }

  struct Page {
    std::vector<ChatMessage> messages;
    bool more_before = false;
    std::vector<ChatMessage> changed = {};  // after() only
  };
  [[nodiscard]] Page newest(std::size_t limit, std::size_t bytes_max) const;
  // Exactly what came after seen, and what of the seen has changed since; nothing when that is not at hand or would be too long.
  [[nodiscard]] std::optional<Page> after(Seq seen, std::optional<ChangeNumber> seen_change, std::size_t bytes_max) const;

 private:
  using Key = std::pair<PersonId, std::string>;  // (author, id)
  struct Changed {
    ChangeNumber number;
    Seq seq;
  };
  void remember(Key key, Seq seq);
  [[nodiscard]] bool more_before(const std::vector<ChatMessage>& messages) const;
  [[nodiscard]] ChatMessage* at_hand(Seq seq);
  [[nodiscard]] const ChatMessage* at_hand(Seq seq) const;
  [[nodiscard]] bool is_changing(Seq seq) const;
  std::optional<Committed> commit_front();
  Committed commit(ChatMessage message, Ref ref);
  Committed commit(MessageChange change, Ref ref);
  [[nodiscard]] std::optional<std::vector<ChatMessage>> changed_after(ChangeNumber seen_change, Seq up_to) const;

  // Lists: an empty deque takes 600 bytes, and most rooms are silent.
  std::list<Pending> pending_;
  std::list<ChatMessage> recent_;
  std::list<ChatMessage> older_;  // asked for again to be changed; the last touched one last
  std::list<Changed> changes_;    // committed, oldest first, ≤ recent_changes_max
  std::map<Key, Seq> known_;      // pending and remembered; seq 0 = in the log, number not at hand
  std::list<Key> remembered_;     // committed, oldest first, ≤ remembered_ids
  Seq committed_;
  Seq last_;  // committed_ + pending
  ChangeNumber committed_change_;
  ChangeNumber last_change_;
  std::size_t pending_changes_ = 0;
};

}  // namespace matinee::rooms
