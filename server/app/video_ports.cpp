#include "server/app/video_ports.h"

#include <span>
#include <utility>
#include "server/auth/digest.h"
#include "server/net/self_signed.h"
#include "server/ops/config_check.h"
#include "server/ops/network.h"

namespace matinee::app {
namespace {

constexpr std::size_t short_print_bytes = 16;

std::vector<std::string> certificate_names(const ops::Config& config) {
  std::vector<std::string> names = ops::local_names();
  names.insert(names.begin(), "localhost");
  if (const auto url = ops::read_base_url(config.public_url)) names.push_back(url->host);
  names.insert(names.end(), {"127.0.0.1", "::1"});
  for (const ops::LocalAddress& address : ops::local_addresses()) names.push_back(address.text);
  return names;
}

std::shared_ptr<const net::TlsContext> own_certificate(const ops::Config& config, std::string& error) {
  const auto files = net::keep_self_signed(config.data_folder + "/video", certificate_names(config), error);
  return error.empty() ? net::TlsContext::load(files.certificate, files.key, error) : nullptr;
}

}  // namespace

std::unique_ptr<VideoPorts> VideoPorts::open(VideoPortsParts parts, std::string& error) {
  error.clear();
  auto ports = std::make_unique<VideoPorts>();
  ports->tls_ = parts.tls ? parts.tls : own_certificate(parts.config, error);
  if (!ports->tls_) return nullptr;
  ports->print_ = ports->tls_->fingerprint();
  std::int64_t port = parts.config.video_port;
  for (const std::string& address : parts.addresses) {
    if (!ports->listen(parts, address, port, true, error)) return nullptr;
    port = ports->port();  // any free one: the same on every address
  }
  if (!ports->listen(parts, parts.config.video_plain_address, parts.config.video_plain_port, false, error)) return nullptr;
  return ports;
}

bool VideoPorts::listen(const VideoPortsParts& parts, const std::string& address, std::int64_t port, bool secure, std::string& error) {
  net::ListenOptions options;
  options.address = address;
  options.port = static_cast<std::uint16_t>(port);
  if (secure) options.tls = tls_;
  options.caps = parts.caps;
  options.limits = parts.limits;
  auto listener = net::Listener::open(*parts.loops.front(), parts.loops, std::move(options), parts.on_connection, error);
  if (!listener) {
    error += std::string(" Desktop programs connect there: ") + (secure ? "--video-port" : "--video-plain-port") +
             " names another port, --video off does without.";
    return false;
  }
  listening_.push_back({.address = address, .port = listener->port(), .secure = secure});
  listeners_.push_back(std::move(listener));
  return true;
}

std::string VideoPorts::fingerprint() const {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const std::byte byte : print_) {
    text += digits[std::to_integer<std::size_t>(byte >> 4)];
    text += digits[std::to_integer<std::size_t>(byte & std::byte{15})];
  }
  return text;
}

std::string VideoPorts::short_print() const {
  return auth::base32({reinterpret_cast<const std::uint8_t*>(print_.data()), short_print_bytes});  // NOLINT: bytes as bytes
}

void VideoPorts::stop() {
  for (auto& listener : listeners_) listener->stop();
}

}  // namespace matinee::app
