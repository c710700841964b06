#include "tests/store/contract.h"

namespace matinee::test {

using seams::Result;

seams::TokenHash token_hash(std::uint8_t number) {
  seams::TokenHash hash{};
  hash.fill(number);
  return hash;
}

seams::User World::guest(seams::UserId id, std::string name) {
  auto made = ask<Result<seams::User>>([&](auto executor, auto done) {
    stores->users().create_guest({id, name, "192.0.2.1", now}, executor, done);
  });
  REQUIRE(made.has_value());
  return *made;
}

Result<seams::User> World::try_account(seams::UserId id, std::string name, std::string email) {
  return ask<Result<seams::User>>([&](auto executor, auto done) {
    stores->users().create_account(id, {name, "key:" + name, email, email.empty() ? "" : "key:" + email, "$hash$"}, now, executor, done);
  });
}

seams::User World::account(seams::UserId id, std::string name, std::string email) {
  auto made = try_account(id, std::move(name), std::move(email));
  REQUIRE(made.has_value());
  return *made;
}

seams::RoomRecord World::room(std::string code, seams::UserId owner, seams::RoomKind kind) {
  auto made = ask<Result<seams::RoomRecord>>([&](auto executor, auto done) {
    stores->rooms().create({code, "Film night", owner, kind, R"({"preset":"friends"})", now}, executor, done);
  });
  REQUIRE(made.has_value());
  return *made;
}

seams::RoomRecord World::served_room(std::string code, seams::UserId owner) {
  const auto made = room(std::move(code), owner);
  auto raised = ask<Result<seams::RoomRecord>>([&](auto executor, auto done) { stores->rooms().raise_epoch(made.code, executor, done); });
  REQUIRE(raised.has_value());
  return *raised;
}

Result<seams::RoomRecord> World::look_up(std::string code) {
  return ask<Result<seams::RoomRecord>>([&](auto executor, auto done) { stores->rooms().lookup(code, executor, done); });
}

seams::AppendRequest World::message(const seams::RoomRecord& room, std::int64_t seq, std::string id, std::string body) {
  seams::AppendRequest request;
  request.room = room.id;
  request.epoch = room.epoch;
  request.seq = rooms::Seq{seq};
  request.author = anna;
  request.message_id = std::move(id);
  request.body = std::move(body);
  request.extra = "extra";
  request.at_ms = now + seq;
  return request;
}

seams::AppendRequest World::change(const seams::RoomRecord& room, std::int64_t seq, std::int64_t number, seams::MessageKind kind) {
  auto request = message(room, seq, "", "changed");
  request.kind = kind;
  request.change = rooms::ChangeNumber{number};
  return request;
}

seams::AppendOutcome World::append(seams::AppendRequest request) {
  return ask<seams::AppendOutcome>([&](auto executor, auto done) { stores->messages().append(std::move(request), executor, done); });
}

std::vector<seams::StoredMessage> World::read(seams::ReadRequest request) {
  auto page =
      ask<Result<std::vector<seams::StoredMessage>>>([&](auto executor, auto done) { stores->messages().read(request, executor, done); });
  REQUIRE(page.has_value());
  return *page;
}

Result<seams::Session> World::try_session(seams::NewSession session) {
  return ask<Result<seams::Session>>([&](auto executor, auto done) { stores->sessions().create(session, executor, done); });
}

seams::Session World::session(seams::UserId user, std::uint8_t token, std::int64_t at_ms) {
  seams::NewSession wanted;
  wanted.token_hash = token_hash(token);
  wanted.user = user;
  wanted.client = "Firefox on Linux";
  wanted.address = "192.0.2.1";
  wanted.at_ms = at_ms;
  auto made = try_session(wanted);
  REQUIRE(made.has_value());
  return *made;
}

Result<seams::SessionOfUser> World::find_session(std::uint8_t token, std::int64_t now_ms) {
  return ask<Result<seams::SessionOfUser>>(
      [&](auto executor, auto done) { stores->sessions().find(token_hash(token), now_ms, executor, done); });
}

}  // namespace matinee::test
