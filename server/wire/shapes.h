// JSON shapes that go both over the socket and into storage, written and read in one place each. Internal to server/wire. Pure.
#pragma once
#include <boost/json/fwd.hpp>
#include <optional>
#include "rooms/media_ref.h"
#include "rooms/person.h"
#include "server/wire/json_writer.h"

namespace matinee::wire {

void write_grants(JsonWriter& json, const rooms::GrantTable& grants);  // {owner: [..], moderator: [..], member: [..], guest: [..]}
void write_media(JsonWriter& json, const rooms::MediaRef& media);
// The rows of moderator, member and guest, all of them: a partial table could not be told from a mistake. The owner has everything.
[[nodiscard]] std::optional<rooms::GrantTable> read_grants(const boost::json::object& object);

}  // namespace matinee::wire
