#include <catch2/catch.hpp>
#include <set>
#include "rooms/person.h"
#include "rooms/result.h"
#include "rooms/room_code.h"

using namespace matinee::rooms;

TEST_CASE("every error code has a wire name of its own, a status and a sentence", "[rooms]") {
  std::set<std::string_view> names;
  for (int code = 0; code <= static_cast<int>(ErrorCode::internal); ++code) {
    const ErrorInfo& entry = info(static_cast<ErrorCode>(code));
    CAPTURE(code, entry.wire_name);
    CHECK(names.insert(entry.wire_name).second);
    CHECK(entry.http_status >= 400);
    CHECK(entry.http_status < 600);
    CHECK(entry.sentence.back() == '.');
  }
}

TEST_CASE("the table of error codes is the one of the protocol", "[rooms]") {
  struct Row {
    ErrorCode code;
    std::string_view name;
    int status;
  };
  const Row rows[] = {
      {ErrorCode::bad_request, "bad_request", 400},
      {ErrorCode::unknown_type, "unknown_type", 400},
      {ErrorCode::not_joined, "not_joined", 409},
      {ErrorCode::already_joined, "already_joined", 409},
      {ErrorCode::no_such_room, "no_such_room", 404},
      {ErrorCode::room_full, "room_full", 503},
      {ErrorCode::room_closed, "room_closed", 410},
      {ErrorCode::forbidden, "forbidden", 403},
      {ErrorCode::silenced, "silenced", 403},
      {ErrorCode::slow_down, "slow_down", 429},
      {ErrorCode::too_long, "too_long", 400},
      {ErrorCode::empty_text, "empty_text", 400},
      {ErrorCode::bad_text, "bad_text", 400},
      {ErrorCode::stale, "stale", 409},
      {ErrorCode::bad_media, "bad_media", 400},
      {ErrorCode::no_media, "no_media", 409},
      {ErrorCode::unknown_person, "unknown_person", 404},
      {ErrorCode::cannot_target, "cannot_target", 403},
      {ErrorCode::storage_unavailable, "storage_unavailable", 503},
      {ErrorCode::not_found, "not_found", 404},
      {ErrorCode::unauthorised, "unauthorised", 401},
      {ErrorCode::conflict, "conflict", 409},
      {ErrorCode::internal, "internal", 500},
  };
  for (const Row& row : rows) {
    CHECK(info(row.code).wire_name == row.name);
    CHECK(info(row.code).http_status == row.status);
  }
}

namespace {
bool has(const GrantTable& table, Role role, Grant grant) {
  return table.at(static_cast<std::size_t>(role)).test(static_cast<std::size_t>(grant));
}
}  // namespace

TEST_CASE("roles, grants and presets have names that read back", "[rooms]") {
  for (std::size_t i = 0; i < role_count; ++i) CHECK(role_from(to_string(static_cast<Role>(i))) == static_cast<Role>(i));
  for (std::size_t i = 0; i < grant_count; ++i) CHECK(grant_from(to_string(static_cast<Grant>(i))) == static_cast<Grant>(i));
  for (const Preset preset : {Preset::friends, Preset::classroom, Preset::stage, Preset::custom})
    CHECK(preset_from(to_string(preset)) == preset);
  CHECK(to_string(Preset::classroom) == "class");
  CHECK_FALSE(role_from("admin"));
  CHECK_FALSE(grant_from(""));
  CHECK_FALSE(preset_from("Friends"));
}

TEST_CASE("an owner has every grant in every preset", "[rooms]") {
  for (const Preset preset : {Preset::friends, Preset::classroom, Preset::stage, Preset::custom}) CHECK(grants_of(preset).front().all());
}

TEST_CASE("among friends everybody moves the film and nobody but moderators moves people", "[rooms]") {
  const GrantTable table = grants_of(Preset::friends);
  for (const Role role : {Role::member, Role::guest}) {
    for (const Grant grant :
         {Grant::chat, Grant::react, Grant::queue_add, Grant::play_now, Grant::control, Grant::reorder, Grant::skip, Grant::go_live}) {
      CHECK(has(table, role, grant));
    }
    for (const Grant grant : {Grant::remove, Grant::block, Grant::stop_chat, Grant::edit_room, Grant::delete_messages})
      CHECK_FALSE(has(table, role, grant));
  }
  CHECK(has(table, Role::moderator, Grant::remove));
  CHECK(has(table, Role::moderator, Grant::block));
}

TEST_CASE("in a class moderators control and the others suggest", "[rooms]") {
  const GrantTable table = grants_of(Preset::classroom);
  CHECK(has(table, Role::moderator, Grant::control));
  CHECK_FALSE(has(table, Role::member, Grant::control));
  CHECK_FALSE(has(table, Role::member, Grant::play_now));
  CHECK(has(table, Role::guest, Grant::queue_add));
  CHECK(has(table, Role::guest, Grant::chat));
}

TEST_CASE("on a stage only the owner controls, and the chat is open", "[rooms]") {
  const GrantTable table = grants_of(Preset::stage);
  for (const Role role : {Role::moderator, Role::member, Role::guest}) {
    CHECK_FALSE(has(table, role, Grant::control));
    CHECK_FALSE(has(table, role, Grant::play_now));
    CHECK(has(table, role, Grant::chat));
  }
  CHECK(has(table, Role::moderator, Grant::block));
}

TEST_CASE("a code is eight letters of 32, made from 40 bits", "[rooms]") {
  CHECK(make_room_code(0) == "00000000");
  CHECK(make_room_code(~0ULL) == "ZZZZZZZZ");
  CHECK(make_room_code(1ULL << 40U) == "00000000");
  CHECK(make_room_code(31ULL << 35U) == "0000000Z");
  std::set<std::string> letters;
  for (std::uint64_t bits = 0; bits < 32; ++bits) letters.insert(make_room_code(bits).substr(0, 1));
  CHECK(letters.size() == 32);
  for (const char* look_alike : {"I", "L", "O", "U"}) CHECK(letters.count(look_alike) == 0);
}

TEST_CASE("every code that is made is read back, with and without the dash", "[rooms]") {
  std::uint64_t bits = 88'172'645'463'325'252ULL;
  for (int i = 0; i < 1'000; ++i) {
    bits ^= bits << 13U;
    bits ^= bits >> 7U;
    bits ^= bits << 17U;
    const std::string code = make_room_code(bits);
    REQUIRE(read_room_code(code) == code);
    REQUIRE(read_room_code(show_room_code(code)) == code);
  }
}

TEST_CASE("a code is read however a person types it", "[rooms]") {
  const char* same[] = {"K7QM3XFD",
                        "K7QM-3XFD",
                        "k7qm-3xfd",
                        " K7QM 3XFD ",
                        "k7qm3xfd\n",
                        "K7QM\xE2\x80\x93"
                        "3XFD",
                        "K-7-Q-M-3-X-F-D",
                        "K7QM_3XFD"};
  for (const char* typed : same) {
    CAPTURE(typed);
    CHECK(read_room_code(typed) == "K7QM3XFD");
  }
  CHECK(read_room_code("oO0iI1lL") == "00011111" + std::string());
  CHECK(read_room_code("uvUV0000") == "VVVV0000");
  CHECK(show_room_code("K7QM3XFD") == "K7QM-3XFD");
  CHECK(show_room_code("short") == "short");
}

TEST_CASE("what is no code is not read as one", "[rooms]") {
  for (const char* typed : {"", "K7QM3XF", "K7QM3XFDA", "K7QM/3XFD", "K7QM3XF!", "K7QM3XF\xC3\x84", "--------",
                            "K7QM\xE2\x80"
                            "3XFD"}) {
    CAPTURE(typed);
    CHECK_FALSE(read_room_code(typed));
  }
}
