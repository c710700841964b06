#include <catch2/catch.hpp>

#include <algorithm>
#include <array>

#include "server/http/accept_language.h"
#include "server/http/content_types.h"
#include "server/http/cookies.h"
#include "server/http/file_answer.h"
#include "server/http/form.h"
#include "server/http/gzip.h"
#include "server/http/ranges.h"
#include "server/http/redirect.h"
#include "server/http/security_headers.h"
#include "server/http/target.h"

using namespace matinee::http;
using Kind = RangeResult::Kind;

TEST_CASE("redirects lead to our own paths only") {
  for (const char* own : {"/", "/rooms/K7QM-3XFD", "/a?b=c#d", "/a//b", "/a:b@c"}) CHECK(is_own_path(own));
  for (const char* foreign : {"", "a", "//evil", "/\\evil", "\\/evil", "http://evil", "javascript:alert(1)", "/\tevil", "/a\nb", "/a b",
                              " /a", "/a\\b", "/caf\xc3\xa9", "https:/a"})
    CHECK_FALSE(is_own_path(foreign));
  CHECK(is_own_path("/" + std::string(2047, 'a')));
  CHECK_FALSE(is_own_path("/" + std::string(2048, 'a')));
  CHECK(own_path_or("//evil", "/home") == "/home");
  CHECK(own_path_or("/mine", "/home") == "/mine");
}

TEST_CASE("paths are decoded, and what could fool a reader is refused") {
  CHECK(decode_path("/a%20b") == "/a b");
  CHECK(decode_path("/caf%C3%A9") == "/caf\xc3\xa9");
  CHECK(decode_path("/a+b") == "/a+b");
  for (const char* bad : {"/%", "/%2", "/%zz", "/%2F", "/%2f", "/%00", "/%FF", "/%C3"}) CHECK_FALSE(decode_path(bad));
  CHECK(encode_component("a b/\xc3\xa9~") == "a%20b%2F%C3%A9~");
}

TEST_CASE("forms are parsed within their bounds") {
  const auto form = Form::parse("name=Ann+B&text=caf%C3%A9%21&empty=&flag&name=second&&");
  REQUIRE(form);
  CHECK(form->value("name") == "Ann B");
  CHECK(form->value("text") == "caf\xc3\xa9!");
  CHECK(form->value("empty") == "");
  CHECK(form->value("flag") == "");
  CHECK_FALSE(form->value("absent"));
  CHECK(form->value_or_empty("absent").empty());
  CHECK(form->fields().size() == 5);
  CHECK(Form::parse("")->fields().empty());
  for (const char* bad : {"a=%", "a=%zz", "%00=a", "a=%00", "a=%FF"}) CHECK_FALSE(Form::parse(bad));
}

TEST_CASE("a form at each bound is taken and one beyond refused") {
  const FormLimits limits{3, 4, 5};
  CHECK(Form::parse("a=1&b=2&c=3", limits));
  CHECK_FALSE(Form::parse("a=1&b=2&c=3&d=4", limits));
  CHECK(Form::parse("aaaa=1", limits));
  CHECK_FALSE(Form::parse("aaaaa=1", limits));
  CHECK(Form::parse("a=12345", limits));
  CHECK_FALSE(Form::parse("a=123456", limits));
}

TEST_CASE("cookies are found by their exact name") {
  const char* field = "a=1; session=\"abc\";session2=x ;  b = 2 ;junk; =e; a=3";
  CHECK(find_cookie(field, "a") == "1");
  CHECK(find_cookie(field, "session") == "abc");
  CHECK(find_cookie(field, "session2") == "x");
  CHECK(find_cookie(field, "b") == "2");
  CHECK_FALSE(find_cookie(field, "junk"));
  CHECK_FALSE(find_cookie(field, "A"));
  CHECK_FALSE(find_cookie("", "a"));
  std::string many;
  for (int i = 0; i < 99; ++i) many += "x=1;";
  CHECK(find_cookie(many + "last=1", "last"));
  CHECK_FALSE(find_cookie(many + "x=1;last=1", "last"));
}

TEST_CASE("cookies are set for this site alone") {
  CHECK(make_set_cookie("s", "v", {}) == "s=v; Path=/; SameSite=Lax; HttpOnly");
  CHECK(make_set_cookie("__Host-s", "v", {.secure = true, .http_only = false, .max_age = std::chrono::seconds(60)}) ==
        "__Host-s=v; Path=/; SameSite=Lax; Secure; Max-Age=60");
  CHECK(make_clear_cookie("s", false) == "s=; Path=/; SameSite=Lax; HttpOnly; Max-Age=0");
}

TEST_CASE("ranges are judged by the table") {
  struct Row {
    const char* field;
    Kind kind;
    std::uint64_t offset;
    std::uint64_t length;
  };
  const Row table[] = {
      {"", Kind::whole, 0, 100},
      {"bytes=0-0", Kind::part, 0, 1},
      {"bytes=0-99", Kind::part, 0, 100},
      {"bytes=0-100", Kind::part, 0, 100},
      {"bytes=10-", Kind::part, 10, 90},
      {"bytes=99-", Kind::part, 99, 1},
      {"bytes=100-", Kind::unsatisfiable, 0, 0},
      {"bytes=-1", Kind::part, 99, 1},
      {"bytes=-100", Kind::part, 0, 100},
      {"bytes=-101", Kind::part, 0, 100},
      {"bytes=-0", Kind::unsatisfiable, 0, 0},
      {"bytes=5-4", Kind::whole, 0, 100},
      {"bytes=-", Kind::whole, 0, 100},
      {"bytes=a-b", Kind::whole, 0, 100},
      {"bytes=0-1,3-4", Kind::whole, 0, 100},
      {"items=0-1", Kind::whole, 0, 100},
      {"bytes=0-99999999999999999999999", Kind::part, 0, 100},
      {"bytes=99999999999999999999999-", Kind::unsatisfiable, 0, 0},
  };
  for (const Row& row : table) {
    INFO(row.field);
    const RangeResult got = parse_range(row.field, 100);
    CHECK(got.kind == row.kind);
    CHECK(got.offset == row.offset);
    CHECK(got.length == row.length);
  }
  CHECK(parse_range("bytes=0-", 0).kind == Kind::unsatisfiable);
  CHECK(parse_range("bytes=-5", 0).kind == Kind::unsatisfiable);
  CHECK(content_range({Kind::part, 10, 5}, 100) == "bytes 10-14/100");
  CHECK(content_range({Kind::unsatisfiable, 0, 0}, 100) == "bytes */100");
  CHECK(range_applies("", "\"e\""));
  CHECK(range_applies("\"e\"", "\"e\""));
  CHECK_FALSE(range_applies("\"f\"", "\"e\""));
  CHECK_FALSE(range_applies("W/\"e\"", "W/\"e\""));
  CHECK_FALSE(range_applies("Sat, 21 Nov 2026 00:00:00 GMT", "\"e\""));
}

TEST_CASE("ETags match alone, in a list, weakly and by the star") {
  for (const char* field : {"\"e\"", "W/\"e\"", "\"a\", \"e\"", "\"a\" , W/\"e\"", "*"}) CHECK(etag_matches(field, "\"e\""));
  for (const char* field : {"", "\"f\"", "e", "\"e", "\"ee\""}) CHECK_FALSE(etag_matches(field, "\"e\""));
}

TEST_CASE("gzip is given to those who take it") {
  for (const char* field : {"gzip", "deflate, gzip", "GZIP;q=1.0", "br, gzip ; q=0.5", "gzip;q=0.001"}) CHECK(accepts_gzip(field));
  for (const char* field : {"", "br", "gzip;q=0", "gzip;q=0.000", "gzipped", "*;q=0"}) CHECK_FALSE(accepts_gzip(field));
  const std::string text(10'000, 'a');
  const std::string small = gzip(text);
  CHECK(small.size() < 200);
  CHECK(small.substr(0, 2) == "\x1f\x8b");
}

TEST_CASE("content types come from the ending") {
  CHECK(content_type_of("a/b.min.js").value == "text/javascript; charset=utf-8");
  CHECK(content_type_of("x.css").compressible);
  CHECK_FALSE(content_type_of("x.png").compressible);
  CHECK(content_type_of("x").value == "application/octet-stream");
  CHECK(content_type_of("x.exe").value == "application/octet-stream");
}

TEST_CASE("the policy is the one the design names, with hash and frame sources filled in") {
  SecurityHeaderOptions options;
  options.script_hashes = {"sha256-abc="};
  options.frame_sources = "https://frames.test";
  CHECK(content_security_policy(options) ==
        "default-src 'none'; script-src 'self' 'sha256-abc='; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; manifest-src "
        "'self'; "
        "media-src 'self' blob: https: http:; connect-src 'self' https: http:; worker-src 'self' blob:; frame-src https://frames.test; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'self'");
  std::vector<Header> headers{{"Cache-Control", "public"}};
  security_headers(options)(headers);
  const auto has = [&](const char* name) {
    return std::count_if(headers.begin(), headers.end(), [&](const Header& h) { return h.name == name; });
  };
  CHECK(has("Content-Security-Policy") == 1);
  CHECK(has("X-Content-Type-Options") == 1);
  CHECK(has("Referrer-Policy") == 1);
  CHECK(has("Permissions-Policy") == 1);
  CHECK(has("Strict-Transport-Security") == 0);
  CHECK(has("Cache-Control") == 1);
  CHECK(headers.front().value == "public");
  std::vector<Header> script{{"Content-Type", "text/javascript; charset=utf-8"}};
  security_headers(options)(script);
  CHECK(std::any_of(script.begin(), script.end(), [](const Header& h) {
    return h.name == "Content-Security-Policy" &&
           h.value == "default-src 'none'; frame-ancestors 'self'; base-uri 'none'; form-action 'self'";
  }));
  CHECK(std::any_of(script.begin(), script.end(), [](const Header& h) { return h.name == "X-Content-Type-Options"; }));
  CHECK(std::none_of(script.begin(), script.end(), [](const Header& h) { return h.name == "Permissions-Policy"; }));
  std::vector<Header> drawing{{"Content-Type", "image/svg+xml"}};
  security_headers(options)(drawing);
  CHECK(std::any_of(drawing.begin(), drawing.end(), [](const Header& h) { return h.name == "Permissions-Policy"; }));
  std::vector<Header> secure;
  options.secure = true;
  security_headers(options)(secure);
  CHECK(std::any_of(secure.begin(), secure.end(), [](const Header& h) { return h.name == "Strict-Transport-Security"; }));
  CHECK(std::any_of(secure.begin(), secure.end(), [](const Header& h) { return h.name == "Cache-Control" && h.value == "no-store"; }));
  CHECK(script_hash("alert(1)") == "sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI=");
}

TEST_CASE("a browser gets the language it prefers most of those there are") {
  constexpr std::array<std::string_view, 2> ours{"en", "de"};
  const std::pair<const char*, const char*> rows[] = {
      {"de", "de"},
      {"de-AT,de;q=0.9,en;q=0.8", "de"},
      {"en-US,en;q=0.9,de;q=0.8", "en"},
      {"DE-ch", "de"},
      {"fr,de;q=0.5,en;q=0.4", "de"},
      {"en;q=0.3 , de ;q=0.7", "de"},
      {"en;q=0.8,de;q=0.8", "en"},  // the one named first
      {"de;q=1.000,en;q=0.999", "de"},
      {"fr,*;q=0.1", "en"},
      {"en;q=0,de;q=0.001", "de"},
      {"de;q=0", ""},
      {"fr-FR,nl", ""},
      {"", ""},
      {",,;,;q=1", ""},
      {"den,deutsch", ""},
      {"de;q=x,en;q=0.1", "en"},  // a quality that cannot be read refuses
      {"de;q=0.12345,en;q=0.1", "en"},
      {"de;q=,en;q=.5", ""},
  };
  for (const auto& [field, language] : rows) {
    INFO(field);
    CHECK(preferred_language(field, ours).value_or("") == language);
  }
  std::string long_field;
  while (long_field.size() < 16 * 1024) long_field += "xx;q=0.5,";
  CHECK(preferred_language(long_field + "de;q=0.1", ours) == "de");
}
