// A shard on its own thread with storage in memory, and people with real sockets: loopback TCP, a real opening handshake, real frames.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>
#include "server/shard/shard.h"
#include "tests/support/loop_thread.h"
#include "tests/support/memory_store.h"
#include "tests/support/raw_client.h"

namespace matinee::test {

inline const std::string room_code = "K7QM3XFD";
inline constexpr seams::UserId owner{1000};

// Passwords without the arithmetic: the hash of "tea time" is "hash of tea time". The real ones are tested in tests/auth.
class PlainPasswords final : public seams::RoomPasswords {
 public:
  void check(seams::PasswordTry attempt, seams::Executor executor, std::function<void(seams::PasswordAnswer)> done) override;
  void hash(std::string password, seams::Executor executor, std::function<void(std::optional<std::string>)> done) override;
  seams::PasswordAnswer::What instead = seams::PasswordAnswer::What::right;  // answered when it is neither right nor wrong
  bool busy = false;                                                         // hash() has no room
};

class ShardWorld {
 public:
  explicit ShardWorld(shard::ShardOptions options = quick(), MemoryStore* store = nullptr);  // another world's store = after a restart
  ~ShardWorld();
  ShardWorld(const ShardWorld&) = delete;
  ShardWorld& operator=(const ShardWorld&) = delete;

  // Waiting times that a test can wait for.
  [[nodiscard]] static shard::ShardOptions quick();

  [[nodiscard]] MemoryStore& store() { return *store_; }
  [[nodiscard]] shard::Shard& shard() { return *shard_; }
  [[nodiscard]] shard::ShardCounters counters();
  [[nodiscard]] const shard::ShardCounters& counters_now() const { return shard_->counters(); }  // on the loop: in run, becomes_true
  [[nodiscard]] PlainPasswords& passwords() { return passwords_; }                               // on the loop, or before anybody asks
  void run(const std::function<void()>& fn) { thread_.run(fn); }
  // True as soon as `holds` does, asked on the loop; false when it has not for 10 s.
  [[nodiscard]] bool becomes_true(const std::function<bool()>& holds);
  void stop_shard();  // waits until it is done
  void hold_visitors() {
    run([this] { hold_visitors_ = true; });
  }
  void release_visitors();
  void forget_sessions(bool unavailable);  // every later visitor has no session, or cannot be looked up

  // A socket that has just been upgraded; receive_buffer_bytes > 0 makes it easy to fill.
  [[nodiscard]] std::unique_ptr<RawClient> connect(seams::UserId person, const std::string& code, int receive_buffer_bytes);

 private:
  void find_visitor(const net::RequestHead& head, std::function<void(seams::Result<seams::Visit>)> done);

  MemoryStore own_store_;
  PlainPasswords passwords_;
  MemoryStore* store_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::uint64_t next_code_bits_ = 1;  // on the loop
  bool hold_visitors_ = false;
  std::vector<std::function<void()>> held_visitors_;
  std::optional<seams::StoreError> visitors_fail_;
  std::optional<shard::Shard> shard_;
  LoopThread thread_;  // stops first: the shard outlives its loop's thread
};

// One tab of one person. Their session is person + 10'000.
class Tab {
 public:
  Tab(ShardWorld& world, std::int64_t person, const std::string& name = "tab-0001", const std::string& code = room_code,
      int receive_buffer_bytes = 0);

  void send(std::string_view json) { socket_->send_frame(RawFrame::text(json)); }
  // room.join and everything up to the welcome; answers the welcome.
  std::string join(const std::string& since = "");
  // The next message of this type; others are passed over.
  std::string await(std::string_view type);
  // The next message, whatever it is.
  std::string next();
  // Sends a message without its closing brace and ref, and reads up to its "ok".
  void ask(const std::string& json);
  // Everything up to and without the answer to a clock.probe sent now: what was already on its way.
  std::vector<std::string> until_now();
  // Reads to the close frame and answers it; its code.
  int await_close();
  void post(const std::string& id, const std::string& text);
  [[nodiscard]] RawClient& raw() { return *socket_; }
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  std::string name_;
  std::unique_ptr<RawClient> socket_;
  int probes_ = 0;
  int asked_ = 0;
};

// A field of a message as its JSON text; a string without its quotes.
[[nodiscard]] std::string field(std::string_view message, std::string_view name);
[[nodiscard]] std::string type_of(std::string_view message);

}  // namespace matinee::test
