#include "videoproto/session.h"

#include <catch2/catch.hpp>
#include <string>

#include "tests/videoproto/bytes.h"

namespace matinee::videoproto {
namespace {

constexpr std::int64_t start = 1'000'000'000;

Header header_of(Type type, std::uint32_t payload_bytes = 10) {
  return Header{type, 0, payload_bytes, carries_stream(type) ? 9U : 0U, 0, 0, 0};
}

Session in_state(Role role, State state) {
  Session session(role, start);
  const bool relay = role == Role::relay;
  const auto step = [&](Type in, Type out, bool out_first) {
    if (out_first) REQUIRE(session.on_send(out));
    REQUIRE(session.on_header(header_of(in), start) == Verdict::take());
    session.on_message(in, start);
    if (!out_first) REQUIRE(session.on_send(out));
  };
  if (state == State::hello) return session;
  if (relay) step(Type::hello, Type::welcome, false);
  else step(Type::welcome, Type::hello, true);
  if (state == State::checking || state == State::open) {
    if (relay) session.on_message(Type::auth, start);
    else REQUIRE(session.on_send(Type::auth));
  }
  if (state == State::open) {
    if (relay) REQUIRE(session.on_send(Type::auth_ok));
    else session.on_message(Type::auth_ok, start);
  }
  if (state == State::closing) session.close();
  REQUIRE(session.state() == state);
  return session;
}

// The whole protocol at a glance. Rows: type. Columns: hello auth checking open, as relay | as client.
// t = taken, a = auth_required, w = wrong_state.
struct Row {
  Type type;
  const char* relay;
  const char* client;
};
const std::vector<Row> table{
    {Type::hello, "twww", "wwww"},     {Type::welcome, "wwww", "twww"},      {Type::auth, "wtww", "wwww"},
    {Type::auth_ok, "wwww", "wwtw"},   {Type::publish, "aaat", "wwww"},      {Type::publish_ok, "wwww", "wwwt"},
    {Type::subscribe, "aaat", "wwww"}, {Type::subscribe_ok, "wwww", "wwwt"}, {Type::unsubscribe, "aaat", "wwww"},
    {Type::meta, "aaat", "wwwt"},      {Type::ask, "wwww", "wwwt"},          {Type::decline, "aaat", "wwww"},
    {Type::stop, "wwww", "wwwt"},      {Type::frame, "aaat", "wwwt"},        {Type::audio, "aaat", "wwwt"},
    {Type::ping, "aaat", "wwwt"},      {Type::pong, "aaat", "wwwt"},         {Type::stats, "aaat", "wwwt"},
    {Type::adapt, "wwww", "wwwt"},     {Type::eos, "aaat", "wwwt"},          {Type::eos_ack, "aaat", "wwwt"},
    {Type::error, "tttt", "tttt"},     {Type::bye, "tttt", "tttt"},
};

Verdict expected(char letter) {
  if (letter == 't') return Verdict::take();
  return Verdict::refuse(letter == 'a' ? ErrorCode::auth_required : ErrorCode::wrong_state);
}

}  // namespace

TEST_CASE("every type in every state from either side is taken, skipped or refused as the table says") {
  REQUIRE(table.size() == all_types.size());
  for (const Row& row : table) {
    for (const Role role : {Role::relay, Role::client}) {
      const std::string letters = role == Role::relay ? row.relay : row.client;
      for (std::size_t i = 0; i < 4; ++i) {
        CAPTURE(name_of(row.type), name_of(all_states[i]), role == Role::relay);
        CHECK(may_receive(role, all_states[i], row.type) == expected(letters[i]));
        Session session = in_state(role, all_states[i]);
        if (carries_stream(row.type) && all_states[i] == State::open) {
          REQUIRE_FALSE(session.open_stream(9));
          REQUIRE_FALSE(session.open_outgoing_stream(9));
        }
        CHECK(session.on_header(header_of(row.type), start) == expected(letters[i]));
        CHECK(session.state() == (letters[i] == 't' ? all_states[i] : State::closing));
      }
      CHECK(may_receive(role, State::closing, row.type) == Verdict::skip());
      CHECK(in_state(role, State::closing).on_header(header_of(row.type), start) == Verdict::skip());
    }
  }
}

TEST_CASE("what one side may send in a state is what the other side may receive in it") {
  for (const Role sender : {Role::relay, Role::client}) {
    const Role receiver = sender == Role::relay ? Role::client : Role::relay;
    for (const State state : {State::hello, State::auth, State::checking, State::open}) {
      for (const Type type : all_types) {
        CAPTURE(name_of(type), name_of(state), sender == Role::relay);
        Session session = in_state(sender, state);
        const bool takes = may_receive(receiver, state, type).kind == Verdict::Kind::take;
        CHECK(session.on_send(type) == takes);
        if (!takes) CHECK(session.state() == state);
      }
    }
  }
}

TEST_CASE("two sessions walk from hello to open together") {
  Session relay(Role::relay, start), client(Role::client, start);
  const auto send = [](Session& from, Session& to, Type type) {
    REQUIRE(from.on_send(type));
    REQUIRE(to.on_header(header_of(type), start) == Verdict::take());
    to.on_message(type, start);
  };
  send(client, relay, Type::hello);
  send(relay, client, Type::welcome);
  CHECK((relay.state() == State::auth && client.state() == State::auth));
  send(client, relay, Type::auth);
  CHECK((relay.state() == State::checking && client.state() == State::checking));
  send(relay, client, Type::auth_ok);
  CHECK((relay.state() == State::open && client.state() == State::open));
  send(client, relay, Type::bye);
  CHECK((relay.state() == State::closing && client.state() == State::closing));
}

TEST_CASE("before AUTH is taken 16 KiB are heard in all, headers included, and not one byte more") {
  const auto rest = static_cast<std::uint32_t>(limits::before_auth_bytes_max - 2 * limits::header_bytes - 8'192);
  for (const std::uint32_t beyond : {0U, 1U}) {
    Session session(Role::relay, start);
    REQUIRE(session.on_header(header_of(Type::hello, 8'192), start) == Verdict::take());
    session.on_message(Type::hello, start);
    REQUIRE(session.on_send(Type::welcome));
    const Verdict verdict = session.on_header(header_of(Type::auth, rest + beyond), start);
    CHECK(verdict == (beyond == 0 ? Verdict::take() : Verdict::refuse(ErrorCode::too_large)));
  }
}

TEST_CASE("AUTH has five seconds, dribbling or not; its check has the usual silence") {
  Session session(Role::relay, start);
  CHECK(session.deadline_us() == start + 5'000'000);
  session.on_payload(limits::progress_bytes, start + 4'000'000);
  CHECK_FALSE(session.on_time(start + 4'999'999).has_value());
  Session late = session;
  CHECK(late.on_time(start + 5'000'000) == ErrorCode::auth_required);
  CHECK(late.state() == State::closing);
  CHECK_FALSE(late.on_time(start + 99'000'000).has_value());
  session.on_message(Type::hello, start + 4'500'000);
  REQUIRE(session.on_send(Type::welcome));
  session.on_message(Type::auth, start + 4'999'000);
  CHECK(session.state() == State::checking);
  CHECK_FALSE(session.on_time(start + 6'000'000).has_value());
}

TEST_CASE("fifteen seconds without a message or progress end a session as idle, one microsecond less does not") {
  for (const Role role : {Role::relay, Role::client}) {
    Session session = in_state(role, State::open);
    session.on_message(Type::ping, start + 7);
    CHECK_FALSE(session.on_time(start + 7 + 14'999'999).has_value());
    CHECK(session.on_time(start + 7 + 15'000'000) == ErrorCode::idle);
    CHECK_FALSE(session.deadline_us().has_value());
  }
}

TEST_CASE("a byte a second is silence, 64 KiB of a payload are a sign of life") {
  Session session = in_state(Role::relay, State::open);
  for (int second = 1; second < 15; ++second) {
    session.on_payload(1, start + second * 1'000'000);
    CHECK_FALSE(session.on_time(start + second * 1'000'000).has_value());
  }
  session.on_payload(limits::progress_bytes - 15, start + 14'500'000);
  CHECK(session.deadline_us() == start + 15'000'000);
  session.on_payload(1, start + 14'600'000);
  CHECK(session.deadline_us() == start + 29'600'000);
}

TEST_CASE("a client waits fifteen seconds for its welcome") {
  Session session(Role::client, start);
  CHECK(session.deadline_us() == start + 15'000'000);
  CHECK(session.on_time(start + 15'000'000) == ErrorCode::idle);
}

TEST_CASE("frames of a stream that is not open are skipped: the relay says so, a viewer keeps quiet") {
  Session relay = in_state(Role::relay, State::open);
  CHECK(relay.on_header(header_of(Type::frame), start) == Verdict::skip(ErrorCode::no_such_stream));
  CHECK(relay.on_header(header_of(Type::audio), start) == Verdict::skip(ErrorCode::no_such_stream));
  CHECK(relay.on_header(header_of(Type::eos), start) == Verdict::skip());
  CHECK(relay.on_header(header_of(Type::eos_ack), start) == Verdict::skip());
  CHECK(relay.state() == State::open);
  Session client = in_state(Role::client, State::open);
  CHECK(client.on_header(header_of(Type::frame), start) == Verdict::skip());
  REQUIRE_FALSE(client.open_stream(9));
  CHECK(client.on_header(header_of(Type::frame), start) == Verdict::take());
  client.close_stream(9);
  CHECK(client.on_header(header_of(Type::frame), start) == Verdict::skip());
}

TEST_CASE("a connection has at most 16 streams, in both directions together") {
  Session session = in_state(Role::relay, State::open);
  CHECK(session.open_stream(0) == ErrorCode::wrong_state);
  for (std::uint32_t id = 1; id <= 8; ++id) {
    CHECK_FALSE(session.open_stream(id));
    CHECK_FALSE(session.open_outgoing_stream(id));
  }
  CHECK(session.streams() == 16);
  CHECK(session.open_stream(5) == ErrorCode::wrong_state);
  CHECK(session.open_stream(99) == ErrorCode::quota);
  session.close_outgoing_stream(3);
  CHECK_FALSE(session.open_stream(99));
  CHECK(session.streams() == 16);
}

TEST_CASE("a stream may carry 120 frames in a second after a stall, and is refused one more") {
  Session session = in_state(Role::relay, State::open);
  REQUIRE_FALSE(session.open_stream(9));
  REQUIRE_FALSE(session.open_stream(10));
  for (int i = 0; i < 120; ++i) REQUIRE(session.on_header(header_of(Type::frame), start) == Verdict::take());
  Header other = header_of(Type::frame);
  other.stream = 10;
  CHECK(session.on_header(other, start) == Verdict::take());
  CHECK(session.on_header(header_of(Type::frame), start) == Verdict::refuse(ErrorCode::rate));
  CHECK(session.state() == State::closing);
}

TEST_CASE("120 frames a second pass for as long as one likes, 125 do not") {
  for (const std::int64_t per_second : {120, 125}) {
    Session session = in_state(Role::relay, State::open);
    REQUIRE_FALSE(session.open_stream(9));
    bool refused = false;
    for (std::int64_t i = 0; i < 60 * per_second; ++i) {
      refused = refused || session.on_header(header_of(Type::frame), start + i * 1'000'000 / per_second).kind == Verdict::Kind::refuse;
    }
    CHECK(refused == (per_second > 120));
  }
}

TEST_CASE("the highest version that both sides know is chosen, or none") {
  CHECK(choose_version({1, 1}, {1, 1}) == 1);
  CHECK(choose_version({1, 3}, {2, 9}) == 3);
  CHECK(choose_version({2, 4}, {1, 2}) == 2);
  CHECK_FALSE(choose_version({1, 1}, {2, 3}).has_value());
  CHECK_FALSE(choose_version({2, 3}, {1, 1}).has_value());
}

}  // namespace matinee::videoproto
