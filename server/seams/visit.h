// Who wants into a room, as the credential said: the session of a cookie, a desktop's token or pairing letters. Pure values.
#pragma once
#include "rooms/person.h"
#include "server/seams/result.h"

namespace matinee::seams {

struct Visit {
  rooms::Person person;
  SessionId session;  // when it ends, the visitor is sent away
};

}  // namespace matinee::seams
