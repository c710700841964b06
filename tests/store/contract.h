// The stores under test, behind their seams only. The contract cases (contract_*.cpp) know nothing else, so a further implementation
// is tested by linking them with another make_stores().
#pragma once
#include <memory>
#include <string>
#include <vector>
#include "server/seams/account_records.h"
#include "server/seams/library_store.h"
#include "server/seams/message_log.h"
#include "server/seams/room_directory.h"
#include "server/seams/session_store.h"
#include "server/seams/settings_store.h"
#include "server/seams/streams.h"
#include "server/seams/user_store.h"
#include "tests/store/test_loop.h"

namespace matinee::test {

class Stores {
 public:
  virtual ~Stores() = default;
  virtual seams::MessageLog& messages() = 0;
  virtual seams::RoomDirectory& rooms() = 0;
  virtual seams::UserStore& users() = 0;
  virtual seams::SessionStore& sessions() = 0;
  virtual seams::SettingsStore& settings() = 0;
  virtual seams::ThrottleStore& throttles() = 0;
  virtual seams::AccountRecords& account_records() = 0;
  virtual seams::Streams& streams() = 0;
  virtual seams::LibraryStore& library() = 0;
  // Rooms and messages of these people are wanted: an implementation that keeps people makes them.
  virtual void make_people(TestLoop& loop, const std::vector<seams::UserId>& people) = 0;
  virtual void restart() = 0;  // stops in order and opens the same data again
};
std::unique_ptr<Stores> make_stores();

inline constexpr seams::UserId anna{1001};
inline constexpr seams::UserId ben{1002};
inline constexpr std::int64_t now = 1'700'000'000'000;
inline constexpr std::int64_t day = 24LL * 3'600'000;

// A test's stores with a loop, and short ways to say the usual things.
struct World {
  TestLoop loop;
  std::unique_ptr<Stores> stores = make_stores();

  // ask<T>([&](auto executor, auto done) { stores->…(…, executor, done); })
  template <class T, class Call>
  T ask(Call call) {
    return loop.await<T>([&](auto done) { call(loop.executor(), std::function<void(T)>(std::move(done))); });
  }

  seams::User guest(seams::UserId id, std::string name = "Guest");
  seams::Result<seams::User> try_account(seams::UserId id, std::string name, std::string email = "");
  seams::User account(seams::UserId id, std::string name, std::string email = "");
  seams::RoomRecord room(std::string code, seams::UserId owner, seams::RoomKind kind = seams::RoomKind::normal);
  // A room that is served: its writer holds the epoch.
  seams::RoomRecord served_room(std::string code, seams::UserId owner);
  seams::Result<seams::RoomRecord> look_up(std::string code);

  seams::AppendRequest message(const seams::RoomRecord& room, std::int64_t seq, std::string id, std::string body = "hello");
  // An edit to "changed", a removal or reactions, with "extra".
  seams::AppendRequest change(const seams::RoomRecord& room, std::int64_t seq, std::int64_t number, seams::MessageKind kind);
  seams::AppendOutcome append(seams::AppendRequest request);
  std::vector<seams::StoredMessage> read(seams::ReadRequest request);

  seams::Result<seams::Session> try_session(seams::NewSession session);
  seams::Session session(seams::UserId user, std::uint8_t token, std::int64_t at_ms = now);
  seams::Result<seams::SessionOfUser> find_session(std::uint8_t token, std::int64_t now_ms);
};
seams::TokenHash token_hash(std::uint8_t number);

}  // namespace matinee::test
