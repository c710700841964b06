// A room and the connections of the people in it: tabs (Client) and attendees (Attendance). Carries the room's effects out in their
// order (room_effects.cpp), turns connections into people (room_people.cpp), and opens, saves and unloads the room.
//
//   opening ──record and messages read──▶ open ──empty for a while, saved──▶ gone
//      └──────── no such room, storage ────────▶ gone ◀── taken over by another server
//
// Thread rule: the loop's thread. Shared with completion handlers under way, which hold it weakly.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>
#include "rooms/effect.h"
#include "rooms/room.h"
#include "server/net/loop.h"
#include "server/seams/message_log.h"
#include "server/seams/room_directory.h"
#include "server/shard/chat_store.h"
#include "server/shard/fanout.h"
#include "server/shard/limits.h"
#include "server/shard/room_saver.h"

namespace matinee::wire {
struct SetPassword;
}

namespace matinee::shard {

class Attendance;
class Client;
class Door;
struct ShardContext;

class RoomHost : public std::enable_shared_from_this<RoomHost> {
 public:
  // retire: take me out of the shard's table; called at most once, never from inside a call of the shard's.
  RoomHost(ShardContext& context, Door& door, std::string code, std::function<void()> retire);
  ~RoomHost();

  void open();
  struct Asking {  // what a room.join said
    std::optional<rooms::Since> since = {};
    std::optional<std::string> password = {};
    std::string ref = {};
  };
  void join(Client& client, Asking asking);           // waits until the room is open
  void knock(Client& client, std::string ref);        // likewise
  void stop_asking(Client& client, std::string ref);  // every tab of this person
  void leave_queue(Client& client);                   // this tab: it does something else
  void hear(Client& client, const rooms::Event& event, std::string ref, std::int64_t now_ms);
  void set_password(Client& client, wire::SetPassword wanted, std::string ref);
  void gone(Client& client);            // its socket is closed or closing
  void attend(Attendance& attendance);  // likewise waits
  void gone(Attendance& attendance);
  void tell_live(rooms::LiveState state);  // nothing happens unless the room is open
  void rename(const rooms::Renamed& change);
  void taken_over();                   // somebody else has raised its epoch
  void save_now();                     // at the end of the process
  [[nodiscard]] bool settled() const;  // nothing numbered, saving or wished
  [[nodiscard]] bool usable() const { return phase_ != Phase::gone; }

  [[nodiscard]] const std::string& code_now() const { return later_codes_.empty() ? code_ : later_codes_.back(); }
  // Was inside when the room got its new code, and is not kept out.
  [[nodiscard]] bool came_along(const rooms::Person& person) const;
  [[nodiscard]] seams::RoomId room_id() const { return record_.id; }
  [[nodiscard]] std::int64_t epoch() const { return record_.epoch; }                   // raised each time the room is opened
  [[nodiscard]] const rooms::Room* room() const { return room_ ? &*room_ : nullptr; }  // null while it is being opened

 private:
  enum class Phase : std::uint8_t { opening, open, gone };
  struct Waiting {
    rooms::ConnectionId connection;
    Asking asking;
    bool knocks = false;
  };
  struct Asker {
    std::vector<Client*> tabs;
    net::Timer absence;  // since there is no tab
  };
  struct Presence {
    std::vector<Client*> tabs;  // the oldest first, both
    std::vector<Attendance*> attendances;
    net::Timer absence;  // since there is no tab, or nothing at all
    [[nodiscard]] std::size_t count() const { return tabs.size() + attendances.size(); }
  };

  // Opening.
  void read_newest(seams::RoomRecord record);
  void start(const std::vector<seams::StoredMessage>& newest);
  void fail(rooms::ErrorCode why);
  void heard_from_log(const rooms::Event& outcome);

  // Carrying out (room_effects.cpp).
  void handle(const rooms::Event& event, const rooms::Context& context);
  void handle(const rooms::Event& event) { handle(event, rooms::Context{now_ms(), {}, {}}); }
  void carry_out(const rooms::ReplyOk& reply);
  void carry_out(const rooms::ReplyError& reply);
  void carry_out(const rooms::Push& push);
  void carry_out(const rooms::PushPerson& push);
  void carry_out(const rooms::Admit& admit);
  void carry_out(const rooms::Broadcast& broadcast);
  void carry_out(const rooms::Store& store);
  void carry_out(const rooms::StoreChange& store);
  void carry_out(const rooms::AskLog& ask);
  void carry_out(const rooms::AskMessage& ask);
  void carry_out(const rooms::SaveRoom& save);
  void carry_out(const rooms::SetTimer& timer);
  void carry_out(const rooms::Disconnect& disconnect);
  void carry_out(const rooms::DisconnectAll& disconnect);
  void carry_out(const rooms::Await& await);
  void carry_out(const rooms::Answer& answer);
  void carry_out(const rooms::DrawCode& wanted) { draw_code(wanted, limits::code_draws_max); }
  void answer_repeat(const rooms::AskLog& ask, rooms::Seq seq);
  void read_message(rooms::Seq seq, std::function<void(bool failed, std::optional<rooms::ChatMessage> message)> done);
  void fire(std::int64_t timer, std::int64_t at_ms);
  const std::string& encoded(const rooms::Outgoing& message);

  // People (room_people.cpp).
  void let_in(Client& client, Asking asking);
  void check_password(Client& client, Asking asking, std::string hash);
  void enter(Client& client, const Asking& asking, std::optional<std::string> proven);
  void let_knock(Client& client, std::string ref);
  void let_in(Attendance& attendance);
  void let_waiting_in();
  void turn_waiting_away(rooms::ErrorCode why);
  [[nodiscard]] Presence& present(rooms::PersonId person);
  void seat(Client& client, Presence& presence);
  void seat(Attendance& newcomer, Presence& presence);
  void missing(rooms::PersonId person, Presence& presence);
  void absent(rooms::PersonId person);
  void tell_rights();
  void tell_attendees(const rooms::Outgoing& message);
  void close_all(std::uint16_t code, std::string_view reason);
  [[nodiscard]] Attendance* attendance_of(rooms::ConnectionId connection) const;
  [[nodiscard]] std::vector<Attendance*> attendances() const;

  // The code (room_code_change.cpp).
  void draw_code(const rooms::DrawCode& wanted, int draws_left);
  void take_code(const std::string& code);
  void let_codes_go();

  // Ends.
  void lost();
  void consider_unloading();
  void unload();
  [[nodiscard]] bool idle() const;  // open, and nobody and nothing needs it
  [[nodiscard]] Client* client_of(rooms::ConnectionId connection) const;
  [[nodiscard]] std::int64_t now_ms() const;

  ShardContext& context_;
  Door& door_;
  std::string code_;                      // the one it was opened with: its name in the shard's tables
  std::vector<std::string> later_codes_;  // the newest last
  std::function<void()> retire_;
  Phase phase_ = Phase::opening;
  seams::RoomRecord record_;  // as of opening, without its blobs
  std::optional<rooms::Room> room_;
  std::optional<ChatStore> store_;
  std::optional<RoomSaver> saver_;
  Fanout fanout_;
  std::vector<Waiting> waiting_;                                  // asked to join while the room was being opened
  std::unordered_map<rooms::ConnectionId, Client*> connections_;  // joining and joined
  std::map<rooms::ConnectionId, Attendance*> attendances_;        // likewise, in the order they came; not in the fan-out
  std::unordered_map<rooms::PersonId, Presence> people_;
  std::unordered_map<rooms::PersonId, Asker> askers_;  // at the door, waiting to be let in; their tabs are among the connections
  std::unordered_map<std::int64_t, net::Timer> timers_;
  net::Timer unload_;
};

}  // namespace matinee::shard
