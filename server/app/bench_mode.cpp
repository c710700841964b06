#include "server/app/bench_mode.h"

#include <string_view>
#include <vector>
#include "rooms/room_code.h"
#include "server/app/waiting.h"
#include "server/auth/cookie_names.h"
#include "server/auth/random.h"
#include "server/ops/files.h"

namespace matinee::app {
namespace {

constexpr std::size_t under_way_max = 500;  // well below the store's queue

// Runs `start(i)` for every i, at most under_way_max at once, and waits for all of them on the loop that is not running yet.
template <class Start>
bool run_all(net::Loop& loop, std::size_t count, Start start) {
  std::size_t next = 0;
  std::size_t finished = 0;
  bool well = true;
  std::function<void(bool)> one_done;
  const auto pump = [&] {
    while (next < count && next - finished < under_way_max) start(next++, one_done);
  };
  one_done = [&](bool ok) {
    well = well && ok;
    ++finished;
    if (finished == count) loop.stop();
    else pump();
  };
  if (count == 0) return true;
  loop.post(pump);
  loop.run();
  return well;
}

}  // namespace

std::string prepare_bench(const ops::Config& config, ShardThread& first, Shared shared, bool secure) {
  const auto guests = static_cast<std::size_t>(config.bench_guests);
  const auto rooms = static_cast<std::size_t>(config.bench_rooms);
  const std::string cookie = std::string(auth::session_cookie_name(secure)) + "=";
  std::vector<std::string> cookies(guests);
  std::vector<seams::UserId> people(guests);
  const bool made_guests = run_all(first.loop(), guests, [&](std::size_t i, const std::function<void(bool)>& done) {
    first.sessions().start_guest("Bench " + std::to_string(i), {.address = "127.0.0.1", .description = "bench"},
                                 [&, i, done](seams::Result<auth::Started> started) {
                                   if (started) {
                                     cookies[i] = cookie + started->token;
                                     people[i] = started->identity.user;
                                   }
                                   done(started.has_value());
                                 });
  });
  if (!made_guests) return "The bench guests could not be made.";
  std::vector<std::string> tokens(config.bench_tokens_file.empty() ? 0 : guests);
  const bool made_tokens = run_all(first.loop(), tokens.size(), [&](std::size_t i, const std::function<void(bool)>& done) {
    seams::User guest;
    guest.id = people[i];
    first.sessions().start(guest, {.address = "127.0.0.1", .description = "bench", .kind = seams::SessionKind::device}, seams::SessionId{},
                           [&, i, done](seams::Result<auth::Started> started) {
                             if (started) tokens[i] = started->token;
                             done(started.has_value());
                           });
  });
  if (!made_tokens) return "The bench tokens could not be made.";
  std::vector<std::string> codes(rooms);
  for (std::string& code : codes) code = rooms::make_room_code(auth::random_bits());
  const bool made_rooms = run_all(first.loop(), rooms, [&](std::size_t i, const std::function<void(bool)>& done) {
    shared.database.rooms().create({.code = codes[i],
                                    .name = "Bench " + std::to_string(i),
                                    .owner = people[0],
                                    .kind = seams::RoomKind::normal,
                                    .settings = {},
                                    .at_ms = shared.clock.now_ms()},
                                   first.executor(), [done](seams::Result<seams::RoomRecord> made) { done(made.has_value()); });
  });
  if (!made_rooms) return "The bench rooms could not be made.";
  const auto lines = [](const std::vector<std::string>& all) {
    std::string text;
    for (const std::string& line : all) text += line + "\n";
    return text;
  };
  for (const auto& [file, text] : {std::pair{config.bench_cookies_file, lines(cookies)}, std::pair{config.bench_codes_file, lines(codes)},
                                   std::pair{config.bench_tokens_file, lines(tokens)}}) {
    if (file.empty()) continue;
    if (std::string problem = ops::write_private_file(file, text); !problem.empty()) return problem;
  }
  return {};
}

}  // namespace matinee::app
