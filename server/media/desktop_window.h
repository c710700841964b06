// One stream that a desktop watches: what the hub tells becomes messages on the desktop's connection.
// Thread rule: the loop's thread; belongs to its DesktopClient.
#pragma once
#include <cstdint>
#include "server/media/desktop_client.h"

namespace matinee::media {

struct DesktopClient::Window final : StreamViewer {
  Window(DesktopClient& c, std::uint32_t s) : client(c), stream(s) {}
  void on_unit() override;
  void on_online(bool online) override;
  void on_end(videoproto::EosReason why, bool too_slow) override;

  DesktopClient& client;
  const std::uint32_t stream;
  Viewing viewing;
};

}  // namespace matinee::media
