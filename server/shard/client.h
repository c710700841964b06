// One open WebSocket: one tab of one person, from the upgrade to the close. It reads what the client says and passes it to whoever
// answers: the clock itself, the door until the welcome, then the room.
//
//   arriving ──visitor known──▶ at_door ──room.join──▶ joining ──admitted──▶ member
//      │                          ▲                      │ │                   │
//      │                          └── room full ─────────┘ └─ no such room     │
//      │                          └── room.knock ▶ asking ─┘   │               │
//      │ no session                                            ▼               ▼
//      └───────────────────────────────────────────────────▶ refused ──▶ leaving ◀── close, or gone
//
// (no session leads to leaving at once; refused waits so that a block and a wrong code take equally long)
//
// Thread rule: the loop's thread. The socket keeps it alive; the shard and the room hold plain pointers until on_close.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include "rooms/event.h"
#include "rooms/rate.h"
#include "server/net/loop.h"
#include "server/net/websocket.h"
#include "server/seams/visit.h"
#include "server/shard/fanout.h"

namespace matinee::wire {
struct ClientMessage;
struct Refusal;
struct ReadHistory;
struct SearchChat;
struct JoinRoom;
}  // namespace matinee::wire

namespace matinee::shard {

class Door;
class RoomHost;
struct ShardContext;

class Client final : public net::WebSocketHandler, public std::enable_shared_from_this<Client> {
 public:
  enum class Stage : std::uint8_t { arriving, at_door, asking, joining, refused, member, leaving };

  Client(ShardContext& context, Door& door, std::string code);
  ~Client() override;

  void on_open(net::WebSocket& socket) override;
  void on_message(net::WebSocket& socket, std::string_view text) override;
  void on_close(net::WebSocket& socket, std::uint16_t code) override;

  [[nodiscard]] rooms::ConnectionId id() const { return id_; }
  [[nodiscard]] Stage stage() const { return stage_; }
  [[nodiscard]] bool open() const { return stage_ != Stage::leaving; }
  [[nodiscard]] const std::string& code() const { return code_; }
  [[nodiscard]] const seams::Visit& visit() const { return visit_; }
  [[nodiscard]] const std::string& tab() const { return tab_; }
  [[nodiscard]] RoomHost* host() const { return host_; }
  [[nodiscard]] Seat& seat() { return seat_; }
  [[nodiscard]] net::WebSocket* socket() { return socket_; }

  // The door's doing.
  void arrived(seams::Visit visit);
  void join_when_arrived(wire::JoinRoom join, std::string ref);
  void knock_when_arrived(std::string ref);
  void joining(RoomHost& host, std::string tab);
  void asking(RoomHost& host);
  void asked() { asked_at_ms_ = now_ms(); }
  [[nodiscard]] std::int64_t asked_at_ms() const { return asked_at_ms_; }
  void turned_away(Stage stage);
  void set_deadline(net::Timer timer) { deadline_ = std::move(timer); }
  // The room's doing.
  void admitted();
  [[nodiscard]] bool take_password_turn();  // one password at a time; false: one is being hashed
  void end_password_turn() { password_under_way_ = false; }
  void rename(const rooms::Renamed& change);

  void send(std::string_view text);  // at once, not behind the room's batch
  void refuse(const rooms::Error& error, std::string_view ref, std::string_view message_id = {});
  // The shard is being destroyed: whatever the socket still says is not heard.
  void orphan();
  // Leaves the room and its fan-out now; the closing handshake follows.
  void close(std::uint16_t code, std::string_view reason);

 private:
  void hear(wire::ClientMessage message, double received_ms);
  void answer_probe(std::string_view t1, double received_ms);
  void read_history(const wire::ReadHistory& wanted, std::string ref);
  void search(const wire::SearchChat& wanted, std::string ref);
  void leave();
  [[nodiscard]] std::int64_t now_ms() const;

  struct EarlyWord;
  void keep(EarlyWord word);
  ShardContext& context_;
  Door& door_;
  std::string code_;
  std::string tab_;
  seams::Visit visit_;
  rooms::ConnectionId id_;
  rooms::TokenBucket messages_;
  rooms::TokenBucket searches_;
  std::unique_ptr<EarlyWord> early_word_;  // said before we knew who is speaking
  std::int64_t asked_at_ms_ = 0;
  net::Timer deadline_;               // at the door: until it has joined, or until it is refused
  net::WebSocket* socket_ = nullptr;  // null before open and after close
  RoomHost* host_ = nullptr;          // from joining on
  Seat seat_;
  Stage stage_ = Stage::arriving;
  std::uint8_t histories_under_way_ = 0;
  std::uint8_t searches_under_way_ = 0;
  bool password_under_way_ = false;
};

}  // namespace matinee::shard
