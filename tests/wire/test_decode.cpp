#include <catch2/catch.hpp>
#include <string>
#include "rooms/limits.h"
#include "server/wire/decode.h"

namespace matinee {
namespace {

using rooms::ErrorCode;
using wire::decode;

template <class E>
E event(std::string_view text) {
  auto message = decode(text);
  REQUIRE(message.has_value());
  return std::get<E>(std::get<rooms::Event>(message->body));
}

rooms::Error refusal(std::string_view text) {
  const auto message = decode(text);
  REQUIRE_FALSE(message.has_value());
  return message.error().error;
}

rooms::Error bad(std::string detail) { return {ErrorCode::bad_request, std::move(detail), 0}; }

TEST_CASE("a chat message is read with everything it says") {
  const auto post =
      event<rooms::PostChat>(R"({"type":"chat.post","id":"0123abcd","text":"h\u00e9llo\n\ud83d\ude00","reply_to":7,"again":true})");
  CHECK(post.id == "0123abcd");
  CHECK(post.text == "héllo\n😀");
  CHECK(post.reply_to == rooms::Seq{7});
  CHECK(post.again);
}

TEST_CASE("a join says its tab and what it has already seen") {
  const auto message = decode(R"({"type":"room.join","tab":"tab-0001","since":{"epoch":3,"seq":44,"rev":5},"ref":"j"})");
  REQUIRE(message.has_value());
  CHECK(message->ref == "j");
  const auto& join = std::get<wire::JoinRoom>(message->body);
  CHECK(join.tab == "tab-0001");
  REQUIRE(join.since.has_value());
  CHECK(join.since->epoch == 3);
  CHECK(join.since->seq == rooms::Seq{44});
  CHECK(join.since->rev == rooms::Revision{5});
}

TEST_CASE("changes of a message say which and what") {
  const auto event = [](std::string_view text) { return std::get<rooms::Event>(wire::decode(text)->body); };
  const auto edit = std::get<rooms::EditChat>(event(R"({"type":"chat.edit","seq":7,"text":" as sent "})"));
  CHECK(edit.seq == rooms::Seq{7});
  CHECK(edit.text == " as sent ");
  CHECK(std::get<rooms::DeleteChat>(event(R"({"type":"chat.delete","seq":7})")).seq == rooms::Seq{7});
  const auto react = std::get<rooms::React>(event(R"({"type":"chat.react","seq":7,"emoji":"👍","on":false})"));
  CHECK(react.emoji == "👍");
  CHECK_FALSE(react.on);
  const auto join = std::get<wire::JoinRoom>(
      wire::decode(R"({"type":"room.join","tab":"tab-0001","since":{"epoch":1,"seq":2,"rev":3,"change":4}})")->body);
  CHECK(join.since->change == rooms::ChangeNumber{4});
}

TEST_CASE("each playback command keeps its kind, target, base and operation") {
  using rooms::Command;
  const auto seek = event<rooms::PlaybackCommand>(R"({"type":"playback.seek","position_ms":61500.9,"base_rev":4,"op":"o1"})");
  CHECK(seek.command == Command::seek);
  CHECK(seek.position_ms == 61'500);
  CHECK(seek.base_rev == rooms::Revision{4});
  CHECK(seek.op == "o1");
  CHECK(event<rooms::PlaybackCommand>(R"({"type":"playback.play","position_ms":0,"base_rev":4,"op":"o"})").command == Command::play);
  CHECK(event<rooms::PlaybackCommand>(R"({"type":"playback.pause","position_ms":0,"base_rev":4,"op":"o"})").command == Command::pause);
  CHECK(event<rooms::PlaybackCommand>(R"({"type":"playback.start_now","base_rev":4,"op":"o"})").command == Command::timeout);
  const auto rate = event<rooms::PlaybackCommand>(R"({"type":"playback.rate","rate":1.25,"position_ms":5,"base_rev":4,"op":"o"})");
  CHECK(rate.command == Command::rate);
  CHECK(rate.rate == 1.25);
}

TEST_CASE("a pasted link becomes media, an empty one clears the stage, another is refused with the reason") {
  const auto set = event<rooms::SetMedia>(R"({"type":"playback.set","url":" https://youtu.be/dQw4w9WgXcQ?t=10 ","base_rev":0,"op":""})");
  REQUIRE(set.media.has_value());
  CHECK(set.media->video_id == "dQw4w9WgXcQ");
  CHECK(set.media->start_ms == 10'000);
  CHECK_FALSE(event<rooms::SetMedia>(R"({"type":"playback.set","url":"","base_rev":0,"op":""})").media.has_value());
  CHECK(refusal(R"json({"type":"playback.set","url":"javascript:alert(1)","base_rev":0,"op":""})json") ==
        rooms::Error{ErrorCode::bad_media, "scheme", 0});
}

TEST_CASE("settings change only what they name") {
  const auto change = event<rooms::ChangeSettings>(
      R"({"type":"room.settings","preset":"class","grants":{"owner":[],"moderator":["remove"],"member":["chat"],"guest":[]}})");
  CHECK(change.preset == rooms::Preset::classroom);
  CHECK_FALSE(change.name.has_value());
  CHECK_FALSE(change.policy.has_value());
  REQUIRE(change.grants.has_value());
  CHECK((*change.grants)[0].all());  // whatever is said of the owner
  CHECK((*change.grants)[1].test(static_cast<std::size_t>(rooms::Grant::remove)));
  CHECK_FALSE((*change.grants)[1].test(static_cast<std::size_t>(rooms::Grant::chat)));
  CHECK((*change.grants)[3].none());
}

TEST_CASE("signal data and probe times keep the spelling they came with") {
  const std::string data = R"json({ "x":1.10, "y" : "}\"," })json";
  CHECK(event<rooms::Signal>("{ \"data\" : " + data + " , \"type\":\"room.signal\"}").data == data);
  CHECK(event<rooms::Signal>(R"({"data":1,"type":"room.signal","data":[2]})").data == "[2]");
  const auto probe = decode(R"({"type":"clock.probe","t1":1234.50000000001,"rtt_ms":31.7})");
  REQUIRE(probe.has_value());
  CHECK(std::get<wire::ClockProbe>(probe->body).t1 == "1234.50000000001");
  CHECK(std::get<wire::ClockProbe>(probe->body).rtt_ms == 31);
}

TEST_CASE("an unknown type is refused with the asker's ref") {
  const auto refused = decode(R"({"type":"room.explode","ref":"r9"})");
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().error.code == ErrorCode::unknown_type);
  CHECK(refused.error().ref == "r9");
}

TEST_CASE("a refused chat message is named in the refusal") {
  const auto refused = decode(R"({"type":"chat.post","id":"abcdefgh","text":5})");
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().message_id == "abcdefgh");
  const auto nameless = decode(R"({"type":"chat.post","id":"<b>","text":5})");
  REQUIRE_FALSE(nameless.has_value());
  CHECK(nameless.error().message_id.empty());
}

TEST_CASE("what is no message at all is refused with the reason") {
  CHECK(refusal("") == bad("json"));
  CHECK(refusal("{") == bad("json"));
  CHECK(refusal("{} {}") == bad("json"));
  CHECK(refusal("[1]") == bad("object"));
  CHECK(refusal("null") == bad("object"));
  CHECK(refusal("{}") == bad("type"));
  CHECK(refusal(R"({"type":5})") == bad("type"));
  CHECK(refusal(R"({"type":""})") == bad("type"));
  CHECK(refusal(R"({"type":"chat.typing","on":true,"ref":5})") == bad("ref"));
  CHECK(refusal(R"({"type":"chat.typing","on":true,"ref":")" + std::string(37, 'r') + "\"}") == bad("ref"));
  CHECK(decode(R"({"type":"chat.typing","on":true,"ref":")" + std::string(36, 'r') + "\"}").has_value());
}

TEST_CASE("bytes that are no UTF-8 are refused wherever they stand") {
  const auto post = [](const std::string& text) { return R"({"type":"chat.post","id":"abcdefgh","text":")" + text + "\"}"; };
  for (const std::string good :
       {"\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"})
    CHECK(decode(post(good)).has_value());
  for (const std::string wrong : {"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xC2", "\xC2z", "\xE0\x9F\xBF", "\xE2\x82", "\xED\xA0\x80",
                                  "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "\xF0\x90\x80", "\xE2\x82z"})
    CHECK(refusal(post(wrong)) == bad("utf8"));
  CHECK(refusal("{\"type\":\"room.close\",\"\xFF\":1}") == bad("utf8"));
  CHECK(refusal("\xEF\xBB\xBF{\"type\":\"room.close\"}") == bad("json"));  // a byte order mark is UTF-8, but no JSON
  CHECK(refusal(post("\\ud800")) == bad("json"));                          // half of a pair, spelt in ASCII
  CHECK(refusal(post("\\udc00x")) == bad("json"));
}

TEST_CASE("a message may be nested eight deep and no deeper") {
  const auto nested = [](std::size_t arrays) {
    return R"({"type":"room.signal","data":)" + std::string(arrays, '[') + std::string(arrays, ']') + "}";
  };
  CHECK(decode(nested(7)).has_value());
  CHECK(refusal(nested(8)) == bad("depth"));
  CHECK(refusal(nested(8'000)) == bad("depth"));
}

TEST_CASE("a message may have 16 KiB and no more") {
  std::string text = R"({"type":"room.close","pad":"")";
  text.insert(text.size() - 1, wire::client_message_bytes_max - text.size() - 1, 'x');
  text += '}';
  REQUIRE(text.size() == wire::client_message_bytes_max);
  CHECK(decode(text).has_value());
  text.insert(text.size() - 2, "x");
  CHECK(refusal(text) == bad("size"));
}

TEST_CASE("a name a hundred times over is still one field") {
  std::string text = "{";
  for (int i = 0; i < 100; ++i) text += R"("type":"chat.typing",)";
  CHECK(decode(text + R"("on":true})").has_value());
}

}  // namespace
}  // namespace matinee
