// Where a link may lead this server: by the registries of special addresses.
#include <catch2/catch.hpp>
#include "server/previews/address_rules.h"

using namespace matinee::previews;

TEST_CASE("addresses that are not on the public internet are refused, in every spelling that reaches them") {
  for (const char* text : {"0.0.0.0",
                           "0.1.2.3",
                           "10.0.0.1",
                           "10.255.255.255",
                           "100.64.0.1",
                           "100.127.255.255",
                           "127.0.0.1",
                           "127.255.255.255",
                           "169.254.169.254",
                           "172.16.0.1",
                           "172.31.255.255",
                           "192.0.0.1",
                           "192.0.2.1",
                           "192.88.99.1",
                           "192.168.0.1",
                           "198.18.0.1",
                           "198.19.255.255",
                           "198.51.100.1",
                           "203.0.113.1",
                           "224.0.0.1",
                           "239.255.255.255",
                           "240.0.0.1",
                           "255.255.255.255",
                           "::",
                           "::1",
                           "::ffff:127.0.0.1",
                           "::ffff:10.0.0.1",
                           "::ffff:169.254.169.254",
                           "::127.0.0.1",
                           "64:ff9b::7f00:1",
                           "64:ff9b::a9fe:a9fe",
                           "64:ff9b:1::a00:1",
                           "2002:7f00:1::",
                           "2001::1",
                           "2001:db8::1",
                           "3fff::1",
                           "fc00::1",
                           "fd00:ec2::254",
                           "fd12::1",
                           "fe80::1",
                           "fec0::1",
                           "ff02::1",
                           "4000::1",
                           "100::1"}) {
    INFO(text);
    const auto address = read_address(text);
    REQUIRE(address);
    CHECK_FALSE(is_public(*address));
    CHECK_FALSE(may_be_asked(*address, false));
  }
}

TEST_CASE("public addresses are allowed, up to the edges of the special blocks") {
  for (const char* text :
       {"1.1.1.1",          "9.255.255.255",        "11.0.0.0",        "100.63.255.255",  "100.128.0.0", "126.255.255.255",
        "128.0.0.1",        "169.253.255.255",      "169.255.0.0",     "172.15.255.255",  "172.32.0.0",  "192.167.255.255",
        "192.169.0.0",      "198.17.255.255",       "198.20.0.0",      "223.255.255.255", "142.250.1.1", "::ffff:8.8.8.8",
        "64:ff9b::808:808", "2001:4860:4860::8888", "2606:4700::1111", "2a00:1450::1"}) {
    INFO(text);
    const auto address = read_address(text);
    REQUIRE(address);
    CHECK(may_be_asked(*address, false));
  }
}

TEST_CASE("with the local network allowed, link-local, metadata and multicast stay refused") {
  for (const char* text : {"127.0.0.1", "10.1.2.3", "192.168.1.5", "172.20.0.1", "100.100.1.1", "::1", "fd12::1", "::ffff:192.168.1.5"})
    CHECK(may_be_asked(read_address(text).value(), true));
  for (const char* text : {"169.254.169.254", "0.0.0.0", "224.0.0.1", "255.255.255.255", "fe80::1", "fd00:ec2::254", "ff02::1",
                           "::", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "2002:7f00:1::"})
    CHECK_FALSE(may_be_asked(read_address(text).value(), true));
}

TEST_CASE("what is no numeric address is none") {
  for (const char* text : {"", "localhost", "127.1", "0x7f.0.0.1", "1.2.3.4.5", "fe80::1%eth0", "[::1]"}) CHECK_FALSE(read_address(text));
}
