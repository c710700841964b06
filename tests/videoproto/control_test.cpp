#include <catch2/catch.hpp>

#include "tests/videoproto/bytes.h"
#include "videoproto/control_codec.h"

namespace matinee::videoproto {
namespace {

const Source camera{SourceKind::camera, "Ada's camera – 1", 1280, 720, 30, AudioFormat::opus, 1};

const std::vector<Control> examples{Hello{1, 3, "x"},
                                    Welcome{2, 1'000, 5'000, "matinee"},
                                    Auth{"K7QM3XFD", "pair", {}, {}, true},
                                    Auth{"K7QM3XFD", {}, {}, "resume", false},
                                    AuthOk{"42", "Ada", "r", true},
                                    Publish{camera, 7, "res"},
                                    Publish{camera, {}, {}},
                                    PublishOk{0xFFFFFFFF, "r"},
                                    Subscribe{1, false},
                                    SubscribeOk{1, camera},
                                    Unsubscribe{2},
                                    Meta{1, true, camera, "42", "Ada", -5, RoomPlayback{Phase::playing, 1, 2, 3, 1.25}},
                                    Meta{},
                                    Ask{3, "https://example.org/v.mp4", 90'000},
                                    Decline{3, DeclineReason::no_resolver},
                                    Stop{4},
                                    Ping{5},
                                    Pong{1, 2, 3},
                                    Stats{1, 2, 3, 4, -5},
                                    Stats{1, 2, 3, 4, {}},
                                    Adapt{1, 40, 5, 320},
                                    Eos{EosReason::lost},
                                    EosAck{},
                                    ErrorMessage{ErrorCode::busy, false, "t", 4},
                                    ErrorMessage{},
                                    Bye{}};

std::string refusal(Type type, std::string_view json) {
  const auto message = decode_control(type, test::bytes(json));
  REQUIRE_FALSE(message.has_value());
  return message.error();
}
bool fine(Type type, std::string_view json) { return decode_control(type, test::bytes(json)).has_value(); }

}  // namespace

TEST_CASE("every control message survives encoding and decoding, within the limit of a payload") {
  for (const Control& message : examples) {
    const std::string json = encode_control(message);
    CAPTURE(json);
    CHECK(json.size() <= limits::control_bytes_max);
    const auto back = decode_control(type_of(message), test::bytes(json));
    REQUIRE(back.has_value());
    CHECK(*back == message);
  }
}

TEST_CASE("every type but pictures and sound has a control message") {
  for (const Type type : all_types) {
    const bool known = std::any_of(examples.begin(), examples.end(), [&](const Control& m) { return type_of(m) == type; });
    CAPTURE(name_of(type));
    CHECK(known == carries_json(type));
    if (!carries_json(type)) CHECK(refusal(type, "{}") == "json");
  }
}

TEST_CASE("an ERROR made from its code says whether it is fatal") {
  CHECK(error_message(ErrorCode::bad_jpeg, 3) ==
        ErrorMessage{ErrorCode::bad_jpeg, false, std::string(info(ErrorCode::bad_jpeg).sentence), 3});
  CHECK(error_message(ErrorCode::magic).fatal);
}

TEST_CASE("no payload is an empty object; flags have their default; unknown fields are ignored") {
  CHECK(decode_control(Type::bye, {}).value() == Control(Bye{}));
  CHECK(decode_control(Type::meta, {}).value() == Control(Meta{}));
  CHECK(decode_control(Type::subscribe, test::bytes(R"({"stream":1,"later":[{"a":1}]})")).value() == Control(Subscribe{1, true}));
  CHECK(decode_control(Type::stats, test::bytes(R"({"stream":1,"received":2,"shown":3,"dropped":4,"latency_us":null})")).value() ==
        Control(Stats{1, 2, 3, 4, {}}));
}

TEST_CASE("what is not a JSON object is refused") {
  for (const char* json :
       {"[]", "1", "null", "{", "{}{}", "{\"a\":}", "\xFF", "{\"a\":\"\xC3\"}", "{'a':1}", "{\"a\":1,}", " ", "{\"a\":01}"}) {
    CAPTURE(json);
    CHECK(refusal(Type::bye, json) == "json");
  }
  CHECK(fine(Type::bye, R"({"a":[[[1]]]})"));
  CHECK(refusal(Type::bye, R"({"a":[[[[1]]]]})") == "json");
}

TEST_CASE("a payload at 8 KiB is read, one byte more is not") {
  const std::string open = R"({"x":")", close = R"("})";
  const auto of_size = [&](std::size_t size) { return open + std::string(size - open.size() - close.size(), 'a') + close; };
  CHECK(fine(Type::bye, of_size(8'192)));
  CHECK(refusal(Type::bye, of_size(8'193)) == "json");
}

TEST_CASE("the first field that is missing, of another type or out of bounds is named") {
  CHECK(refusal(Type::hello, R"({"max_version":1,"software":""})") == "min_version");
  CHECK(refusal(Type::hello, R"({"min_version":"1","max_version":1,"software":""})") == "min_version");
  CHECK(refusal(Type::hello, R"({"min_version":1,"max_version":1.5,"software":""})") == "max_version");
  CHECK(refusal(Type::hello, R"({"min_version":1,"max_version":1,"software":7})") == "software");
  CHECK(refusal(Type::subscribe, R"({"stream":1,"audio":1})") == "audio");
  CHECK(refusal(Type::publish, R"({"source":[]})") == "source");
  CHECK(refusal(Type::publish, R"({"source":{"kind":"tv"}})") == "source.kind");
  CHECK(refusal(Type::decline, R"({"ask":1,"reason":"because"})") == "reason");
  CHECK(refusal(Type::error, R"({"code":18,"text":""})") == "code");
  CHECK(refusal(Type::error, R"({"code":0,"text":""})") == "code");
}

TEST_CASE("numbers are taken at their bounds and refused beyond") {
  CHECK(fine(Type::stop, R"({"stream":1})"));
  CHECK(fine(Type::stop, R"({"stream":4294967295})"));
  for (const char* stream : {"0", "-1", "4294967296", "1e99", "1e400", "18446744073709551616"}) {
    CAPTURE(stream);
    CHECK(refusal(Type::stop, std::string(R"({"stream":)") + stream + "}") == "stream");
  }
  CHECK(fine(Type::ping, R"({"t1":9007199254740992})"));
  CHECK(refusal(Type::ping, R"({"t1":9007199254740993})") == "t1");
  const auto adapt = [](int quality, int fps, int width) { return encode_control(Adapt{1, quality, fps, width}); };
  CHECK(fine(Type::adapt, adapt(100, 120, 4'096)));
  CHECK(refusal(Type::adapt, adapt(101, 120, 4'096)) == "quality");
  CHECK(refusal(Type::adapt, adapt(100, 121, 4'096)) == "fps");
  CHECK(refusal(Type::adapt, adapt(100, 120, 4'097)) == "width");
}

TEST_CASE("texts are taken at their length and refused one beyond, and hold no control characters") {
  const auto ask = [](std::string link) { return encode_control(Ask{1, std::move(link), 0}); };
  CHECK(fine(Type::ask, ask(std::string(2'048, 'a'))));
  CHECK(refusal(Type::ask, ask(std::string(2'049, 'a'))) == "link");
  CHECK(refusal(Type::ask, ask("")) == "link");
  CHECK(refusal(Type::ask, ask("a\nb")) == "link");
  CHECK(refusal(Type::ask, ask(std::string("a\0b", 3))) == "link");
  CHECK(fine(Type::ask, ask("https://example.org/größe")));
}

TEST_CASE("AUTH has exactly one way to say who it is") {
  CHECK(refusal(Type::auth, R"({"room":"R"})") == "pair");
  CHECK(refusal(Type::auth, R"({"room":"R","pair":"a","token":"b"})") == "pair");
  CHECK(fine(Type::auth, R"({"room":"R","pair":null,"token":"b"})"));
  CHECK(refusal(Type::auth, R"({"pair":"a"})") == "room");
}

}  // namespace matinee::videoproto
