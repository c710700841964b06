// Every message type × every field × everything that can be wrong with it.
#include <catch2/catch.hpp>
#include <string>
#include <vector>
#include "server/wire/decode.h"

namespace matinee {
namespace {

using wire::decode;

enum class Need { required, optional };
struct Field {
  std::string name;
  std::vector<std::string> good;  // the first one is used while other fields are tried
  std::vector<std::string> bad;
  Need need = Need::required;
  std::string detail = {};  // when it is not the name
};
struct Type {
  std::string name;
  std::vector<Field> fields;
};

std::string quoted(std::size_t length, char c = 'a') { return '"' + std::string(length, c) + '"'; }

const std::vector<std::string> not_string{"1", "true", "{}", "[]", "1.5"};
const std::vector<std::string> not_number{"\"1\"", "true", "{}", "[1]"};
const std::vector<std::string> not_bool{"0", "1", "\"true\"", "{}", "[]"};
const std::vector<std::string> not_object{"0", "\"x\"", "true", "[]"};

std::vector<std::string> with(std::vector<std::string> list, const std::vector<std::string>& more) {
  list.insert(list.end(), more.begin(), more.end());
  return list;
}

const std::string two_to_53 = "9007199254740992";
const std::string beyond_53 = "9007199254740993";
const std::string seven_days = "604800000";

Field count(const std::string& name) {
  return {name, {"7", "0", "7.0", two_to_53}, with(not_number, {"-1", "0.5", beyond_53, "1e300", "18446744073709551615"})};
}
Field position(const std::string& name) {
  return {name, {"1500", "0", "12.75", seven_days}, with(not_number, {"-1", "604800001", "1e300"})};
}
Field seq() { return {"seq", {"3", "1", two_to_53}, with(not_number, {"0", "-1", "1.5", beyond_53})}; }
Field person() {
  return {"person",
          {"\"42\"", "\"1\"", '"' + two_to_53 + '"'},
          with(not_string, {"\"\"", "\"0\"", "\"-1\"", "\"4x\"", "\" 4\"", "\"+4\"", '"' + beyond_53 + '"', "\"99999999999999999999\""})};
}
Field token(const std::string& name) {
  return {name,
          {quoted(8), quoted(36), "\"aZ09_-aZ\""},
          with(not_string, {"\"\"", quoted(7), quoted(37), "\"with blank\"", "\"punkt.punkt\"", "\"überlänge\""})};
}
Field boolean(const std::string& name) { return {name, {"true", "false"}, not_bool}; }
Field op() { return {"op", {"\"op-1\"", "\"\"", quoted(36)}, with(not_string, {quoted(37)})}; }

std::vector<Field> command(std::vector<Field> fields) {
  fields.push_back(count("base_rev"));
  fields.push_back(op());
  return fields;
}

const std::vector<Type>& types() {
  static const std::vector<Type> all{
      {"room.join",
       {token("tab"),
        {"since", {R"({"epoch":1,"seq":2,"rev":3})", R"({"epoch":0,"seq":0,"rev":0,"more":1})"}, not_object, Need::optional},
        {"since",
         {R"({"epoch":1,"seq":2,"rev":3})"},
         {R"({"seq":2,"rev":3})", R"({"epoch":"1","seq":2,"rev":3})", R"({"epoch":-1,"seq":2,"rev":3})"},
         Need::optional,
         "since.epoch"},
        {"since",
         {R"({"epoch":1,"seq":2,"rev":3})"},
         {R"({"epoch":1,"rev":3})", R"({"epoch":1,"seq":0.5,"rev":3})"},
         Need::optional,
         "since.seq"},
        {"since",
         {R"({"epoch":1,"seq":2,"rev":3})"},
         {R"({"epoch":1,"seq":2})", R"({"epoch":1,"seq":2,"rev":[]})"},
         Need::optional,
         "since.rev"},
        {"since",
         {R"({"epoch":1,"seq":2,"rev":3,"change":0})", R"({"epoch":1,"seq":2,"rev":3,"change":null})"},
         {R"({"epoch":1,"seq":2,"rev":3,"change":-1})", R"({"epoch":1,"seq":2,"rev":3,"change":"1"})"},
         Need::optional,
         "since.change"},
        {"password", {quoted(4), quoted(128)}, with(not_string, {"\"\"", quoted(3), quoted(129)}), Need::optional}}},
      {"chat.post",
       {token("id"),
        {"text", {"\"hello\"", "\"\""}, not_string},
        {"reply_to", {"3", "1", two_to_53}, with(not_number, {"0", "-1", "1.5", beyond_53}), Need::optional},
        {"again", {"true", "false"}, not_bool, Need::optional}}},
      {"chat.typing", {boolean("on")}},
      {"chat.edit", {seq(), {"text", {"\"hello\"", "\"\""}, not_string}}},
      {"chat.delete", {seq()}},
      {"chat.react", {seq(), {"emoji", {"\"👍\"", "\"x\"", quoted(40)}, with(not_string, {"\"\"", quoted(41)})}, boolean("on")}},
      {"chat.history",
       {{"before", {"10", "1", two_to_53}, with(not_number, {"0", "-3", "1.5", beyond_53})},
        {"limit", {"50", "1", "100"}, with(not_number, {"0", "101", "1.5"})},
        {"ref", {"\"r1\"", quoted(36)}, with(not_string, {"\"\"", quoted(37)})}}},
      {"chat.search",
       {{"query", {"\"film\"", "\"\\\"*(\"", quoted(800)}, with(not_string, {"\"\"", quoted(801)})},
        {"before", {"10", "1", two_to_53}, with(not_number, {"0", "-3", "1.5", beyond_53}), Need::optional},
        {"limit", {"50", "1"}, with(not_number, {"0", "51", "1.5"})},
        {"ref", {"\"r1\"", quoted(36)}, with(not_string, {"\"\"", quoted(37)})}}},
      {"playback.set", command({{"url", {"\"\"", "\"https://youtu.be/dQw4w9WgXcQ\""}, not_string}})},
      {"playback.play", command({position("position_ms")})},
      {"playback.pause", command({position("position_ms")})},
      {"playback.seek", command({position("position_ms")})},
      {"playback.rate",
       command({{"rate", {"1", "0.25", "2", "1.5"}, with(not_number, {"0.24", "2.01", "-1", "0"})}, position("position_ms")})},
      {"playback.ready", {count("rev")}},
      {"playback.start_now", command({})},
      {"playback.ended", {count("rev")}},
      {"queue.add",
       {{"url", {"\"https://youtu.be/dQw4w9WgXcQ\""}, with(not_string, {"\"\""})},
        {"title", {"\"A film\"", "\"\"", quoted(300)}, with(not_string, {quoted(301)}), Need::optional},
        {"first", {"true", "false"}, not_bool, Need::optional}}},
      {"queue.move",
       {{"item", {"1", two_to_53}, with(not_number, {"0", "-1", "1.5", beyond_53})},
        {"before", {"2", two_to_53}, with(not_number, {"0", "-1", "1.5", beyond_53}), Need::optional}}},
      {"queue.remove", {{"item", {"1", two_to_53}, with(not_number, {"0", "-1", "1.5", beyond_53})}}},
      {"queue.play", command({{"item", {"1", two_to_53}, with(not_number, {"0", "-1", "1.5", beyond_53})}})},
      {"queue.skip", command({})},
      {"queue.clear", {}},
      {"queue.shuffle", {}},
      {"queue.settings",
       {{"autoplay", {"true", "false"}, not_bool, Need::optional},
        {"loop", {"\"off\"", "\"all\"", "\"one\""}, with(not_string, {"\"\"", "\"round\""}), Need::optional}}},
      {"queue.vote", {count("rev"), boolean("on")}},
      {"room.undo", {{"action", {"1", two_to_53}, with(not_number, {"0", "-1", "1.5", beyond_53})}}},
      {"participant.status",
       {position("position_ms"),
        position("ahead_ms"),
        {"state",
         {"\"playing\"", "\"paused\"", "\"buffering\"", "\"ad\"", "\"blocked\"", "\"failed\"", "\"hidden\"", "\"alone\""},
         with(not_string, {"\"\"", "\"Playing\"", "\"dancing\"", quoted(100)})},
        {"error_ms", {"0", "-40", "12.5", seven_days, "-" + seven_days}, with(not_number, {"604800001", "-604800001"})},
        {"live_ms", {"0", "8500", "-40", seven_days, "-" + seven_days}, with(not_number, {"604800001", "-604800001"}), Need::optional}}},
      {"participant.role",
       {person(),
        {"role", {"\"owner\"", "\"moderator\"", "\"member\"", "\"guest\""}, with(not_string, {"\"\"", "\"king\"", "\"Owner\""})}}},
      {"participant.remove", {person()}},
      {"participant.block", {person()}},
      {"participant.unblock", {person()}},
      {"participant.silence",
       {person(), boolean("on"), {"for_ms", {"0", "60000", two_to_53}, with(not_number, {"-1", "1.5", beyond_53}), Need::optional}}},
      {"room.settings",
       {{"name", {"\"Film night\"", "\"\""}, not_string, Need::optional},
        {"preset",
         {"\"friends\"", "\"class\"", "\"stage\"", "\"custom\""},
         with(not_string, {"\"\"", "\"classroom\"", quoted(40)}),
         Need::optional},
        {"grants",
         {R"({"moderator":["chat","remove"],"member":["chat"],"guest":[]})"},
         with(not_object, {"{}", R"({"moderator":[],"member":[]})", R"({"moderator":{},"member":[],"guest":[]})",
                           R"({"moderator":[1],"member":[],"guest":[]})", R"({"moderator":["fly"],"member":[],"guest":[]})"}),
         Need::optional},
        {"wait_policy", {"\"free\"", "\"fair\"", "\"strict\""}, with(not_string, {"\"\"", "\"never\""}), Need::optional},
        {"slow_ms", {"0", "10000", "3600000"}, with(not_number, {"-1", "3600001", "1.5"}), Need::optional},
        {"access",
         {"\"open\"", "\"accounts\"", "\"password\"", "\"ask\""},
         with(not_string, {"\"\"", "\"closed\"", "\"Open\""}),
         Need::optional},
        {"password", {quoted(4), quoted(128)}, with(not_string, {"\"\"", quoted(3), quoted(129)}), Need::optional}}},
      {"room.knock", {{"on", {"true", "false"}, not_bool, Need::optional}}},
      {"room.admit", {person(), boolean("on")}},
      {"room.new_code", {}},
      {"room.close", {}},
      {"room.signal", {{"data", {"1", "{\"a\":[1,2]}", "\"x\"", "[]", quoted(1'022)}, {quoted(1'023)}}}},
      {"clock.probe",
       {{"t1", {"1234.5", "0", "-1", "1e3"}, with(not_number, {"1.00000000000000000000000000000001"})},
        {"rtt_ms", {"0", "31.5", "9000"}, with(not_number, {"-1"}), Need::optional}}},
  };
  return all;
}

// The message with one field given as said, or left out when `value` is empty.
std::string message(const Type& type, const std::string& field, const std::string& value) {
  std::string text = R"({"type":")" + type.name + '"';
  std::string last;
  for (const Field& other : type.fields) {
    if (other.name == last) continue;  // several rows about one field
    last = other.name;
    const std::string& used = other.name == field ? value : other.good.front();
    if (!used.empty()) text += ",\"" + other.name + "\":" + used;
  }
  return text + "}";
}

TEST_CASE("every message type is taken with each value its fields may have") {
  for (const Type& type : types()) {
    CHECK(decode(message(type, "", "")).has_value());
    for (const Field& field : type.fields)
      for (const std::string& value : field.good) {
        const std::string text = message(type, field.name, value);
        INFO(text);
        CHECK(decode(text).has_value());
      }
  }
}

TEST_CASE("every field outside its type or bounds is refused by name") {
  for (const Type& type : types())
    for (const Field& field : type.fields)
      for (const std::string& value : field.bad) {
        const std::string text = message(type, field.name, value);
        INFO(text);
        const auto refused = decode(text);
        REQUIRE_FALSE(refused.has_value());
        CHECK(refused.error().error.code == rooms::ErrorCode::bad_request);
        CHECK(refused.error().error.detail == (field.detail.empty() ? field.name : field.detail));
      }
}

TEST_CASE("a field that must be there is missed by name, and null is as good as missing") {
  for (const Type& type : types())
    for (const Field& field : type.fields)
      for (const std::string value : {"", "null"}) {
        const std::string text = message(type, field.name, value);
        INFO(text);
        const auto result = decode(text);
        if (field.name == "data" && value == "null") {  // any JSON is data
          CHECK(result.has_value());
        } else if (field.need == Need::optional) {
          CHECK(result.has_value());
        } else {
          REQUIRE_FALSE(result.has_value());
          CHECK(result.error().error == rooms::Error{rooms::ErrorCode::bad_request, field.name, 0});
        }
      }
}

TEST_CASE("unknown fields are ignored in every message") {
  for (const Type& type : types()) {
    std::string text = message(type, "", "");
    text.insert(text.size() - 1, R"(,"later":{"a":[1]},"x":null)");
    INFO(text);
    CHECK(decode(text).has_value());
  }
}

}  // namespace
}  // namespace matinee
