#include "server/media/live_door.h"

#include <charconv>
#include <string>
#include <utility>

#include "server/auth/throttle.h"
#include "server/ops/network.h"

namespace matinee::media {
namespace {

constexpr std::int64_t stream_max = (std::int64_t{1} << 53) - 1;

}  // namespace

std::optional<std::int64_t> read_stream(std::string_view text) {
  std::int64_t id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (error != std::errc() || end != text.data() + text.size() || id <= 0 || id > stream_max || text.front() == '0') return std::nullopt;
  return id;
}

void LiveDoor::find_asker(const http::Request& request, net::Loop& loop, std::int64_t stream,
                          std::function<void(std::optional<LiveAsker>)> done) const {
  if (const auto token = request.query_param("token")) {
    const auto pass = services_.view_tokens.read(*token, stream, 0);  // of any age
    if (!pass) return done(std::nullopt);
    LiveAsker asker;
    asker.token = *token;
    asker.too_late = services_.now_ms() >= pass->until_ms;
    asker.who.by_token = true;
    asker.who.visit.person.id = pass->person;
    asker.who.visit.person.kind = pass->kind;
    // As for the pages: behind a proxy on this machine everybody has one address, then only the id counts.
    if (!ops::is_loopback(request.remote_address())) asker.who.visit.person.address = auth::address_key(request.remote_address());
    asker.who.visit.session = pass->session;
    return done(std::move(asker));
  }
  services_.find_visitor(loop, request.head(), [done = std::move(done)](seams::Result<seams::Visit> found) {
    if (!found) return done(std::nullopt);
    LiveAsker asker;
    asker.who.visit = std::move(*found);
    done(std::move(asker));
  });
}

void LiveDoor::find_home(net::Loop& loop, std::int64_t stream, std::function<void(Relay&)> done) const {
  if (stream < seams::first_stored_stream) return done(services_.home_of(static_cast<std::uint32_t>(stream)));
  services_.find_stored(loop, seams::StreamId{stream}, [self = shared_from_this(), done = std::move(done)](const auto& found) {
    done(found ? self->services_.home_of_room(found->room_code) : self->services_.home_of(1));
  });
}

}  // namespace matinee::media
