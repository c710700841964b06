#include <catch2/catch.hpp>
#include <string>
#include "server/wire/decode.h"
#include "server/wire/encode.h"
#include "server/wire/raw_member.h"

namespace matinee {
namespace {

std::string text_of(const rooms::Outgoing& message) {
  std::string out;
  wire::encode(message, out);
  return out;
}

rooms::ChatMessage chat() {
  rooms::ChatMessage m;
  m.seq = {12};
  m.id = "abcdefgh";
  m.author = {42};
  m.author_name = "Ann \"A\"";
  m.text = "1 < 2\n\ttab \\ end";
  m.at_ms = 1'700'000'000'123;
  return m;
}

TEST_CASE("a chat message says who, what and when") {
  CHECK(
      text_of(chat()) ==
      R"({"type":"chat.message","seq":12,"id":"abcdefgh","author":"42","name":"Ann \"A\"","text":"1 < 2\n\ttab \\ end","at_ms":1700000000123})");
  auto more = chat();
  more.reply_to = rooms::Seq{3};
  more.media_url = "https://x.test/a.mp4";
  more.media_time_ms = 0;
  CHECK(text_of(more).find(R"("reply_to":3,"media":"https://x.test/a.mp4","media_time_ms":0})") != std::string::npos);
}

TEST_CASE("an edited, a deleted and a reacted message say so") {
  auto m = chat();
  m.edited_at_ms = 1'700'000'000'999;
  m.reactions = {{"👍", {{42}, {43}}}, {"❤️", {{44}}}};
  CHECK(
      text_of(m).find(
          R"("edited_at_ms":1700000000999,"reactions":[{"emoji":"👍","count":2,"people":["42","43"]},{"emoji":"❤️","count":1,"people":["44"]}]})") !=
      std::string::npos);
  rooms::ChatMessage left;
  left.seq = {12};
  left.id = "abcdefgh";
  left.author = {42};
  left.author_name = "Ann";
  left.at_ms = 5;
  left.deleted = true;
  CHECK(text_of(left) ==
        R"({"type":"chat.message","seq":12,"id":"abcdefgh","author":"42","name":"Ann","text":"","at_ms":5,"deleted":true})");
}

TEST_CASE("changes of a message are told with their number") {
  CHECK(text_of(rooms::ChatEdited{{3}, {12}, "b\"", 9}) == R"({"type":"chat.edited","seq":12,"text":"b\"","edited_at_ms":9,"change":3})");
  CHECK(text_of(rooms::ChatDeleted{{4}, {12}, {42}}) == R"({"type":"chat.deleted","seq":12,"by":"42","change":4})");
  CHECK(text_of(rooms::ChatReactions{{5}, {12}, {}}) == R"({"type":"chat.reactions","seq":12,"reactions":[],"change":5})");
}

TEST_CASE("of each reaction at most fifty people are named, and all are counted") {
  rooms::Reaction crowd{"👍", {}};
  for (std::int64_t id = 1; id <= 50; ++id) crowd.people.push_back({id});
  CHECK(text_of(rooms::ChatReactions{{1}, {1}, {crowd}}).find(R"("count":50)") != std::string::npos);
  CHECK(text_of(rooms::ChatReactions{{1}, {1}, {crowd}}).find(R"("49","50"]})") != std::string::npos);
  crowd.people.push_back({51});
  CHECK(text_of(rooms::ChatReactions{{1}, {1}, {crowd}}).find(R"("count":51)") != std::string::npos);
  CHECK(text_of(rooms::ChatReactions{{1}, {1}, {crowd}}).find(R"("49","50"]})") != std::string::npos);
}

TEST_CASE("every control character is escaped and everything else is kept") {
  auto m = chat();
  m.text.clear();
  for (char c = 1; c < 0x20; ++c) m.text += c;
  m.text += "\x7F é 😀 \u2028 </script>";
  CHECK(
      wire::raw_member(text_of(m), "text") ==
      R"("\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\t\n\u000b\f\r\u000e\u000f\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f\u007f é 😀 )"
      "\u2028 </script>\"");
}

TEST_CASE("playback says the stage, or that it is empty") {
  rooms::PlaybackChanged idle;
  idle.epoch = 2;
  CHECK(text_of(idle) ==
        R"({"type":"playback.state","rev":0,"epoch":2,"phase":"idle","media":null,"position_ms":0,"at_ms":0,"rate":1,"by":"0","op":""})");
  rooms::PlaybackChanged waiting = idle;
  waiting.state.rev = {9};
  waiting.state.phase = rooms::Phase::waiting;
  waiting.state.media =
      rooms::MediaRef{rooms::MediaKind::youtube, "https://www.youtube.com/watch?v=dQw4w9WgXcQ", "dQw4w9WgXcQ", 10'000, true};
  waiting.state.rate = 1.25;
  waiting.state.by = {42};
  waiting.state.op = "o1";
  waiting.state.wait_until_ms = 77;
  waiting.waiting_for = {{5}, {6}};
  CHECK(
      text_of(waiting) ==
      R"({"type":"playback.state","rev":9,"epoch":2,"phase":"waiting","media":{"kind":"youtube","url":"https://www.youtube.com/watch?v=dQw4w9WgXcQ","video_id":"dQw4w9WgXcQ","start_ms":10000,"live":true},)"
      R"("position_ms":0,"at_ms":0,"rate":1.25,"by":"42","op":"o1","wait_until_ms":77,"waiting_for":["5","6"]})");
}

TEST_CASE("people are told with what is known of them and no more") {
  rooms::PresenceDiff diff;
  diff.changed.push_back({{42}, "Ann", rooms::PersonKind::account, rooms::Role::owner, -1, "", 0, 0, std::nullopt, "Zm9v"});
  diff.changed.push_back({{43}, "Bob", rooms::PersonKind::guest, rooms::Role::guest, 0, "playing", -12, 3'000, 8'500});
  diff.left.push_back({44});
  CHECK(
      text_of(diff) ==
      R"({"type":"presence.diff","changed":[{"id":"42","name":"Ann","kind":"account","role":"owner","avatar":"Zm9v"},)"
      R"({"id":"43","name":"Bob","kind":"guest","role":"guest","silenced_until_ms":0,"state":"playing","error_ms":-12,"ahead_ms":3000,"live_ms":8500}],"left":["44"]})");
  CHECK(text_of(rooms::PresenceDiff{}) == R"({"type":"presence.diff","changed":[],"left":[]})");
}

TEST_CASE("a welcome holds the room, its people, its stage and its conversation") {
  rooms::Welcome w;
  w.you = {42};
  w.room.code = "K7QM3XFD";
  w.room.name = "Film";
  w.room.preset = rooms::Preset::classroom;
  w.room.grants[0].set();
  w.room.grants[2].set(static_cast<std::size_t>(rooms::Grant::chat));
  w.room.policy = rooms::WaitPolicy::strict;
  w.room.owner = {42};
  w.live.desktops = 1;
  w.messages.push_back(chat());
  w.more_before = true;
  w.epoch = 3;
  w.seq = {12};
  w.server_time_ms = 5;
  w.resumed = true;
  CHECK(
      text_of(w) ==
      R"({"type":"room.welcome","you":"42","room":{"code":"K7QM3XFD","name":"Film","preset":"class","grants":{"owner":["chat","react","queue_add","play_now","control","reorder","skip","remove","block","stop_chat","edit_room","delete_messages","go_live"],"moderator":[],"member":["chat"],"guest":[]},)"
      R"("wait_policy":"strict","owner":"42","guest_room":false,"slow_ms":0,"access":"open"},"participants":[],)"
      R"("playback":{"rev":0,"epoch":3,"phase":"idle","media":null,"position_ms":0,"at_ms":0,"rate":1,"by":"0","op":""},)"
      R"("live":{"streams":[],"desktops":1,"windows":0,"frames":"none"},)"
      R"("queue":{"rev":0,"items":[],"autoplay":true,"loop":"off","votes":[],"votes_needed":0},"actions":[],)"
      R"("messages":[{"seq":12,"id":"abcdefgh","author":"42","name":"Ann \"A\"","text":"1 < 2\n\ttab \\ end","at_ms":1700000000123}],)"
      R"("more_before":true,"epoch":3,"seq":12,"server_time_ms":5,"resumed":true,"change":0})");
  w.change = {7};
  w.changed.push_back(chat());
  CHECK(text_of(w).find(R"("resumed":true,"change":7,"changed":[{"seq":12,"id":"abcdefgh",)") != std::string::npos);
  std::string told;
  wire::encode(w, told, "0.1.0+0123");
  CHECK_THAT(told, Catch::Matchers::EndsWith(R"("page_version":"0.1.0+0123"})"));
  std::string other;
  wire::encode(rooms::RoomClosed{}, other, "0.1.0+0123");
  CHECK(other == R"({"type":"room.closed"})");
}

TEST_CASE("what runs live is told stream by stream, with the desktops that show it") {
  rooms::LiveChanged changed;
  changed.live.streams.push_back(
      {7, rooms::LiveKind::screen, false, "My \"desk\"", {42}, "Ann", 1280, 720, 30, true, false, 3, {rooms::LiveForm::mjpeg}, {"jpeg"}});
  changed.live.streams.push_back({8, rooms::LiveKind::link, true, "", {43}, "Bob", 640, 360, 25, false, true, 0});
  changed.live.streams.push_back({4'294'967'296,
                                  rooms::LiveKind::feed,
                                  false,
                                  "Garden",
                                  {42},
                                  "Ann",
                                  0,
                                  0,
                                  0,
                                  true,
                                  true,
                                  1,
                                  {rooms::LiveForm::ts, rooms::LiveForm::webm, rooms::LiveForm::mp4},
                                  {"h264", "aac"},
                                  true});
  changed.live.desktops = 3;
  changed.live.windows = 2;
  changed.live.frames = rooms::VideoFrames::live;
  CHECK(
      text_of(changed) ==
      R"({"type":"live.changed","live":{"streams":[{"id":7,"kind":"screen","room_video":false,"title":"My \"desk\"","publisher":"42","name":"Ann","width":1280,"height":720,"fps":30,"sound":true,"online":false,"viewers":3,"forms":["mjpeg"],"codecs":["jpeg"]},)"
      R"({"id":8,"kind":"link","room_video":true,"title":"","publisher":"43","name":"Bob","width":640,"height":360,"fps":25,"sound":false,"online":true,"viewers":0,"forms":[],"codecs":[]},)"
      R"({"id":4294967296,"kind":"feed","room_video":false,"title":"Garden","publisher":"42","name":"Ann","width":0,"height":0,"fps":0,"sound":true,"online":true,"viewers":1,"forms":["ts","webm","mp4"],"codecs":["h264","aac"],"still":true}],)"
      R"("desktops":3,"windows":2,"frames":"live"}})");
  for (const auto& [kind, name] : {std::pair{rooms::LiveKind::camera, R"("kind":"camera")"}, {rooms::LiveKind::file, R"("kind":"file")"}}) {
    changed.live.streams[0].kind = kind;
    CHECK(text_of(changed).find(name) != std::string::npos);
  }
  for (const auto& [frames, name] : {std::pair{rooms::VideoFrames::none, R"("frames":"none")"},
                                     {rooms::VideoFrames::asking, R"("frames":"asking")"},
                                     {rooms::VideoFrames::nobody, R"("frames":"nobody")"}}) {
    changed.live.frames = frames;
    CHECK(text_of(changed).find(name) != std::string::npos);
  }
}

TEST_CASE("that a stream is recorded is told with whose recording it is, and why it broke off") {
  rooms::LiveChanged changed;
  rooms::LiveStream stream;
  stream.recording = rooms::LiveRecording{{42}, "Ann", 1'700'000'000'123};
  changed.live.streams.push_back(stream);
  CHECK(text_of(changed).find(R"("codecs":[],"recording":{"by":"42","name":"Ann","since_ms":1700000000123}}])") != std::string::npos);
  using End = rooms::RecordingEnd;
  for (const auto& [end, word] : {std::pair{End::disk_full, "disk_full"},
                                  {End::quota, "quota"},
                                  {End::too_long, "too_long"},
                                  {End::too_large, "too_large"},
                                  {End::changed, "changed"},
                                  {End::unreadable, "unreadable"},
                                  {End::deleted, "deleted"},
                                  {End::trouble, "trouble"}}) {
    changed.live.streams[0].recording->ended = end;
    CHECK(text_of(changed).find(R"("since_ms":1700000000123,"ended":")" + std::string(word) + "\"}") != std::string::npos);
  }
}

TEST_CASE("the queue and the history are told whole") {
  rooms::QueueView view;
  view.queue.rev = {3};
  view.queue.loop = rooms::Loop::one;
  view.queue.items = {{{7}, {rooms::MediaKind::file, "https://example.org/a.mp4", "", 0, false}, "the \"a\"", {42}, "Ann"}};
  view.votes = {{42}};
  view.votes_needed = 2;
  CHECK(text_of(rooms::QueueChanged{view}) ==
        R"({"type":"queue.state","queue":{"rev":3,"items":[{"id":7,"media":{"kind":"file","url":"https://example.org/a.mp4","start_ms":0},)"
        R"("title":"the \"a\"","by":"42","name":"Ann"}],"autoplay":true,"loop":"one","votes":["42"],"votes_needed":2}})");
  CHECK(text_of(rooms::ActionsChanged{{{5, rooms::ActionKind::jumped, {42}, "Ann", "600000", 1'700'000'000'000, true}}}) ==
        R"({"type":"room.history","actions":[{"id":5,"what":"jumped","by":"42","name":"Ann","detail":"600000","at_ms":1700000000000,)"
        R"("can_undo":true}]})");
}

TEST_CASE("the short messages have their own shapes") {
  CHECK(text_of(rooms::TypingNow{{42}, true}) == R"({"type":"chat.typing","person":"42","on":true})");
  CHECK(text_of(rooms::RoomClosed{}) == R"({"type":"room.closed"})");
  CHECK(text_of(rooms::SignalFrom{{42}, R"({"e":"🎉"})"}) == R"({"type":"room.signal","from":"42","data":{"e":"🎉"}})");
  CHECK(text_of(rooms::BlockedPeople{{{{7}, "Eve \"E\""}}}) == R"({"type":"room.blocked","people":[{"id":"7","name":"Eve \"E\""}]})");
  CHECK(text_of(rooms::YouWere{"removed", {42}}) == R"({"type":"you.were","what":"removed","by":"42"})");
  rooms::RoomChanged changed;
  changed.by = {42};
  CHECK(text_of(changed).find(R"({"type":"room.changed","room":{"code":"","name":"","preset":"friends")") == 0);
  CHECK(text_of(changed).find(R"("guest_room":false,"slow_ms":0,"access":"open"},"by":"42"})") != std::string::npos);
}

TEST_CASE("answers carry the ref they answer") {
  std::string out;
  wire::encode_ok({{{1}, "r\"1"}, std::nullopt, rooms::Revision{4}}, out);
  CHECK(out == R"({"type":"ok","ref":"r\"1","rev":4})");
  out.clear();
  wire::encode_error({rooms::ErrorCode::slow_down, "", 1'500}, "", "abcdefgh", out);
  CHECK(wire::raw_member(out, "id") == "\"abcdefgh\"");
  CHECK(wire::raw_member(out, "code") == "\"slow_down\"");
  CHECK(wire::raw_member(out, "retry_ms") == "1500");
  CHECK(wire::raw_member(out, "ref").empty());
  CHECK(wire::raw_member(out, "detail").empty());
  out.clear();
  wire::encode_error({rooms::ErrorCode::bad_media, "look_alike", 0}, "r2", "", out);
  CHECK(wire::raw_member(out, "ref") == "\"r2\"");
  CHECK(wire::raw_member(out, "detail") == "\"look_alike\"");
  CHECK(wire::raw_member(out, "message").size() > 10);
}

TEST_CASE("a clock reply echoes the probe's own spelling") {
  std::string out;
  wire::encode_clock_reply("1234.50", 1'700'000'000'000.25, 1'700'000'000'000.5, out);
  CHECK(out == R"({"type":"clock.reply","t1":1234.50,"t2":1700000000000.25,"t3":1700000000000.5})");
}

TEST_CASE("a page of history is a list of messages") {
  std::string out;
  const rooms::ChatMessage messages[] = {chat()};
  wire::encode_chat_page("h1", messages, true, out);
  CHECK(out.find(R"({"type":"chat.page","ref":"h1","messages":[{"seq":12,)") == 0);
  CHECK(out.find(R"(}],"more_before":true})") != std::string::npos);
}

TEST_CASE("a buffer that has grown once is not allocated again") {
  std::string out;
  wire::encode(chat(), out);
  const auto* where = out.data();
  const auto capacity = out.capacity();
  out.clear();
  wire::encode(chat(), out);
  CHECK(out.data() == where);
  CHECK(out.capacity() == capacity);
}

TEST_CASE("the door: who asks, what the answer is, where a room is now") {
  rooms::KnockedPeople knocked;
  CHECK(text_of(knocked) == R"({"type":"room.knocked","people":[]})");
  knocked.people.push_back({{42}, "Ann \"A\"", rooms::PersonKind::guest, true, "192.0.2.7"});
  knocked.people.push_back({{43}, "Ben", rooms::PersonKind::account, false});
  CHECK(text_of(knocked) ==
        R"({"type":"room.knocked","people":[{"id":"42","name":"Ann \"A\"","kind":"guest"},{"id":"43","name":"Ben","kind":"account"}]})");
  CHECK(text_of(rooms::Admitted{true, {}}) == R"({"type":"room.admitted","on":true})");
  CHECK(text_of(rooms::Admitted{false, "nobody"}) == R"({"type":"room.admitted","on":false,"why":"nobody"})");
  CHECK(text_of(rooms::RoomMoved{"ABCD2345"}) == R"({"type":"room.moved","code":"ABCD2345"})");
}

}  // namespace
}  // namespace matinee
