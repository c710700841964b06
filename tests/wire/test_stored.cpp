#include <catch2/catch.hpp>
#include <string>
#include "server/wire/stored.h"

namespace matinee {
namespace {

rooms::RoomSnapshot full_snapshot() {
  rooms::RoomSnapshot s;
  s.info = {"K7QM3XFD", "Film \"night\"\n", rooms::Preset::custom, rooms::grants_of(rooms::Preset::stage), rooms::WaitPolicy::strict, {42},
            true};
  s.roles = {{{42}, rooms::Role::owner}, {{43}, rooms::Role::moderator}};
  s.blocks = {{{44}, "Mallory", 0}, {{45}, "Trudy", 99}};
  s.silenced = {{{46}, 0}, {{47}, 1'700'000'000'000}};
  s.playback.rev = {9};
  s.playback.phase = rooms::Phase::playing;
  s.playback.media = rooms::MediaRef{rooms::MediaKind::youtube, "https://www.youtube.com/watch?v=dQw4w9WgXcQ", "dQw4w9WgXcQ", 10'000, true};
  s.playback.position_ms = 61'500;
  s.playback.at_ms = 1'700'000'000'123;
  s.playback.rate = 1.25;
  s.playback.by = {42};
  s.playback.op = "op";
  s.playback.wait_until_ms = 8;
  s.queue.autoplay = false;
  s.queue.loop = rooms::Loop::all;
  s.queue.items = {{{1}, {rooms::MediaKind::file, "https://example.org/a.mp4", "", 1'000, false}, "the \"a\"", {42}, "Ann"},
                   {{2}, *s.playback.media, "", {43}, ""}};
  s.saved_at_ms = 1'700'000'000'456;
  return s;
}

TEST_CASE("a snapshot comes back as it was saved") {
  const auto saved = full_snapshot();
  const auto back = wire::decode_snapshot(wire::encode_snapshot(saved));
  REQUIRE(back.has_value());
  CHECK(back->info.code == saved.info.code);
  CHECK(back->info.name == saved.info.name);
  CHECK(back->info.preset == saved.info.preset);
  CHECK(back->info.policy == saved.info.policy);
  CHECK(back->info.owner == saved.info.owner);
  CHECK(back->info.guest_room);
  for (std::size_t role = 1; role < rooms::role_count; ++role) CHECK(back->info.grants[role] == saved.info.grants[role]);
  CHECK(back->roles == saved.roles);
  REQUIRE(back->blocks.size() == 2);
  CHECK(back->blocks[1].name == "Trudy");
  CHECK(back->blocks[1].until_ms == 99);
  CHECK(back->silenced == saved.silenced);
  CHECK(back->playback.rev == saved.playback.rev);
  CHECK(back->playback.phase == saved.playback.phase);
  CHECK(back->playback.media == saved.playback.media);
  CHECK(back->playback.position_ms == saved.playback.position_ms);
  CHECK(back->playback.at_ms == saved.playback.at_ms);
  CHECK(back->playback.rate == saved.playback.rate);
  CHECK(back->playback.by == saved.playback.by);
  CHECK(back->playback.op == saved.playback.op);
  CHECK(back->playback.wait_until_ms == saved.playback.wait_until_ms);
  CHECK(back->queue.autoplay == saved.queue.autoplay);
  CHECK(back->queue.loop == saved.queue.loop);
  REQUIRE(back->queue.items.size() == 2);
  CHECK(back->queue.items[0].title == saved.queue.items[0].title);
  CHECK(back->queue.items[0].by_name == "Ann");
  CHECK(back->queue.items[1].media == saved.queue.items[1].media);
  CHECK(back->saved_at_ms == saved.saved_at_ms);
  CHECK(wire::encode_snapshot(*back) == wire::encode_snapshot(saved));
}

TEST_CASE("a room saved before there was a queue, or with a damaged one, comes back without") {
  std::string bytes = wire::encode_snapshot(full_snapshot());
  const auto at = bytes.find(",\"queue\":");
  const auto end = bytes.find(",\"saved_at_ms\"");
  REQUIRE(at < end);
  const auto old = wire::decode_snapshot(bytes.substr(0, at) + bytes.substr(end));
  REQUIRE(old.has_value());
  CHECK(old->queue.items.empty());
  CHECK(old->queue.autoplay);
  const auto damaged =
      wire::decode_snapshot(bytes.substr(0, at) + R"(,"queue":{"loop":"round","items":[{"title":1}]})" + bytes.substr(end));
  REQUIRE(damaged.has_value());
  CHECK(damaged->queue.items.empty());
  CHECK(damaged->queue.loop == rooms::Loop::off);
}

TEST_CASE("an empty room's snapshot comes back empty") {
  const auto back = wire::decode_snapshot(wire::encode_snapshot({}));
  REQUIRE(back.has_value());
  CHECK_FALSE(back->playback.media.has_value());
  CHECK(back->roles.empty());
}

TEST_CASE("a damaged snapshot is no snapshot") {
  const std::string whole = wire::encode_snapshot(full_snapshot());
  for (std::size_t length = 0; length < whole.size(); length += 7) CHECK_FALSE(wire::decode_snapshot(whole.substr(0, length)).has_value());
  const auto replaced = [&](const std::string& what, const std::string& by) {
    std::string text = whole;
    const auto at = text.find(what);
    REQUIRE(at != std::string::npos);
    return text.replace(at, what.size(), by);
  };
  CHECK_FALSE(wire::decode_snapshot(replaced("\"version\":1", "\"version\":2")).has_value());
  CHECK_FALSE(wire::decode_snapshot(replaced("\"phase\":\"playing\"", "\"phase\":\"flying\"")).has_value());
  CHECK_FALSE(wire::decode_snapshot(replaced("\"kind\":\"youtube\"", "\"kind\":\"cinema\"")).has_value());
  CHECK_FALSE(wire::decode_snapshot(replaced("\"role\":\"moderator\"", "\"role\":\"king\"")).has_value());
  CHECK_FALSE(wire::decode_snapshot(replaced("\"until_ms\":99", "\"until_ms\":\"soon\"")).has_value());
  CHECK_FALSE(wire::decode_snapshot(replaced("\"rate\":1.25", "\"rate\":8")).has_value());
}

TEST_CASE("settings come back, and what is damaged leaves the room as it is") {
  const auto saved = full_snapshot().info;
  rooms::RoomInfo info;
  wire::decode_settings(wire::encode_settings(saved), info);
  CHECK(info.preset == saved.preset);
  CHECK(info.policy == saved.policy);
  CHECK(info.grants[3] == saved.grants[3]);
  rooms::RoomInfo untouched;
  wire::decode_settings("", untouched);
  wire::decode_settings("[]", untouched);
  wire::decode_settings(R"({"preset":"palace","wait_policy":7,"grants":{"member":[]}})", untouched);
  CHECK(untouched.preset == rooms::Preset::friends);
  CHECK(untouched.policy == rooms::WaitPolicy::fair);
  CHECK(untouched.grants == rooms::GrantTable{});
}

TEST_CASE("a preset alone brings its own grants") {
  rooms::RoomInfo info;
  wire::decode_settings(R"({"preset":"class"})", info);
  CHECK(info.preset == rooms::Preset::classroom);
  CHECK(info.grants == rooms::grants_of(rooms::Preset::classroom));
}

TEST_CASE("slow mode is kept with the settings, and a damaged one is none") {
  auto saved = full_snapshot();
  saved.info.slow_ms = 30'000;
  rooms::RoomInfo info;
  wire::decode_settings(wire::encode_settings(saved.info), info);
  CHECK(info.slow_ms == 30'000);
  CHECK(wire::decode_snapshot(wire::encode_snapshot(saved))->info.slow_ms == 30'000);
  rooms::RoomInfo other;
  wire::decode_settings(R"({"slow_ms":3600001})", other);
  CHECK(other.slow_ms == 0);
}

TEST_CASE("reactions come back in their order, and what is damaged is left out") {
  const std::vector<rooms::Reaction> reactions{{"👍", {{42}, {7}}}, {"❤️", {{9007199254740992}}}};
  const std::string bytes = wire::encode_reactions(reactions);
  CHECK(bytes == R"({"👍":[42,7],"❤️":[9007199254740992]})");
  CHECK(wire::decode_reactions(bytes) == reactions);
  CHECK(wire::encode_reactions({}).empty());
  for (const char* damaged : {"", "{", "[]", R"({"👍":7})", R"({"x":[7]})", R"({"👍":[]})", R"({"👍":["7",-1,0]})"}) {
    CAPTURE(damaged);
    CHECK(wire::decode_reactions(damaged).empty());
  }
}

TEST_CASE("a message's extra comes back, and an unreadable one is an ordinary message") {
  rooms::ChatMessage m;
  m.author_name = "Ann \"A\"";
  m.reply_to = rooms::Seq{4};
  m.media_url = "https://x.test/a.mp4";
  m.media_time_ms = 0;
  rooms::ChatMessage back;
  wire::decode_extra(wire::encode_extra(m), back);
  CHECK(back.author_name == m.author_name);
  CHECK(back.reply_to == m.reply_to);
  CHECK(back.media_url == m.media_url);
  CHECK(back.media_time_ms == 0);
  rooms::ChatMessage plain;
  wire::decode_extra("", plain);
  wire::decode_extra("\xFF{", plain);
  CHECK(plain.author_name.empty());
  CHECK(plain.media_time_ms == -1);
}

}  // namespace
}  // namespace matinee
