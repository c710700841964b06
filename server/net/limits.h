// Every bound of the network layer by name. Defaults are what the service promises; tests shorten them, the echo program
// for protocol conformance widens them. Pure values, any thread.
#pragma once
#include <chrono>
#include <cstddef>

namespace matinee::net {

// Unsent bytes: per connection, and all connections of the process (each Loop gets its share).
inline constexpr std::size_t tail_bytes_max = 1024 * 1024;
inline constexpr std::size_t all_tails_bytes_max = 128 * 1024 * 1024;

struct ConnectionLimits {
  std::size_t connections_max = 20'000;
  std::size_t connections_per_address_max = 400;  // IPv6: per /64
  std::chrono::milliseconds tls_handshake_max{10'000};
  std::chrono::milliseconds accept_backoff{100};  // after EMFILE and the like
};

struct HttpLimits {
  std::size_t head_bytes_max = 16'000;
  std::size_t fields_max = 100;
  std::size_t target_bytes_max = 8 * 1024;
  std::chrono::milliseconds head_max{10'000};            // from its first byte to its end
  std::chrono::milliseconds body_progress_max{10'000};   // between two pieces of a body that the handler waits for
  std::chrono::milliseconds write_progress_max{60'000};  // a peer that takes nothing of an answer (a paused player stops reading)
  std::chrono::milliseconds idle_max{60'000};            // between two requests
  std::size_t pipelined_bytes_max = 64 * 1024;           // read ahead while a request is being answered
  std::size_t unread_body_bytes_max = 256 * 1024;        // swallowed to keep a connection whose handler did not read its body
  std::size_t linger_bytes_max = 64 * 1024;              // discarded after our half-close
  std::chrono::milliseconds linger_max{1'000};
};

struct WebSocketLimits {
  std::size_t message_bytes_max = 16 * 1024;
  std::size_t fragments_max = 64;                  // frames of one message; 0 = no bound
  std::size_t control_frames_per_second_max = 10;  // 0 = no bound
  std::chrono::milliseconds ping_every{20'000};    // 0 = never
  std::chrono::milliseconds silent_max{45'000};    // nothing heard for so long: gone
  std::chrono::milliseconds close_max{2'000};      // for the peer's close frame and for the tail
  std::size_t tail_bytes_max = net::tail_bytes_max;
  std::size_t read_pause_tail_bytes = 64 * 1024;  // we stop reading while more than this is unsent

  bool operator==(const WebSocketLimits&) const = default;
};

}  // namespace matinee::net
