#include "server/app/certificate.h"

#include <sys/stat.h>

#include <array>
#include <ctime>

#include "server/ops/log.h"

namespace matinee::app {
namespace {

std::string day(std::int64_t unix_s) {
  const std::time_t time = unix_s;
  std::tm parts{};
  ::gmtime_r(&time, &parts);
  std::array<char, 16> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d", &parts)};
}

// "" when it is good now.
std::string wrong_time(const std::string& file, const net::TlsContext::Validity& validity, std::int64_t now_s) {
  if (now_s < validity.from_s) return "The certificate file " + file + " is not valid before " + day(validity.from_s) + ".";
  if (now_s >= validity.until_s) return "The certificate file " + file + " expired on " + day(validity.until_s) + ".";
  return {};
}

void look_at_key(const std::string& file) {
  struct stat key {};
  if (::stat(file.c_str(), &key) != 0 || (key.st_mode & S_IRWXO) == 0) return;
  ops::log_warning("certificate", {{"what", "The key file " + file + " can be read by everybody on this machine: chmod o-rwx " + file}});
}

void tell(const net::TlsContext::Validity& validity) { ops::log_info("certificate", {{"valid_until", day(validity.until_s)}}); }

}  // namespace

std::shared_ptr<const net::TlsContext> load_certificate(const ops::Config& config, std::int64_t now_ms, std::string& error) {
  auto loaded = net::TlsContext::load(config.tls_certificate, config.tls_key, error);
  if (!loaded) return nullptr;
  look_at_key(config.tls_key);
  const auto validity = loaded->validity();
  if (const std::string wrong = wrong_time(config.tls_certificate, validity, now_ms / 1000); !wrong.empty())
    ops::log_warning("certificate", {{"what", wrong + " Browsers will warn of this server."}});
  else tell(validity);
  return loaded;
}

std::shared_ptr<const net::TlsContext> reload_certificate(const ops::Config& config, std::int64_t now_ms) {
  std::string wrong;
  auto next = net::TlsContext::load(config.tls_certificate, config.tls_key, wrong);
  if (next) wrong = wrong_time(config.tls_certificate, next->validity(), now_ms / 1000);
  if (!wrong.empty()) {
    ops::log_warning("certificate", {{"what", wrong + " The one of before is shown further on."}});
    return nullptr;
  }
  look_at_key(config.tls_key);
  tell(next->validity());
  return next;
}

}  // namespace matinee::app
