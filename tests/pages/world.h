// World: a whole server but for rooms: the real HTTP stack on a free port, the real store in a fresh folder, the real accounts with
// quick hashes, a clock that a test turns.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>
#include "server/pages/services.h"
#include "server/seams/message_log.h"
#include "server/seams/room_directory.h"
#include "tests/pages/browser.h"

namespace matinee::test {

struct WorldOptions {
  std::string public_url = {};
  bool signups_open = true;
  bool guests = true;
  bool limits = false;              // the usual throttles instead of none
  std::size_t password_queue = 64;  // 0: every hash is refused as busy
};

class World {
 public:
  explicit World(WorldOptions options = {});
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  [[nodiscard]] std::uint16_t port() const;
  [[nodiscard]] Browser browser() const { return Browser(port()); }
  void pass_ms(std::int64_t ms);

  // Shortcuts through the real pages.
  Browser account(const std::string& name);  // signed up and logged in
  Browser guest(const std::string& name);    // has started a room
  std::string open_room(Browser& owner);     // answers the code

  // Straight to the store, waiting for the answer.
  seams::RoomRecord room(const std::string& code);
  void block(const std::string& code, seams::UserId user, const std::string& address, std::int64_t until_ms = 0);
  void end_room(const std::string& code);
  void rename(const std::string& code, const std::string& name);
  void set_access(const std::string& code, seams::AccessRecord access);
  void admit(const std::string& code, const std::string& account);
  void visit(const std::string& code, const std::string& account);
  seams::UserId user(const std::string& account);
  bool is_admin(const std::string& name);
  std::string setup_token();
  [[nodiscard]] std::int64_t now_ms() const;
  void on_summary(std::function<std::optional<pages::RoomSummary>(const std::string&)> answer);
  // What "Connect desktop" is told by the room; without it nobody is in any room.
  void on_pairing(std::function<std::optional<std::string>(const std::string& code, const auth::Identity& who)> answer);
  // What somebody may do about a room's streams; without it nobody is in any room.
  void on_standing(std::function<std::optional<pages::RoomStanding>(const std::string& code, seams::UserId who)> answer);
  std::vector<seams::StreamId> changed_streams();  // whoever serves them was told
  seams::Result<seams::StreamRecord> stream(seams::StreamId id);
  seams::Result<auth::Identity> resolve(const std::string& token);
  std::vector<std::string> reopened_rooms();  // whoever serves them was told to read them anew
  // A message in the log of a room, as its shard would have written it.
  void say(const std::string& code, std::int64_t seq, seams::UserId author, const std::string& text);
  std::vector<seams::StoredMessage> messages(const std::string& code);
  void visit(const std::string& code, seams::UserId user);
  seams::UserId user_of(const std::string& name);
  void make_admin(const std::string& name);
  void stop_store();  // from now on it answers "unavailable"

  static constexpr const char* password = "correct horse";

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace matinee::test
