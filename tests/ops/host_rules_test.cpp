#include "server/ops/host_rules.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include "server/ops/config_check.h"
#include "server/ops/network.h"

using namespace matinee::ops;

TEST_CASE("without a public URL the names and addresses of this machine are ours, whatever the port") {
  const HostRules rules({"", {}, 8080, false});
  for (const char* host : {"localhost", "localhost:8080", "LOCALHOST:80", "127.0.0.1:8080", "127.3.4.5", "[::1]:8080", "localhost."}) {
    INFO(host);
    CHECK(rules.accepts_host(host));
  }
  for (const auto& address : local_addresses()) {
    if (address.link_local) continue;
    const std::string host = address.ipv6 ? "[" + address.text + "]" : address.text;
    INFO(host);
    CHECK(rules.accepts_host(host + ":8080"));
  }
  for (const auto& name : local_names()) CHECK(rules.accepts_host(name));
}

TEST_CASE("names that only point at this machine are not ours") {
  const HostRules rules({"", {}, 8080, false});
  for (const char* host :
       {"", "evil.example", "localhost.evil.example", "evil.localhost.example:8080", "192.0.2.77", "127.0.0.1.evil.example",
        "[2001:db8::77]", "[::1", "[::1]x", "::1", "localhost:80:80", "127.0.0.1@evil.example", "2130706433", "0x7f.1"}) {
    INFO(host);
    CHECK_FALSE(rules.accepts_host(host));
  }
}

TEST_CASE("allowed hosts are accepted beside the machine's own") {
  const HostRules rules({"", {"Matinee.test"}, 8080, false});
  CHECK(rules.accepts_host("matinee.test:8080"));
  CHECK(rules.accepts_host("localhost"));
  CHECK_FALSE(rules.accepts_host("x.matinee.test"));
}

TEST_CASE("with a public URL only its name and the allowed hosts are ours") {
  const HostRules rules({"https://watch.example.org", {"tv.example.org"}, 8080, false});
  CHECK(rules.accepts_host("watch.example.org"));
  CHECK(rules.accepts_host("WATCH.example.org:443"));
  CHECK(rules.accepts_host("tv.example.org"));
  CHECK_FALSE(rules.accepts_host("localhost"));
  CHECK_FALSE(rules.accepts_host("127.0.0.1:8080"));
  CHECK_FALSE(rules.accepts_host("example.org"));
}

TEST_CASE("an Origin is ours when it is this very scheme, host and port") {
  const HostRules rules({"", {}, 8080, false});
  CHECK(rules.accepts_origin("http://localhost:8080", "localhost:8080", false));
  CHECK(rules.accepts_origin("http://localhost:8080", "LocalHost:8080", false));
  CHECK(rules.accepts_origin("https://localhost:8080", "localhost:8080", true));
  for (const char* origin : {"", "null", "http://localhost", "http://localhost:8081", "https://localhost:8080", "http://evil.example",
                             "http://localhost:8080.evil.example", "http://localhost:8080/", "http://127.0.0.1:8080"}) {
    INFO(origin);
    CHECK_FALSE(rules.accepts_origin(origin, "localhost:8080", false));
  }
  CHECK_FALSE(rules.accepts_origin("http://evil.example", "evil.example", false));
}

TEST_CASE("behind a proxy that ends TLS the Origin of the public URL is ours") {
  const HostRules rules({"https://watch.example.org", {}, 8080, false});
  CHECK(rules.accepts_origin("https://watch.example.org", "watch.example.org", false));
  CHECK_FALSE(rules.accepts_origin("https://watch.example.org:8443", "watch.example.org", false));
  CHECK(rules.is_secure(false));
  CHECK_FALSE(HostRules({"", {}, 8080, false}).is_secure(false));
  const HostRules usual_port({"https://watch.example.org:443", {}, 8080, false});
  CHECK(usual_port.accepts_origin("https://watch.example.org", "watch.example.org", false));
}

TEST_CASE("a request that came without TLS is sent to the same name with it, or to the public one") {
  CHECK(HostRules({"", {"matinee.test"}, 8080, true}).secure_url("Matinee.test:8080", 8443) == "https://matinee.test:8443");
  CHECK(HostRules({"", {}, 443, true}).secure_url("[::1]:80", 443) == "https://[::1]");
  CHECK(HostRules({"https://watch.example.org", {}, 8080, true}).secure_url("localhost:8080", 8443) == "https://watch.example.org");
  CHECK(HostRules({"http://watch.example.org", {}, 8080, true}).secure_url("watch.example.org", 8443) == "https://watch.example.org:8443");
}

TEST_CASE("the address to share is the public one, else one that others can reach, never localhost") {
  CHECK(HostRules({"https://watch.example.org", {}, 8080, false}).base_url("localhost:8080") == "https://watch.example.org");
  const HostRules rules({"", {"matinee.test"}, 8080, false});
  CHECK(rules.base_url("matinee.test:8080") == "http://matinee.test:8080");
  CHECK(rules.base_url("matinee.test:8443", true) == "https://matinee.test:8443");
  CHECK(rules.base_url("matinee.test.evil.example", true).find("evil") == std::string::npos);
  const std::string lan = lan_address();
  if (lan.empty()) return;
  for (const char* host : {"localhost:8080", "127.0.0.1:8080", "[::1]:8080", "", "evil.example"}) {
    INFO(host);
    CHECK(rules.base_url(host).find(lan) != std::string::npos);
  }
}

TEST_CASE("the usual port is left out of the shared address") {
  const std::string lan = lan_address();
  if (lan.empty()) return;
  CHECK(HostRules({"", {}, 80, false}).base_url().find(":80") == std::string::npos);
  CHECK(HostRules({"", {}, 443, true}).base_url().rfind("https://", 0) == 0);
}

TEST_CASE("a private IPv4 address is told before others, bridges of containers last") {
  auto v4 = [](const char* text, const char* interface, bool is_private) {
    LocalAddress address;
    address.text = text;
    address.interface = interface;
    address.is_private = is_private;
    return address;
  };
  LocalAddress loopback = v4("127.0.0.1", "lo", false);
  loopback.loopback = true;
  LocalAddress link_local = v4("169.254.3.4", "eth1", false);
  link_local.link_local = true;
  LocalAddress v6;
  v6.text = "2001:db8::5";
  v6.ipv6 = true;
  v6.interface = "eth0";
  const LocalAddress docker = v4("172.17.0.1", "docker0", true);
  const LocalAddress global = v4("203.0.113.9", "eth0", false);
  const LocalAddress home = v4("192.168.1.20", "wlan0", true);
  CHECK(pick_lan_address({loopback, docker, v6, global, home}) == "192.168.1.20");
  CHECK(pick_lan_address({loopback, docker, v6, global}) == "203.0.113.9");
  CHECK(pick_lan_address({loopback, docker, v6}) == "2001:db8::5");
  CHECK(pick_lan_address({loopback, docker}) == "172.17.0.1");
  CHECK(pick_lan_address({loopback, link_local}).empty());
}
