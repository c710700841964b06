// Who a socket belongs to, as the session in its cookie says. The shard knows no cookies: whoever builds it gives it this function.
// Thread rule: values; the function is called on the shard's loop and answers there, at once or later.
#pragma once
#include <functional>
#include "rooms/person.h"
#include "server/net/exchange.h"
#include "server/seams/result.h"

namespace matinee::shard {

struct Visitor {
  rooms::Person person;
  seams::SessionId session;  // when it ends, the socket closes
};

// not_found: no valid session. unavailable: could not be looked up; the socket is asked to come back later.
using FindVisitor = std::function<void(const net::RequestHead& head, std::function<void(seams::Result<Visitor>)> done)>;

}  // namespace matinee::shard
