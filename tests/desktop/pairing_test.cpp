// What lets a desktop in and what it trusts: pairing letters, fingerprints, addresses, and the token file.
#include "videoproto/desktop/pairing.h"

#include <sys/stat.h>
#include <catch2/catch.hpp>

#include "tests/support/temp_folder.h"
#include "videoproto/desktop/credentials.h"

namespace matinee::desktop {
namespace {

Fingerprint print_of(unsigned first) {
  Fingerprint print{};
  for (std::size_t i = 0; i < print.size(); ++i) print[i] = static_cast<std::byte>(first + 37 * i);
  return print;
}

}  // namespace

TEST_CASE("pairing letters are read in any spelling and written back the same") {
  const std::string code = "MFRGGZDFMZTWQ2LK";
  const Fingerprint print = print_of(200);
  const std::string letters = write_pairing(code, std::span(print).first<short_print_bytes>());
  REQUIRE(letters.size() == pair_letters);
  std::string spelled;
  for (const char c : letters)
    spelled += std::string(1, static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c)) + (spelled.size() % 4 == 0 ? "-" : " ");
  for (const std::string& typed : {letters, spelled}) {
    const auto pairing = read_pairing(typed);
    REQUIRE(pairing);
    CHECK(pairing->code == code);
    CHECK(std::equal(pairing->print_begin.begin(), pairing->print_begin.end(), print.begin()));
  }
}

TEST_CASE("the fingerprint part is base32 of RFC 4648") {
  // base32 of 16 bytes 00 … 0f without padding, from Python's base64.b32encode.
  std::array<std::byte, short_print_bytes> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(i);
  CHECK(write_pairing("", bytes) == "AAAQEAYEAUDAOCAJBIFQYDIOB4");
}

TEST_CASE("letters that cannot be a pairing are refused") {
  const Fingerprint print = print_of(1);
  const std::string letters = write_pairing("MFRGGZDFMZTWQ2LK", std::span(print).first<short_print_bytes>());
  CHECK_FALSE(read_pairing(letters + "A"));
  CHECK_FALSE(read_pairing(letters.substr(1)));
  CHECK_FALSE(read_pairing("1" + letters.substr(1)));      // no 0, 1, 8, 9 in base32
  CHECK_FALSE(read_pairing(letters.substr(0, 41) + "B"));  // a bit behind the 128th
  CHECK_FALSE(read_pairing(""));
}

TEST_CASE("a certificate fits its own short and long pin and no other") {
  const Fingerprint print = print_of(9), other = print_of(10);
  const auto all = read_pin(to_hex(print)), half = read_pin(to_hex(print).substr(0, 32));
  REQUIRE(all);
  REQUIRE(half);
  CHECK(fits(*all, print));
  CHECK(fits(*half, print));
  CHECK_FALSE(fits(*all, other));
  CHECK_FALSE(fits(*half, other));
  CHECK_FALSE(fits({}, print));
  CHECK_FALSE(fits(Pin(8, print[0]), print));
  CHECK_FALSE(read_pin(to_hex(print).substr(0, 30)));
  CHECK_FALSE(read_pin("zz"));
}

TEST_CASE("addresses are HOST:PORT") {
  CHECK(read_address("films.example.org:8081") == Address{"films.example.org", 8081});
  CHECK(read_address("[::1]:1") == Address{"::1", 1});
  CHECK(show(Address{"::1", 1}) == "[::1]:1");
  for (const char* wrong : {"", "host", "host:", ":1", "host:0", "host:65536", "host:1x", "::1:1", "a b:1", "[]:1", "h/x:1"}) {
    INFO(wrong);
    CHECK_FALSE(read_address(wrong));
  }
  CHECK(is_loopback({"127.0.0.1", 1}));
  CHECK_FALSE(is_loopback({"10.0.0.1", 1}));
}

TEST_CASE("the token file is kept with mode 0600 and comes back as it was") {
  const test::TempFolder folder;
  const std::string file = folder.path() + "/deep/er/video-token";
  const Credentials kept{{"films.example.org", 8081}, Pin(32, std::byte{0xab}), "t-0123456789"};
  REQUIRE(save_credentials(file, kept));
  REQUIRE(save_credentials(file, kept));  // over the old one
  struct stat about {};
  REQUIRE(::stat(file.c_str(), &about) == 0);
  CHECK((about.st_mode & 0777U) == 0600U);
  const auto loaded = load_credentials(file);
  REQUIRE(loaded);
  CHECK(*loaded == kept);
}

TEST_CASE("a token file that others may read, is damaged or missing is answered by a sentence") {
  const test::TempFolder folder;
  const std::string file = folder.path() + "/video-token";
  CHECK(load_credentials(file).error().find("login") != std::string::npos);
  REQUIRE(save_credentials(file, {{"h", 1}, {}, "t"}));
  REQUIRE(::chmod(file.c_str(), 0640) == 0);
  CHECK(load_credentials(file).error().find("Others may read") != std::string::npos);
  folder.write("video-token", "server = nowhere\ntoken = x y\n");
  REQUIRE(::chmod(file.c_str(), 0600) == 0);
  CHECK(load_credentials(file).error().find("damaged") != std::string::npos);
  CHECK_FALSE(save_credentials("/proc/nowhere/token", {{"h", 1}, {}, "t"}));
}

}  // namespace matinee::desktop
