// Reception: where desktop programs come in. It greets (HELLO, WELCOME) on the loop that accepted the connection, waits for AUTH,
// and hands the connection over to the relay of the room that AUTH names, on that room's home loop.
//
//   ┌────────┐ HELLO: WELCOME  ┌───────┐ AUTH of a room ┌──────────┐
//   │greeting│ ──────────────▶ │waiting│ ─────────────▶ │handed on │
//   └────────┘                 └───────┘                └──────────┘
//        └── silence, mistakes, no version in common: ERROR, closed ──┘
//
// Thread rule: one per Loop, on that loop's thread. Destroy it after its loop has stopped running.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include "server/media/limits.h"
#include "server/media/relay.h"
#include "server/net/connection.h"

namespace matinee::media {

struct ReceptionParts {
  net::Loop& loop;
  // The relay at the home of a room; the code is canonical. Never null. Whether there is such a room is found out there.
  std::function<Relay*(const std::string& code)> home_of;
  std::string software;  // in WELCOME, ≤ 100 bytes
  std::uint32_t frame_bytes_max = videoproto::limits::frame_bytes_default;
  std::size_t greetings_max = limits::greetings_max;
};

class Reception {
 public:
  explicit Reception(ReceptionParts parts);
  ~Reception();
  Reception(const Reception&) = delete;
  Reception& operator=(const Reception&) = delete;

  // A connection of the video port on this loop, its TLS handshake done; nothing has been read. Over the bound it is closed.
  void greet(net::Connection& connection);
  void greet(net::OpenStream stream);
  // Says shutting_down to who is being greeted; later ones are closed at once.
  void stop();
  [[nodiscard]] std::size_t greetings() const;

 private:
  struct State;
  std::shared_ptr<State> state_;  // shared with the greetings under way
};

}  // namespace matinee::media
