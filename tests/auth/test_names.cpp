#include <catch2/catch.hpp>
#include <set>
#include <string>

#include "server/auth/names.h"

namespace matinee::test {

using namespace auth;

namespace {

std::string times(std::size_t count, std::string_view text) {
  std::string all;
  for (std::size_t index = 0; index < count; ++index) all += text;
  return all;
}
std::string shown(std::string_view typed) {
  const auto name = check_name(typed);
  return name ? name->shown : "refused: " + std::string(to_string(name.error()));
}
std::string key(std::string_view typed) { return check_name(typed).value().key; }

}  // namespace

TEST_CASE("names of any script, with symbols and pictures, are kept") {
  for (const char* name :
       {"Anna", "Łukasz", "Мария", "山田 太郎", "محمد", "O'Neil-Smith", "😀 Ben", "x", "R2-D2", "I ❤️ film", "<b>Ben</b>", "நிலா"}) {
    CAPTURE(name);
    CHECK(shown(name) == name);
  }
}

TEST_CASE("a name is trimmed and each run of blanks becomes one space") {
  CHECK(shown("  Anna   Lena \t") == "Anna Lena");
  CHECK(shown("Anna\u00A0\u3000Lena") == "Anna Lena");
}

TEST_CASE("a name is kept in composed form") { CHECK(shown("Jose\u0301") == "Jos\u00E9"); }

TEST_CASE("names that differ in case, width or form have the same key") {
  CHECK(key("ANNA") == key("anna"));
  CHECK(key("Straße") == key("STRASSE"));
  CHECK(key("Jose\u0301") == key("JOS\u00C9"));
  CHECK(key("\uFF21nna") == key("Anna"));
  CHECK(key("\u017Furf") == key("Surf"));
  CHECK(key("I \u2764\uFE0F film") == key("i \u2764 FILM"));
  CHECK(key("Anna") != key("Anne"));
}

TEST_CASE("a name has at most 32 characters, counted as people count") {
  CHECK(shown(times(32, "ä")) == times(32, "ä"));
  CHECK(shown(times(33, "ä")) == "refused: name_too_long");
  CHECK(shown(times(32, "a\u0301")) == times(32, "á"));
  CHECK(shown("  " + times(32, "a") + "  ") == times(32, "a"));
  CHECK(shown(times(1'025, "a")) == "refused: name_too_long");
}

TEST_CASE("an empty name is refused as empty") {
  CHECK(shown("") == "refused: name_empty");
  CHECK(shown(" \t\n") == "refused: name_empty");
  CHECK(shown("\u3000\u00A0") == "refused: name_empty");
}

TEST_CASE("control characters, zero-width, bidi, invisible letters, private and unassigned code points are refused") {
  for (const char* name :
       {"An\tna",     "An\nna",         "An\x1bna",   "An\x7fna",     "An\u0085na", "An\u200Bna", "An\u200Dna", "An\u200Cna",
        "An\uFEFFna", "An\u00ADna",     "An\u202Ena", "An\u202Ana",   "An\u2066na", "An\u2069na", "An\u200Ena", "An\u061Cna",
        "An\u2028na", "An\u2029na",     "\u3164",     "\u115F\u1160", "\uFFA0",     "\u2800",     "An\u034Fna", "An\u180Ena",
        "An\uE000na", "An\U000E0041na", "An\uFFFFna", "An\u0378na",   "An\uFE0Fna", "\uFE0F",     "An\u2060na", "An\u206Ana"}) {
    CAPTURE(name);
    CHECK(shown(name) == "refused: name_bad_character");
  }
  CHECK(shown(std::string_view("An\0na", 5)) == "refused: name_bad_character");
}

TEST_CASE("accents stack three high on a letter and never stand alone") {
  CHECK(shown("q\u0300\u0301\u0302") == "q\u0300\u0301\u0302");
  CHECK(shown("q\u0300\u0301\u0302\u0303") == "refused: name_bad_character");
  CHECK(shown("\u0301a") == "refused: name_bad_character");
  CHECK(shown("a \u0301b") == "refused: name_bad_character");
}

TEST_CASE("bytes that are no UTF-8 are refused") {
  for (const char* name : {"An\xff", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "An\xe2\x82", "\x80"})
    CHECK(shown(name) == "refused: name_not_text");
}

TEST_CASE("a name has no @, so that it is never mistaken for an e-mail address") { CHECK(shown("anna@home") == "refused: name_has_at"); }

TEST_CASE("e-mail addresses are checked for their shape only") {
  for (const char* good : {"a@b.c", "anna.lena+film@mail.example.org", " anna@example.org ", "o'neil@example.org", "дядя@пример.рф"}) {
    CAPTURE(good);
    CHECK(check_email(good).has_value());
  }
  for (const char* bad : {"", "anna", "@example.org", "anna@", "anna@example", "anna@.org", "anna@example.", "anna@exa..mple.org",
                          "a@b@c.org", "an na@example.org", "anna@exam ple.org", "an\nna@example.org", "<anna@example.org>",
                          "anna@example.org,ben@example.org", "a\x7f@b.c", "a\xff@b.c"}) {
    CAPTURE(bad);
    REQUIRE_FALSE(check_email(bad).has_value());
    CHECK(check_email(bad).error() == FieldError::email_malformed);
  }
  CHECK(check_email(" Anna@Example.org ")->shown == "Anna@Example.org");
  CHECK(check_email("Anna@Example.org")->key == check_email("anna@EXAMPLE.ORG")->key);
}

TEST_CASE("an e-mail address has at most 254 bytes, 64 before the @") {
  const std::string longest = times(64, "a") + "@" + times(185, "b") + ".org";
  REQUIRE(longest.size() == 254);
  CHECK(check_email(longest).has_value());
  CHECK(check_email("a@" + times(249, "b") + ".org").error() == FieldError::email_too_long);
  CHECK(check_email(times(65, "a") + "@b.org").error() == FieldError::email_malformed);
}

TEST_CASE("a password has 8 to 256 bytes and may hold anything") {
  CHECK(check_password("1234567").error() == FieldError::password_too_short);
  CHECK(check_password("12345678").has_value());
  CHECK(check_password(times(256, "x")).has_value());
  CHECK(check_password(times(257, "x")).error() == FieldError::password_too_long);
  CHECK(check_password(std::string_view(" \0 \xff  \n ", 8)).has_value());
}

TEST_CASE("what is typed to log in is looked up as a name or as an e-mail, never as both") {
  CHECK(log_in_keys("ANNA").name_key == key("anna"));
  CHECK(log_in_keys("ANNA").email_key.empty());
  CHECK(log_in_keys("Anna@Example.org").name_key.empty());
  CHECK(log_in_keys("Anna@Example.org").email_key == check_email("anna@example.org")->key);
  CHECK(log_in_keys("a@b").email_key.empty());
  CHECK(log_in_keys("\u200B").name_key.empty());
}

TEST_CASE("every refusal of a field has a word of its own") {
  std::set<std::string_view> words;
  for (int code = 0; code <= static_cast<int>(FieldError::password_missing); ++code) words.insert(to_string(static_cast<FieldError>(code)));
  CHECK(words.size() == static_cast<std::size_t>(FieldError::password_missing) + 1);
  CHECK(words.count("unknown") == 0);
}

}  // namespace matinee::test
