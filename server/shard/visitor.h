// How a shard learns whom a socket belongs to. It knows no cookies: whoever builds it gives it this function.
// Thread rule: called on the shard's loop and answers there, at once or later.
#pragma once
#include <functional>
#include "server/net/exchange.h"
#include "server/seams/result.h"
#include "server/seams/visit.h"

namespace matinee::shard {

// not_found: no valid session. unavailable: could not be looked up; the socket is asked to come back later.
using FindVisitor = std::function<void(const net::RequestHead& head, std::function<void(seams::Result<seams::Visit>)> done)>;

}  // namespace matinee::shard
