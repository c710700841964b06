// The lines printed at start: where this server can be reached from here and from the network, and the one-time admin link.
// Thread rule: pure, but for asking the system for this machine's addresses.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>
#include "server/ops/config.h"
#include "server/ops/host_rules.h"

namespace matinee::app {

struct Listening {
  std::string address;
  std::uint16_t port = 0;
  bool secure = false;
};

// `more`: lines about other ports.
[[nodiscard]] std::string greeting(const std::vector<Listening>& listening, const ops::HostRules& hosts, const std::string& version,
                                   const std::string& more, const std::optional<std::string>& setup_token);

// Where desktop programs come in, and what the certificate there must be.
[[nodiscard]] std::string video_greeting(const std::vector<Listening>& listening, const std::string& fingerprint);

// Of a link to a video of this server's library ("/library/…"); empty for every other.
[[nodiscard]] std::string library_id(const std::string& media_url);
// Of a link to a live stream ("/live/…"); 0 for every other.
[[nodiscard]] std::int64_t stream_id(const std::string& media_url);
// What to call a video: its title if that is known, else its host, or for YouTube "a YouTube video".
[[nodiscard]] std::string watching_title(const std::string& media_url, const std::string& title);

}  // namespace matinee::app
