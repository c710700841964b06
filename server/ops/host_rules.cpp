#include "server/ops/host_rules.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cctype>
#include "server/ops/config_check.h"
#include "server/ops/network.h"

namespace matinee::ops {
namespace {

bool is_loopback_name(std::string_view name) {
  return name == "localhost" || name == "[::1]" || name.rfind("127.", 0) == 0 ||
         (name.size() > 10 && name.substr(name.size() - 10) == ".localhost");
}

// The canonical text of an address literal, empty when it is a name: "[::1]" and "[0:0::1]" are one.
std::string canonical_address(std::string_view name) {
  unsigned char bytes[16];
  char text[INET6_ADDRSTRLEN];
  const bool bracketed = name.size() > 2 && name.front() == '[';
  const std::string bare(bracketed ? name.substr(1, name.size() - 2) : name);
  const int family = bracketed ? AF_INET6 : AF_INET;
  if (::inet_pton(family, bare.c_str(), bytes) != 1) return {};
  return ::inet_ntop(family, bytes, text, sizeof text);
}

bool is_own_address(std::string_view name) {
  const std::string address = canonical_address(name);
  if (address.empty()) return false;
  if (address.rfind("127.", 0) == 0 || address == "::1") return true;
  const auto all = local_addresses();
  return std::any_of(all.begin(), all.end(), [&](const LocalAddress& a) { return a.text == address; });
}

}  // namespace

std::string host_name_of(std::string_view host) {
  std::string_view name = host;
  if (!name.empty() && name.front() == '[') {
    const std::size_t end = name.find(']');
    if (end == std::string_view::npos || (end + 1 < name.size() && name[end + 1] != ':')) return {};
    name = name.substr(0, end + 1);
  } else {
    const std::size_t colon = name.find(':');
    if (colon != std::string_view::npos && name.find(':', colon + 1) != std::string_view::npos) return {};
    name = name.substr(0, colon);
  }
  std::string lower(name);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (lower.size() > 1 && lower.back() == '.') lower.pop_back();  // the DNS root: "example.com." is the same name
  return lower;
}

HostRuleOptions host_rule_options(const Config& config, std::int64_t bound_port) {
  return {config.public_url, config.allowed_hosts, bound_port, config.has_tls()};
}

HostRules::HostRules(HostRuleOptions options) : options_(std::move(options)) {
  if (const auto url = read_base_url(options_.public_url)) {
    public_host_ = url->host;
    public_secure_ = url->secure;
    const bool usual = url->port == 0 || url->port == (url->secure ? 443 : 80);  // browsers leave the usual port out of Origin
    public_origin_ = (url->secure ? "https://" : "http://") + url->host + (usual ? "" : ":" + std::to_string(url->port));
  } else {
    names_ = local_names();
  }
  for (const std::string& host : options_.allowed_hosts) names_.push_back(host_name_of(host));
}

bool HostRules::accepts_host(std::string_view host) const {
  const std::string name = host_name_of(host);
  if (name.empty()) return false;
  if (name == public_host_ || std::find(names_.begin(), names_.end(), name) != names_.end()) return true;
  return public_host_.empty() && is_own_address(name);
}

bool HostRules::accepts_origin(std::string_view origin, std::string_view host, bool secure) const {
  if (origin.empty() || !accepts_host(host)) return false;
  std::string own = (secure ? "https://" : "http://") + std::string(host);
  std::transform(own.begin(), own.end(), own.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return origin == own || (!public_origin_.empty() && origin == public_origin_);
}

std::string HostRules::host_for(std::string_view request_host) const {
  return public_host_.empty() ? host_name_of(request_host) : public_host_;
}

std::string HostRules::secure_url(std::string_view request_host, std::int64_t tls_port) const {
  constexpr std::int64_t https_port = 443;
  if (public_secure_) return options_.public_url;
  return "https://" + host_name_of(request_host) + (tls_port == https_port ? "" : ":" + std::to_string(tls_port));
}

std::string HostRules::base_url(std::string_view request_host, bool request_secure) const {
  if (!options_.public_url.empty()) return options_.public_url;
  const std::string name = host_name_of(request_host);
  if (!name.empty() && !is_loopback_name(name) && accepts_host(request_host)) {
    return (request_secure ? "https://" : "http://") + std::string(request_host);
  }
  const std::string scheme = options_.secure ? "https://" : "http://";
  std::string address = lan_address();
  if (address.empty()) return scheme + (request_host.empty() ? "localhost:" + std::to_string(options_.port) : std::string(request_host));
  if (address.find(':') != std::string::npos) address = "[" + address + "]";
  const bool usual = options_.port == (options_.secure ? 443 : 80);
  return scheme + address + (usual ? "" : ":" + std::to_string(options_.port));
}

}  // namespace matinee::ops
