// The configured certificate, read at start and again when the operator asks for it. At start a broken one is refused, and one whose time
// is over is served with a warning: people can still be told to look away, nobody can look at a server that is not there. While the
// server runs neither takes the place of one that works.
// Thread rule: any thread; reads files.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include "server/net/tls_context.h"
#include "server/ops/config.h"

namespace matinee::app {

// Null and a sentence in `error`: it cannot be used. Logs what the operator should know of the one that can.
[[nodiscard]] std::shared_ptr<const net::TlsContext> load_certificate(const ops::Config& config, std::int64_t now_ms, std::string& error);

// What lies in the files now, if it is good at this time; null: the one of before is to be shown further on. Either is logged.
[[nodiscard]] std::shared_ptr<const net::TlsContext> reload_certificate(const ops::Config& config, std::int64_t now_ms);

}  // namespace matinee::app
