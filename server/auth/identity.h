// Who makes a request, as far as a session says. A value; copied into connections and handlers.
#pragma once
#include <string>
#include "rooms/person.h"
#include "server/seams/result.h"

namespace matinee::auth {

struct Identity {
  seams::UserId user;
  std::string name;
  rooms::PersonKind kind = rooms::PersonKind::guest;
  bool admin = false;
  std::int64_t created_at_ms = 0;  // of the person: "fresh" people get half the chat rate
  seams::SessionId session;        // close the socket when this session ends
  std::string avatar = {};         // the key of the person's picture; empty = initials
  std::string preferences = {};    // as saved; pages read them
  bool device = false;             // the token is a desktop program's: it opens no page and no room socket
  bool operator==(const Identity&) const = default;
};

}  // namespace matinee::auth
