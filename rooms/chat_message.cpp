#include "rooms/chat_message.h"
#include <utility>

namespace matinee::rooms {

void apply(const MessageChange& change, ChatMessage& message) {
  switch (change.what) {
    case ChangeKind::edit:
      message.text = change.text;
      message.edited_at_ms = change.at_ms;
      return;
    case ChangeKind::removal: {
      ChatMessage left;
      left.seq = message.seq;
      left.id = std::move(message.id);
      left.author = message.author;
      left.author_name = change.author_name;
      left.at_ms = message.at_ms;
      left.deleted = true;
      message = std::move(left);
      return;
    }
    case ChangeKind::reactions: message.reactions = change.reactions; return;
  }
}

}  // namespace matinee::rooms
