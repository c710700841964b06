// HostRules: which Host and Origin are ours, and the address to share. Why: a page elsewhere that points its own name at this
// machine (DNS rebinding) must reach nothing, and a link shown to friends must work for them.
// Without a public URL every address and name of this machine counts (the port may be anything: a proxy or a container may map it).
// With one, only its name and --allowed-hosts do.
// Thread rule: immutable; any thread. Interfaces are asked only for an address that is not known yet.
#pragma once
#include <string>
#include <string_view>
#include <vector>
#include "server/ops/config.h"

namespace matinee::ops {

struct HostRuleOptions {
  std::string public_url;
  std::vector<std::string> allowed_hosts;
  std::int64_t port = 0;  // the one people use: in the share link
  bool secure = false;    // this server speaks TLS on that port
};
// `bound_port`: what the listener really has, should the configured one be 0.
[[nodiscard]] HostRuleOptions host_rule_options(const Config& config, std::int64_t bound_port);

class HostRules {
 public:
  explicit HostRules(HostRuleOptions options);

  [[nodiscard]] bool accepts_host(std::string_view host) const;  // as in the Host field, with or without port
  // The Origin field of a request that came with this Host, over TLS or not. Behind a proxy that ends TLS only public_url knows it.
  [[nodiscard]] bool accepts_origin(std::string_view origin, std::string_view host, bool secure) const;
  // Whether the browser speaks https with us: then cookies are Secure and carry the __Host- prefix.
  [[nodiscard]] bool is_secure(bool connection_secure) const { return connection_secure || public_secure_; }

  // Where others reach this server: public_url, else http(s)://LAN-address:port. The Host of a request (over TLS or not) is used when
  // it is already such a name; localhost never comes out while there is any other address.
  [[nodiscard]] std::string base_url(std::string_view request_host = {}, bool request_secure = false) const;
  // The same over TLS, for a request that came without it: public_url where that is https, else the request's own name and this port.
  [[nodiscard]] std::string secure_url(std::string_view request_host, std::int64_t tls_port) const;
  // The name to reach another port of this server by, as the request did: that of public_url, else the request's own, without port.
  [[nodiscard]] std::string host_for(std::string_view request_host) const;

 private:
  HostRuleOptions options_;
  std::string public_host_;  // lower case, without port
  std::string public_origin_;
  bool public_secure_ = false;
  std::vector<std::string> names_;
};

// "name" of "name:8080", lower case, brackets of IPv6 kept; empty when malformed.
[[nodiscard]] std::string host_name_of(std::string_view host);

}  // namespace matinee::ops
