// A chat message as it stands, and what people do to it afterwards. Pure values.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>
#include "rooms/ids.h"

namespace matinee::rooms {

struct Reaction {
  std::string emoji;
  std::vector<PersonId> people;  // in the order they came, never empty
  bool operator==(const Reaction&) const = default;
};

struct ChatMessage {
  Seq seq;
  std::string id;
  PersonId author;
  std::string author_name;
  std::string text;
  std::int64_t at_ms = 0;
  std::optional<Seq> reply_to;
  std::string media_url;
  std::int64_t media_time_ms = -1;  // what played when it was written; −1 = nothing
  std::int64_t edited_at_ms = 0;    // 0 = never
  bool deleted = false;             // number, id, author and time are all that is left
  std::vector<Reaction> reactions;
  bool operator==(const ChatMessage&) const = default;
};

// Changes of a room's messages have one order of their own, beside the numbers of the messages.
enum class ChangeKind : std::uint8_t { edit, removal, reactions };
struct MessageChange {
  ChangeNumber number;
  ChangeKind what = ChangeKind::edit;
  Seq seq;  // of the message
  PersonId by;
  std::int64_t at_ms = 0;
  std::string text;                 // edit
  std::string author_name;          // removal: what stays
  std::vector<Reaction> reactions;  // reactions: all of the message
};

void apply(const MessageChange& change, ChatMessage& message);

}  // namespace matinee::rooms
